-- 02-match: undo to the letter, and what a small batch is looked up by. Writing room: 02-match.

-- What was withdrawn together: the link that somebody said no to, or the question whose decision put others in its
-- place. Taking that back makes exactly these links stand again.
alter table link add column withdrawn_with text;
create index link_withdrawn_with on link (county_code, withdrawn_with) where withdrawn_with is not null;
-- Links that stand again name the one they are.
create index link_restores on link (county_code, (evidence ->> 'restores')) where evidence ->> 'restores' is not null;
create index link_decided on link (county_code, (evidence ->> 'review_id')) where evidence ->> 'review_id' is not null;
create index match_review_left on match_review (county_code, left_id);
-- The county's revision that the decision made: which of two decisions came later, also within one second.
alter table match_review add column decided_turn bigint;

update link set withdrawn_with = case
    when withdrawn_reason ^@ 'review ' then substring(withdrawn_reason from '^review ([^:]+):')
    when withdrawn_reason ^@ 'check ' then substring(withdrawn_reason from '^check ([^:]+):')
    when method = 'review' and evidence ->> 'review_id' is not null then evidence ->> 'review_id'
    else link_id end
  where withdrawn_at is not null;
-- The members of a card went with it.
update link m set withdrawn_with = s.link_id
from link s
where s.county_code = m.county_code and s.left_kind = 'submission' and s.withdrawn_with = s.link_id
  and m.left_kind = 'member' and m.withdrawn_with = m.link_id and m.left_id ^@ (s.left_id || '#')
  and m.withdrawn_at = s.withdrawn_at;

-- Gone: no card that stands names him.
alter table person drop constraint person_state;
alter table person add constraint person_state check (state in ('active', 'merged', 'left', 'gone', 'dead'));
update person p set state = 'gone'
where p.state in ('active', 'left') and not exists (select 1 from link l where l.county_code = p.county_code
  and l.person_id = p.person_id and l.left_kind = 'member' and l.withdrawn_at is null);

create index person_birth_date on person (county_code, birth_date);

-- Who in a county was first to have a number: rows are added, never changed. Of those who have it now the first holds it
-- (national_id_claim), whatever was linked and withdrawn in between.
create table number_claim (
  county_code text not null,
  national_id_hash text not null,
  person_id text not null,
  area_code text not null,
  claimed_at timestamptz not null,
  turn int not null,
  constraint number_claim_pk primary key (county_code, national_id_hash, person_id)
);
select distribute('number_claim', 'county_code', 'submission');
create index number_claim_person on number_claim (county_code, person_id);
select guard('number_claim', 'select, insert');
insert into number_claim (county_code, national_id_hash, person_id, area_code, claimed_at, turn)
select county_code, national_id_hash, person_id, county_code, created_at, 0 from person
where national_id_hash is not null and national_id_valid;

-- Goes up with everything that is written of who is who: a run that planned on an earlier one plans again.
alter table household_serial add column revision bigint not null default 0;
-- Digest of the blocking rules that a county's keys below were made by; null: not all persons have them yet.
alter table household_serial add column keyed_as text;

-- What brings people together to be compared: keyed hashes of each standing person's number, name, sound of the name,
-- birth date, place and telephone as the model's blocking rules take them. `slot`: the rule; below 0 the value of a
-- comparison whose commonness counts.
create table match_key (
  county_code text not null,
  key bigint not null,
  person_id text not null,
  slot smallint not null,
  household_id text not null,
  area_code text not null,
  constraint match_key_pk primary key (county_code, key, person_id, slot)
);
select distribute('match_key', 'county_code', 'submission');
create index match_key_person on match_key (county_code, person_id);
select guard('match_key', 'select, insert, delete');
create index match_key_slot on match_key (county_code, slot) where slot < 0;
