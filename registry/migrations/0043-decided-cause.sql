-- 06-diagnose: a person decides the main cause where it is not sure. The diagnosis before is superseded, never changed.
alter table diagnosis
  add column decided_by text,
  add column decided_reason text,
  add constraint diagnosis_decided check ((decided_by is null) = (decided_reason is null));
