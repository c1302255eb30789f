-- Nothing counts twice. Requests are kept from it by locks (door/hold.ts); these keys hold where code is wrong.
-- Until now two requests sent at once could record one delivery or one income twice, and reverse one entry twice. What
-- that left behind is put right here by adding entries, as a person would: nothing is changed in or taken from what stands.

-- The first reversal of an entry counts; `repeats` of a later one names it.
alter table delivery add column repeats text;
alter table income_ledger add column repeats text;

update delivery d set repeats = f.first_id
from (select county_code, delivery_id, first_value(delivery_id)
    over (partition by county_code, reverses order by recorded_at, delivery_id) as first_id
  from delivery where reverses is not null) f
where d.county_code = f.county_code and d.delivery_id = f.delivery_id and f.first_id <> d.delivery_id;

update income_ledger l set repeats = f.first_id
from (select county_code, ledger_id, first_value(ledger_id)
    over (partition by county_code, reverses order by recorded_at, ledger_id) as first_id
  from income_ledger where reverses is not null) f
where l.county_code = f.county_code and l.ledger_id = f.ledger_id and f.first_id <> l.ledger_id;

create unique index delivery_reversed_once on delivery (county_code, reverses)
  where reverses is not null and repeats is null;
create unique index income_ledger_reversed_once on income_ledger (county_code, reverses)
  where reverses is not null and repeats is null;

-- What a repeated reversal took away once too often comes back.
insert into delivery (county_code, delivery_id, household_id, area_code, plan_id, item_id, measure_code, batch,
  delivered_on, quantity, unit, cost, provider, head_signed, note, reverses, recorded_at, account_id)
select county_code, delivery_id || '~once', household_id, area_code, plan_id, item_id, measure_code, batch,
  delivered_on, -quantity, unit, -cost, provider, head_signed,
  'Reversed twice at once; the first reversal counts. 同时重复冲销，以首次冲销为准。', delivery_id, recorded_at, null
from delivery where repeats is not null;

insert into income_ledger (county_code, ledger_id, household_id, area_code, year, source, amount, paid_on, payer,
  evidence, reverses, recorded_at, account_id)
select county_code, ledger_id || '~once', household_id, area_code, year, source, -amount, paid_on, payer,
  'Reversed twice at once; the first reversal counts. 同时重复冲销，以首次冲销为准。', ledger_id, recorded_at, null
from income_ledger where repeats is not null;

-- Entries that stand word for word as an earlier one of the same household could only come of two requests at once: one
-- after the other, the second was left out. The later ones are reversed.
insert into delivery (county_code, delivery_id, household_id, area_code, plan_id, item_id, measure_code, batch,
  delivered_on, quantity, unit, cost, provider, head_signed, note, reverses, recorded_at, account_id)
select county_code, delivery_id || '~once', household_id, area_code, plan_id, item_id, measure_code, batch,
  delivered_on, -quantity, unit, -cost, provider, head_signed,
  'Recorded twice at once; the first entry counts. 同时重复登记，以首条为准。', delivery_id, recorded_at, null
from (select d.*, row_number() over (partition by county_code, household_id, measure_code, delivered_on, quantity, unit,
    cost, provider, note order by recorded_at, delivery_id) as nth
  from delivery d where d.reverses is null and not exists (select 1 from delivery v
    where v.county_code = d.county_code and v.reverses = d.delivery_id)) t
where t.nth > 1;

insert into income_ledger (county_code, ledger_id, household_id, area_code, year, source, amount, paid_on, payer,
  evidence, reverses, recorded_at, account_id)
select county_code, ledger_id || '~once', household_id, area_code, year, source, -amount, paid_on, payer,
  'Recorded twice at once; the first entry counts. 同时重复登记，以首条为准。', ledger_id, recorded_at, null
from (select l.*, row_number() over (partition by county_code, household_id, year, source, amount, paid_on, payer,
    evidence order by recorded_at, ledger_id) as nth
  from income_ledger l where l.reverses is null and not exists (select 1 from income_ledger v
    where v.county_code = l.county_code and v.reverses = l.ledger_id)) t
where t.nth > 1;
