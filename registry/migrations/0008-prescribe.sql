-- 07-prescribe: which measures for whom, within budgets and capacities. Writing room: 07-prescribe.

create table measure_budget (
  county_code text not null,
  budget_id text not null,
  area_code text not null,
  year int not null,
  batch text not null,
  amount bigint not null,
  source text not null,
  recorded_at timestamptz not null,
  account_id text,
  constraint measure_budget_pk primary key (county_code, budget_id),
  constraint measure_budget_one unique (county_code, area_code, year, batch)
);
select distribute('measure_budget', 'county_code', 'submission');
select guard('measure_budget', 'select, insert, update');

create table plan (
  county_code text not null,
  plan_id text not null,
  household_id text not null,
  area_code text not null,
  year int not null,
  diagnosis_id text not null,
  pack_hash text not null,
  state text not null,
  responsible_person text,
  cost bigint not null,
  income_gain bigint not null,
  needs jsonb not null,
  weighed jsonb not null,
  uncovered jsonb not null,
  made_at timestamptz not null,
  made_by text,
  agreed_on date,
  agreed_by text,
  approved_at timestamptz,
  approved_by text,
  superseded_at timestamptz,
  constraint plan_pk primary key (county_code, plan_id),
  constraint plan_state check (state in ('draft', 'agreed', 'approved'))
);
select distribute('plan', 'county_code', 'submission');
alter table plan add constraint plan_household_fk foreign key (county_code, household_id)
  references household (county_code, household_id);
create unique index plan_current on plan (county_code, household_id, year) where superseded_at is null;
create index plan_area on plan (county_code, area_code, state) where superseded_at is null;
select guard('plan', 'select, insert, update');

create table plan_item (
  county_code text not null,
  plan_id text not null,
  item_id text not null,
  household_id text not null,
  area_code text not null,
  measure_code text not null,
  batch text not null,
  cause text,
  cost bigint not null,
  cost_period text not null,
  starts_after_months int not null,
  income_gain bigint not null,
  indicators text[] not null,
  -- Needs closed (share of the income shortfall, one for each indicator), more for the more urgent: what money buys.
  value double precision not null,
  funded boolean not null,
  reason jsonb not null,
  constraint plan_item_pk primary key (county_code, plan_id, item_id),
  constraint plan_item_cost_period check (cost_period in ('once', 'yearly'))
);
select distribute('plan_item', 'county_code', 'submission');
alter table plan_item add constraint plan_item_plan_fk foreign key (county_code, plan_id)
  references plan (county_code, plan_id);
create index plan_item_household on plan_item (county_code, household_id);
create index plan_item_measure on plan_item (county_code, measure_code);
select guard('plan_item', 'select, insert, update');
