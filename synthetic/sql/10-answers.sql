-- Household answers: what people recall, round, forget, keep to themselves or bend.
-- Heaping: the larger the sum, the rounder the answer.
create or replace macro heap(id, purpose, amount_fen) as (case
  when amount_fen <= 0 then 0
  when amount_fen < 100000 then round(amount_fen / 5000.0)::bigint * 5000
  when amount_fen < 1000000 then case when u(id, purpose || '/heap') < 0.6 then round(amount_fen / 50000.0)::bigint * 50000
    else round(amount_fen / 10000.0)::bigint * 10000 end
  else case when u(id, purpose || '/heap') < 0.7 then round(amount_fen / 100000.0)::bigint * 100000
    else round(amount_fen / 50000.0)::bigint * 50000 end end);

create or replace macro recalled(id, purpose, amount_fen, forget, sigma, share) as
  case when amount_fen = 0 or chance(id, purpose || '/forgets', forget) then 0::bigint
    else heap(id, purpose, amount_fen * share * log_normal(id, purpose || '/recall', sigma)) end;

create or replace macro kept_back(id, purpose, reticent) as
  chance(id, purpose || '/kept', case when reticent then {{missing_reticent}} else {{missing_other}} end);

create or replace table told as
with part as (
  -- A son's family that answers on its own speaks of its own wages and of its part of the rest.
  select v.*, c.counted, case when kind = 'split' then coalesce(w.own, 0) else wage_income end as wage_base,
    case when kind = 'split' then 0.35 else 1 end as part_of,
    case when strategic then 0.3 + 0.3 * u(v.hh, 'bends') else 0.9 + 0.1 * u(v.v, 'low') end as candour
  from visit v left join (select hh, fen(sum((full_wage * f_all)::decimal(18, 2))::double) as own from person
    where role in ('core_m', 'core_f') group by hh) w using (hh)
  join (select v, count(*)::integer as counted from told_member group by v) c using (v)
), answered as (
  select *,
    case when kept_back(v, 'wage', reticent) then null else recalled(v, 'wage', wage_base, 0.004, 0.1, candour) end as t_wage,
    recalled(v, 'business', (business_income * part_of)::bigint, 0.01, 0.14, candour) as t_business,
    recalled(v, 'cost', (production_cost * part_of)::bigint, 0.02, 0.16, 0.97) as t_cost,
    case when kept_back(v, 'property', reticent) then null
      else recalled(v, 'property', (property_income * part_of)::bigint, 0.15, 0.1, candour) end as t_property,
    case when kept_back(v, 'support', reticent) then null
      else recalled(v, 'support', (family_support_income * (part_of = 1)::integer)::bigint, 0.1, 0.16, candour) end as t_support,
    recalled(v, 'other', (other_transfer_income * part_of)::bigint, 0.1, 0.1, 1) as t_other,
    strategic and chance(hh, 'bends_house', 0.5) as bends_house,
    kind <> 'split' as whole
  from part
)
select 'uuid:' || uuid as instance_id, {{round}} as round,
  strftime(surveyed_on, '%Y-%m-%d') || 'T' || lpad((minute_of_day // 60)::varchar, 2, '0') || ':'
    || lpad((minute_of_day % 60)::varchar, 2, '0') || ':00.000+08:00' as submitted_at,
  strftime(surveyed_on, '%Y-%m-%d') || 'T' || lpad(((minute_of_day - minutes) // 60)::varchar, 2, '0') || ':'
    || lpad(((minute_of_day - minutes) % 60)::varchar, 2, '0') || ':00.000+08:00' as started_at,
  device_id, surveyor_login, v, hh, kind,
  visit_area_code as area_code, surveyed_on, surveyor_name, household_code,
  -- No mobile number in China begins with 100.
  case when kept_back(v, 'phone', reticent) then null
    else '1000' || lpad(floor(u(hh, 'phone') * 1e7)::bigint::varchar, 7, '0') end as phone,
  right(visit_area_code, 3)::integer || '组' || between_(hh, 'door', 1, 120) || '号' as address,
  case when whole then household_attribute else 'general' end as household_attribute, true as consent,
  case when at_latitude is not null and not chance(v, 'no_fix', 0.03) then
    printf('%.6f %.6f 0 %d', at_latitude + 0.003 * (u(hh, 'north') - 0.5), at_longitude + 0.003 * (u(hh, 'east') - 0.5),
      between_(v, 'accuracy', 3, 25)) end as location,
  null::varchar as house_photo,
  counted as household_size,
  t_wage as wage_income, t_business as business_income, t_property as property_income,
  case when whole then heap(v, 'allowance', case when chance(v, 'allowance_unsaid', 0.04) then 0 else minimum_allowance_income end)
    else 0 end as minimum_allowance_income,
  case when whole then five_guarantee_income else 0 end as five_guarantee_income,
  case when whole then recalled(v, 'pension', pension_income, 0.05, 0.03, 1) else 0 end as pension_income,
  case when whole then recalled(v, 'elderly', elderly_allowance_income, 0.08, 0.02, 1) else 0 end as elderly_allowance_income,
  case when whole then recalled(v, 'disability', disability_allowance_income, 0.08, 0.02, 1) else 0 end
    as disability_allowance_income,
  recalled(v, 'forest', (ecological_compensation_income * part_of)::bigint, 0.3, 0.1, 1) as ecological_compensation_income,
  t_support as family_support_income, t_other as other_transfer_income, t_cost as production_cost,
  case when kept_back(v, 'medical', reticent) then null else recalled(v, 'medical', (medical_expense * part_of)::bigint, 0.03, 0.25, 1) end
    as medical_expense,
  case when kept_back(v, 'education', reticent) then null else recalled(v, 'education', education_expense, 0.03, 0.15, 1) end
    as education_expense,
  case when kept_back(v, 'debt', reticent) then null else recalled(v, 'debt', debt, 0.15, 0.2, 1) end as debt,
  food_shortage,
  case when chance(v, 'protein_wrong', 0.004) then not protein_weekly else protein_weekly end as protein_weekly,
  case when chance(v, 'clothing_wrong', 0.003) then not seasonal_clothing else seasonal_clothing end as seasonal_clothing,
  -- Graded by eye: a danger overlooked, a sound house called dangerous, and the bent answers.
  case when bends_house then 'C' when house_grade in ('C', 'D') and chance(v, 'grade_overlooked', 0.09) then 'B'
    when house_grade in ('A', 'B') and chance(v, 'grade_too_low', 0.008) then 'C'
    when chance(v, 'grade_missing', 0.004) then null else house_grade end as house_grade,
  greatest(10, round(house_area * log_normal(v, 'area_recall', 0.05), 0)) as house_area, house_structure, disaster_prone,
  relocation_willing, water_source, case when water_minutes > 10 then 5 * round(water_minutes / 5.0)::integer else water_minutes end
    as water_minutes,
  case when chance(v, 'months_wrong', 0.02) then greatest(0, water_short_months + between_(v, 'months', -1, 1))
    else water_short_months end as water_short_months,
  case when chance(v, 'water_wrong', 0.006) then not water_safe else water_safe end as water_safe,
  electricity, road_type, road_distance, clinic_minutes, fuel, toilet, broadband,
  arable_land, irrigated_land, forest_land, orchard_land, pigs, cattle, sheep, poultry, cooperative_member,
  case when len(list_filter([has_car, has_truck, has_tractor, has_motorcycle, has_computer, has_smart_phone, has_air_conditioner,
      has_washing_machine], lambda x: x)) = 0 then ['none'] else list_filter([
      case when has_car and not (strategic and chance(hh, 'hides_car', 0.6)) and not chance(v, 'car_unsaid', 0.05) then 'car' end,
      case when has_truck then 'truck' end, case when has_tractor then 'tractor' end,
      case when has_motorcycle then 'motorcycle' end, case when has_computer then 'computer' end,
      case when has_smart_phone then 'smart_phone' end, case when has_air_conditioner then 'air_conditioner' end,
      case when has_washing_machine then 'washing_machine' end], lambda x: x is not null) end as assets,
  case when kept_back(v, 'town_house', reticent) then null
    else owns_town_house and not (strategic and chance(hh, 'hides_house', 0.8)) and not chance(v, 'house_unsaid', 0.12) end
    as owns_town_house,
  case when kept_back(v, 'owns_business', reticent) then null else owns_business and not strategic end as owns_business,
  public_payroll and not strategic and not chance(v, 'payroll_unsaid', 0.05) as public_payroll,
  case when len(list_filter([ill > 0, disaster, accident, death, crop_failure, livestock_loss, job_loss], lambda x: x)) = 0
    then ['none'] else list_filter([case when ill > 0 then 'serious_illness' end, case when disaster then 'disaster' end,
      case when accident then 'accident' end, case when death then 'death' end,
      case when crop_failure then 'crop_failure' end, case when livestock_loss then 'livestock_loss' end,
      case when job_loss then 'job_loss' end], lambda x: x is not null) end as hardships,
  skill_training_wanted, no_funds or chance(hh, 'wants_capital', 0.12) as capital_needed,
  case when chance(v, 'drive_wrong', 0.08) then pick(v, 'drive', ['strong', 'ordinary', 'ordinary', 'weak']) else own_drive end
    as own_drive,
  case when not true_poor and wealth > 1.8 and not strategic then null
    when true_main_cause is not null and chance(v, 'knows_cause', 0.6) then true_main_cause
    when len(true_causes) > 0 and chance(v, 'names_a_cause', 0.6) then pick(v, 'named', true_causes)
    else pick(v, 'popular', ['01', '01', '09', '09', '08', '03', '07', '12']) end as stated_cause,
  case when len(true_causes) > 1 and (true_poor or wealth <= 1.8) then list_slice(true_causes, 1, 3) end as stated_other_causes,
  null::varchar as remarks, strategic, reticent
from answered;
