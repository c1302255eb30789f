-- The registers as institutions see them.
create or replace view out_registers as
select register, record_id, national_id, name, value, detail, since, county_code from entry order by register, record_id;

-- The truth: synthetic/ alone reads it.
create or replace view out_households as
select household_id(hh) as true_household_id, area_code, village_code, county_code, family, size as household_size,
  household_attribute, wage_income, business_income, property_income, minimum_allowance_income, five_guarantee_income,
  pension_income, elderly_allowance_income, disability_allowance_income, ecological_compensation_income,
  family_support_income, other_transfer_income, production_cost, medical_expense, education_expense, debt,
  food_shortage, protein_weekly, seasonal_clothing, house_grade, house_area, house_structure, disaster_prone,
  relocation_willing, water_source, water_minutes, water_short_months, water_safe, electricity, road_type, road_distance,
  clinic_minutes, fuel, toilet, broadband, arable_land, irrigated_land, forest_land, orchard_land, pigs, cattle, sheep,
  poultry, cooperative_member, has_car, has_truck, has_tractor, has_motorcycle, has_computer, has_smart_phone,
  has_air_conditioner, has_washing_machine, owns_town_house, owns_business, public_payroll, disaster, accident, death,
  crop_failure, livestock_loss, job_loss, no_funds, own_drive, skill_training_wanted,
  net_income as true_net_income, net_income_per_capita as true_net_income_per_capita, below_line as true_below_line,
  unmet_food, unmet_clothing, unmet_education, unmet_medical, unmet_housing, unmet_water, true_poor, true_main_cause,
  true_causes, fen(loss_01) as loss_01, fen(loss_02) as loss_02, fen(loss_03) as loss_03, fen(loss_04) as loss_04,
  fen(loss_05) as loss_05, fen(loss_06) as loss_06, fen(loss_07) as loss_07, fen(loss_08) as loss_08, fen(loss_09) as loss_09,
  fen(loss_10) as loss_10, fen(loss_11) as loss_11, fen(loss_12) as loss_12,
  village_is_poor, village_is_rich, hard_poor_in_rich_village, hard_rich_in_poor_village, longitude, latitude
from verdict order by hh;

create or replace view out_persons as
select person_id(pp) as true_person_id, household_id(hh) as true_household_id, position, name, relation, sex, birth_date,
  national_id, ethnicity, education, schooling, health, illness_treated, disability, labour_capacity, medical_insurance,
  pension_insurance, works_away, work_months, (fen(full_wage * f_all)) as true_wage
from person order by hh, position;

create or replace view out_member_truth as
select instance_id, position, person_id(pp) as true_person_id, name_wrong, id_missing, id_wrong, birth_date_wrong
from told_member order by instance_id, position;

create or replace view out_register_truth as
select record_id, person_id(pp) as true_person_id, register, state from entry order by register, record_id;
