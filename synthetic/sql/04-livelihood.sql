-- What a year brings in. Each cause is a factor below one (or a missing sum), so taking it away is one division:
-- that is how the true main cause is known. Sums are of decimals: exact, whatever the order of the rows.
create or replace table care as
select hh, count(*)::integer as size, sum(full_work::decimal(9, 4))::double as full_work,
  count(*) filter (where labour_capacity in ('skilled', 'ordinary')) as able,
  count(*) filter (where health = 'serious_illness') as ill, count(*) filter (where disability = 'severe') as severe,
  count(*) filter (where older_student) as students,
  count(*) filter (where age_years >= 60) as elders, count(*) filter (where age_years >= 80) as very_old,
  count(*) filter (where age_years < 16) as children
from p3 group by hh;

create or replace table p4 as
with factor as (
  select p.*, h.village_effect, h.ability, h.remote, h.weak_drive, h.job_loss, h.hilly, h.accident, c.able,
    case p.health when 'serious_illness' then 0.1
      when 'chronic_illness' then case when p.age_years < 60 then 0.5 else 0.45 end else 1 end as f_ill,
    case p.disability when 'severe' then 0.1 when 'moderate' then 0.5 when 'mild' then 0.85 else 1 end as f_disabled,
    -- Care for the seriously ill or severely disabled, and a parent who follows a student, cost days of the others.
    1 - least(0.8, 0.75 * c.ill / greatest(1, c.able)) as f_care_ill,
    1 - least(0.5, 0.22 * c.severe / greatest(1, c.able)) as f_care_disabled,
    1 - least(0.45, 0.14 * c.students / greatest(1, c.able)) as f_school,
    case when p.education in ('none', 'primary') and p.age_years < 60 then 0.55 else 1 end as f_skill,
    case when h.remote then 0.8 else 1 end as f_road,
    case when h.weak_drive then 0.3 else 1 end as f_drive,
    case when h.job_loss and p.position = 1 then 0.5 when h.accident and p.position = 1 then 0.4 else 1 end as f_other
  from p3 p join h using (hh) join care c using (hh)
), work as (
  select *,
    full_work >= 0.6 and age_years between 17 and 56 and labour_capacity in ('skilled', 'ordinary')
      -- Parents leave more easily where grandparents mind the children.
      and chance(pp, 'migrates', (case when sex = 'male' then 0.5 else 0.34 end
        + case when family in ('three_generations', 'stem') then 0.25 else 0 end) * f_care_ill) as works_away,
    chance(pp, 'near_job', 0.62) as near_job
  from factor
)
select * exclude (village_effect, ability, able),
  -- The year's wage in yuan if nothing were wrong, then as it is.
  case when full_work = 0 then 0 when works_away then {{wage_away}} when near_job then {{wage_near}} else 0 end
    * full_work * ability * exp(village_effect) * log_normal(pp, 'wage', {{person_sigma}})
    * case labour_capacity when 'skilled' then 1.35 else 1 end as full_wage,
  f_ill * f_disabled * f_care_ill * f_care_disabled * f_school * f_skill * f_road * f_drive * f_other as f_all
from work;

