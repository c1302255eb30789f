-- More of what is due, told once for the room that settles it and for the road that counts it.

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

grant select on register_due, diagnosis_due, match_question to doorstep_app, doorstep_read;
