-- 02-match: who is who. Writing room: 02-match.

create table household_serial (
  county_code text not null,
  next_serial bigint not null,
  constraint household_serial_pk primary key (county_code)
);
select distribute('household_serial', 'county_code', 'submission');
grant select, insert, update on household_serial to doorstep_app;

-- household_id is printed on the handbook: county, dash, serial (360781-0001234).
create table household (
  county_code text not null,
  household_id text not null,
  area_code text not null,
  head_name text not null,
  household_size int not null,
  first_instance_id text not null,
  current_instance_id text not null,
  surveyed_on date,
  state text not null,
  merged_into text,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  constraint household_pk primary key (county_code, household_id),
  constraint household_state check (state in ('active', 'merged', 'gone'))
);
select distribute('household', 'county_code', 'submission');
create index household_area on household (county_code, area_code, household_id);
create index household_head_name on household (county_code, head_name);
create index household_instance on household (county_code, current_instance_id);
select guard('household', 'select, insert, update');

create table person (
  county_code text not null,
  person_id text not null,
  household_id text not null,
  area_code text not null,
  name text not null,
  relation text,
  sex text,
  birth_date date,
  national_id_sealed text,
  national_id_hash text,
  national_id_last4 text,
  national_id_valid boolean,
  state text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  constraint person_pk primary key (county_code, person_id),
  constraint person_state check (state in ('active', 'merged', 'left', 'dead'))
);
select distribute('person', 'county_code', 'submission');
alter table person add constraint person_household_fk foreign key (county_code, household_id)
  references household (county_code, household_id);
create index person_household on person (county_code, household_id);
create index person_national_id on person (county_code, national_id_hash);
create index person_last4 on person (county_code, national_id_last4);
create index person_name on person (county_code, name);
select guard('person', 'select, insert, update');

-- A link is an entry that can be withdrawn: nothing is merged in place.
-- left_kind: submission (left_id = instance_id -> household), member (instance_id#position -> person),
-- record (register:record_id -> person).
create table link (
  county_code text not null,
  link_id text not null,
  area_code text not null,
  left_kind text not null,
  left_id text not null,
  household_id text,
  person_id text,
  method text not null,
  band text not null,
  match_weight double precision,
  match_probability double precision,
  evidence jsonb not null,
  run_id text,
  account_id text,
  linked_at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by text,
  withdrawn_reason text,
  constraint link_pk primary key (county_code, link_id),
  constraint link_left_kind check (left_kind in ('submission', 'member', 'record')),
  constraint link_method check (method in ('first_seen', 'correction', 'household_code', 'exact_id', 'probabilistic', 'household', 'review')),
  constraint link_band check (band in ('certain', 'auto', 'reviewed'))
);
select distribute('link', 'county_code', 'submission');
create unique index link_one_per_left on link (county_code, left_kind, left_id) where withdrawn_at is null;
create index link_household on link (county_code, household_id);
create index link_person on link (county_code, person_id);
select guard('link', 'select, insert, update');

create table match_review (
  county_code text not null,
  review_id text not null,
  area_code text not null,
  left_kind text not null,
  left_id text not null,
  right_household_id text not null,
  right_person_id text,
  match_weight double precision not null,
  match_probability double precision not null,
  evidence jsonb not null,
  state text not null,
  created_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  note text,
  constraint match_review_pk primary key (county_code, review_id),
  constraint match_review_state check (state in ('open', 'accepted', 'rejected', 'unsure'))
);
select distribute('match_review', 'county_code', 'submission');
create index match_review_open on match_review (county_code, state, match_weight desc);
select guard('match_review', 'select, insert, update');

create table match_run (
  county_code text not null,
  run_id text not null,
  area_code text not null,
  model jsonb not null,
  counts jsonb not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  account_id text,
  constraint match_run_pk primary key (county_code, run_id)
);
select distribute('match_run', 'county_code', 'submission');
select guard('match_run', 'select, insert, update');
