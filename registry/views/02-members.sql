-- Who belongs to a household: its card, and what was confirmed to have changed since. See docs/decisions/0017.

-- Changes that stand, of the household and the person each counts for today.
create view member_change with (security_invoker = true) as
select c.county_code, coalesce(h.merged_into, c.household_id) as household_id, c.area_code, c.household_change_id,
  c.change_id, c.effect, coalesce(l.person_id, c.person_id) as person_id, c.happened_on, c.member, c.confirmed_at
from household_change c
left join household h on h.county_code = c.county_code and h.household_id = c.household_id
left join link l on l.county_code = c.county_code and l.left_kind = 'member' and l.left_id = c.listing
  and l.withdrawn_at is null
where c.taken_back_at is null and c.effect <> 'refused';

-- Changes that stand of these households (and of those merged into them) and of these persons, each of the household
-- and the person it counts for today. Null is none.
create function member_changes_of(of_county text, households text[], persons text[])
returns table (county_code text, household_id text, area_code text, household_change_id text, change_id text,
  effect text, person_id text, happened_on date, member jsonb, confirmed_at timestamptz(3))
language sql stable parallel safe
as $$
  with named as (
    select c.household_change_id from household_change c
    where c.county_code = of_county and c.household_id = any(households || array(select k.household_id from household k
      where k.county_code = of_county and k.merged_into = any(households)))
    union
    select c.household_change_id from household_change c where c.county_code = of_county and c.person_id = any(persons)
    union
    select c.household_change_id from link l
    join household_change c on c.county_code = l.county_code and c.listing = l.left_id
    where l.county_code = of_county and l.person_id = any(persons) and l.left_kind = 'member' and l.withdrawn_at is null)
  -- Looked up one by one: a table that the planner knows nothing of yet would have every link read.
  select * from (
    select c.county_code, coalesce((select h.merged_into from household h where h.county_code = of_county
        and h.household_id = c.household_id), c.household_id) as household_id, c.area_code, c.household_change_id,
      c.change_id, c.effect, coalesce((select l.person_id from link l where l.county_code = of_county
        and l.left_kind = 'member' and l.left_id = c.listing and l.withdrawn_at is null), c.person_id) as person_id,
      c.happened_on, c.member, c.confirmed_at
    from household_change c
    where c.county_code = of_county and c.household_change_id = any(array(select n.household_change_id from named n))
      and c.taken_back_at is null and c.effect <> 'refused' offset 0) c
  where c.household_id = any(households) or c.person_id = any(persons) $$;

-- Of these households (null: all of the county) what the current card no longer says, or does not say yet, of who belongs
-- to them: positions whose people died or left, and people who came since (member). Whether somebody is dead, and to
-- which household he belongs, is as 02-match keeps it (person), from the cards and the changes.
create function card_change_of(of_county text, households text[])
returns table (household_id text, household_change_id text, effect text, person_id text, happened_on date,
  "position" int, member jsonb)
language sql stable parallel safe
as $$
  with wanted as (
    select h.household_id, h.current_instance_id, coalesce(h.surveyed_on, '-infinity'::date) as surveyed_on
    from household h where h.county_code = of_county and h.state = 'active'
      and (households is null or h.household_id = any(households))),
  -- Those on the card who are not there any more: few of all.
  missing as (
    select w.household_id, w.surveyed_on, l.left_id, p.person_id, p.state from wanted w
    join link l on l.county_code = of_county and l.household_id = w.household_id and l.left_kind = 'member'
      and l.withdrawn_at is null and l.left_id ^@ (w.current_instance_id || '#')
    join person p on p.county_code = of_county and p.person_id = l.person_id
    where p.state in ('dead', 'left') or p.household_id <> w.household_id)
  select m.household_id, c.household_change_id, c.effect, m.person_id, c.happened_on,
    substring(m.left_id from '#([0-9]+)$')::int, null::jsonb
  from missing m
  cross join lateral (
    select c.household_change_id, c.effect, c.happened_on
    from member_changes_of(of_county, array[m.household_id], array[m.person_id]) c
    where c.person_id = m.person_id and (case when m.state = 'dead' then c.effect = 'died'
      else c.effect = 'left' and c.household_id = m.household_id and c.happened_on >= m.surveyed_on end)
    order by c.happened_on desc, c.confirmed_at desc limit 1) c
  union all
  select w.household_id, c.household_change_id, c.effect, c.person_id, c.happened_on, null, c.member
  from wanted w
  cross join lateral (
    select distinct on (c.person_id) c.* from member_changes_of(of_county, array[w.household_id], null) c
    where c.effect = 'joined' and c.household_id = w.household_id and c.happened_on >= w.surveyed_on
    order by c.person_id, c.happened_on desc, c.confirmed_at desc) c
  join person p on p.county_code = of_county and p.person_id = c.person_id and p.state = 'active'
    and p.household_id = w.household_id
  where not exists (select 1 from link l where l.county_code = of_county and l.person_id = c.person_id
    and l.left_kind = 'member' and l.withdrawn_at is null and l.left_id ^@ (w.current_instance_id || '#')) $$;

