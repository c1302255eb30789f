-- What is due, said once: the room that settles it and the road that counts it read the same view.

-- Funded items of agreed and approved plans of which nothing was given yet: neither by this plan nor, for the same
-- measure of the same year, by one that is held since its household is the same. Of these households alone, or of all
-- (null). Told twice in one text, because a condition on one side of `not exists` does not reach the other.
create function delivery_due_of(households text[]) returns table (county_code text, area_code text, year int,
  household_id text, head_name text, plan_id text, item_id text, measure_code text, cost bigint)
language sql stable parallel safe
as $$ select p.county_code, h.area_code, p.year, p.counts_for, h.head_name, p.plan_id, i.item_id, i.measure_code, i.cost
from plan_now p
join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id and i.funded
join household h on h.county_code = p.county_code and h.household_id = p.counts_for
where p.state in ('agreed', 'approved') and p.superseded_at is null and not p.held
  and (households is null or (p.counts_for = any(households) and h.household_id = any(households)))
  and not exists (select 1 from delivery d where d.county_code = i.county_code and d.item_id = i.item_id
    and d.reverses is null and not exists (select 1 from delivery v where v.county_code = d.county_code
      and v.reverses = d.delivery_id))
  and not exists (select 1 from plan_now b
    join plan_item k on k.county_code = b.county_code and k.plan_id = b.plan_id
    join delivery d on d.county_code = k.county_code and d.item_id = k.item_id and d.reverses is null
    where b.county_code = p.county_code and b.counts_for = p.counts_for and b.year = p.year and b.held
      and (households is null or b.counts_for = any(households))
      and k.measure_code = i.measure_code
      and not exists (select 1 from delivery v where v.county_code = d.county_code and v.reverses = d.delivery_id)) $$;

create view delivery_due with (security_invoker = true) as
select county_code, area_code, year, household_id, head_name, plan_id, item_id, measure_code, cost
from delivery_due_of(null);

-- Open cases by the step that each waits for. A review counts from when the case came to where it stands: one that was
-- sent back is reviewed anew.
create view appraisal_due with (security_invoker = true) as
select p.county_code, h.area_code, p.appraisal_id, p.counts_for,
  case
    when p.state = 'applied' then 'meet'
    when p.state = 'county_review' then 'review_county'
    when p.state = 'appraised' and exists (select 1 from review r where r.county_code = p.county_code
      and r.appraisal_id = p.appraisal_id and r.level = 'village' and r.decision = 'approved'
      and r.decided_at >= p.state_since) then 'first_notice'
    when p.state = 'appraised' then 'review_village'
    when exists (select 1 from review r where r.county_code = p.county_code
      and r.appraisal_id = p.appraisal_id and r.level = 'township' and r.decision = 'approved'
      and r.decided_at >= p.state_since) then 'second_notice'
    else 'review_township'
  end as step
from appraisal_now p
join household h on h.county_code = p.county_code and h.household_id = p.counts_for
where p.state in ('applied', 'appraised', 'township_review', 'county_review') and not p.held;

-- Approved appraisals whose household is not on the register, or was struck off before the approval; each enters once.
create view register_due with (security_invoker = true) as
select distinct on (p.county_code, p.counts_for) p.county_code, p.area_code, p.counts_for as household_id,
  p.assessment_id, p.appraisal_id, p.closed_at
from appraisal_now p
left join register_household r on r.county_code = p.county_code and r.household_id = p.counts_for
where p.state = 'approved' and (r.household_id is null or r.status = 'deregistered')
  and not exists (select 1 from register_entry e where e.county_code = p.county_code
    and e.household_id in (p.household_id, p.counts_for) and (e.source_id = p.appraisal_id
      or (e.kind = 'deregistered' and e.recorded_at >= p.closed_at)))
order by p.county_code, p.counts_for, p.closed_at desc;

-- Registered households without a diagnosis, where a survey card stands to diagnose from.
create view diagnosis_due with (security_invoker = true) as
select r.county_code, r.area_code, r.household_id, h.head_name
from register_household r
join household h on h.county_code = r.county_code and h.household_id = r.household_id and h.state = 'active'
left join diagnosis d on d.county_code = r.county_code and d.household_id = r.household_id and d.superseded_at is null
where r.status = 'registered' and d.diagnosis_id is null;

-- Undecided questions of who is who that ask something: the card is linked and the other household stands. Who has
-- answered, and who surveyed either side, may not answer.
create view match_question with (security_invoker = true) as
select r.county_code, r.area_code, r.review_id,
  array(select a.account_id from match_answer a where a.county_code = r.county_code and a.review_id = r.review_id
    and a.withdrawn_at is null) as answered_by,
  array(select s.account_id from link m
    join submission s on s.county_code = m.county_code and s.instance_id = m.left_id
    where m.county_code = r.county_code and m.left_kind = 'submission' and m.withdrawn_at is null
      and m.household_id in (h.household_id, r.right_household_id, o.merged_into)) as surveyed_by
from match_review r
join link l on l.county_code = r.county_code and l.left_kind = 'submission' and l.left_id = r.left_id
  and l.withdrawn_at is null
join household h on h.county_code = l.county_code and h.household_id = l.household_id
join household o on o.county_code = r.county_code and o.household_id = r.right_household_id
where r.state in ('open', 'unsure') and o.state <> 'gone';

grant select on delivery_due, appraisal_due, register_due, diagnosis_due, match_question to doorstep_app,
  doorstep_read;
