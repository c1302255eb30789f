-- Where a household stands.

-- Households on the register that have left the list. Several that are one have left it when each that stands on the
-- register has: a family keeps its place where one of them has it still.
create view left_list with (security_invoker = true) as
select r.county_code, r.household_id, r.area_code, max(x.exited_on) as exited_on
from register_household r
join exit_case x on x.county_code = r.county_code and x.household_id = r.household_id and x.state = 'exited'
  and x.exited_on >= r.status_on
where r.status = 'registered' and r.standing is null
group by r.county_code, r.household_id, r.area_code
union all
select s.county_code, s.household_id, s.area_code, max(s.exited_on) from (
  select r.county_code, r.household_id, r.area_code, (
    select max(x.exited_on) from household f
    join exit_case x on x.county_code = f.county_code and x.household_id = f.household_id and x.state = 'exited'
    where f.county_code = r.county_code
      and (f.household_id = r.household_id or (f.merged_into is not null and f.merged_into = r.household_id))
      and (x.household_id = j.key or j.key = any(x.covers)) and x.exited_on >= j.value::date) as exited_on
  from register_household r cross join lateral jsonb_each_text(r.standing) j
  where r.status = 'registered' and r.standing is not null) s
group by s.county_code, s.household_id, s.area_code
having count(*) = count(s.exited_on);

-- Where a household stands has one definition, for today and for any moment. household_status says it of facts;
-- household_road gives it the facts of today, household_status_at those of a moment, read from what was recorded by then.
create function household_status(
  register_status text, has_left boolean, exiting boolean, helped boolean, planned boolean,
  appraisal_state text, appraisal_open boolean, verdict text, verification_open boolean, last_word text) returns text
language sql immutable parallel safe
as $$ select case
  when register_status = 'registered' and has_left then 'exited'
  when register_status = 'registered' and exiting then 'exiting'
  when register_status = 'registered' and helped then 'helped'
  when register_status = 'registered' and planned then 'planned'
  when register_status = 'registered' then 'registered'
  when register_status = 'deregistered' then 'deregistered'
  when appraisal_open then 'in_appraisal'
  when appraisal_state = 'approved' then 'approved'
  when appraisal_state = 'rejected' then 'rejected'
  when verdict is null then 'surveyed'
  -- Where the rules could not tell and a person did, the person's word stands.
  when verdict = 'needs_verification' and not verification_open and last_word = 'confirmed_not_poor' then 'not_eligible'
  when verdict = 'needs_verification' and not verification_open and last_word = 'confirmed_poor' then 'eligible'
  else verdict
end $$;

-- Where a household stood at a moment, by what was recorded until then; null where nothing was. Who is who is today's.
-- One household at a time: the lists of today read household_road.
create function household_status_at(of_county text, of_household text, at timestamptz) returns text
language sql stable parallel safe
as $$
  with family as (
    select k.household_id from household k where k.county_code = of_county
      and (k.household_id = of_household or k.merged_into = of_household)),
  entry as (
    select e.household_id, e.kind, e.valid_from, e.recorded_at, e.entry_id, e.data from register_entry e
    where e.county_code = of_county and e.household_id in (select household_id from family) and e.recorded_at <= at
      and e.kind in ('registered', 'returned', 'deregistered')),
  -- Of each of those that are one, the last word on whether it is on the register: its own, or one that covers it.
  stand as (
    select f.household_id, s.kind <> 'deregistered' as registered, s.valid_from as since from family f
    cross join lateral (
      select e.kind, e.valid_from from entry e
      where e.household_id = f.household_id or (e.kind = 'deregistered' and e.data->'covers' ? f.household_id)
      order by e.valid_from desc, e.recorded_at desc, e.entry_id desc limit 1) s
    where exists (select 1 from entry own where own.household_id = f.household_id and own.kind <> 'deregistered')),
  -- A family has left when each of it that stands on the register has.
  gone as (
    select s.household_id, exists (
      select 1 from exit_case x
      join exit_step t on t.county_code = x.county_code and t.exit_id = x.exit_id and t.kind = 'exited'
      where x.county_code = of_county and x.household_id in (select household_id from family)
        and (x.household_id = s.household_id or s.household_id = any(x.covers))
        and t.recorded_at <= at and t.happened_on >= s.since) as has_left
    from stand s where s.registered),
  appraised as (
    select p.opened_at, p.appraisal_id, p.household_id, p.closed_at is null or p.closed_at > at as unclosed, p.state,
      exists (select 1 from review r where r.county_code = p.county_code and r.appraisal_id = p.appraisal_id
        and r.level = 'county' and r.decision = 'approved' and r.decided_at <= at) as approved
    from appraisal p
    where p.county_code = of_county and p.household_id in (select household_id from family) and p.opened_at <= at),
  -- Approved closes a case; a word against it after the announcement closes it once more, as rejected.
  appraisal_then as (
    select case when unclosed and approved then 'approved' when unclosed then 'open' else state end as state
    from appraised order by (unclosed and not approved) desc, opened_at desc, appraisal_id limit 1),
  assessed as (
    select a.verdict from assessment a where a.county_code = of_county and a.household_id = of_household
      and a.assessed_at <= at and (a.superseded_at is null or a.superseded_at > at)
    order by a.assessed_at desc limit 1),
  looked as (
    -- One that is dropped goes with the assessment whose doubt it was to settle.
    select v.state, v.decided_at, (v.decided_at is null or v.decided_at > at)
      and (v.state <> 'dropped' or a.superseded_at is null or a.superseded_at > at) as waits
    from verification v
    left join assessment a on a.county_code = v.county_code and a.assessment_id = v.assessment_id
    where v.county_code = of_county and v.household_id = of_household and v.created_at <= at)
  select household_status(
    (select case when bool_or(registered) then 'registered' else 'deregistered' end from stand having count(*) > 0),
    coalesce((select bool_and(has_left) from gone), false),
    exists (select 1 from exit_case x where x.county_code = of_county
      and x.household_id in (select household_id from family) and x.opened_at <= at
      and (x.closed_at is null or x.closed_at > at)),
    exists (select 1 from delivery g where g.county_code = of_county
      and g.household_id in (select household_id from family) and g.reverses is null and g.recorded_at <= at
      and not exists (select 1 from delivery b where b.county_code = g.county_code
        and b.household_id in (select household_id from family) and b.reverses = g.delivery_id and b.recorded_at <= at)),
    exists (select 1 from plan l where l.county_code = of_county
      and l.household_id in (select household_id from family) and l.made_at <= at
      and (l.superseded_at is null or l.superseded_at > at)),
    (select nullif(state, 'open') from appraisal_then),
    coalesce((select state = 'open' from appraisal_then), false),
    (select verdict from assessed),
    coalesce((select bool_or(waits) from looked), false),
    (select state from looked where decided_at <= at order by decided_at desc limit 1))
  where exists (select 1 from link k
    join submission s on s.county_code = k.county_code and s.instance_id = k.left_id
    where k.county_code = of_county and k.left_kind = 'submission' and k.household_id = of_household
      and k.withdrawn_at is null and s.received_at <= at) $$;

grant select on left_list to doorstep_app, doorstep_read;
