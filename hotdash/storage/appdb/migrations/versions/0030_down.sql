-- What programs proposed came with it: code from before knows no such kind and would stumble over each.
-- Its answers stay in the log of decisions. The step is refused where there are any, unless losing is meant.
delete from app.recommendations where kind = 'proposal';
drop table app.recommender_models;
drop table app.recommender_events;
alter table app.decision_outcomes
  drop column worked,
  drop column compared_with,
  drop column baseline;
alter table app.recommendations
  drop column is_trial,
  drop column approval,
  drop column context;