-- Who belonged to a household on a day, by what was known at a moment: those on the card that spoke for it then, without
-- those who had died or left, with those who had come. For today and now it is what household_size counts.
create function household_members_at(of_county text, of_household text, on_day date, known timestamptz)
returns table (person_id text, joined_on date)
language sql stable parallel safe
as $$
  with family as (
    select k.household_id from household k where k.county_code = of_county
      and (k.household_id = of_household or k.merged_into = of_household)),
  visit as (
    select s.instance_id, s.surveyed_on, s.received_at, s.deprecated_id from link k
    join submission s on s.county_code = k.county_code and s.instance_id = k.left_id
    where k.county_code = of_county and k.left_kind = 'submission' and k.withdrawn_at is null
      and k.household_id = of_household and s.received_at <= known
      and coalesce(s.surveyed_on, '-infinity'::date) <= on_day),
  -- The last of them that no other corrects.
  card as (
    select v.instance_id, coalesce(v.surveyed_on, '-infinity'::date) as surveyed_on from visit v
    order by exists (select 1 from visit c where c.deprecated_id = v.instance_id), v.surveyed_on desc nulls last,
      v.received_at desc, v.instance_id desc limit 1),
  listed as (
    select l.person_id from card
    join link l on l.county_code = of_county and l.household_id = of_household and l.left_kind = 'member'
      and l.withdrawn_at is null and l.left_id ^@ (card.instance_id || '#')),
  named as (
    select c.household_change_id from family f
    join household_change c on c.county_code = of_county and c.household_id = f.household_id
    union
    select c.household_change_id from listed i
    join household_change c on c.county_code = of_county and c.person_id = i.person_id
    union
    select c.household_change_id from listed i
    join link l on l.county_code = of_county and l.person_id = i.person_id and l.left_kind = 'member'
      and l.withdrawn_at is null
    join household_change c on c.county_code = of_county and c.listing = l.left_id),
  change as (
    select coalesce((select l.person_id from link l where l.county_code = of_county and l.left_kind = 'member'
        and l.left_id = c.listing and l.withdrawn_at is null), c.person_id) as person_id,
      c.effect, c.happened_on, c.confirmed_at, c.household_change_id,
      c.household_id in (select household_id from family) as here
    from household_change c
    where c.county_code = of_county and c.household_change_id = any(array(select n.household_change_id from named n))
      and c.confirmed_at <= known and (c.taken_back_at is null or c.taken_back_at > known)
      and c.happened_on <= on_day and c.effect <> 'refused'),
  -- Of each person the last that happened here since the card.
  last_here as (
    select distinct on (h.person_id) h.person_id, h.effect, h.happened_on from change h cross join card
    where h.here and h.effect <> 'died' and h.happened_on >= card.surveyed_on
    order by h.person_id, h.happened_on desc, h.confirmed_at desc, h.household_change_id desc),
  came as (
    select l.person_id, l.happened_on from last_here l
    where l.effect = 'joined' and l.person_id not in (select person_id from listed)
      and not exists (select 1 from link k
        join submission s on s.county_code = k.county_code and s.instance_id = substring(k.left_id from '^(.*)#[0-9]+$')
        where k.county_code = of_county and k.person_id = l.person_id and k.left_kind = 'member'
          and k.withdrawn_at is null and k.household_id <> of_household and s.received_at <= known
          and s.surveyed_on <= on_day and s.surveyed_on > l.happened_on))
  select p.person_id, p.joined_on from (
    select listed.person_id, null::date as joined_on from listed
    where listed.person_id not in (select l.person_id from last_here l where l.effect = 'left')
    union all
    select came.person_id, came.happened_on from came) p
  where not exists (select 1 from change d where d.person_id = p.person_id and d.effect = 'died') $$;

grant select on member_change to doorstep_app, doorstep_read;
