-- A death, a birth, somebody who moved in or out: told in 09-monitor (change_event), and once confirmed it changes who
-- belongs to the household. A row says one person's coming or going; a move from one household to another is two rows of
-- one change; a row without a person says that it was looked into and is not so. Nothing is removed: what is taken back
-- keeps its row. See docs/decisions/0017.
create table household_change (
  county_code text not null,
  household_change_id text not null,
  change_id text not null,
  household_id text not null,
  area_code text not null,
  effect text not null,
  person_id text,
  -- The line of a survey card on which the person stood (instance_id#position): who he is follows its link.
  listing text,
  happened_on date not null,
  -- Of somebody who came: what is known of him, as a member of a survey card, personal numbers sealed.
  member jsonb,
  -- What was looked at before it was confirmed.
  proof text not null,
  confirmed_at timestamptz(3) not null,
  confirmed_by text,
  taken_back_at timestamptz(3),
  taken_back_by text,
  taken_back_reason text,
  constraint household_change_pk primary key (county_code, household_change_id),
  constraint household_change_effect check (effect in ('died', 'left', 'joined', 'refused')),
  constraint household_change_person check ((effect = 'refused') = (person_id is null)),
  constraint household_change_member check ((effect = 'joined') = (member is not null))
);
select distribute('household_change', 'county_code', 'submission');
alter table household_change add constraint household_change_event_fk foreign key (county_code, change_id)
  references change_event (county_code, change_id);
create unique index household_change_once on household_change (county_code, change_id, household_id)
  where taken_back_at is null;
create unique index household_change_death on household_change (county_code, person_id)
  where effect = 'died' and taken_back_at is null;
create index household_change_household on household_change (county_code, household_id);
create index household_change_of_person on household_change (county_code, person_id);
select guard('household_change', 'select, insert, update');

-- Changes that stand, of the household and the person each counts for today.
create view member_change with (security_invoker = true) as
select c.county_code, coalesce(h.merged_into, c.household_id) as household_id, c.area_code, c.household_change_id,
  c.change_id, c.effect, coalesce(l.person_id, c.person_id) as person_id, c.happened_on, c.member, c.confirmed_at
from household_change c
left join household h on h.county_code = c.county_code and h.household_id = c.household_id
left join link l on l.county_code = c.county_code and l.left_kind = 'member' and l.left_id = c.listing
  and l.withdrawn_at is null
where c.taken_back_at is null and c.effect <> 'refused';

-- What the current card of a household no longer says, or does not say yet, of who belongs to it: positions on the card
-- whose people died or left (position), and people who came since (member). A card surveyed after somebody came or left
-- is believed instead; who died is dead on every card.
create view card_change with (security_invoker = true) as
select * from (
  select distinct on (h.county_code, h.household_id, l.left_id) h.county_code, h.household_id, h.area_code,
    m.household_change_id, m.effect, m.person_id, m.happened_on, m.confirmed_at,
    substring(l.left_id from '#([0-9]+)$')::int as position, null::jsonb as member
  from household h
  join link l on l.county_code = h.county_code and l.household_id = h.household_id and l.left_kind = 'member'
    and l.withdrawn_at is null and substring(l.left_id from '^(.*)#[0-9]+$') = h.current_instance_id
  join member_change m on m.county_code = l.county_code and m.person_id = l.person_id
  where h.state = 'active' and (m.effect = 'died' or (m.effect = 'left' and m.household_id = h.household_id
    and m.happened_on >= coalesce(h.surveyed_on, '-infinity'::date)
    and not exists (select 1 from member_change b where b.county_code = m.county_code and b.person_id = m.person_id
      and b.household_id = m.household_id and b.effect = 'joined'
      and (b.happened_on, b.confirmed_at) > (m.happened_on, m.confirmed_at))))
  order by h.county_code, h.household_id, l.left_id, m.effect) gone
union all
select h.county_code, h.household_id, h.area_code, m.household_change_id, m.effect, m.person_id, m.happened_on,
  m.confirmed_at, null, m.member
from household h
join member_change m on m.county_code = h.county_code and m.household_id = h.household_id and m.effect = 'joined'
where h.state = 'active' and m.happened_on >= coalesce(h.surveyed_on, '-infinity'::date)
  and not exists (select 1 from member_change b where b.county_code = m.county_code and b.person_id = m.person_id
    and (b.effect = 'died' or (b.household_id = m.household_id
      and (b.happened_on, b.confirmed_at, b.household_change_id)
        > (m.happened_on, m.confirmed_at, m.household_change_id))))
  and not exists (select 1 from link l
    join submission s on s.county_code = l.county_code and s.instance_id = substring(l.left_id from '^(.*)#[0-9]+$')
    where l.county_code = m.county_code and l.person_id = m.person_id and l.left_kind = 'member'
      and l.withdrawn_at is null
      and (s.instance_id = h.current_instance_id or (l.household_id <> h.household_id and s.surveyed_on > m.happened_on)));
grant select on member_change, card_change to doorstep_app, doorstep_read;

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
      and l.withdrawn_at is null and substring(l.left_id from '^(.*)#[0-9]+$') = card.instance_id),
  change as (
    select coalesce(l.person_id, c.person_id) as person_id, c.effect, c.happened_on, c.confirmed_at, c.household_change_id,
      c.household_id in (select household_id from family) as here
    from household_change c
    left join link l on l.county_code = c.county_code and l.left_kind = 'member' and l.left_id = c.listing
      and l.withdrawn_at is null
    where c.county_code = of_county and c.confirmed_at <= known and (c.taken_back_at is null or c.taken_back_at > known)
      and c.happened_on <= on_day and c.effect <> 'refused'
      and (c.household_id in (select household_id from family) or c.person_id in (select person_id from listed)
        or l.person_id in (select person_id from listed))),
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

-- The household's story, with what was confirmed and taken back.
alter view timeline rename to timeline_without_changes;
create view timeline with (security_invoker = true) as
select county_code, household_id, written_for, area_code, kind, happened_on, recorded_at, account_id, subject_id, detail
from timeline_without_changes
union all
select c.county_code, coalesce(h.merged_into, c.household_id), c.household_id, c.area_code, 'monitor.confirmed',
  c.happened_on, c.confirmed_at, c.confirmed_by, c.household_change_id,
  jsonb_build_object('effect', c.effect, 'person', p.name, 'proof', c.proof)
from household_change c
left join household h on h.county_code = c.county_code and h.household_id = c.household_id
left join person p on p.county_code = c.county_code and p.person_id = c.person_id
union all
select c.county_code, coalesce(h.merged_into, c.household_id), c.household_id, c.area_code, 'monitor.taken_back',
  c.taken_back_at::date, c.taken_back_at, c.taken_back_by, c.household_change_id,
  jsonb_build_object('effect', c.effect, 'person', p.name, 'reason', c.taken_back_reason)
from household_change c
left join household h on h.county_code = c.county_code and h.household_id = c.household_id
left join person p on p.county_code = c.county_code and p.person_id = c.person_id
where c.taken_back_at is not null;
grant select on timeline to doorstep_app, doorstep_read;
