-- The ground every room stands on: helpers, areas, accounts, audit, packs, claims, settings, jobs.
--
-- How every later migration is written (../README.md says why; catalogue.test.ts and lint.test.ts hold it):
--   1. create table: every constraint named; household-scoped tables have county_code text first in every primary,
--      unique and foreign key, and area_code text (the smallest area of the row, for row-level security);
--   2. select distribute('table', 'county_code') straight after it, before any foreign key names it
--      (reference tables: select replicate('table'); tables of one machine, such as sessions and jobs: nothing);
--   3. alter table ... add constraint ..._fk foreign key (county_code, ...) ...;
--   4. create index ... (county_code, ...);
--   5. alter table ... enable row level security, force row level security;
--      create policy <table>_scope on <table> using (in_scope(area_code)) -- one permissive policy, no subquery;
--   6. grant ... to doorstep_app; grant select ... to doorstep_read.
-- Times are timestamptz(3): they reach TypeScript as ISO strings of milliseconds, so nothing is lost on the way.
-- No triggers, no restrictive policies, no simple CASE, no now() in updates (write the time in as a value).

-- Hooks that do nothing without Citus, so that one set of files serves every home.
create function distribute(table_name text, column_name text, colocate text default null) returns void
language plpgsql as $$
begin
  if exists (select 1 from pg_extension where extname = 'citus') then
    execute format('select create_distributed_table(%L, %L, colocate_with => %L)', table_name, column_name, coalesce(colocate, 'default'));
  end if;
end $$;

create function replicate(table_name text) returns void
language plpgsql as $$
begin
  if exists (select 1 from pg_extension where extname = 'citus') then
    execute format('select create_reference_table(%L)', table_name);
  end if;
end $$;

-- True when the area lies in the actor's scope: '*' is everything, else a comma list of area codes, each of which
-- covers every code that begins with it. Unset, empty, or an empty entry shows nothing. One expression, so that it is
-- inlined into the policy.
create function in_scope(area_code text) returns boolean
language sql stable parallel safe
as $$ select current_setting('doorstep.scope', true) = '*'
  -- One area is the common case, and cheaper for each row than taking the list apart.
  or area_code ^@ nullif(current_setting('doorstep.scope', true), '')
  or area_code ^@ any(string_to_array(current_setting('doorstep.scope', true), ',', '')) $$;

-- True when the actor's role is one of the comma list. '*' is the owner's (migrations, backup).
create function in_role(roles text) returns boolean
language sql stable parallel safe
as $$ select current_setting('doorstep.role', true) = '*'
  or current_setting('doorstep.role', true) = any(string_to_array(roles, ',')) $$;

-- True inside transact(): somebody is named.
create function is_acting() returns boolean
language sql stable parallel safe
as $$ select coalesce(current_setting('doorstep.role', true), '') <> '' $$;

create table area (
  area_code text not null,
  parent_code text,
  level text not null,
  name jsonb not null,
  county_code text,
  valid_from date,
  valid_to date,
  successor_codes text[] not null default '{}',
  longitude double precision,
  latitude double precision,
  population integer,
  constraint area_pkey primary key (area_code),
  constraint area_level_check check (level in ('nation', 'province', 'prefecture', 'county', 'township', 'village', 'group')),
  -- A child's code begins with its parent's (the nation excepted), so a scope is a prefix.
  constraint area_nesting_check check (parent_code is null or level = 'province' or area_code ^@ parent_code),
  constraint area_county_check check (county_code is null or area_code ^@ county_code)
);
select replicate('area');
alter table area add constraint area_parent_fk foreign key (parent_code) references area (area_code);
create index area_parent_index on area (parent_code);
create index area_county_index on area (county_code, level);

create table account (
  account_id text not null,
  login text not null,
  name jsonb not null,
  password_hash text,
  locale text not null default 'zh',
  disabled_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  constraint account_pkey primary key (account_id),
  constraint account_login_key unique (login)
);

