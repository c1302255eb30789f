-- 01-survey: an import says what it did to the last row, knows its households again, and its mapping is kept.
alter table import_batch add column source text not null default '';
alter table import_batch add column account jsonb not null default '{}';
alter table import_batch add column rows_known int not null default 0;
alter table import_batch add column rows_unused int not null default 0;
-- Those that stand ended when they were written: an import was one transaction.
alter table import_batch add column state text not null default 'done';
alter table import_batch add constraint import_batch_state check (state in ('running', 'done'));
grant update on import_batch to doorstep_app;

-- Which submission a household of a list became, by the list's own key (hashed: it may be a personal number), so that
-- a corrected list corrects and does not double. Lists of one name are apart for each area they were brought for.
create table import_key (
  county_code text not null,
  area_code text not null,
  source text not null,
  key_hash text not null,
  instance_id text not null,
  content_sha256 text not null,
  batch_id text not null,
  recorded_at timestamptz not null,
  constraint import_key_pk primary key (county_code, area_code, source, key_hash)
);
select distribute('import_key', 'county_code', 'submission');
select guard('import_key', 'select, insert, update');

-- Which column of a list holds what, under a name, for the next list of the same office.
create table import_mapping (
  county_code text not null,
  area_code text not null,
  name text not null,
  kind text not null,
  mapping jsonb not null,
  saved_at timestamptz not null,
  account_id text,
  constraint import_mapping_pk primary key (county_code, area_code, name),
  constraint import_mapping_kind check (kind in ('submissions', 'register'))
);
select distribute('import_mapping', 'county_code', 'submission');
select guard('import_mapping', 'select, insert, update, delete');

-- An edit waits for the submission it corrects; when that comes, it is found here.
create index quarantine_corrects on quarantine (county_code, (problem ->> 'deprecated_id')) where resolved_at is null;
