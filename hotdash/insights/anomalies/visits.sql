-- Sessions by the link that brought them: its campaign, or the site it stands on. Paid ones are told by their spend.
select
  visit.day,
  case when visit.campaign like '(%' then visit.source else visit.campaign end as name,
  sum(visit.sessions)::bigint as sessions
from serving.current_fct_sessions as visit
where
  visit.shop_id = :shop_id and visit.day between :first and :last
  and visit.channel_group not like 'Paid%'
  and (visit.campaign not like '(%' or visit.medium = 'referral')
group by 1, 2
