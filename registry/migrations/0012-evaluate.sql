-- 11-evaluate: independent inspection. Writing room: 11-evaluate.
-- Officials never see a draw before it is published: the policy itself says so.

create table evaluation (
  county_code text not null,
  evaluation_id text not null,
  area_code text not null,
  year int not null,
  design jsonb not null,
  seed text not null,
  seed_sha256 text not null,
  frame_sha256 text,
  state text not null,
  created_at timestamptz not null,
  created_by text not null,
  drawn_at timestamptz,
  published_at timestamptz,
  closed_at timestamptz,
  decision jsonb,
  constraint evaluation_pk primary key (county_code, evaluation_id),
  constraint evaluation_state check (state in ('designed', 'drawn', 'published', 'closed'))
);
select distribute('evaluation', 'county_code', 'submission');
select guard('evaluation', 'select, insert, update', 'published_at is not null or in_role(''evaluator,inspector,auditor'')');

create table evaluation_unit (
  county_code text not null,
  evaluation_id text not null,
  household_id text not null,
  area_code text not null,
  stratum text not null,
  draw_order int not null,
  inclusion_probability double precision not null,
  weight double precision not null,
  inspector_id text,
  published_at timestamptz,
  constraint evaluation_unit_pk primary key (county_code, evaluation_id, household_id),
  constraint evaluation_unit_stratum check (stratum in ('exited', 'registered', 'never_registered'))
);
select distribute('evaluation_unit', 'county_code', 'submission');
alter table evaluation_unit add constraint evaluation_unit_evaluation_fk foreign key (county_code, evaluation_id)
  references evaluation (county_code, evaluation_id);
select guard('evaluation_unit', 'select, insert, update', 'published_at is not null or in_role(''evaluator,inspector,auditor'')');

create table inspection (
  county_code text not null,
  inspection_id text not null,
  evaluation_id text not null,
  household_id text not null,
  area_code text not null,
  answers jsonb not null,
  result jsonb not null,
  found_poor boolean,
  recognises_help boolean,
  inspected_on date not null,
  recorded_at timestamptz not null,
  account_id text not null,
  constraint inspection_pk primary key (county_code, inspection_id),
  constraint inspection_once unique (county_code, evaluation_id, household_id)
);
select distribute('inspection', 'county_code', 'submission');
select guard('inspection', 'select, insert', 'in_role(''evaluator,inspector,auditor,national_analyst'')');

create table evaluation_estimate (
  county_code text not null,
  evaluation_id text not null,
  measure text not null,
  area_code text not null,
  numerator int not null,
  denominator int not null,
  estimate double precision,
  low double precision,
  high double precision,
  confidence double precision not null,
  method text not null,
  threshold double precision,
  recorded_at timestamptz not null,
  constraint evaluation_estimate_pk primary key (county_code, evaluation_id, measure)
);
select distribute('evaluation_estimate', 'county_code', 'submission');
select guard('evaluation_estimate', 'select, insert, update');

create table appeal (
  county_code text not null,
  appeal_id text not null,
  evaluation_id text not null,
  household_id text not null,
  area_code text not null,
  statement text not null,
  evidence text,
  state text not null,
  made_at timestamptz not null,
  made_by text not null,
  decided_at timestamptz,
  decided_by text,
  reason text,
  constraint appeal_pk primary key (county_code, appeal_id),
  constraint appeal_state check (state in ('open', 'upheld', 'dismissed'))
);
select distribute('appeal', 'county_code', 'submission');
select guard('appeal', 'select, insert, update');
