-- What is due, read along indexes: a page of a county's list asks for the households it shows and for no others.

-- Which deliveries an item had, and which plans of a year stand: nothing led to either.
create index delivery_item on delivery (county_code, item_id) where reverses is null and item_id is not null;
create index plan_standing on plan (county_code, year, household_id)
  where superseded_at is null and state in ('agreed', 'approved');
-- Whether an entry was taken back is asked of every entry; the unique index leaves out repeats, and so served nobody.
create index delivery_reverses on delivery (county_code, reverses) where reverses is not null;
create index income_ledger_reverses on income_ledger (county_code, reverses) where reverses is not null;
-- Objections made on a notice: each look at one read all of the county's.
create index objection_notice on objection (county_code, notice_id, household_id);
-- Undecided questions in the order in which they are asked; one question by its id alone.
create index match_review_asked on match_review (county_code, match_weight desc, review_id)
  where state in ('open', 'unsure');
create index match_review_id on match_review (review_id);

-- Funded items of agreed and approved plans of which nothing was given yet: neither by this plan nor, for the same
-- measure of the same year, by one that is held since its household is the same. Of these households alone, or of all
-- (null). Told twice in one text, because a condition on one side of `not exists` does not reach the other.
create function delivery_due_of(households text[]) returns table (county_code text, area_code text, year int,
  household_id text, head_name text, plan_id text, item_id text, measure_code text, cost bigint)
language sql stable parallel safe
as $$ select p.county_code, h.area_code, p.year, p.counts_for, h.head_name, p.plan_id, i.item_id, i.measure_code, i.cost
from plan_now p
join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id and i.funded
join household h on h.county_code = p.county_code and h.household_id = p.counts_for
where p.state in ('agreed', 'approved') and p.superseded_at is null and not p.held
  and (households is null or (p.counts_for = any(households) and h.household_id = any(households)))
  and not exists (select 1 from delivery d where d.county_code = i.county_code and d.item_id = i.item_id
    and d.reverses is null and not exists (select 1 from delivery v where v.county_code = d.county_code
      and v.reverses = d.delivery_id))
  and not exists (select 1 from plan_now b
    join plan_item k on k.county_code = b.county_code and k.plan_id = b.plan_id
    join delivery d on d.county_code = k.county_code and d.item_id = k.item_id and d.reverses is null
    where b.county_code = p.county_code and b.counts_for = p.counts_for and b.year = p.year and b.held
      and (households is null or b.counts_for = any(households))
      and k.measure_code = i.measure_code
      and not exists (select 1 from delivery v where v.county_code = d.county_code and v.reverses = d.delivery_id)) $$;

create or replace view delivery_due with (security_invoker = true) as
select county_code, area_code, year, household_id, head_name, plan_id, item_id, measure_code, cost
from delivery_due_of(null);
