-- 01-survey: forms out, submissions in. Writing room: 01-survey.

-- Row-level security and grants, said once: one permissive policy per table (registry.md 2a.1), the area's scope
-- and, where given, a further condition on the row; app may do `verbs`, read may select.
create function guard(table_name text, verbs text, condition text default 'true') returns void language plpgsql as $$
begin
  execute format('alter table %I enable row level security', table_name);
  execute format('alter table %I force row level security', table_name);
  execute format('create policy %I on %I using (in_scope(area_code) and (%s)) with check (in_scope(area_code) and (%s))',
    table_name || '_scope', table_name, condition, condition);
  execute format('grant %s on %I to doorstep_app', verbs, table_name);
  execute format('grant select on %I to doorstep_read', table_name);
end $$;

create table form (
  form_id text not null,
  version text not null,
  title jsonb not null,
  xlsform text not null,
  xform text not null,
  xform_md5 text not null,
  definition jsonb not null,
  state text not null,
  published_at timestamptz not null,
  constraint form_pk primary key (form_id, version),
  constraint form_state check (state in ('open', 'closed', 'withdrawn'))
);
select replicate('form');
grant select, insert, update on form to doorstep_app;
grant select on form to doorstep_read;

-- Pictures, sounds and choice files that a form needs beside it.
create table form_file (
  form_id text not null,
  version text not null,
  file_name text not null,
  content_type text not null,
  md5 text not null,
  bytes bytea not null,
  constraint form_file_pk primary key (form_id, version, file_name)
);
select replicate('form_file');
grant select, insert, update on form_file to doorstep_app;
grant select on form_file to doorstep_read;

-- An instanceID is unique in the nation; the county is only known from the answers.
create table instance_claim (
  instance_id text not null,
  county_code text not null,
  xml_sha256 text not null,
  constraint instance_claim_pk primary key (instance_id)
);
select distribute('instance_claim', 'instance_id', null);
grant select, insert on instance_claim to doorstep_app;
grant select on instance_claim to doorstep_read;

create table submission (
  county_code text not null,
  instance_id text not null,
  area_code text not null,
  form_id text not null,
  form_version text not null,
  deprecated_id text,
  household_code text,
  xml_sealed bytea not null,
  xml_sha256 text not null,
  answers jsonb not null,
  answers_extra jsonb,
  problems jsonb not null,
  state text not null,
  problem_code text,
  device_id text,
  surveyor_name text,
  surveyed_on date,
  received_at timestamptz not null,
  account_id text,
  constraint submission_pk primary key (county_code, instance_id),
  constraint submission_state check (state in ('accepted', 'quarantined', 'superseded', 'rejected'))
);
select distribute('submission', 'county_code', null);
create index submission_area on submission (county_code, area_code, received_at);
create index submission_state_received on submission (county_code, state, received_at);
create index submission_deprecated on submission (county_code, deprecated_id) where deprecated_id is not null;
select guard('submission', 'select, insert, update');

create table submission_file (
  county_code text not null,
  instance_id text not null,
  file_name text not null,
  area_code text not null,
  content_type text not null,
  sha256 text not null,
  bytes_sealed bytea not null,
  size int not null,
  received_at timestamptz not null,
  constraint submission_file_pk primary key (county_code, instance_id, file_name)
);
select distribute('submission_file', 'county_code', 'submission');
select guard('submission_file', 'select, insert');

-- What could not be read or placed is kept here, whole, until a person has dealt with it.
create table quarantine (
  county_code text not null,
  quarantine_id text not null,
  area_code text not null,
  received_at timestamptz not null,
  account_id text,
  source text not null,
  content_type text not null,
  bytes_sealed bytea not null,
  bytes_sha256 text not null,
  problem jsonb not null,
  resolved_at timestamptz,
  resolved_by text,
  resolution text,
  constraint quarantine_pk primary key (county_code, quarantine_id)
);
select distribute('quarantine', 'county_code', 'submission');
select guard('quarantine', 'select, insert, update');

create table import_batch (
  county_code text not null,
  batch_id text not null,
  area_code text not null,
  kind text not null,
  file_name text not null,
  file_sha256 text not null,
  mapping jsonb not null,
  rows_read int not null,
  rows_accepted int not null,
  rows_quarantined int not null,
  problems jsonb not null,
  imported_at timestamptz not null,
  account_id text,
  constraint import_batch_pk primary key (county_code, batch_id),
  constraint import_batch_kind check (kind in ('submissions', 'register'))
);
select distribute('import_batch', 'county_code', 'submission');
select guard('import_batch', 'select, insert');

-- Other departments' lists: vehicles, businesses, property, payroll, school roll, medical insurance, disability.
create table register_record (
  county_code text not null,
  register text not null,
  record_id text not null,
  area_code text not null,
  national_id_sealed text,
  national_id_hash text,
  name text,
  value bigint,
  detail text,
  since date,
  batch_id text,
  imported_at timestamptz not null,
  constraint register_record_pk primary key (county_code, register, record_id)
);
select distribute('register_record', 'county_code', 'submission');
create index register_record_national_id on register_record (county_code, national_id_hash);
select guard('register_record', 'select, insert, update');
