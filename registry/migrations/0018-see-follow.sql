-- 12-see: the two views again, now by the household a row counts for (0017): what was written for a household that
-- was merged away is found under the one that stays.
drop view timeline;
drop view household_road;

-- Where every household stands on the road, from the current row of each room. Every joined table is brought to one
-- row a household by an aggregate or `distinct on` first, never by a lateral: counts over an area hash each table once,
-- and a join whose columns a query does not name is removed by the planner.
-- What is held (0017) comes after what goes on: said here by the order of rows, which costs an area nothing, where
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
  case
    when r.status = 'registered' and x.exited_on >= r.status_on then 'exited'
    when r.status = 'registered' and x.state is not null and x.closed_at is null then 'exiting'
    when r.status = 'registered' and g.first_delivered_on is not null then 'helped'
    when r.status = 'registered' and l.plan_id is not null then 'planned'
    when r.status = 'registered' then 'registered'
    when r.status = 'deregistered' then 'deregistered'
    when p.state is not null and p.closed_at is null then 'in_appraisal'
    when p.state = 'approved' then 'approved'
    when p.state = 'rejected' then 'rejected'
    when a.verdict is null then 'surveyed'
    -- Where the rules could not tell and a person did, the person's word stands.
    when a.verdict = 'needs_verification' and not v.open and v.last_word = 'confirmed_not_poor' then 'not_eligible'
    when a.verdict = 'needs_verification' and not v.open and v.last_word = 'confirmed_poor' then 'eligible'
    else a.verdict
  end as status
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

-- From a link that was replaced to the one that stands for it.
create index link_replaces on link (county_code, (evidence->>'replaces')) where method = 'review';

-- Everything that happened to a household, dated twice: happened_on (in the world), recorded_at (known to us). An
-- event tells what was known when it was recorded: how it ended is an event of its own. written_for: the household
-- it was written for, which may have been merged into this one since.
create view timeline with (security_invoker = true) as
select county_code, household_id, household_id as written_for, area_code, 'survey.submitted' as kind,
  coalesce(surveyed_on, received_at::date) as happened_on,
  received_at as recorded_at, account_id, instance_id as subject_id,
  jsonb_build_object('form_id', form_id, 'surveyor_name', surveyor_name) as detail
from (
  select k.county_code, k.household_id, s.area_code, s.surveyed_on, s.received_at, s.account_id, s.instance_id, s.form_id,
    s.surveyor_name
  from link k join submission s on s.county_code = k.county_code and s.instance_id = k.left_id
  where k.left_kind = 'submission' and k.withdrawn_at is null and k.household_id is not null) t
union all
select county_code, counts_for, household_id, area_code, 'assess.assessed', assessed_at::date, assessed_at, account_id, assessment_id,
  jsonb_build_object('verdict', verdict, 'net_income_per_capita', net_income_per_capita, 'reference_date', reference_date)
from assessment_now
union all
select county_code, counts_for, household_id, area_code, 'assess.verified', decided_at::date, decided_at, decided_by, verification_id,
  jsonb_build_object('state', state, 'note', note) from verification_now where decided_at is not null
union all
select county_code, counts_for, household_id, area_code, 'appraise.opened', opened_at::date, opened_at, opened_by, appraisal_id,
  jsonb_build_object('kind', kind) from appraisal_now
union all
select v.county_code, v.counts_for, v.household_id, v.area_code, 'appraise.voted', m.held_on, m.recorded_at, m.account_id, v.meeting_id,
  jsonb_build_object('for', v.votes_for, 'against', v.votes_against, 'abstain', v.votes_abstain, 'passed', v.passed)
from appraisal_vote_now v join appraisal_meeting m on m.county_code = v.county_code and m.meeting_id = v.meeting_id
union all
select n.county_code, n.counts_for, n.household_id, n.area_code, 'appraise.noticed', p.posted_on, p.recorded_at, p.account_id, n.notice_id,
  jsonb_build_object('stage', p.stage, 'place', p.place, 'closes_on', p.closes_on)
from notice_household_now n join public_notice p on p.county_code = n.county_code and p.notice_id = n.notice_id
union all
select county_code, counts_for, household_id, area_code, 'appraise.objected', made_on, recorded_at, account_id, objection_id,
  jsonb_build_object('statement', statement) from objection_now
union all
select county_code, counts_for, household_id, area_code, 'appraise.resolved', resolved_at::date, resolved_at, resolved_by, objection_id,
  jsonb_build_object('state', state, 'resolution', resolution) from objection_now where resolved_at is not null
union all
select county_code, counts_for, household_id, area_code, 'appraise.reviewed', decided_at::date, decided_at, account_id, review_id,
  jsonb_build_object('level', level, 'decision', decision, 'reason', reason) from review_now
union all
select county_code, counts_for, household_id, area_code, 'register.' || kind, valid_from, recorded_at, account_id, entry_id,
  jsonb_build_object('source_kind', source_kind, 'reason', data->'reason') from register_entry_now
union all
select county_code, counts_for, household_id, area_code, 'diagnose.diagnosed', diagnosed_at::date, diagnosed_at, account_id, diagnosis_id,
  jsonb_build_object('main_cause', main_cause, 'other_causes', other_causes, 'stated_cause', stated_cause) from diagnosis_now
