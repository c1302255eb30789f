-- Who knocked at which door, when, and who was counted there. One row is one submission.
create or replace table place as
select *, row_number() over (order by group_index) - 1 as place, count(*) over () as places
from area where part = {{part}};

create or replace table visit as
with door as (
  select v.*, p.place, p.places,
    chance(v.hh, 'never_surveyed', {{never_surveyed}}) as never_met,
    chance(v.hh, 'second_survey', {{second_survey}}) as again,
    chance(v.hh, 'moved', {{moved}}) as has_moved, chance(v.hh, 'moved_both', 0.5) as in_both,
    v.family = 'stem' and s.couple and chance(v.hh, 'split', {{split_rate}}) as has_split
  from verdict v join place p using (group_index)
  join (select hh, count(*) filter (where role in ('core_m', 'core_f')) = 2
    and bool_or(position = 1 and role like 'elder%') as couple from person group by hh) s using (hh)
), kinds as (
  select hh, 1 as n, case when has_moved and not in_both then 'moved' else 'main' end as kind from door where not never_met
  union all select hh, 2, 'second' from door where again and not never_met
  union all select hh, 3, 'moved_second' from door where has_moved and in_both and not never_met
  union all select hh, 4, 'split' from door where has_split and not never_met
), went as (
  select k.n, k.kind, d.*, d.hh * 8 + k.n as v,
    case when k.kind in ('moved', 'moved_second')
      then (d.place + 1 + floor(u(d.hh, 'new_place') * greatest(1, d.places - 1))::bigint) % d.places else d.place end as at_place
  from kinds k join door d using (hh)
), dated as (
  select w.*, md5('{{seed}}:visit:' || w.v) as visit_hash, p.area_code as visit_area_code, p.village_code as visit_village_code, p.longitude as at_longitude,
    p.latitude as at_latitude, p.group_index as at_group,
    -- A village has two surveyors; a second visit is the other one's.
    case when w.n in (1, 4) then 1 + (p.group_index % 2) else 2 - (p.group_index % 2) end as surveyor_k,
    least(date '2014-06-28', date '2014-04-08' + floor(u(p.group_index, 'first_day') * 66)::integer + between_(w.v, 'day', 0, 4)
      + case when w.n = 1 then 0 else between_(w.v, 'later', 4, 25) end) as surveyed_on
  from went w join place p on p.place = w.at_place
)
select d.* exclude (n), null::varchar as household_code, uuid_of(d.visit_hash) as uuid, s.surveyor_login, s.surveyor_name,
  'tablet-' || substr(md5('{{seed}}:' || d.visit_village_code || ':' || d.surveyor_k), 1, 12) as device_id,
  450 + floor(u(d.v, 'minute') * 660)::integer as minute_of_day, between_(d.v, 'minutes', 18, 55) as minutes,
  -- Traits of the answers of this visit.
  chance(d.hh, 'reticent', {{reticent}}) as reticent,
  not d.true_poor and d.wealth between 1 and 4 and chance(d.hh, 'strategic', {{strategic}}) as strategic,
  chance(d.v, 'head_id', {{head_id}}) as head_id_for_all
from dated d join surveyor s on s.village_code = d.visit_village_code and s.k = d.surveyor_k;
