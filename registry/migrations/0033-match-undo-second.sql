-- Two people decide that two households are one where one of them is on the register; two take that back. Who asked first
-- for a decision to be taken back stands here; when another one agrees, it is taken back and this is settled.
create table match_undo (
  county_code text not null,
  undo_id text not null,
  review_id text not null,
  area_code text not null,
  account_id text,
  note text not null,
  asked_at timestamptz(3) not null,
  settled_at timestamptz(3),
  constraint match_undo_pk primary key (county_code, undo_id)
);
select distribute('match_undo', 'county_code', 'submission');
alter table match_undo add constraint match_undo_review_fk foreign key (county_code, review_id)
  references match_review (county_code, review_id);
create unique index match_undo_once on match_undo (county_code, review_id, account_id) where settled_at is null;
select guard('match_undo', 'select, insert, update');
