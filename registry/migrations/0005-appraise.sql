-- 04-appraise: village meeting, public notice, objections, reviews. Writing room: 04-appraise.

create table appraisal (
  county_code text not null,
  appraisal_id text not null,
  household_id text not null,
  area_code text not null,
  assessment_id text not null,
  kind text not null,
  state text not null,
  state_since timestamptz not null,
  opened_at timestamptz not null,
  opened_by text,
  closed_at timestamptz,
  constraint appraisal_pk primary key (county_code, appraisal_id),
  constraint appraisal_kind check (kind in ('entry', 'return', 'removal')),
  constraint appraisal_state check (state in ('applied', 'appraised', 'first_notice', 'township_review', 'second_notice',
    'county_review', 'approved', 'rejected'))
);
select distribute('appraisal', 'county_code', 'submission');
alter table appraisal add constraint appraisal_household_fk foreign key (county_code, household_id)
  references household (county_code, household_id);
create unique index appraisal_one_open on appraisal (county_code, household_id) where closed_at is null;
create index appraisal_area on appraisal (county_code, area_code, state);
create index appraisal_household on appraisal (county_code, household_id);
select guard('appraisal', 'select, insert, update');

create table appraisal_meeting (
  county_code text not null,
  meeting_id text not null,
  area_code text not null,
  held_on date not null,
  present int not null,
  entitled int not null,
  chair text not null,
  minutes text not null,
  recorded_at timestamptz not null,
  account_id text not null,
  constraint appraisal_meeting_pk primary key (county_code, meeting_id)
);
select distribute('appraisal_meeting', 'county_code', 'submission');
create index appraisal_meeting_area on appraisal_meeting (county_code, area_code, held_on);
select guard('appraisal_meeting', 'select, insert');

create table appraisal_vote (
  county_code text not null,
  meeting_id text not null,
  appraisal_id text not null,
  household_id text not null,
  area_code text not null,
  votes_for int not null,
  votes_against int not null,
  votes_abstain int not null,
  passed boolean not null,
  note text,
  constraint appraisal_vote_pk primary key (county_code, meeting_id, appraisal_id)
);
select distribute('appraisal_vote', 'county_code', 'submission');
alter table appraisal_vote add constraint appraisal_vote_meeting_fk foreign key (county_code, meeting_id)
  references appraisal_meeting (county_code, meeting_id);
create index appraisal_vote_household on appraisal_vote (county_code, household_id);
create index appraisal_vote_appraisal on appraisal_vote (county_code, appraisal_id);
select guard('appraisal_vote', 'select, insert');

create table public_notice (
  county_code text not null,
  notice_id text not null,
  area_code text not null,
  stage text not null,
  place text not null,
  posted_on date not null,
  days int not null,
  closes_on date not null,
  recorded_at timestamptz not null,
  account_id text not null,
  closed_at timestamptz,
  constraint public_notice_pk primary key (county_code, notice_id),
  constraint public_notice_stage check (stage in ('first_notice', 'second_notice', 'announcement'))
);
select distribute('public_notice', 'county_code', 'submission');
create index public_notice_area on public_notice (county_code, area_code, posted_on);
select guard('public_notice', 'select, insert, update');

create table notice_household (
  county_code text not null,
  notice_id text not null,
  appraisal_id text not null,
  household_id text not null,
  area_code text not null,
  constraint notice_household_pk primary key (county_code, notice_id, appraisal_id)
);
select distribute('notice_household', 'county_code', 'submission');
alter table notice_household add constraint notice_household_notice_fk foreign key (county_code, notice_id)
  references public_notice (county_code, notice_id);
create index notice_household_household on notice_household (county_code, household_id);
create index notice_household_appraisal on notice_household (county_code, appraisal_id);
select guard('notice_household', 'select, insert');

create table objection (
  county_code text not null,
  objection_id text not null,
  household_id text not null,
  area_code text not null,
  notice_id text not null,
  made_on date not null,
  made_by text,
  statement text not null,
  state text not null,
  recorded_at timestamptz not null,
  account_id text,
  resolution text,
  resolved_by text,
  resolved_at timestamptz,
  constraint objection_pk primary key (county_code, objection_id),
  constraint objection_state check (state in ('open', 'upheld', 'dismissed'))
);
select distribute('objection', 'county_code', 'submission');
create index objection_household on objection (county_code, household_id);
create index objection_open on objection (county_code, area_code, state);
select guard('objection', 'select, insert, update');

create table review (
  county_code text not null,
  review_id text not null,
  appraisal_id text not null,
  household_id text not null,
  area_code text not null,
  level text not null,
  decision text not null,
  reason text not null,
  decided_at timestamptz not null,
  account_id text not null,
  constraint review_pk primary key (county_code, review_id),
  constraint review_level check (level in ('village', 'township', 'county')),
  constraint review_decision check (decision in ('approved', 'returned', 'rejected'))
);
select distribute('review', 'county_code', 'submission');
create index review_household on review (county_code, household_id, decided_at);
create index review_appraisal on review (county_code, appraisal_id);
select guard('review', 'select, insert');
