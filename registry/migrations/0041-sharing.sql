-- 07-prescribe: places of a measure beside its money, the lot that decides between equals, why an item is not paid, and what
-- families and officers said of single measures.
create table measure_place (
  county_code text not null,
  place_id text not null,
  area_code text not null,
  year int not null,
  measure_code text not null,
  places int not null check (places >= 0),
  source text not null,
  recorded_at timestamptz not null,
  account_id text,
  constraint measure_place_pk primary key (county_code, place_id),
  constraint measure_place_one unique (county_code, area_code, year, measure_code)
);
select distribute('measure_place', 'county_code', 'submission');
select guard('measure_place', 'select, insert, update');

-- Drawn once: never changed, so that nobody shares out again until the lot suits him.
create table plan_lot (
  county_code text not null,
  -- The area whose money is shared out.
  area_code text not null,
  year int not null,
  seed text not null,
  drawn_at timestamptz not null,
  account_id text,
  constraint plan_lot_pk primary key (county_code, year)
);
select distribute('plan_lot', 'county_code', 'submission');
select guard('plan_lot', 'select, insert');

alter table plan_item add column unfunded_reason text
  constraint plan_item_unfunded_reason check (unfunded_reason in ('no_money', 'no_place', 'not_shared'));
-- Until now money was all that could be short.
update plan_item set unfunded_reason = 'no_money' where not funded;

-- What a person said of one measure of a household's year: the family refuses it, an officer adds it or takes it out. Plans
-- are made around what stands; nothing is changed but that it is taken back.
create table plan_wish (
  county_code text not null,
  wish_id text not null,
  household_id text not null,
  -- Where the household lived when it was said.
  area_code text not null,
  year int not null,
  measure_code text not null,
  kind text not null,
  reason text not null,
  made_at timestamptz not null,
  made_by text,
  withdrawn_at timestamptz,
  withdrawn_by text,
  constraint plan_wish_pk primary key (county_code, wish_id),
  constraint plan_wish_kind check (kind in ('refused', 'added', 'taken_out'))
);
select distribute('plan_wish', 'county_code', 'submission');
alter table plan_wish add constraint plan_wish_household_fk foreign key (county_code, household_id)
  references household (county_code, household_id);
create unique index plan_wish_one on plan_wish (county_code, household_id, year, measure_code) where withdrawn_at is null;
select guard('plan_wish', 'select, insert, update');
