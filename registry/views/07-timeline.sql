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
  n.evidence->>'review_id'
union all
select c.county_code, coalesce(h.merged_into, c.household_id), c.household_id, c.area_code, 'monitor.confirmed',
  c.happened_on, c.confirmed_at, c.confirmed_by, c.household_change_id,
  jsonb_build_object('effect', c.effect, 'person', p.name, 'proof', c.proof)
from household_change c
left join household h on h.county_code = c.county_code and h.household_id = c.household_id
left join person p on p.county_code = c.county_code and p.person_id = c.person_id
union all
select c.county_code, coalesce(h.merged_into, c.household_id), c.household_id, c.area_code, 'monitor.taken_back',
  c.taken_back_at::date, c.taken_back_at, c.taken_back_by, c.household_change_id,
  jsonb_build_object('effect', c.effect, 'person', p.name, 'reason', c.taken_back_reason)
from household_change c
left join household h on h.county_code = c.county_code and h.household_id = c.household_id
left join person p on p.county_code = c.county_code and p.person_id = c.person_id
where c.taken_back_at is not null;

grant select on timeline to doorstep_app, doorstep_read;
