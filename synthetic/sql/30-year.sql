-- One year of life for every household: growth, what help brought, new shocks. Reads `before` and `before_person` (the truth
-- of the year before) and `help` (what was delivered); writes `year_person` and `year_household`.
create or replace table change as
with drawn as (
  select b.true_household_id, substr(b.true_household_id, 2)::bigint as hh,
    chance(substr(b.true_household_id, 2)::bigint, 'life/{{life_seed}}/{{year}}/illness', 0.011) as falls_ill,
    chance(substr(b.true_household_id, 2)::bigint, 'life/{{life_seed}}/{{year}}/disaster', 0.008) as new_disaster,
    chance(substr(b.true_household_id, 2)::bigint, 'life/{{life_seed}}/{{year}}/job', 0.009) as new_job_loss
  from before b
)
select d.*, h.* exclude (true_household_id, indicators), coalesce(h.indicators, []) as indicators
from drawn d left join help h using (true_household_id);

create or replace table year_person as
with met as (
  select p.*, c.hh, c.falls_ill, c.indicators, c.hh * 16 + p.position as pp,
    list_contains(c.indicators, 'medical') as helped_medical, list_contains(c.indicators, 'education') as helped_school,
    date_diff('year', p.birth_date, make_date({{year}}, 5, 1))
      - case when strftime(p.birth_date, '%m%d') > '0501' then 1 else 0 end as age_years
  from before_person p join change c using (true_household_id)
), sick as (
  -- The new patient is the first grown member who was well.
  select *, falls_ill and pp = min(pp) filter (where health <> 'serious_illness' and age_years >= 18)
    over (partition by true_household_id) as new_patient
  from met
)
select * exclude (hh, falls_ill, indicators, pp, new_patient, helped_medical, helped_school, health, illness_treated, schooling,
    labour_capacity, medical_insurance, works_away, work_months, age_years),
  age_years,
  case when new_patient then 'serious_illness' else health end as health,
  case when new_patient then chance(pp, 'life/{{year}}/treated', 0.88) or helped_medical
    when health = 'healthy' then null when helped_medical then chance(pp, 'life/{{year}}/cared', 0.97) or illness_treated
    else illness_treated end as illness_treated,
  case when schooling = 'dropped_out' and helped_school and age_years <= 15 then
      case when chance(pp, 'life/{{year}}/back', 0.93) then case when age_years < 12 then 'primary_school' else 'junior_school' end
        else schooling end
    when schooling = 'dropped_out' then case when age_years > 15 then 'not_applicable' else schooling end
    when age_years < 3 then 'not_applicable' when age_years between 5 and 5 then 'preschool'
    when age_years between 6 and 11 then 'primary_school' when age_years between 12 and 15 then 'junior_school'
    when age_years = 16 and schooling = 'junior_school' then pick(pp, 'life/after_junior',
      ['senior_school', 'senior_school', 'vocational_school', 'not_applicable'])
    when age_years >= 19 and schooling in ('senior_school', 'vocational_school') then 'not_applicable'
    when age_years >= 23 then 'not_applicable' else schooling end as schooling,
  case when new_patient then 'none' when age_years = 16 and schooling in ('junior_school', 'not_applicable') then 'ordinary'
    else labour_capacity end as labour_capacity,
  medical_insurance or helped_medical as medical_insurance,
  works_away and not new_patient as works_away, case when new_patient then 0 else work_months end as work_months
from sick;

