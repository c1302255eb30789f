-- What an assessment was made of, kept beside it. The submission is kept for ever by its instance_id; the rows of other
-- departments' lists are brought up to date in place, so those that were read are kept here:
-- {"registers": [...]} or {"registers": null} where no list was ever imported. Null: assessed before this was kept.
alter table assessment add column evidence jsonb;

-- The rules behind a pack_hash, as text, with their dated figures: what an assessment of an older pack is told by, and
-- what has changed since. Rows are added, never changed.
create table assessed_rules (
  pack_hash text not null,
  kept_at timestamptz not null,
  rules jsonb not null,
  constraint assessed_rules_pkey primary key (pack_hash)
);
select replicate('assessed_rules');
grant select, insert on assessed_rules to doorstep_app;
grant select on assessed_rules to doorstep_read;

-- Under which rules the last run of a county began: a run under others stops before it writes over newer ones.
create table assessment_turn (
  county_code text not null,
  pack_hash text not null,
  turn bigint not null,
  constraint assessment_turn_pk primary key (county_code)
);
select distribute('assessment_turn', 'county_code', 'submission');
grant select, insert, update on assessment_turn to doorstep_app;
grant select on assessment_turn to doorstep_read;
