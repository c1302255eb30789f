-- Who is truly poor, and why: below the line, or an assurance or guarantee unmet; the main cause is the one whose
-- removal closes most of what is missing. The definition is that of the pack china-2014 (rules/indicators.yaml):
-- water is measured and must be met to leave the list, but does not decide who is on it.
-- An unmet guarantee counts as a fifth of the line for each member.
create or replace table guarantee as
select hh,
  bool_or(age_years between 6 and 15 and schooling = 'dropped_out' and disability <> 'severe') as unmet_education,
  bool_or(not medical_insurance) or coalesce(bool_or(not illness_treated), false)
    as unmet_medical
from person group by hh;

create or replace table verdict as
with held as (
  select m.*, g.unmet_education, g.unmet_medical,
    m.net_income_per_capita < {{line}} * 100 as below_line,
    m.food_shortage <> 'never' or not m.protein_weekly as unmet_food, not m.seasonal_clothing as unmet_clothing,
    m.house_grade in ('C', 'D') as unmet_housing,
    not m.water_safe or m.water_minutes > 20 or m.water_short_months > 1 as unmet_water
  from home m join guarantee g using (hh)
), missing as (
  select *, greatest(0, {{line}} * size - net_income / 100.0) as shortfall, 0.2 * {{line}} * size as worth,
    below_line or unmet_education or unmet_medical or unmet_housing or unmet_food or unmet_clothing
      as true_poor
  from held
), closed as (
  select *,
    [ least(shortfall, loss_01) + case when unmet_medical then worth else 0 end,
      least(shortfall, loss_02),
      least(shortfall, loss_03) + case when unmet_education then worth else 0 end,
      least(shortfall, loss_04) + case when unmet_housing and disaster then worth else 0 end,
      least(shortfall, loss_05),
      least(shortfall, loss_06),
      least(shortfall, loss_07), least(shortfall, loss_08),
      least(shortfall, loss_09) + case when unmet_housing and not disaster then worth else 0 end,
      least(shortfall, loss_10), least(shortfall, loss_11), least(shortfall, loss_12) ] as closes,
    [loss_01, loss_02, loss_03, loss_04, loss_05, loss_06, loss_07, loss_08, loss_09, loss_10, loss_11, loss_12] as losses
  from missing
), weighed as (
  -- Two causes may each close all of it: then the one that takes more, then the lower code.
  select *, list_transform(range(1, 13), lambda c: round(closes[c]) * 1e7 + least(losses[c], 1e6) - c / 100) as weights
  from closed
)
select * exclude (closes, losses, weights),
  case when not true_poor then null when list_max(closes) < 50 then '12'
    else lpad(list_position(weights, list_max(weights))::varchar, 2, '0') end as true_main_cause,
  list_transform(list_filter(range(1, 13), lambda c: losses[c] > 0.1 * {{line}} * size or closes[c] > 50),
    lambda c: lpad(c::varchar, 2, '0')) as true_causes,
  true_poor and village_is_rich as hard_poor_in_rich_village,
  not true_poor and wealth > 2 and village_is_poor as hard_rich_in_poor_village
from weighed;
