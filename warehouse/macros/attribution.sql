{#- In the order of the columns. -#}
{% macro attribution_models() -%}
  {{ return(['last_click', 'last_touch', 'first_click', 'linear', 'position', 'time_decay', 'markov', 'shapley']) }}
{%- endmacro %}

{#- A mark of a link as it is compared: decoded once where it was not yet, trimmed, in lower case. -#}
{% macro clean_mark(text, is_decoded) -%}
  {%- set spaced = "replace(" ~ text ~ ", '+', ' ')" -%}
  nullif(trim(lower({{ spaced if is_decoded else percent_decoded(spaced) }})), '')
{%- endmacro %}

{#- Source, medium and campaign as one text, by which two touches are held against each other. -#}
{% macro way_of(touch) -%}
  {{ touch }}.source || chr(31) || {{ touch }}.medium || chr(31) || coalesce({{ touch }}.campaign, '')
{%- endmacro %}

{#- What is wrong with a mark; NULL where nothing is. -#}
{% macro mark_problem(mark, name) -%}
  case
    when {{ mark }} is null then null
    when {{ mark }} = '(hidden)' then '{{ name }} held a mail address'
    when {{ regex_fits(mark, '[][{}<>]') }} then '{{ name }} is a template nobody filled in'
    when {{ regex_fits(mark, '%[0-9a-f]{1,2}') }} then '{{ name }} cannot be decoded'
    when {{ regex_fits(mark, '[[:cntrl:]]') }} then '{{ name }} holds control characters'
  end
{%- endmacro %}

{#- Whether a host is another one or a part of it, both without www. -#}
{% macro belongs_to_host(host, of) -%}
  (right('.' || {{ host }}, length({{ without_www(of) }}) + 1) = '.' || {{ without_www(of) }})
{%- endmacro %}

{% macro without_www(host) -%}
  (case when {{ host }} like 'www.%' then substr({{ host }}, 5) else {{ host }} end)
{%- endmacro %}

{#-
  2^(-age/half_life) times 2^30, in whole numbers alone: halved for each whole half-life, then
  multiplied by the powers that the rest, in 4096ths of a half-life, is made of. Never 0: clicks that
  are all very old still share the order.
-#}
{% macro decayed_weight(age, half_life) -%}
  {%- set rest = bigint_quotient("(" ~ age ~ " % " ~ half_life ~ ") * 4096", half_life) -%}
  {%- set factors = {
    2048: 759250125, 1024: 902905651, 512: 984625594, 256: 1028218693, 128: 1050733751, 64: 1062175491,
    32: 1067942999, 16: 1070838486, 8: 1072289173, 4: 1073015252, 2: 1073378477, 1: 1073560135
  } -%}
  {%- set weight = namespace(sql='cast(1073741824 as bigint)') -%}
  {%- for bit, factor in factors.items() -%}
    {%- set weight.sql = "((" ~ weight.sql ~ " * case when (" ~ rest ~ " & " ~ bit ~ ") <> 0 then " ~ factor ~ " else 1073741824 end) >> 30)" -%}
  {%- endfor -%}
  greatest(({{ weight.sql }}) >> cast(least({{ bigint_quotient(age, half_life) }}, 30) as integer), 1)
{%- endmacro %}

{#- What a shop decided about a number for the day of a row, else the approved default. -#}
{% macro policy_number(policy, of, default) -%}
  coalesce((
    select max({{ cast_or_null('decided.value', 'bigint') }})
    from {{ ref('int_policy_periods') }} as decided
    where
      decided.shop_id = {{ of }}.shop_id
      and decided.policy = '{{ policy }}'
      and {{ of }}.day >= decided.valid_from
      and {{ of }}.day < {{ end_of("decided") }}
  ), {{ default }})
{%- endmacro %}

{#- The whole parts, and of the units still missing one each to the largest rests; ties to the latest. -#}
{% macro largest_remainder(name, whole, partition, tie) -%}
  {{ name }}_floor + case
    when row_number() over (partition by {{ partition }} order by {{ name }}_rest desc, {{ tie }})
      <= {{ whole }} - sum({{ name }}_floor) over (partition by {{ partition }})
      then 1 else 0
  end
{%- endmacro %}

{#- As many for each click as go into a whole, and one of what is left over to each of the latest. -#}
{% macro equal_part(whole) -%}
  {{ bigint_quotient(whole, 'clicks') }} + case when click_place <= {{ whole }} % clicks then 1 else 0 end
{%- endmacro %}

{#-
  40/20/40 of a whole: 2/5 for each end, 1/5 divided among the clicks between; two clicks have half
  each. What whole parts leave goes to the larger rests, which are the ends' or the others' alike:
  no ranking is needed. Rests are compared over the common divisor 5 * (clicks - 2).
-#}
{% macro position_part(whole) -%}
  {%- set inner = '(clicks - 2)' -%}
  {%- set end_part = bigint_quotient('2 * ' ~ whole, '5') -%}
  {%- set inner_part = bigint_quotient(whole, '5 * ' ~ inner) -%}
  {%- set end_rest = '((2 * ' ~ whole ~ ') % 5) * ' ~ inner -%}
  {%- set inner_rest = '(' ~ whole ~ ' % (5 * ' ~ inner ~ '))' -%}
  {%- set left_over = whole ~ ' - 2 * ' ~ end_part ~ ' - ' ~ inner ~ ' * ' ~ inner_part -%}
  case
    when clicks = 2 then {{ bigint_quotient(whole, '2') }} + case when click_place <= {{ whole }} % 2 then 1 else 0 end
    when click_place in (1, clicks) then {{ end_part }} + case
      when (
        case
          when click_place = 1 then case when {{ end_rest }} >= {{ inner_rest }} then 1 else clicks - 1 end
          when {{ end_rest }} > {{ inner_rest }} then 2
          else clicks
        end
      ) <= {{ left_over }} then 1 else 0
    end
    else {{ inner_part }} + case
      when (
        case
          when {{ end_rest }} > {{ inner_rest }} then click_place + 1
          when {{ end_rest }} = {{ inner_rest }} then click_place
          else click_place - 1
        end
      ) <= {{ left_over }} then 1 else 0
    end
  end
{%- endmacro %}
