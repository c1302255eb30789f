-- 10-exit: what a closed evaluation was, beside its final rates: how it was decided, how sure and how large it was, and
-- whether an appeal against it is open. A county leaves the list on one that passed, and on no other.
create view closed_rate with (security_invoker = true) as
select e.county_code, e.evaluation_id, e.area_code, e.year, e.closed_at, t.measure, t.estimate, t.low, t.high, t.result,
  e.decision->>'overall' as overall, (e.design->>'confidence')::double precision as confidence,
  (t.detail->>'known')::integer as known, (t.detail->>'population_households')::integer as population_households,
  (select count(*) from appeal a where a.county_code = e.county_code and a.evaluation_id = e.evaluation_id
    and a.state = 'open')::integer as open_appeals
from evaluation e
join evaluation_estimate t on t.county_code = e.county_code and t.evaluation_id = e.evaluation_id
where e.state = 'closed' and t.basis = 'after_appeals';

grant select on closed_rate to doorstep_app, doorstep_read;