create table account_role (
  account_id text not null,
  role text not null,
  area_code text not null,
  granted_at timestamptz(3) not null default now(),
  granted_by text,
  constraint account_role_pkey primary key (account_id, role, area_code),
  constraint account_role_account_fk foreign key (account_id) references account (account_id)
);

create table session (
  token_hash text not null,
  account_id text not null,
  role text not null,
  area_code text not null,
  created_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  user_agent text,
  constraint session_pkey primary key (token_hash),
  constraint session_account_fk foreign key (account_id) references account (account_id)
);
create index session_account_index on session (account_id);
create index session_expires_index on session (expires_at);

create table device_key (
  key_hash text not null,
  account_id text not null,
  role text not null,
  area_code text not null,
  label text not null,
  created_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3),
  revoked_at timestamptz(3),
  constraint device_key_pkey primary key (key_hash),
  constraint device_key_account_fk foreign key (account_id) references account (account_id)
);
create index device_key_account_index on device_key (account_id);

-- The last link of each county's chain. The row is locked while a link is added. The seal is an HMAC of (county,
-- sequence, hash) with the key outside the database: who can write here but lacks the key cannot forge a whole chain.
create table audit_head (
  county_code text not null,
  sequence bigint not null,
  hash text not null,
  seal text not null,
  constraint audit_head_pkey primary key (county_code)
);
select distribute('audit_head', 'county_code');

create table audit_event (
  county_code text not null,
  sequence bigint not null,
  recorded_at timestamptz(3) not null,
  account_id text,
  role text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  household_id text,
  detail jsonb not null,
  previous_hash text not null,
  hash text not null,
  constraint audit_event_pkey primary key (county_code, sequence)
);
select distribute('audit_event', 'county_code', 'audit_head');
create index audit_event_household_index on audit_event (county_code, household_id, sequence) where household_id is not null;
create index audit_event_subject_index on audit_event (county_code, subject_kind, subject_id);
create index audit_event_time_index on audit_event (county_code, recorded_at);
alter table audit_event enable row level security, force row level security;
-- Whoever acts may add to any county's chain (a township officer to the county's); only the county's scope may read it.
create policy audit_event_scope on audit_event using (in_scope(county_code)) with check (is_acting());

create table pack_version (
  pack_id text not null,
  pack_hash text not null,
  name jsonb not null,
  content jsonb not null,
  loaded_at timestamptz(3) not null default now(),
  constraint pack_version_pkey primary key (pack_id, pack_hash)
);

-- Whose national ID it is, nationwide. Written in the same transaction as the person; keyed hash, never the number.
create table national_id_claim (
  national_id_hash text not null,
  county_code text not null,
  person_id text not null,
  constraint national_id_claim_pkey primary key (national_id_hash)
);
select distribute('national_id_claim', 'national_id_hash', 'none');

create table setting (
  key text not null,
  value jsonb not null,
  updated_at timestamptz(3) not null default now(),
  constraint setting_pkey primary key (key)
);

-- Long work, with its progress: `done` of `total` steps.
create table job_run (
  job_id text not null,
  kind text not null,
  area_code text,
  account_id text,
  status text not null,
  done bigint not null default 0,
  total bigint,
  message jsonb,
  input jsonb,
  result jsonb,
  started_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  constraint job_run_pkey primary key (job_id),
  constraint job_run_status_check check (status in ('waiting', 'running', 'done', 'failed', 'cancelled'))
);
create index job_run_status_index on job_run (status, started_at);

grant select, insert, update on area, account, pack_version, setting, job_run to doorstep_app;
grant select, insert, update, delete on account_role, session, device_key, national_id_claim to doorstep_app;
grant select, insert, update on audit_head to doorstep_app;
grant select, insert on audit_event to doorstep_app;

grant select on area, account_role, audit_head, audit_event, pack_version, setting, job_run to doorstep_read;
grant select (account_id, login, name, locale, disabled_at, created_at) on account to doorstep_read;
