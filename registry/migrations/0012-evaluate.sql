-- 11-evaluate: independent inspection. Writing room: 11-evaluate.
-- Officials never see a draw before it is published: the policies themselves say so.

-- True when the area lies around the actor's scope (the county of a township's officer): what concerns the whole
-- county, once it is published, is shown to those within it. The owner's '*' sees all.
create function around_scope(area_code text) returns boolean
language sql stable parallel safe
as $$ select current_setting('doorstep.role', true) = '*'
  or strpos(',' || coalesce(current_setting('doorstep.scope', true), ''), ',' || area_code) > 0 $$;

create table evaluation (
  county_code text not null,
  evaluation_id text not null,
  area_code text not null,
  year int not null,
  design jsonb not null,
  -- The commitment comes with the design; the seed itself only at the draw.
  seed_sha256 text not null,
  seed text,
  witness jsonb,
  -- The frame as it was at the draw, one line a household, so that anybody can draw again: `household_id stratum people`.
  frame text,
  frame_sha256 text,
  populations jsonb,
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
create index evaluation_area on evaluation (county_code, area_code, year);
alter table evaluation enable row level security, force row level security;
create policy evaluation_scope on evaluation using (
  (in_scope(area_code) and in_role('evaluator,inspector,auditor'))
  or (published_at is not null and (in_scope(area_code) or around_scope(area_code))));
grant select, insert, update on evaluation to doorstep_app;
grant select on evaluation to doorstep_read;

create table evaluation_unit (
  county_code text not null,
  evaluation_id text not null,
  household_id text not null,
  area_code text not null,
  stratum text not null,
  people int not null,
  draw_order int not null,
  inclusion_probability double precision not null,
  weight double precision not null,
  inspector_id text,
  -- Written at publication: what officials may see of an inspection. The family's answers they never see.
  found_poor boolean,
  found_criteria text[],
  nonresponse text,
  published_at timestamptz,
  constraint evaluation_unit_pk primary key (county_code, evaluation_id, household_id),
  constraint evaluation_unit_stratum check (stratum in ('exited', 'registered', 'never_registered'))
);
select distribute('evaluation_unit', 'county_code', 'submission');
alter table evaluation_unit add constraint evaluation_unit_evaluation_fk foreign key (county_code, evaluation_id)
  references evaluation (county_code, evaluation_id);
create index evaluation_unit_inspector on evaluation_unit (county_code, evaluation_id, inspector_id);
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
  people int not null,
  nonresponse text,
  inspected_on date not null,
  recorded_at timestamptz not null,
  account_id text not null,
  constraint inspection_pk primary key (county_code, inspection_id),
  constraint inspection_once unique (county_code, evaluation_id, household_id),
  constraint inspection_nonresponse check (nonresponse in ('refused', 'absent', 'moved', 'not_found'))
);
select distribute('inspection', 'county_code', 'submission');
select guard('inspection', 'select, insert', 'in_role(''evaluator,inspector,auditor,national_analyst'')');

-- basis: as the inspectors found, and after the appeals that were upheld. Both stay.
create table evaluation_estimate (
  county_code text not null,
  evaluation_id text not null,
  basis text not null,
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
  result text,
  detail jsonb not null,
  recorded_at timestamptz not null,
  published_at timestamptz,
  constraint evaluation_estimate_pk primary key (county_code, evaluation_id, basis, measure),
  constraint evaluation_estimate_basis check (basis in ('as_found', 'after_appeals')),
  constraint evaluation_estimate_result check (result in ('shown', 'refuted', 'not_shown'))
);
select distribute('evaluation_estimate', 'county_code', 'submission');
alter table evaluation_estimate enable row level security, force row level security;
create policy evaluation_estimate_scope on evaluation_estimate using (
  (in_scope(area_code) and in_role('evaluator,auditor'))
  or (published_at is not null and (in_scope(area_code) or around_scope(area_code))));
grant select, insert, update on evaluation_estimate to doorstep_app;
grant select on evaluation_estimate to doorstep_read;

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
create unique index appeal_one_open on appeal (county_code, evaluation_id, household_id) where state = 'open';
select guard('appeal', 'select, insert, update');

-- What an evaluation hands on when it is closed: its final rates, after appeals. A county leaves the list on these.
create view closed_rate with (security_invoker = true) as
select e.county_code, e.evaluation_id, e.area_code, e.year, e.closed_at, t.measure, t.estimate, t.low, t.high, t.result
from evaluation e
join evaluation_estimate t on t.county_code = e.county_code and t.evaluation_id = e.evaluation_id
where e.state = 'closed' and t.basis = 'after_appeals';
grant select on closed_rate to doorstep_app, doorstep_read;
