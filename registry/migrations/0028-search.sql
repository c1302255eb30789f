-- A household is looked for by the code on its survey card too.
create index submission_household_code on submission (county_code, household_code) where household_code is not null;
