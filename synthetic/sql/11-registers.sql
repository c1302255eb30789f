-- Seven registers of other departments, each with its gaps, stale entries and wrong entries.
create or replace table entry as
with adult as (
  -- The member in whose name a household's car, flat or shop stands: its ablest grown member.
  select hh, arg_min(pp, (case when labour_capacity in ('skilled', 'ordinary') then 0 else 100 end) + position) as owner
  from person where age_years >= 18 group by hh
), owned as (
  select h.hh, a.owner as pp, h.* exclude (hh) from verdict h join adult a using (hh)
), listed as (
  select 'vehicle' as register, pp, hh, case when has_car then 'car' else 'truck' end as detail,
    fen(round(38000 + 70000 * u(pp, 'vehicle'), -3)) as value, 'right' as state
  from owned where (has_car or has_truck) and not chance(pp, 'vehicle/gap', 0.05)
  -- Sold but still on the roll, or bought by a relative in this person's name.
  union all select 'vehicle', pp, hh, 'car', fen(round(15000 + 60000 * u(pp, 'vehicle'), -3)),
    case when chance(pp, 'vehicle/lent_name', 0.4) then 'wrong' else 'stale' end
  from owned where not has_car and not has_truck and able > 0 and chance(pp, 'vehicle/stale', 0.006)
  union all select 'business', pp, hh, pick(pp, 'business/kind', ['shop', 'shop', 'transport', 'building', 'food', 'repair']),
    fen(round(10000 + 120000 * u(pp, 'business'), -3)), 'right'
  from owned where owns_business and not chance(pp, 'business/gap', 0.12)
  union all select 'business', pp, hh, 'shop', fen(30000), 'stale'
  from owned where not owns_business and able > 0 and chance(pp, 'business/stale', 0.004)
  union all select 'property', pp, hh, 'town flat', fen(round(120000 + 200000 * u(pp, 'flat'), -3)), 'right'
  from owned where owns_town_house and not chance(pp, 'property/gap', 0.2)
  union all select 'property', pp, hh, 'town flat', fen(150000), 'wrong'
  from owned where not owns_town_house and chance(pp, 'property/wrong', 0.0015)
  union all select 'payroll', pp, hh, pick(pp, 'payroll/kind', ['school', 'township', 'hospital', 'county office']),
    fen(round(28000 + 20000 * u(pp, 'payroll'), -2)), 'right'
  from owned where public_payroll and not chance(pp, 'payroll/gap', 0.04)
  union all select 'payroll', pp, hh, 'school', fen(30000), 'stale'
  from owned where not public_payroll and wealth > 1 and chance(pp, 'payroll/stale', 0.001)
  union all select 'school_roll', pp, hh, case when schooling = 'dropped_out' then 'junior_school' else schooling end, null::bigint,
    case when schooling = 'dropped_out' then 'stale' else 'right' end
  from person where (schooling in ('primary_school', 'junior_school', 'senior_school', 'vocational_school')
      and not chance(pp, 'school/gap', 0.03)) or (schooling = 'dropped_out' and chance(pp, 'school/stale', 0.25))
  union all select 'medical_insurance', pp, hh, case when medical_insurance then 'cooperative scheme' else 'lapsed scheme' end, null,
    case when medical_insurance then 'right' else 'stale' end
  from person where (medical_insurance and not chance(pp, 'insurance/gap', 0.015))
    or (not medical_insurance and chance(pp, 'insurance/stale', 0.08))
  union all select 'disability', pp, hh, disability, null, 'right'
  from person where disability <> 'none'
    and not chance(pp, 'disability/gap', case disability when 'mild' then 0.6 when 'moderate' then 0.4 else 0.22 end)
  union all select 'disability', pp, hh, 'moderate', null, 'wrong'
  from person where disability = 'none' and chance(pp, 'disability/wrong', 0.0006)
), typed as (
  select l.*, p.name as true_name, p.national_id as true_id, p.county_code, p.birth_date,
    hash(l.register || l.pp::varchar)::ubigint as key, (hash(l.register || l.pp::varchar) >> 2)::bigint as r
  from listed l join (select p.pp, p.name, p.national_id, p.birth_date, h.county_code from person p join h using (hh)) p using (pp)
), spoiled as (
  select t.*, u(r, 'id') as id_draw, chance(r, 'name', {{register_name_typo}}) as name_off,
    pick(r, 'digit_at', [5, 8, 9, 10, 12, 14, 15, 16, 17]) as digit_at
  from typed t
)
select register, substr(md5('{{seed}}:record:' || register || ':' || s.pp::varchar), 1, 16) as record_id,
  case when id_draw < {{register_id_missing}} then null
    when id_draw > 1 - {{register_id_typo}} * 0.5 then left(true_id, digit_at - 1) || substr(true_id, digit_at + 1, 1)
      || substr(true_id, digit_at, 1) || substr(true_id, digit_at + 2)
    when id_draw > 1 - {{register_id_typo}} then left(true_id, digit_at - 1)
      || ((substr(true_id, digit_at, 1)::integer + between_(r, 'digit_off', 1, 9)) % 10)::varchar || substr(true_id, digit_at + 1)
    else true_id end as national_id,
  case when name_off then coalesce(left(true_name, 1) || pick(r, 'other', h.others) || substr(true_name, 3),
    left(true_name, 1) || reverse(substr(true_name, 2))) else true_name end as name,
  value, detail,
  greatest(birth_date, case register when 'school_roll' then date '2013-09-01' when 'medical_insurance' then date '2014-01-01'
    else date '2003-01-01' + between_(r, 'since', 0, 3900) end) as since,
  county_code, s.pp, state
from spoiled s left join homophone h on s.name_off and h.ch = substr(s.true_name, 2, 1);
