-- What institutions see. Order is fixed by ids that tell nothing.
create or replace view out_submissions as
select * exclude (v, hh, kind, strategic, reticent)
  replace (case when len(assets) = 0 then ['none'] else assets end as assets)
from told order by submitted_at, instance_id;

create or replace view out_members as
select instance_id, position, name, relation, sex, birth_date, national_id, ethnicity, education, schooling, health,
  illness_treated, disability, labour_capacity, medical_insurance, pension_insurance, works_away, work_months
from told_member order by instance_id, position;

-- For synthetic/ alone.
create or replace view out_submission_truth as
select instance_id, household_id(hh) as true_household_id, kind, strategic, reticent from told order by instance_id;
