-- Where every household stands on the road, from the current row of each room. Every joined table is brought to one
-- row a household by an aggregate or `distinct on` first, never by a lateral: counts over an area hash each table once,
-- and a join whose columns a query does not name is removed by the planner.
-- What is held (decision 9) comes after what goes on: said here by the order of rows, which costs an area nothing, where
-- asking `held` of each row would look for its rivals.
create view household_road with (security_invoker = true) as
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

grant select on household_road to doorstep_app, doorstep_read;
