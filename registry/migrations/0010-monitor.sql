-- 09-monitor: changes and shocks; risk of falling back. Writing room: 09-monitor.

create table change_event (
  county_code text not null,
  change_id text not null,
  household_id text not null,
  area_code text not null,
  kind text not null,
  happened_on date not null,
  detail jsonb not null,
  source text not null,
  recorded_at timestamptz not null,
  account_id text,
  constraint change_event_pk primary key (county_code, change_id)
);
select distribute('change_event', 'county_code', 'submission');
create index change_event_household on change_event (county_code, household_id, happened_on);
select guard('change_event', 'select, insert');

create table alert (
  county_code text not null,
  alert_id text not null,
  household_id text not null,
  area_code text not null,
  rule_code text not null,
  severity text not null,
  evidence jsonb not null,
  evidence_key text not null,
  state text not null,
  raised_at timestamptz not null,
  handled_at timestamptz,
  handled_by text,
  action text,
  constraint alert_pk primary key (county_code, alert_id),
  constraint alert_once unique (county_code, household_id, rule_code, evidence_key),
  constraint alert_state check (state in ('open', 'visited', 'helped', 'dismissed')),
  constraint alert_severity check (severity in ('high', 'medium', 'low'))
);
select distribute('alert', 'county_code', 'submission');
create index alert_open on alert (county_code, area_code, state);
select guard('alert', 'select, insert, update');
