-- Households of one partition: where they live, what family they are, what has hit them.
create or replace table h as
with placed as (
  select a.*, unnest(range(a.first_household, a.first_household + a.households)) as hh
  from area a where a.part = {{part}}
), family as (
  select *, u(hh, 'family') as f,
    floor(u(hh, 'kids') * 100)::integer as kid_draw
  from placed
)
select * exclude (f, kid_draw),
  -- Made shares of family kinds, so that a household has about 4.2 people.
  case when f < 0.325 then 'nuclear' when f < 0.605 then 'three_generations' when f < 0.775 then 'stem'
    when f < 0.83 then 'elders_left' when f < 0.873 then 'elder_couple' when f < 0.91 then 'single_elder'
    when f < 0.95 then 'grandparents_raising' when f < 0.975 then 'lone_parent' else 'bachelor' end as family,
  case when kid_draw < 32 then 1 when kid_draw < 78 then 2 else 3 end as kids,
  case when f < 0.605 then 27 + 25 * u(hh, 'core_age')
    when f < 0.775 then 25 + 15 * u(hh, 'core_age')
    when f < 0.83 then 24 + 14 * u(hh, 'core_age')
    when f < 0.91 then 35 + 20 * u(hh, 'core_age')
    when f < 0.95 then 28 + 17 * u(hh, 'core_age')
    when f < 0.975 then 28 + 18 * u(hh, 'core_age')
    else 36 + 24 * u(hh, 'core_age') end as core_age,
  24 + 6 * u(hh, 'elder_gap') as elder_gap,
  exp({{household_sigma}} * n01(hh, 'ability')) as ability,
  -- What hits a household, or has always held it back, comes first; income follows from it.
  (chance(group_index, 'flood', 0.025) and chance(hh, 'flood_house', 0.5)) or chance(hh, 'disaster', 0.012) as disaster,
  chance(hh, 'accident', 0.006) as accident,
  chance(hh, 'death', 0.012) as death,
  chance(hh, 'crop_failure', 0.01) as crop_failure,
  chance(hh, 'livestock_loss', 0.015) as livestock_loss,
  chance(hh, 'job_loss', 0.01) as job_loss,
  chance(hh, 'no_funds', 0.045) as no_funds,
  hilly > 0.75 and chance(hh, 'remote', 0.28) as remote,
  hilly > 0.6 and chance(hh, 'dry_fields', 0.09) as dry_fields,
  chance(hh, 'little_land', 0.11) as little_land,
  chance(hh, 'weak_drive', 0.012) as weak_drive
from family;
