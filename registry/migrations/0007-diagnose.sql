-- 06-diagnose: causes of poverty. Writing room: 06-diagnose.

create table diagnosis (
  county_code text not null,
  diagnosis_id text not null,
  household_id text not null,
  area_code text not null,
  assessment_id text not null,
  instance_id text not null,
  pack_hash text not null,
  diagnosed_at timestamptz not null,
  superseded_at timestamptz,
  income_shortfall bigint,
  unmet_indicators text[] not null,
  main_cause text,
  other_causes text[] not null,
  causes jsonb not null,
  stated_cause text,
  stated_other_causes text[],
  agrees boolean,
  account_id text,
  constraint diagnosis_pk primary key (county_code, diagnosis_id)
);
select distribute('diagnosis', 'county_code', 'submission');
alter table diagnosis add constraint diagnosis_household_fk foreign key (county_code, household_id)
  references household (county_code, household_id);
create unique index diagnosis_current on diagnosis (county_code, household_id) where superseded_at is null;
create index diagnosis_area on diagnosis (county_code, area_code, main_cause) where superseded_at is null;
select guard('diagnosis', 'select, insert, update');