create or replace table year_household as
with unmet as (
  select true_household_id,
    bool_or(age_years between 6 and 15 and schooling = 'dropped_out' and disability <> 'severe') as u_education,
    bool_or(not medical_insurance) or coalesce(bool_or(not illness_treated), false) as u_medical,
    count(*) filter (where health = 'serious_illness') as ill
  from year_person group by true_household_id
), lived as (
  select b.* exclude (unmet_education, unmet_medical, was_poor, falls_ill, new_disaster, new_job_loss, ill), u.u_education as unmet_education, u.u_medical as unmet_medical,
    c.* exclude (true_household_id), u.ill, b.true_poor as was_poor, b.true_main_cause as old_cause
  from before b join change c using (true_household_id) join unmet u using (true_household_id)
), earned as (
  select * replace (
      fen(wage_income / 100 * 1.085 * log_normal(hh, 'life/{{year}}/wage', 0.1)
        * case when falls_ill then 0.45 else 1 end * case when new_job_loss then 0.55 else 1 end) + coalesce(gain_wage_income, 0) as wage_income,
      -- A lost harvest comes back the year after.
      fen((business_income / 100 + case when disaster then loss_04 / 100 * 0.9 else 0 end) * 1.05
        * log_normal(hh, 'life/{{year}}/farm', 0.1) * case when new_disaster then 0.4 else 1 end
        * case when falls_ill then 0.7 else 1 end) + coalesce(gain_business_income, 0) as business_income,
      property_income + coalesce(gain_property_income, 0) as property_income,
      ecological_compensation_income + coalesce(gain_ecological_compensation_income, 0) as ecological_compensation_income,
      other_transfer_income + coalesce(gain_other_transfer_income, 0) as other_transfer_income,
      minimum_allowance_income + coalesce(gain_minimum_allowance_income, 0) as minimum_allowance_income,
      five_guarantee_income + coalesce(gain_five_guarantee_income, 0) as five_guarantee_income,
      disability_allowance_income + coalesce(gain_disability_allowance_income, 0) as disability_allowance_income,
      fen(production_cost / 100 * 1.03) as production_cost,
      fen(family_support_income / 100 * log_normal(hh, 'life/{{year}}/support', 0.12)) as family_support_income,
      fen(pension_income / 100 * 1.08) + coalesce(gain_pension_income, 0) as pension_income,
      fen(medical_expense / 100 + case when falls_ill then 11000 * log_normal(hh, 'life/{{year}}/hospital', 0.6) else 0 end)
        as medical_expense,
      new_disaster as disaster, new_job_loss as job_loss, false as accident, false as death, false as crop_failure,
      false as livestock_loss,
      case when new_disaster and chance(hh, 'life/{{year}}/house', 0.15) then 'D'
        when list_contains(indicators, 'housing') and house_grade in ('C', 'D') and chance(hh, 'life/{{year}}/rebuilt', 0.97) then 'B'
        else house_grade end as house_grade,
      case when list_contains(indicators, 'food') then 'never' else food_shortage end as food_shortage,
      protein_weekly or list_contains(indicators, 'food') as protein_weekly,
      seasonal_clothing or list_contains(indicators, 'clothing') as seasonal_clothing,
      water_safe or list_contains(indicators, 'water') as water_safe,
      case when list_contains(indicators, 'water') then least(water_minutes, 10) else water_minutes end as water_minutes,
      case when list_contains(indicators, 'water') then 0 else water_short_months end as water_short_months,
      case when list_contains(indicators, 'water') and not water_safe then 'piped' else water_source end as water_source,
      case when new_disaster then 0 else loss_04 * (not disaster)::integer end as loss_04)
  from lived
), summed as (
  select * replace (wage_income + business_income + property_income + minimum_allowance_income + five_guarantee_income
      + pension_income + elderly_allowance_income + disability_allowance_income + ecological_compensation_income
      + family_support_income + other_transfer_income - production_cost as true_net_income)
  from earned
), held as (
  select * replace (true_net_income // household_size as true_net_income_per_capita,
      true_net_income // household_size < {{line_fen}} as true_below_line,
      food_shortage <> 'never' or not protein_weekly as unmet_food, not seasonal_clothing as unmet_clothing,
      house_grade in ('C', 'D') as unmet_housing,
      not water_safe or water_minutes > 20 or water_short_months > 1 as unmet_water)
  from summed
), judged as (
  select * replace (true_below_line or unmet_education or unmet_medical or unmet_housing or unmet_food or unmet_clothing as true_poor)
  from held
)
select * exclude (hh, indicators, old_cause, gain_wage_income, gain_business_income, gain_property_income,
    gain_minimum_allowance_income, gain_five_guarantee_income, gain_pension_income, gain_disability_allowance_income, gain_ecological_compensation_income, gain_other_transfer_income)
    replace (case when not true_poor then null when was_poor then coalesce(old_cause, '12') when falls_ill then '01'
        when new_disaster then '04' when unmet_medical then '01' when unmet_education then '03' when unmet_housing then '09'
        else '12' end as true_main_cause,
      true_poor and village_is_rich as hard_poor_in_rich_village,
      not true_poor and village_is_poor and true_net_income_per_capita > 2 * {{line_fen}} as hard_rich_in_poor_village)
from judged;
