-- 10-exit: household, village, county leave the list. Writing room: 10-exit.

create table exit_case (
  county_code text not null,
  exit_id text not null,
  household_id text not null,
  area_code text not null,
  year int not null,
  instance_id text not null,
  assessment_id text,
  pack_hash text not null,
  checks jsonb not null,
  all_met boolean,
  state text not null,
  state_since timestamptz not null,
  -- Objections that nobody has answered yet; each is a step `objected` without its `answered`.
  open_objections int not null default 0,
  stopped_reason text,
  opened_at timestamptz not null,
  opened_by text,
  consent boolean,
  consent_on date,
  notice_from date,
  notice_to date,
  exited_on date,
  closed_at timestamptz,
  constraint exit_case_pk primary key (county_code, exit_id),
  constraint exit_case_state check (state in ('checked', 'appraised', 'verified', 'consented', 'noticed', 'exited', 'stopped'))
);
select distribute('exit_case', 'county_code', 'submission');
alter table exit_case add constraint exit_case_household_fk foreign key (county_code, household_id)
  references household (county_code, household_id);
create unique index exit_case_one_open on exit_case (county_code, household_id) where closed_at is null;
create index exit_case_household on exit_case (county_code, household_id);
create index exit_case_area on exit_case (county_code, area_code, state);
select guard('exit_case', 'select, insert, update');

create table exit_step (
  county_code text not null,
  step_id text not null,
  exit_id text not null,
  household_id text not null,
  area_code text not null,
  kind text not null,
  happened_on date not null,
  detail jsonb not null,
  recorded_at timestamptz not null,
  account_id text not null,
  constraint exit_step_pk primary key (county_code, step_id),
  constraint exit_step_kind check (kind in ('checked', 'appraised', 'verified', 'consented', 'refused', 'noticed', 'objected',
    'answered', 'exited', 'stopped'))
);
select distribute('exit_step', 'county_code', 'submission');
create index exit_step_exit on exit_step (county_code, exit_id);
create index exit_step_household on exit_step (county_code, household_id);
select guard('exit_step', 'select, insert');

create table area_exit (
  county_code text not null,
  area_exit_id text not null,
  area_code text not null,
  level text not null,
  year int not null,
  checks jsonb not null,
  all_met boolean,
  state text not null,
  proposed_at timestamptz not null,
  proposed_by text not null,
  decided_at timestamptz,
  decided_by text,
  reason text,
  constraint area_exit_pk primary key (county_code, area_exit_id),
  constraint area_exit_state check (state in ('proposed', 'approved', 'refused'))
);
select distribute('area_exit', 'county_code', 'submission');
create index area_exit_area on area_exit (county_code, area_code);
create unique index area_exit_one on area_exit (county_code, area_code, year) where state <> 'refused';
select guard('area_exit', 'select, insert, update');