union all
select county_code, counts_for, household_id, area_code, 'prescribe.planned', made_at::date, made_at, made_by, plan_id,
  jsonb_build_object('year', year, 'cost', cost, 'income_gain', income_gain) from plan_now
union all
select county_code, counts_for, household_id, area_code, 'prescribe.approved', approved_at::date, approved_at, approved_by, plan_id,
  jsonb_build_object('year', year, 'agreed_on', agreed_on) from plan_now where approved_at is not null
union all
select county_code, counts_for, household_id, area_code, 'deliver.helper', valid_from, recorded_at, account_id, helper_id,
  jsonb_build_object('name', name, 'unit', unit) from helper_now
union all
select county_code, counts_for, household_id, area_code,
  case when reverses is null then 'deliver.delivered' else 'deliver.reversed' end, delivered_on, recorded_at, account_id,
  delivery_id, jsonb_build_object('measure_code', measure_code, 'batch', batch, 'cost', cost, 'provider', provider,
    'head_signed', head_signed) from delivery_now
union all
select county_code, counts_for, household_id, area_code, 'monitor.changed', happened_on, recorded_at, account_id, change_id,
  detail || jsonb_build_object('kind', kind, 'source', source) from change_event_now
union all
select county_code, counts_for, household_id, area_code, 'monitor.alerted', raised_at::date, raised_at, null, alert_id,
  jsonb_build_object('rule_code', rule_code, 'severity', severity) from alert_now
union all
select county_code, counts_for, household_id, area_code, 'monitor.handled', handled_at::date, handled_at, handled_by, alert_id,
  jsonb_build_object('rule_code', rule_code, 'state', state, 'action', action) from alert_now where handled_at is not null
union all
select county_code, counts_for, household_id, area_code, 'exit.' || kind, happened_on, recorded_at, account_id, step_id, detail
from exit_step_now
union all
select county_code, counts_for, household_id, area_code, 'evaluate.inspected', inspected_on, recorded_at, account_id, inspection_id,
  jsonb_build_object('found_poor', found_poor, 'recognises_help', recognises_help) from inspection_now
union all
select county_code, counts_for, household_id, area_code, 'evaluate.published', published_at::date, published_at, null, evaluation_id,
  jsonb_build_object('found_poor', found_poor, 'stratum', stratum) from evaluation_unit_now
where published_at is not null and found_poor is not null
union all
select n.county_code, n.household_id, o.household_id, n.area_code, 'match.merged', min(n.linked_at)::date, min(n.linked_at),
  n.account_id, n.evidence->>'review_id', jsonb_build_object('gone', o.household_id, 'kept', n.household_id)
from link n join link o on o.county_code = n.county_code and o.link_id = n.evidence->>'replaces'
where n.method = 'review' and n.left_kind = 'submission' and n.household_id <> o.household_id
  and n.evidence->>'restores' is null
group by n.county_code, n.household_id, o.household_id, n.area_code, n.account_id, n.evidence->>'review_id'
union all
select n.county_code, n.household_id, o.household_id, n.area_code, 'match.parted', min(n.withdrawn_at)::date,
  min(n.withdrawn_at), n.withdrawn_by, n.evidence->>'review_id',
  jsonb_build_object('gone', o.household_id, 'kept', n.household_id, 'reason', n.withdrawn_reason)
from link n join link o on o.county_code = n.county_code and o.link_id = n.evidence->>'replaces'
where n.method = 'review' and n.left_kind = 'submission' and n.household_id <> o.household_id
  and n.withdrawn_at is not null and not exists (select 1 from link l where l.county_code = n.county_code
    and l.evidence->>'replaces' = n.link_id)
group by n.county_code, n.household_id, o.household_id, n.area_code, n.withdrawn_by, n.withdrawn_reason,
  n.evidence->>'review_id'
union all
select n.county_code, o.household_id, o.household_id, n.area_code, 'match.merged', min(n.linked_at)::date, min(n.linked_at),
  n.account_id, n.evidence->>'review_id', jsonb_build_object('gone', o.household_id, 'kept', n.household_id)
from link n join link o on o.county_code = n.county_code and o.link_id = n.evidence->>'replaces'
where n.method = 'review' and n.left_kind = 'submission' and n.household_id <> o.household_id
  and n.evidence->>'restores' is null
group by n.county_code, n.household_id, o.household_id, n.area_code, n.account_id, n.evidence->>'review_id'
union all
select n.county_code, o.household_id, o.household_id, n.area_code, 'match.parted', min(n.withdrawn_at)::date,
  min(n.withdrawn_at), n.withdrawn_by, n.evidence->>'review_id',
  jsonb_build_object('gone', o.household_id, 'kept', n.household_id, 'reason', n.withdrawn_reason)
from link n join link o on o.county_code = n.county_code and o.link_id = n.evidence->>'replaces'
where n.method = 'review' and n.left_kind = 'submission' and n.household_id <> o.household_id
  and n.withdrawn_at is not null and not exists (select 1 from link l where l.county_code = n.county_code
    and l.evidence->>'replaces' = n.link_id)
group by n.county_code, n.household_id, o.household_id, n.area_code, n.withdrawn_by, n.withdrawn_reason,
  n.evidence->>'review_id';
grant select on timeline to doorstep_app, doorstep_read;
