-- What an independent inspector writes down: close to the truth, not equal to it.
create or replace macro looked_up(id, purpose, amount_fen) as
  case when amount_fen = 0 then 0::bigint
    else (round(amount_fen * log_normal(id, 'inspect/{{life_seed}}/{{year}}/' || purpose, 0.05) / 1000.0) * 1000)::bigint end;

create or replace table inspected_member as
with seen as (
  select p.*, substr(p.true_household_id, 2)::bigint * 16 + p.position as pp,
    (make_date({{year}}, 12, 1) - p.birth_date) / 365.25 as age
  from before_person p join wanted w using (true_household_id)
)
select true_household_id, list({name: name, relation: relation, sex: sex, birth_date: birth_date::varchar,
    schooling: case when age >= 3 and age < 26 then schooling end, health: health,
    illness_treated: case when health <> 'healthy' then case when chance(pp, 'inspect/{{year}}/treated', 0.004)
      then not illness_treated else illness_treated end end,
    disability: disability, labour_capacity: case when age >= 16 then labour_capacity end,
    medical_insurance: medical_insurance <> chance(pp, 'inspect/{{year}}/insurance', 0.0004)} order by position) as members,
  count(*)::integer as household_size
from seen group by true_household_id;

create or replace table inspection as
with seen as (
  select b.*, substr(b.true_household_id, 2)::bigint as hh from before b join wanted w using (true_household_id)
)
select s.true_household_id, to_json({area_code: area_code,
  surveyed_on: (make_date({{year}}, 12, 2) + between_(hh, 'inspect/{{year}}/day', 0, 20))::varchar,
  consent: true, members: m.members, household_size: m.household_size,
  wage_income: looked_up(hh, 'wage', wage_income), business_income: looked_up(hh, 'business', business_income),
  property_income: looked_up(hh, 'property', property_income),
  minimum_allowance_income: minimum_allowance_income, five_guarantee_income: five_guarantee_income,
  pension_income: pension_income, elderly_allowance_income: elderly_allowance_income,
  disability_allowance_income: disability_allowance_income,
  ecological_compensation_income: ecological_compensation_income,
  family_support_income: looked_up(hh, 'support', family_support_income),
  other_transfer_income: looked_up(hh, 'other', other_transfer_income),
  production_cost: looked_up(hh, 'cost', production_cost),
  food_shortage: food_shortage, protein_weekly: protein_weekly, seasonal_clothing: seasonal_clothing,
  house_grade: case when house_grade in ('C', 'D') and chance(hh, 'inspect/{{year}}/overlooked', 0.02) then 'B'
    when house_grade in ('A', 'B') and chance(hh, 'inspect/{{year}}/too_low', 0.001) then 'C' else house_grade end,
  water_source: water_source, water_minutes: water_minutes, water_short_months: water_short_months, water_safe: water_safe,
  -- Made: contentment differs a little between the poor and the others; published recognition was 90 % and more.
  recognises_help: chance(hh, 'inspect/{{life_seed}}/{{year}}/content', case when true_poor then 0.86 else 0.955 end),
  remarks: null}) as answers
from seen s join inspected_member m using (true_household_id);
