-- The households to be visited, in the shape that `09-members.sql` and `10-answers.sql` read.
create or replace table person as
select p.*, substr(p.true_household_id, 2)::bigint as hh, substr(p.true_person_id, 2)::bigint as pp, 'any' as role,
  p.true_wage / 100.0 as full_wage, 1.0 as f_all
from year_person p;

create or replace table visit as
with asked as (
  select h.*, substr(h.true_household_id, 2)::bigint as hh, w.household_code,
    md5('{{seed}}:visit:{{round}}:' || h.true_household_id) as visit_hash, h.household_size as size,
    h.true_net_income_per_capita / {{line_fen}}::double as wealth
  from year_household h join wanted w using (true_household_id)
), surveyor_of as (
  select village_code, k, surveyor_login, surveyor_name from surveyor
)
select a.*, a.hh * 64 + {{round}} as v, 'main' as kind, uuid_of(a.visit_hash) as uuid, s.surveyor_login,
  s.surveyor_name, 'tablet-' || substr(md5('{{seed}}:' || a.village_code || ':' || s.k), 1, 12) as device_id,
  a.area_code as visit_area_code, a.village_code as visit_village_code, a.longitude as at_longitude, a.latitude as at_latitude,
  make_date({{year}}, 10, 8) + between_(a.hh, 'visit/{{round}}', 0, 44) as surveyed_on,
  450 + floor(u(a.hh, 'visit/{{round}}/minute') * 660)::integer as minute_of_day, between_(a.hh, 'visit/{{round}}/minutes', 15, 40) as minutes,
  false as reticent, false as strategic, false as head_id_for_all
from asked a join surveyor_of s on s.village_code = a.village_code and s.k = 1 + (right(a.area_code, 3)::integer % 2);
