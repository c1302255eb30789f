-- House, water, road, goods; assurances and guarantees: what low income, hills and disaster do to them.
create or replace table home as
with level as (
  select *, net_income_per_capita / ({{line}} * 100.0) as wealth from income
), marked as (
  select *,
    chance(hh, 'bad_house', case when wealth < 1.3 then {{unsafe_house_poor}} else {{unsafe_house_other}} end)
      or (disaster and chance(hh, 'broken_house', 0.15)) as unsafe_house,
    hilly > 0.6 and chance(hh, 'bad_water', case when wealth < 1.3 then {{unsafe_water_poor}}
      else {{unsafe_water_other}} end) as unsafe_water,
    u(hh, 'water_kind') as water_kind,
    chance(hh, 'uninsured', case when wealth < 1.3 then {{uninsured_poor}} else {{uninsured_other}} end) as uninsured,
    wealth > 3.2 and chance(hh, 'public_payroll', 0.09) as public_payroll
  from level
)
select *,
  case when wealth < 0.5 and chance(hh, 'hunger', 0.22) then case when chance(hh, 'often', 0.15) then 'often'
    else 'some_months' end else 'never' end as food_shortage,
  not (wealth < 0.6 and chance(hh, 'no_protein', 0.15)) as protein_weekly,
  not (wealth < 0.6 and chance(hh, 'no_clothing', 0.1)) as seasonal_clothing,
  case when unsafe_house then case when chance(hh, 'grade_d', 0.35) then 'D' else 'C' end
    when wealth > 2.5 and chance(hh, 'grade_a', 0.6) then 'A' else 'B' end as house_grade,
  round(greatest(18, (28 + 17 * least(wealth, 6)) * size * 0.35 * log_normal(hh, 'area', 0.25) + 30), 0) as house_area,
  case when unsafe_house then pick(hh, 'old_walls', ['earth', 'earth', 'wood', 'brick_wood'])
    when wealth > 1.6 then pick(hh, 'walls', ['brick_concrete', 'brick_concrete', 'brick_concrete', 'brick_wood'])
    else pick(hh, 'walls', ['brick_concrete', 'brick_wood', 'brick_wood', 'earth']) end as house_structure,
  hilly > 0.85 and chance(hh, 'slide', 0.12) as disaster_prone,
  case when unsafe_water then pick(hh, 'bad_source', ['spring_or_open', 'spring_or_open', 'bought_or_carried', 'protected_well'])
    when water_kind < 0.45 then 'piped' when water_kind < 0.9 then 'protected_well' else 'spring_or_open' end
    as water_source,
  case when unsafe_water and chance(hh, 'far_water', 0.4) then between_(hh, 'far', 22, 50)
    when water_kind < 0.45 then 0 else between_(hh, 'near', 1, 12) end as water_minutes,
  case when unsafe_water and chance(hh, 'short_water', 0.4) then between_(hh, 'months', 2, 4)
    when chance(hh, 'one_month', 0.03) then 1 else 0 end as water_short_months,
  not unsafe_water as water_safe,
  not (hilly > 0.95 and chance(hh, 'no_power', 0.004)) as electricity,
  case when remote then pick(hh, 'hill_road', ['earth', 'earth', 'gravel', 'none'])
    when hilly > 0.6 then pick(hh, 'road', ['paved', 'gravel', 'gravel', 'earth'])
    else pick(hh, 'road', ['paved', 'paved', 'paved', 'gravel']) end as road_type,
  round(case when remote then 1500 + 4000 * u(hh, 'distance') else 1200 * hilly * u(hh, 'distance') end, -1)::integer
    as road_distance,
  5 * between_(hh, 'clinic', 1, case when remote then 16 else 7 end) as clinic_minutes,
  case when wealth > 1.5 then pick(hh, 'fuel', ['gas_or_electric', 'gas_or_electric', 'wood'])
    else pick(hh, 'fuel', ['gas_or_electric', 'wood', 'wood', 'coal']) end as fuel,
  case when wealth > 1.8 then pick(hh, 'toilet', ['flush', 'flush', 'dry_sanitary'])
    else pick(hh, 'toilet', ['flush', 'dry_sanitary', 'open']) end as toilet,
  chance(hh, 'broadband', least(0.5, 0.09 * wealth)) as broadband,
  round(arable_land * case when dry_fields then 0.1 else 0.55 + 0.4 * u(hh, 'irrigation') end, 1) as irrigated_land,
  case when full_hands > 0 and chance(hh, 'pigs', 0.35) then between_(hh, 'pig_count', 1, 6) else 0 end as pigs,
  case when full_hands > 0 and chance(hh, 'cattle', 0.12) then between_(hh, 'cattle_count', 1, 2) else 0 end as cattle,
  case when full_hands > 0 and chance(hh, 'goats', 0.02) then between_(hh, 'goat_count', 2, 12) else 0 end as sheep,
  case when full_hands > 0 and chance(hh, 'poultry', 0.75) then between_(hh, 'hen_count', 3, 30) else 0 end as poultry,
  chance(hh, 'cooperative', 0.08) as cooperative_member,
  wealth > 2.2 and chance(hh, 'car', least(0.4, 0.05 * wealth)) as has_car,
  trade > 0 and chance(hh, 'truck', 0.12) as has_truck,
  full_hands > 0 and arable_land > 3 and chance(hh, 'tractor', 0.1) as has_tractor,
  able > 0 and chance(hh, 'motorcycle', least(0.75, 0.15 + 0.15 * wealth)) as has_motorcycle,
  chance(hh, 'computer', least(0.5, 0.07 * wealth)) as has_computer,
  able > 0 and chance(hh, 'smart_phone', least(0.9, 0.2 + 0.15 * wealth)) as has_smart_phone,
  chance(hh, 'air_conditioner', least(0.6, 0.06 * wealth)) as has_air_conditioner,
  chance(hh, 'washing_machine', least(0.85, 0.12 + 0.13 * wealth)) as has_washing_machine,
  wealth > 2.8 and chance(hh, 'town_house', least(0.3, 0.03 * wealth)) as owns_town_house,
  trade > 0 and chance(hh, 'registered_trade', 0.55) as owns_business,
  fen(120 * size + case when ill > 0 then ill * 9000 * log_normal(hh, 'hospital', 0.7) else 0 end
    + 300 * u(hh, 'pharmacy')) as medical_expense,
  fen(children * 350 + students * 5200 * log_normal(hh, 'fees', 0.3)) as education_expense,
  fen(case when wealth < 1.5 and chance(hh, 'owes', 0.35) or ill > 0 and chance(hh, 'owes_hospital', 0.5)
    then 9000 * log_normal(hh, 'debt', 0.8) else 0 end) as debt,
  case when disaster_prone or unsafe_house then chance(hh, 'would_move', 0.7) else chance(hh, 'would_move', 0.05) end
    as relocation_willing,
  case when weak_drive then 'weak' when chance(hh, 'strong_drive', 0.25) then 'strong' else 'ordinary' end as own_drive,
  wage_lost_skill > 0 and chance(hh, 'wants_training', 0.6) or chance(hh, 'wants_training', 0.08) as skill_training_wanted
from marked;

-- Members' guarantees: school, treatment, insurance.
create or replace table person as
select p.* exclude (schooling, age), m.wealth,
  case when p.age_years between 6 and 15
      and chance(p.pp, 'dropout', case when m.wealth < 1.3 then {{dropout_poor}} else {{dropout_other}} end)
    then 'dropped_out' else p.schooling end as schooling,
  case when p.health = 'healthy' then null
    when p.health = 'serious_illness' and m.wealth < 1.3 then not chance(p.pp, 'untreated', {{untreated_poor}})
    when p.health = 'chronic_illness' and m.wealth < 1.3 then not chance(p.pp, 'untreated', 0.03) else true end as illness_treated,
  not (m.uninsured and (p.position = 1 or chance(p.pp, 'uninsured_too', 0.3))) as medical_insurance,
  p.age_years >= 16 and not p.older_student and (p.age_years >= 60 or chance(p.pp, 'pension', 0.75)) as pension_insurance,
  case when p.works_away then between_(p.pp, 'months', 6, 12)
    when p.full_wage > 0 then between_(p.pp, 'months', 2, 9) else 0 end as work_months,
  case when chance(p.hh, 'she', 0.003) then '畲族' else '汉族' end as ethnicity
from p4 p join home m using (hh);
