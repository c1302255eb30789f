-- 05-register: the household file, append-only. Writing room: 05-register.
-- valid_from: true in the world; recorded_at: known to us. The file on any date is a fold over entries.

create table register_entry (
  county_code text not null,
  entry_id text not null,
  household_id text not null,
  area_code text not null,
  kind text not null,
  valid_from date not null,
  recorded_at timestamptz not null,
  data jsonb not null,
  source_kind text not null,
  source_id text not null,
  account_id text,
  role text,
  constraint register_entry_pk primary key (county_code, entry_id),
  constraint register_entry_kind check (kind in ('registered', 'updated', 'moved', 'corrected', 'deregistered', 'returned'))
);
select distribute('register_entry', 'county_code', 'submission');
alter table register_entry add constraint register_entry_household_fk foreign key (county_code, household_id)
  references household (county_code, household_id);
create index register_entry_household on register_entry (county_code, household_id, valid_from, recorded_at);
select guard('register_entry', 'select, insert');

-- Where each household's fold stands now, so that lists need not fold. Rebuilt from register_entry at will.
create table register_household (
  county_code text not null,
  household_id text not null,
  area_code text not null,
  status text not null,
  registered_on date not null,
  status_on date not null,
  household_attribute text,
  head_name text not null,
  household_size int not null,
  last_entry_id text not null,
  changed_at timestamptz not null,
  constraint register_household_pk primary key (county_code, household_id),
  constraint register_household_status check (status in ('registered', 'deregistered'))
);
select distribute('register_household', 'county_code', 'submission');
create index register_household_area on register_household (county_code, area_code, status);
select guard('register_household', 'select, insert, update');
