-- The last four characters of a personal number beside region and birth date are the whole number. They are searched by a
-- keyed hash from now on. The program fills it where the ending still stands in clear (registry/secrets/endings.ts): a migration
-- has no key.
alter table person add column national_id_ending text;
create index person_ending on person (county_code, national_id_ending);
drop index person_last4;
create index person_last4 on person (national_id_last4) where national_id_last4 is not null;
