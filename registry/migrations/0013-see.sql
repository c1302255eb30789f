-- 12-see: views only; this room writes nothing. security_invoker, because on a server of many nodes
-- a view without it would show its owner's rows (registry.md 2a.6).

-- Where every household stands on the road, from the current row of each room.
create view household_road with (security_invoker = true) as
select h.county_code, h.household_id, h.area_code, h.head_name, h.household_size, h.surveyed_on, h.current_instance_id,
  a.verdict, a.net_income_per_capita, a.score, a.assessed_at,
  p.state as appraisal_state,
  r.status as register_status, r.registered_on, r.household_attribute,
  d.main_cause, d.stated_cause,
  l.plan_id, l.state as plan_state,
  x.state as exit_state, x.exited_on,
  case
    when r.status = 'registered' and x.exited_on is not null and x.exited_on >= r.status_on then 'exited'
    when r.status = 'registered' and x.state is not null and x.closed_at is null then 'exiting'
    when r.status = 'registered' and l.state = 'approved' then 'helped'
    when r.status = 'registered' then 'registered'
    when r.status = 'deregistered' then 'deregistered'
    when p.state is not null and p.closed_at is null then 'in_appraisal'
    when p.state = 'rejected' then 'rejected'
    when a.verdict is null then 'surveyed'
    else a.verdict
  end as status
from household h
left join assessment a on a.county_code = h.county_code and a.household_id = h.household_id and a.superseded_at is null
left join lateral (
  select p1.state, p1.closed_at from appraisal p1
  where p1.county_code = h.county_code and p1.household_id = h.household_id
  order by p1.opened_at desc, p1.appraisal_id limit 1) p on true
left join register_household r on r.county_code = h.county_code and r.household_id = h.household_id
left join diagnosis d on d.county_code = h.county_code and d.household_id = h.household_id and d.superseded_at is null
left join lateral (
  select l1.plan_id, l1.state from plan l1
  where l1.county_code = h.county_code and l1.household_id = h.household_id and l1.superseded_at is null
  order by l1.year desc limit 1) l on true
left join lateral (
  select x1.state, x1.exited_on, x1.closed_at from exit_case x1
  where x1.county_code = h.county_code and x1.household_id = h.household_id
  order by x1.opened_at desc limit 1) x on true
where h.state = 'active';
grant select on household_road to doorstep_app, doorstep_read;

-- Everything that happened to a household, dated twice: happened_on (in the world), recorded_at (known to us).
create view timeline with (security_invoker = true) as
select county_code, household_id, area_code, 'survey.submitted' as kind, coalesce(surveyed_on, received_at::date) as happened_on,
  received_at as recorded_at, account_id, instance_id as subject_id,
  jsonb_build_object('form_id', form_id, 'surveyor_name', surveyor_name, 'state', submission_state) as detail
from (
  select k.county_code, k.household_id, s.area_code, s.surveyed_on, s.received_at, s.account_id, s.instance_id, s.form_id,
    s.surveyor_name, s.state as submission_state
  from link k join submission s on s.county_code = k.county_code and s.instance_id = k.left_id
  where k.left_kind = 'submission' and k.withdrawn_at is null and k.household_id is not null) t
union all
select county_code, household_id, area_code, 'assess.assessed', reference_date, assessed_at, account_id, assessment_id,
  jsonb_build_object('verdict', verdict, 'net_income_per_capita', net_income_per_capita, 'pack_hash', pack_hash) from assessment
union all
select county_code, household_id, area_code, 'assess.verified', decided_at::date, decided_at, decided_by, verification_id,
  jsonb_build_object('state', state, 'note', note) from verification where decided_at is not null
union all
select county_code, household_id, area_code, 'appraise.opened', opened_at::date, opened_at, opened_by, appraisal_id,
  jsonb_build_object('kind', kind) from appraisal
union all
select v.county_code, v.household_id, v.area_code, 'appraise.voted', m.held_on, m.recorded_at, m.account_id, v.meeting_id,
  jsonb_build_object('for', v.votes_for, 'against', v.votes_against, 'abstain', v.votes_abstain, 'passed', v.passed)
from appraisal_vote v join appraisal_meeting m on m.county_code = v.county_code and m.meeting_id = v.meeting_id
union all
select n.county_code, n.household_id, n.area_code, 'appraise.noticed', p.posted_on, p.recorded_at, p.account_id, n.notice_id,
  jsonb_build_object('stage', p.stage, 'place', p.place, 'closes_on', p.closes_on)
from notice_household n join public_notice p on p.county_code = n.county_code and p.notice_id = n.notice_id
union all
select county_code, household_id, area_code, 'appraise.objected', made_on, recorded_at, account_id, objection_id,
  jsonb_build_object('statement', statement, 'state', state, 'resolution', resolution) from objection
union all
select county_code, household_id, area_code, 'appraise.reviewed', decided_at::date, decided_at, account_id, review_id,
  jsonb_build_object('level', level, 'decision', decision, 'reason', reason) from review
union all
select county_code, household_id, area_code, 'register.' || kind, valid_from, recorded_at, account_id, entry_id,
  jsonb_build_object('source_kind', source_kind) from register_entry
union all
select county_code, household_id, area_code, 'diagnose.diagnosed', diagnosed_at::date, diagnosed_at, account_id, diagnosis_id,
  jsonb_build_object('main_cause', main_cause, 'other_causes', other_causes, 'stated_cause', stated_cause) from diagnosis
union all
select county_code, household_id, area_code, 'prescribe.planned', made_at::date, made_at, made_by, plan_id,
  jsonb_build_object('year', year, 'state', state, 'cost', cost, 'income_gain', income_gain) from plan
union all
select county_code, household_id, area_code, 'deliver.delivered', delivered_on, recorded_at, account_id, delivery_id,
  jsonb_build_object('measure_code', measure_code, 'batch', batch, 'cost', cost, 'provider', provider, 'reverses', reverses) from delivery
union all
select county_code, household_id, area_code, 'monitor.changed', happened_on, recorded_at, account_id, change_id,
  jsonb_build_object('kind', kind, 'source', source) || detail from change_event
union all
select county_code, household_id, area_code, 'monitor.alerted', raised_at::date, raised_at, handled_by, alert_id,
  jsonb_build_object('rule_code', rule_code, 'severity', severity, 'state', state) from alert
union all
select county_code, household_id, area_code, 'exit.' || kind, happened_on, recorded_at, account_id, step_id, detail from exit_step;
grant select on timeline to doorstep_app, doorstep_read;
