-- What is due, told once: the room that settles it and the road that counts it read the same view.

-- Funded items of agreed and approved plans of which nothing was given yet: neither by this plan nor, for the same
-- measure of the same year, by one that is held since its household is the same.
create view delivery_due with (security_invoker = true) as
select p.county_code, h.area_code, p.year, p.counts_for as household_id, h.head_name, p.plan_id, i.item_id,
  i.measure_code, i.cost
from plan_now p
join plan_item i on i.county_code = p.county_code and i.plan_id = p.plan_id and i.funded
join household h on h.county_code = p.county_code and h.household_id = p.counts_for
where p.state in ('agreed', 'approved') and p.superseded_at is null and not p.held
  and not exists (select 1 from delivery d where d.county_code = i.county_code and d.item_id = i.item_id
    and d.reverses is null and not exists (select 1 from delivery v where v.county_code = d.county_code
      and v.reverses = d.delivery_id))
  and not exists (select 1 from plan_now b
    join plan_item k on k.county_code = b.county_code and k.plan_id = b.plan_id
    join delivery d on d.county_code = k.county_code and d.item_id = k.item_id and d.reverses is null
    where b.county_code = p.county_code and b.counts_for = p.counts_for and b.year = p.year and b.held
      and k.measure_code = i.measure_code
      and not exists (select 1 from delivery v where v.county_code = d.county_code and v.reverses = d.delivery_id));

-- Open cases by the step that each waits for. A review counts from when the case came to where it stands: one that was
-- sent back is reviewed anew.
create view appraisal_due with (security_invoker = true) as
select p.county_code, h.area_code, p.appraisal_id, p.counts_for,
  case
    when p.state = 'applied' then 'meet'
    when p.state = 'county_review' then 'review_county'
    when p.state = 'appraised' and exists (select 1 from review r where r.county_code = p.county_code
      and r.appraisal_id = p.appraisal_id and r.level = 'village' and r.decision = 'approved'
      and r.decided_at >= p.state_since) then 'first_notice'
    when p.state = 'appraised' then 'review_village'
    when exists (select 1 from review r where r.county_code = p.county_code
      and r.appraisal_id = p.appraisal_id and r.level = 'township' and r.decision = 'approved'
      and r.decided_at >= p.state_since) then 'second_notice'
    else 'review_township'
  end as step
from appraisal_now p
join household h on h.county_code = p.county_code and h.household_id = p.counts_for
where p.state in ('applied', 'appraised', 'township_review', 'county_review') and not p.held;

grant select on delivery_due, appraisal_due to doorstep_app, doorstep_read;
