-- An entry that is unlike what the pack expects is taken when whoever records it says why it is right all the same.
alter table delivery add column confirmed text;
alter table income_ledger add column confirmed text;