create or replace table money as
with earned as (
  select hh, sum((full_wage * f_all)::decimal(18, 4))::double as wage, sum((case when works_away then 0 else full_work * f_ill * f_disabled end)::decimal(18, 4))::double as hands,
    sum((case when works_away then 0 else full_work end)::decimal(18, 4))::double as full_hands,
    -- What each cause takes from wages.
    sum((full_wage * f_all * (1 / (f_ill * f_care_ill) - 1))::decimal(18, 4))::double as wage_lost_ill,
    sum((full_wage * f_all * (1 / (f_disabled * f_care_disabled) - 1))::decimal(18, 4))::double as wage_lost_disabled,
    sum((full_wage * f_all * (1 / f_school - 1))::decimal(18, 4))::double as wage_lost_school,
    sum((full_wage * f_all * (1 / f_skill - 1))::decimal(18, 4))::double as wage_lost_skill,
    sum((full_wage * f_all * (1 / f_road - 1))::decimal(18, 4))::double as wage_lost_road,
    sum((full_wage * f_all * (1 / f_drive - 1))::decimal(18, 4))::double as wage_lost_drive,
    sum((full_wage * f_all * (1 / f_other - 1))::decimal(18, 4))::double as wage_lost_other,
    min(f_care_ill) as f_care_ill, min(f_care_disabled) as f_care_disabled, min(f_school) as f_school,
    min(case when full_work > 0 and not works_away then f_ill else 1 end) as f_farmer_ill,
    min(case when full_work > 0 and not works_away then f_disabled else 1 end) as f_farmer_disabled
  from p4 group by hh
), land as (
  select e.*, c.* exclude (hh), h.* exclude (hh),
    round(c.size * case when h.little_land then 0.12 else 0.55 + 0.35 * u(h.hh, 'land') end
      * (0.75 + 0.5 * u(h.group_index, 'group_land')), 1) as arable_land
  from earned e join care c using (hh) join h using (hh)
), farmed as (
  select *,
    case when chance(hh, 'orchard', 0.16) and full_hands > 0 and not little_land
      then round(1 + 5 * u(hh, 'orchard_size'), 1) else 0 end as orchard_land,
    case when chance(hh, 'trade', 0.07 * ability) and able > 0 and not no_funds
      then 14000 * log_normal(hh, 'trade_size', 0.6) else 0 end as trade,
    ability * exp(village_effect) * log_normal(hh, 'farm', 0.2) as farm_level,
    -- Factors on the farm: what a flood, dry fields, a far road, no money and no will leave of it.
    case when disaster then 0.25 else 1 end as b_disaster, case when dry_fields then 0.45 else 1 end as b_water,
    case when remote then 0.6 else 1 end as b_road, case when no_funds then 0.45 else 1 end as b_funds,
    case when weak_drive then 0.3 else 1 end as b_drive,
    case when crop_failure then 0.6 else 1 end * case when livestock_loss then 0.7 else 1 end as b_other
  from land
), gross as (
  select *,
    farm_level * (arable_land * {{farm_mu}} + orchard_land * {{orchard_mu}} + least(full_hands, 2.5) * {{farm_labour}})
      as full_farm,
    case when full_hands > 0 then hands / full_hands else 1 end as b_hands,
    b_disaster * b_water * b_road * b_funds * b_drive * b_other * f_care_ill * f_care_disabled * f_school as b_all
  from farmed
), net_farm as (
  select *, full_farm * b_all * (0.25 + 0.75 * b_hands) + trade as gross_business, 0.26 + 0.12 * u(hh, 'cost') as cost_share
  from gross
)
select *,
  (gross_business - trade) * (1 - cost_share) as farm_net,
  -- A household short of hands by its make-up (children and elders), not by illness.
  greatest(0, 0.34 * size - full_work) * 8500 * exp(village_effect) as lost_labour,
  case when little_land then 0.7 * size * {{farm_mu}} * 0.75 * exp(village_effect) else 0 end as lost_land,
  case when elders > 0 and children + full_work = 0 or family in ('elders_left', 'grandparents_raising', 'single_elder', 'elder_couple')
      or (elders > 0 and chance(hh, 'supported', 0.25))
    then case when chance(hh, 'no_support', 0.24) then 0
      else (elders + 0.6 * children) * 1250 * exp(village_effect) * log_normal(hh, 'support', 0.55) end
    else 0 end as support,
  case when chance(hh, 'lets', 0.1) then 300 + 1200 * u(hh, 'lease') else 0 end as lease,
  round(case when chance(hh, 'forest', 0.35) then 1 + 14 * hilly * u(hh, 'forest_size') else 0 end, 1) as forest_land
from net_farm;
