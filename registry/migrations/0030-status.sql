-- 12-see: where a household stands has one definition, for today and for any moment. household_status says it of facts;
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

-- As in 0020, but that the status is asked of the function above.
create or replace view household_road with (security_invoker = true) as
select h.county_code, h.household_id, h.area_code, h.head_name, h.household_size, h.surveyed_on, h.current_instance_id,
  a.assessment_id, a.verdict, a.net_income_per_capita, a.score, a.assessed_at, a.unmet_indicators, a.unknown_indicators,
  -- Ever found poor, by rule or by a person: later, better years do not empty the funnel behind a household.
  coalesce(e.ever_eligible, false) or coalesce(v.ever_confirmed, false) or p.state is not null as found_poor,
  coalesce(v.open, false) as verification_open,
  p.state as appraisal_state, p.opened_at as appraisal_opened_at,
  r.status as register_status, r.registered_on, r.household_attribute,
  d.main_cause, d.stated_cause, d.agrees as cause_agrees, d.diagnosed_at,
  l.plan_id, l.state as plan_state, l.year as plan_year,
  g.first_delivered_on, coalesce(g.deliveries, 0) as deliveries, coalesce(g.delivered_cost, 0) as delivered_cost,
  coalesce(n.alerts_open, 0) as alerts_open,
  x.state as exit_state, x.exited_on,
  i.inspected_on,
  household_status(r.status, y.exited_on is not null, x.state is not null and x.closed_at is null,
    g.first_delivered_on is not null, l.plan_id is not null, p.state, p.state is not null and p.closed_at is null,
    a.verdict, coalesce(v.open, false), v.last_word) as status
from household h
left join assessment a on a.county_code = h.county_code and a.household_id = h.household_id and a.superseded_at is null
left join (
  -- Equality is leakproof: it thins the rows before row-level security looks at each.
  select county_code, counts_for as household_id, true as ever_eligible
  from assessment_now where verdict = 'eligible' group by county_code, counts_for) e
  on e.county_code = h.county_code and e.household_id = h.household_id
left join (
  select county_code, household_id, bool_or(state = 'confirmed_poor') as ever_confirmed, bool_or(state = 'open') as open,
    (array_agg(state order by decided_at desc) filter (where decided_at is not null))[1] as last_word
  from verification group by county_code, household_id) v
  on v.county_code = h.county_code and v.household_id = h.household_id
left join (
  select distinct on (county_code, counts_for) county_code, counts_for as household_id, state, opened_at, closed_at
  from appraisal_now order by county_code, counts_for, closed_at is null desc,
    closed_at is null and household_id <> counts_for, case when closed_at is null then household_id end,
    opened_at desc, appraisal_id) p
  on p.county_code = h.county_code and p.household_id = h.household_id
left join register_household r on r.county_code = h.county_code and r.household_id = h.household_id
left join diagnosis d on d.county_code = h.county_code and d.household_id = h.household_id and d.superseded_at is null
left join (
  select distinct on (county_code, counts_for) county_code, counts_for as household_id, plan_id, state, year
  from plan_now where superseded_at is null order by county_code, counts_for, year desc, state = 'draft',
    household_id <> counts_for, household_id) l
  on l.county_code = h.county_code and l.household_id = h.household_id
left join (
  select g1.county_code, g1.counts_for as household_id, min(g1.delivered_on) as first_delivered_on, count(*) as deliveries,
    sum(g1.cost)::bigint as delivered_cost
  from delivery_now g1
  left join delivery_now g2 on g2.county_code = g1.county_code and g2.counts_for = g1.counts_for
    and g2.reverses = g1.delivery_id and g2.reverses is not null
  where g1.reverses is null and g2.delivery_id is null
  group by g1.county_code, g1.counts_for) g
  on g.county_code = h.county_code and g.household_id = h.household_id
left join (
  select county_code, counts_for as household_id, count(*) as alerts_open
  from alert_now where state = 'open' group by county_code, counts_for) n
  on n.county_code = h.county_code and n.household_id = h.household_id
left join (
  select distinct on (county_code, counts_for) county_code, counts_for as household_id, state, exited_on, closed_at
  from exit_case_now order by county_code, counts_for, closed_at is null desc,
    closed_at is null and household_id <> counts_for, case when closed_at is null then household_id end,
    opened_at desc, exit_id) x
  on x.county_code = h.county_code and x.household_id = h.household_id
left join (
  select county_code, household_id, max(exited_on) as exited_on from left_list group by county_code, household_id) y
  on y.county_code = h.county_code and y.household_id = h.household_id
left join (
  -- Officials are told of an inspection when it is published, on the unit drawn; inspections themselves they never see.
  select county_code, household_id, max(inspected_on) as inspected_on from (
    select county_code, counts_for as household_id, inspected_on from inspection_now
    union all
    select county_code, counts_for, published_at::date from evaluation_unit_now where found_poor is not null) i1
  group by county_code, household_id) i
  on i.county_code = h.county_code and i.household_id = h.household_id
-- A household on the register that lost its last card keeps its line, until the register itself strikes it off.
where h.state = 'active' or (h.state = 'gone' and exists (select 1 from register_household k
  where k.county_code = h.county_code and k.household_id = h.household_id and k.status = 'registered'));

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
