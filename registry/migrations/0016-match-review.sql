-- 02-match: what reviewers said, and the thresholds in force. Writing room: 02-match.

-- What each reviewer said of a question. The answers decide it; one that is taken back stays, with the time.
create table match_answer (
  county_code text not null,
  answer_id text not null,
  review_id text not null,
  area_code text not null,
  decision text not null,
  note text,
  account_id text,
  answered_at timestamptz(3) not null,
  withdrawn_at timestamptz(3),
  constraint match_answer_pk primary key (county_code, answer_id),
  constraint match_answer_decision check (decision in ('accepted', 'rejected', 'unsure'))
);
select distribute('match_answer', 'county_code', 'submission');
alter table match_answer add constraint match_answer_review_fk foreign key (county_code, review_id)
  references match_review (county_code, review_id);
-- One person answers a question once.
create unique index match_answer_once on match_answer (county_code, review_id, account_id) where withdrawn_at is null;
create index match_answer_time on match_answer (county_code, answered_at);
select guard('match_answer', 'select, insert, update');

-- Thresholds of a county, in bits, each from the day it was set: rows are added, never changed. The next run takes the
-- newest.
create table match_setting (
  county_code text not null,
  setting_id text not null,
  area_code text not null,
  accept double precision not null,
  review double precision not null,
  second_share double precision not null,
  why text not null,
  account_id text,
  set_at timestamptz(3) not null,
  constraint match_setting_pk primary key (county_code, setting_id),
  constraint match_setting_bands check (review <= accept),
  constraint match_setting_share check (second_share between 0 and 1)
);
select distribute('match_setting', 'county_code', 'submission');
create index match_setting_time on match_setting (county_code, set_at desc);
select guard('match_setting', 'select, insert');

-- Register records that have been compared with everyone and belong to nobody yet. The next run compares them with the
-- persons below alone. `digest`: keyed hash of what the record says; a record that says something else is new.
create table match_record_seen (
  county_code text not null,
  left_id text not null,
  area_code text not null,
  digest text not null,
  constraint match_record_seen_pk primary key (county_code, left_id)
);
select distribute('match_record_seen', 'county_code', 'submission');
select guard('match_record_seen', 'select, insert, update, delete');

-- Persons who came, or are other than before, since register records were last compared with them.
create table match_person_fresh (
  county_code text not null,
  person_id text not null,
  area_code text not null,
  constraint match_person_fresh_pk primary key (county_code, person_id)
);
select distribute('match_person_fresh', 'county_code', 'submission');
select guard('match_person_fresh', 'select, insert, delete');

-- Drawn for two reviewers, so that their agreement is known.
alter table match_review add column second_drawn boolean not null default false;
-- Bits at which this question would have been a link without asking; null where no threshold decides it.
alter table match_review add column decisive double precision;

-- Where a household is merged away its file counts for the other one, and its line here goes until they are parted.
grant delete on register_household to doorstep_app;
