-- Schooling, health, disability and what a member can do.
create or replace table p3 as
with drawn as (
  select *, surname || given as name, first17 || check_character(first17) as national_id,
    case when age_years >= 60 then {{serious_old}} when age_years >= 45 then {{serious_middle}}
      else {{serious_young}} end as serious_share,
    case when age_years >= 60 then {{chronic_old}} when age_years >= 45 then {{chronic_middle}}
      else {{chronic_young}} end as chronic_share,
    -- Disability rises with age; the shares give the published 6.34 % over all ages of this population.
    {{disabled}} * case when age_years >= 75 then 5 when age_years >= 60 then 2.5 when age_years >= 45 then 1.25
      when age_years >= 18 then 0.6 else 0.33 end as disabled_share,
    u(pp, 'health') as health_draw, u(pp, 'disability') as disability_draw, u(pp, 'education') as education_draw,
    u(pp, 'schooling') as schooling_draw
  from p2
), known as (
  select *,
    case when health_draw < serious_share then 'serious_illness'
      when health_draw < serious_share + chronic_share then 'chronic_illness' else 'healthy' end as health,
    case when disability_draw > disabled_share then 'none'
      when disability_draw < 0.3 * disabled_share then 'severe'
      when disability_draw < 0.6 * disabled_share then 'moderate' else 'mild' end as disability,
    case when age_years < 3 then 'not_applicable'
      when age_years < 6 then case when age_years = 5 or schooling_draw < 0.65 then 'preschool' else 'not_applicable' end
      when age_years < 12 then 'primary_school'
      when age_years < 16 then 'junior_school'
      when age_years < 19 then case when schooling_draw < 0.5 then 'senior_school'
        when schooling_draw < 0.75 then 'vocational_school' else 'not_applicable' end
      when age_years < 23 then case when schooling_draw < 0.22 then 'university' else 'not_applicable' end
      else 'not_applicable' end as schooling
  from drawn
), learned as (
  select *,
    case when schooling in ('preschool', 'primary_school') or age_years < 7 then 'none'
      when schooling = 'junior_school' then 'primary'
      when schooling in ('senior_school', 'vocational_school') then 'junior_secondary'
      when schooling = 'university' then 'senior_secondary'
      when age_years >= 60 then case when education_draw < 0.28 then 'none' when education_draw < 0.82 then 'primary'
        when education_draw < 0.96 then 'junior_secondary' else 'senior_secondary' end
      when age_years >= 40 then case when education_draw < 0.05 then 'none' when education_draw < 0.4 then 'primary'
        when education_draw < 0.87 then 'junior_secondary' when education_draw < 0.97 then 'senior_secondary'
        else 'vocational' end
      else case when education_draw < 0.01 then 'none' when education_draw < 0.12 then 'primary'
        when education_draw < 0.68 then 'junior_secondary' when education_draw < 0.82 then 'senior_secondary'
        when education_draw < 0.92 then 'vocational' else 'college' end end as education
  from known
)
select *,
  schooling in ('senior_school', 'vocational_school', 'university') as older_student,
  case when age_years < 16 or schooling not in ('not_applicable', 'preschool') then 'none'
    when disability = 'severe' or (health = 'serious_illness' and u(pp, 'bedridden') < 0.6) then 'none'
    when age_years >= 75 then 'none'
    when age_years >= 66 or disability = 'moderate' or health = 'serious_illness' then 'weak'
    when age_years >= 60 and u(pp, 'strong') < 0.5 then 'weak'
    when education in ('vocational', 'college') or (education in ('junior_secondary', 'senior_secondary')
      and u(pp, 'skilled') < 0.16) then 'skilled'
    else 'ordinary' end as labour_capacity,
  -- Work of a member if nothing were wrong: by age and schooling alone.
  case when schooling not in ('not_applicable', 'preschool') or age_years < 16 then 0
    when age_years < 20 then 0.6 when age_years < 60 then 1.0 when age_years < 66 then 0.6
    when age_years < 70 then 0.4 when age_years < 75 then 0.2 else 0 end as full_work
from learned;
