-- Rows by the household they count for today. Nothing is moved when households are found to be one: a row keeps the
-- household it was written for (household_id), and each view here adds the one it counts for (counts_for), which is what
-- that household was merged into (household.merged_into, kept by 02-match). See docs/decisions/0009.

create view assessment_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from assessment t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join assessment t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view verification_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from verification t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join verification t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view appraisal_vote_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from appraisal_vote t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join appraisal_vote t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view notice_household_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from notice_household t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join notice_household t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view objection_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from objection t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join objection t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view review_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from review t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join review t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view register_entry_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from register_entry t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join register_entry t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view diagnosis_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from diagnosis t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join diagnosis t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view plan_item_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from plan_item t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join plan_item t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view helper_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from helper t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join helper t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view delivery_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from delivery t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join delivery t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view income_ledger_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from income_ledger t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join income_ledger t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view change_event_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from change_event t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join change_event t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view alert_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from alert t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join alert t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view exit_step_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from exit_step t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join exit_step t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view inspection_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from inspection t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join inspection t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view evaluation_unit_now with (security_invoker = true) as
select t.household_id as counts_for, t.* from evaluation_unit t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.* from household m
join evaluation_unit t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

-- Where both households have a case open, the one of the household that stays goes on and the other is held: it takes
-- no step, and goes on where it stopped if the two are parted. Asked first of the household that stays, by its key;
-- of others that went into it too only where there are any.
create view appraisal_now with (security_invoker = true) as
select t.household_id as counts_for, false as held, t.* from appraisal t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.closed_at is null and (
    exists (select 1 from appraisal o
      where o.county_code = t.county_code and o.household_id = m.merged_into and o.closed_at is null)
    or (exists (select 1 from household s where s.county_code = m.county_code and s.merged_into = m.merged_into
        and s.household_id < m.household_id)
      and exists (select 1 from household s
        join appraisal o on o.county_code = s.county_code and o.household_id = s.household_id and o.closed_at is null
        where s.county_code = m.county_code and s.merged_into = m.merged_into and s.household_id < m.household_id))), t.* from household m
join appraisal t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

create view exit_case_now with (security_invoker = true) as
select t.household_id as counts_for, false as held, t.* from exit_case t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.closed_at is null and (
    exists (select 1 from exit_case o
      where o.county_code = t.county_code and o.household_id = m.merged_into and o.closed_at is null)
    or (exists (select 1 from household s where s.county_code = m.county_code and s.merged_into = m.merged_into
        and s.household_id < m.household_id)
      and exists (select 1 from household s
        join exit_case o on o.county_code = s.county_code and o.household_id = s.household_id and o.closed_at is null
        where s.county_code = m.county_code and s.merged_into = m.merged_into and s.household_id < m.household_id))), t.* from household m
join exit_case t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

-- Plans of one year: what was agreed goes before a draft, then the plan of the household that stays.
create view plan_now with (security_invoker = true) as
-- The first question is one hash of the few households that are merged: the second is asked of their plans alone.
select t.household_id as counts_for, t.superseded_at is null and t.state = 'draft'
  and exists (select 1 from household s where s.county_code = t.county_code and s.merged_into = t.household_id)
  and exists (select 1 from household s
    join plan o on o.county_code = s.county_code and o.household_id = s.household_id
    where s.county_code = t.county_code and s.merged_into = t.household_id and o.year = t.year
      and o.superseded_at is null and o.state <> 'draft') as held, t.*
from plan t
where not exists (select 1 from household m where m.county_code = t.county_code
  and m.household_id = t.household_id and m.merged_into is not null)
union all
select m.merged_into, t.superseded_at is null and (
    exists (select 1 from plan o where o.county_code = t.county_code and o.household_id = m.merged_into
      and o.year = t.year and o.superseded_at is null and (o.state <> 'draft' or t.state = 'draft'))
    or (exists (select 1 from household s where s.county_code = m.county_code and s.merged_into = m.merged_into
        and s.household_id <> m.household_id)
      and exists (select 1 from household s
        join plan o on o.county_code = s.county_code and o.household_id = s.household_id and o.superseded_at is null
        where s.county_code = m.county_code and s.merged_into = m.merged_into and s.household_id <> m.household_id
          and o.year = t.year and ((o.state <> 'draft' and t.state = 'draft')
            or ((o.state = 'draft') = (t.state = 'draft') and s.household_id < m.household_id))))), t.*
from household m
join plan t on t.county_code = m.county_code and t.household_id = m.household_id where m.merged_into is not null;

grant select on assessment_now, verification_now, appraisal_vote_now, notice_household_now, objection_now, review_now,
  register_entry_now, diagnosis_now, plan_item_now, helper_now, delivery_now, income_ledger_now, change_event_now,
  alert_now, exit_step_now, inspection_now, evaluation_unit_now, appraisal_now, exit_case_now, plan_now to
  doorstep_app, doorstep_read;
