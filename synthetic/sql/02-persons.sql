-- Members of the households of one partition. Roles: core couple, their children, their parents, a grown sibling.
create or replace table slot (role varchar, role_order integer);
insert into slot values ('core_m', 1), ('core_f', 2), ('elder_m', 3), ('elder_f', 4),
  ('kid1', 5), ('kid2', 6), ('kid3', 7), ('extra', 8);

create or replace table p0 as
with grown as (
  select h.hh, h.family, h.kids, s.role, s.role_order, h.hh * 16 + s.role_order as pp,
    h.family in ('stem', 'elders_left', 'elder_couple', 'single_elder', 'grandparents_raising') as elder_heads,
    -- A wife is about two years younger; a father as much older than his son as the household's gap says.
    case s.role
      when 'core_m' then h.core_age
      when 'core_f' then h.core_age - 4 * u(h.hh, 'wife_younger') + 1
      when 'elder_m' then h.core_age + h.elder_gap
      when 'elder_f' then h.core_age + h.elder_gap - 5 * u(h.hh, 'old_wife_younger') + 1
      when 'extra' then h.core_age - 2 - 5 * u(h.hh, 'sibling_younger')
      else h.core_age - 22.5 - 3 * u(h.hh, 'first_birth')
        - (substr(s.role, 4, 1)::integer - 1) * (2 + 2.5 * u(h.hh, 'birth_gap')) end as age,
    case when s.role like '%_m' then 'male' when s.role like '%_f' then 'female'
      when chance(h.hh * 16 + s.role_order, 'sex', 0.53) then 'male' else 'female' end as sex
  from h cross join slot s
), here as (
  select *,
    -- An elder has died with a chance that grows with age; a child is there if born, and gone when married out.
    case when role = 'elder_m' then chance(pp, 'alive', greatest(0.15, 1.08 - greatest(0, age - 55) * 0.021))
      when role = 'elder_f' then chance(pp, 'alive', greatest(0.25, 1.08 - greatest(0, age - 57) * 0.017))
      when role like 'kid%' then substr(role, 4, 1)::integer <= kids and age >= 0
        and (age < 20 or (age < 29 and chance(pp, 'unmarried', case sex when 'male' then 0.75 else 0.4 end)))
      else true end as living
  from grown
)
select hh, pp, role, role_order, sex, age, family, elder_heads
from here
where living and case family
  when 'nuclear' then role in ('core_m', 'core_f', 'kid1', 'kid2', 'kid3')
  when 'three_generations' then role <> 'extra'
  when 'stem' then role <> 'extra' or (chance(hh, 'sibling', 0.3) and age >= 16)
  when 'elders_left' then role in ('core_m', 'elder_m', 'elder_f')
  when 'elder_couple' then role in ('elder_m', 'elder_f')
  when 'single_elder' then role = case when chance(hh, 'widower', 0.45) then 'elder_m' else 'elder_f' end
  when 'grandparents_raising' then role in ('elder_m', 'elder_f', 'kid1') or (role = 'kid2' and kids > 1)
  when 'lone_parent' then role = case when chance(hh, 'widow', 0.55) then 'core_f' else 'core_m' end
    or role in ('kid1', 'kid2') or (role = 'elder_f' and chance(hh, 'mother_here', 0.4))
  when 'bachelor' then role = 'core_m' or (role = 'elder_f' and chance(hh, 'mother_here', 0.55)) end;

-- A single elder who would have died stays: a household has a head.
insert into p0
select h.hh, h.hh * 16 + 4, 'elder_f', 4, 'female', h.core_age + h.elder_gap, h.family, true
from h where h.hh not in (select hh from p0)
  or (h.family = 'grandparents_raising' and h.hh not in (select hh from p0 where role like 'elder%'));

-- Positions: the head first (the older couple where it leads), then the spouse, then the others by role.
create or replace table p1 as
with ranked as (
  select *, case when elder_heads then case role when 'elder_m' then 1 when 'elder_f' then 2 else role_order + 2 end
    else role_order end as head_order
  from p0
), placed as (
  select *, row_number() over (partition by hh order by head_order, role_order)::integer as position from ranked
), headed as (
  select *, first_value(role) over (partition by hh order by position) as head_role from placed
)
select hh, pp, role, sex, age, position, family,
  case when position = 1 then 'head'
    when head_role in ('elder_m', 'elder_f') then case
      when role in ('elder_m', 'elder_f') then 'spouse'
      when role = 'core_f' then 'child_in_law' when role like 'kid%' then 'grandchild' else 'child' end
    else case when role in ('core_m', 'core_f') then 'spouse'
      when role in ('elder_m', 'elder_f') then 'parent' else 'child' end end as relation,
  reference_day() - greatest(20, (age * 365.2425)::integer + between_(pp, 'birthday', 0, 364) - 182) as birth_date
from headed;

-- Names: children bear the father's surname, wives keep their own; villages have clans.
create or replace table p2 as
with drawn as (
  select p1.*, h.clan_1, h.clan_2, h.region,
    year(p1.birth_date) as birth_year,
    date_diff('year', p1.birth_date, reference_day())
      - case when strftime(p1.birth_date, '%m%d') > strftime(reference_day(), '%m%d') then 1 else 0 end as age_years,
    p1.role in ('core_f', 'elder_f') as married_in,
    floor(u(case when p1.role in ('core_f', 'elder_f') then p1.pp else p1.hh end, 'surname') * 10000)::integer as slot,
    u(p1.hh, 'clan') as clan_draw
  from p1 join h using (hh)
), cohort as (
  select *, least(2010, greatest(1940, birth_year // 10 * 10)) as decade,
    floor(pow(u(pp, 'given_1'), 1.5) * 34)::integer as slot_1,
    floor(pow(u(pp, 'given_2'), 1.5) * 34)::integer as slot_2
  from drawn
)
select c.* exclude (clan_1, clan_2, slot, clan_draw, decade, slot_1, slot_2),
  case when c.married_in or c.clan_draw > 0.45 then s.surname
    when c.clan_draw < 0.28 then c.clan_1 else c.clan_2 end as surname,
  case when chance(c.pp, 'one_character', case when c.decade < 1980 then 0.1 when c.decade < 2000 then 0.22 else 0.08 end)
      or a.ch = b.ch then b.ch else a.ch || b.ch end as given,
  -- Seventeen digits: unassigned region, birth date, order number of the day (odd for men). Order numbers start anywhere
  -- and stride by 137, prime to the {{id_width}} of this partition, so that neighbours do not look alike.
  (c.region || strftime(c.birth_date, '%Y%m%d') || lpad((2 * ({{id_start}} + (
      (row_number() over (partition by c.region, c.birth_date, c.sex order by c.pp) - 1) * 137
      + floor(u((c.birth_date - date '1850-01-01') * 2 + (c.sex = 'male')::integer, 'order') * {{id_width}})::bigint
    ) % {{id_width}}) + case c.sex when 'male' then 1 else 0 end)::varchar, 3, '0')) as first17
from cohort c
join surname_slot s on s.slot = c.slot
join given_slot a on a.decade = c.decade and a.sex = c.sex and a.slot = c.slot_1
join given_slot b on b.decade = c.decade and b.sex = c.sex and b.slot = c.slot_2;
