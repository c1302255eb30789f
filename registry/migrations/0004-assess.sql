-- 03-assess: indicators and verdicts, with reasons. Writing room: 03-assess.

create table assessment (
  county_code text not null,
  assessment_id text not null,
  household_id text not null,
  area_code text not null,
  instance_id text not null,
  pack_hash text not null,
  reference_date date not null,
  assessed_at timestamptz not null,
  superseded_at timestamptz,
  verdict text not null,
  household_size int,
  net_income_per_capita bigint,
  score double precision,
  indicators jsonb not null,
  -- Codes of `indicators` again, so that an area is summed without unpacking every household's reasons.
  unmet_indicators text[] not null default '{}',
  unknown_indicators text[] not null default '{}',
  vetoes jsonb not null,
  evidence_sha256 text not null,
  account_id text,
  constraint assessment_pk primary key (county_code, assessment_id),
  constraint assessment_verdict check (verdict in ('eligible', 'not_eligible', 'needs_verification'))
);
select distribute('assessment', 'county_code', 'submission');
alter table assessment add constraint assessment_household_fk foreign key (county_code, household_id)
  references household (county_code, household_id);
create unique index assessment_current on assessment (county_code, household_id) where superseded_at is null;
create index assessment_area on assessment (county_code, area_code, verdict) where superseded_at is null;
create index assessment_household on assessment (county_code, household_id, assessed_at);
select guard('assessment', 'select, insert, update');

-- Unknown is a value: what would settle it is asked for.
create table follow_up (
  county_code text not null,
  follow_up_id text not null,
  household_id text not null,
  area_code text not null,
  assessment_id text not null,
  fields jsonb not null,
  reason jsonb not null,
  state text not null,
  created_at timestamptz not null,
  done_at timestamptz,
  done_by text,
  constraint follow_up_pk primary key (county_code, follow_up_id),
  constraint follow_up_state check (state in ('open', 'done', 'dropped'))
);
select distribute('follow_up', 'county_code', 'submission');
create index follow_up_open on follow_up (county_code, area_code, household_id, follow_up_id) where state = 'open';
create index follow_up_household on follow_up (county_code, household_id);
select guard('follow_up', 'select, insert, update');

-- A person's answer where the rules said needs_verification (unknowns, veto signs). Never by rule.
create table verification (
  county_code text not null,
  verification_id text not null,
  household_id text not null,
  area_code text not null,
  assessment_id text not null,
  reasons jsonb not null,
  state text not null,
  created_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  note text,
  constraint verification_pk primary key (county_code, verification_id),
  constraint verification_state check (state in ('open', 'confirmed_poor', 'confirmed_not_poor', 'dropped'))
);
select distribute('verification', 'county_code', 'submission');
create index verification_open on verification (county_code, area_code, household_id, verification_id)
  where state = 'open';
create index verification_household on verification (county_code, household_id);
select guard('verification', 'select, insert, update');
