-- 06-diagnose: the main cause is by the evidence and the surveyor's word together; what the evidence alone says stays beside it.
alter table diagnosis
  add column computed_cause text,
  add column certainty double precision check (certainty between 0 and 1),
  add column sure boolean;
-- Until now the computed cause was the main one, and nobody said how sure it was.
update diagnosis set computed_cause = main_cause;
