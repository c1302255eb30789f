-- 08-deliver: what was really given, by whom, at what cost; the income ledger. Writing room: 08-deliver.

create table helper (
  county_code text not null,
  helper_id text not null,
  household_id text not null,
  area_code text not null,
  name text not null,
  unit text not null,
  valid_from date not null,
  valid_to date,
  recorded_at timestamptz not null,
  account_id text,
  constraint helper_pk primary key (county_code, helper_id)
);
select distribute('helper', 'county_code', 'submission');
create index helper_household on helper (county_code, household_id);
select guard('helper', 'select, insert, update');

create table delivery (
  county_code text not null,
  delivery_id text not null,
  household_id text not null,
  area_code text not null,
  plan_id text,
  item_id text,
  measure_code text not null,
  batch text not null,
  delivered_on date not null,
  quantity double precision not null,
  unit text not null,
  cost bigint not null,
  provider text not null,
  head_signed boolean not null,
  note text,
  reverses text,
  recorded_at timestamptz not null,
  account_id text,
  constraint delivery_pk primary key (county_code, delivery_id)
);
select distribute('delivery', 'county_code', 'submission');
alter table delivery add constraint delivery_household_fk foreign key (county_code, household_id)
  references household (county_code, household_id);
create index delivery_household on delivery (county_code, household_id, delivered_on);
create index delivery_area on delivery (county_code, area_code, delivered_on);
select guard('delivery', 'select, insert');

create table income_ledger (
  county_code text not null,
  ledger_id text not null,
  household_id text not null,
  area_code text not null,
  year int not null,
  source text not null,
  amount bigint not null,
  paid_on date,
  payer text,
  evidence text,
  reverses text,
  recorded_at timestamptz not null,
  account_id text,
  constraint income_ledger_pk primary key (county_code, ledger_id)
);
select distribute('income_ledger', 'county_code', 'submission');
create index income_ledger_household on income_ledger (county_code, household_id, year);
select guard('income_ledger', 'select, insert');
