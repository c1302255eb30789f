-- Members as the surveyor typed them.
create or replace table told_member as
with counted as (
  select v.v, v.uuid, v.kind, v.surveyed_on, v.head_id_for_all, v.strategic, p.*, v.v * 16 + p.position as m
  from visit v join person p using (hh)
  where case v.kind
    when 'split' then p.role in ('core_m', 'core_f', 'kid1', 'kid2', 'kid3')
    when 'main' then p.position = 1 or not (p.works_away and chance(v.v * 16 + p.position, 'left_out', 0.012))
    else p.position = 1 or not chance(v.v * 16 + p.position, 'left_out', 0.05) end
), placed as (
  select * exclude (position), row_number() over (partition by v order by
      case when kind = 'split' then case role when 'core_m' then 0 when 'core_f' then 1 else position end else position end)::integer
      as position,
    case when kind <> 'split' then relation when role = 'core_m' then 'head' when role = 'core_f' then 'spouse'
      else 'child' end as told_relation
  from counted
), marked as (
  select *, first_value(national_id) over (partition by v order by position) as head_id,
    case when chance(m, 'name_typo', {{name_typo}}) then pick(m, 'name_typo_kind', ['sound', 'sound', 'sound', 'sound', 'sound', 'sound',
      'form', 'form', 'swap', 'drop']) end as name_error,
    case when length(name) = 3 then between_(m, 'which_character', 2, 3) when chance(m, 'surname_too', 0.3) then 1
      else length(name)::integer end as which,
    u(m, 'id') as id_draw, u(m, 'date') as date_draw,
    -- Pairs that keep the month, the day's first digit and the century: the form would refuse the rest at the door.
    pick(m, 'id_pair', [9, 15, 16, 14]) as pair_at,
    pick(m, 'id_digit', [9, 10, 15, 16, 17]) as digit_at
  from placed
), numbered as (
  select k.*, substr(k.name, k.which, 1) as wrong_character,
    -- A name with no likely mistake keeps its letters.
    case k.name_error
      when 'sound' then coalesce(left(k.name, k.which - 1) || pick(k.m, 'other', h.others) || substr(k.name, k.which + 1), k.name)
      when 'form' then coalesce(left(k.name, k.which - 1) || pick(k.m, 'other', f.others) || substr(k.name, k.which + 1), k.name)
      when 'swap' then case when length(k.name) = 3 then left(k.name, 1) || substr(k.name, 3, 1) || substr(k.name, 2, 1) else k.name end
      when 'drop' then case when length(k.name) = 3 then left(k.name, 1) || substr(k.name, 3, 1) else k.name end
      else k.name end as told_name,
    case when k.head_id_for_all then k.head_id
      when k.id_draw < {{id_missing}} * case when k.age_years < 6 then 3 else 0.8 end then null
      when k.id_draw > 1 - {{id_typo}} * 0.45 then left(k.national_id, k.pair_at - 1) || substr(k.national_id, k.pair_at + 1, 1)
        || substr(k.national_id, k.pair_at, 1) || substr(k.national_id, k.pair_at + 2)
      when k.id_draw > 1 - {{id_typo}} then left(k.national_id, k.digit_at - 1)
        || ((substr(k.national_id, k.digit_at, 1)::integer + between_(k.m, 'digit_off', 1, 9)) % 10)::varchar
        || substr(k.national_id, k.digit_at + 1)
      else k.national_id end as told_id,
    case when k.date_draw < {{default_date}} then make_date(year(k.birth_date), 1, 1)
      when k.age_years >= 18 and k.date_draw < {{default_date}} + {{lunar_date}} / 0.75
        then k.birth_date - between_(k.m, 'lunar', 20, 50)
      when k.age_years >= 18 and k.date_draw < {{default_date}} + ({{lunar_date}} + {{nominal_age}}) / 0.75
        then (k.birth_date - interval 1 year)::date
      else k.birth_date end as told_birth_date
  from marked k
  left join homophone h on k.name_error = 'sound' and h.ch = substr(k.name, k.which, 1)
  left join variant f on k.name_error = 'form' and f.ch = substr(k.name, k.which, 1)
), aged as (
  select *, (surveyed_on - told_birth_date) / 365.25 as told_age,
    case when strategic and health = 'healthy' and position = 1 and chance(m, 'claims_ill', 0.35) then 'chronic_illness'
      when health = 'serious_illness' and chance(m, 'plays_down', 0.06) then 'chronic_illness'
      when health = 'chronic_illness' and chance(m, 'plays_down', 0.08) then 'healthy'
      when health = 'healthy' and chance(m, 'ails', 0.012) then 'chronic_illness' else health end as told_health
  from numbered
)
select v, 'uuid:' || uuid as instance_id, position, hh, pp, told_name as name, told_relation as relation,
  case when chance(m, 'sex_typo', 0.002) then case sex when 'male' then 'female' else 'male' end else sex end as sex,
  told_birth_date as birth_date, told_id as national_id, ethnicity,
  case when told_age >= 6 then case when chance(m, 'education_typo', 0.03)
    then pick(m, 'education', ['none', 'primary', 'junior_secondary', 'senior_secondary']) else education end end as education,
  case when told_age >= 3 and told_age < 26 then case when schooling = 'dropped_out' and chance(m, 'hides_dropout', 0.15)
    then 'junior_school' else schooling end end as schooling,
  told_health as health,
  case when told_health <> 'healthy' then case when chance(m, 'treated_wrong', 0.01) then not coalesce(illness_treated, true)
    else coalesce(illness_treated, true) end end as illness_treated,
  case when disability in ('mild', 'moderate') and chance(m, 'disability_unsaid', 0.08) then 'none' else disability end as disability,
  case when told_age >= 16 then case when chance(m, 'labour_wrong', 0.04)
    then pick(m, 'labour', ['ordinary', 'weak', 'none']) else labour_capacity end end as labour_capacity,
  case when chance(m, 'insurance_missing', 0.003) then null when chance(m, 'insurance_wrong', 0.0012) then not medical_insurance
    else medical_insurance end as medical_insurance,
  case when told_age >= 16 then pension_insurance end as pension_insurance,
  case when told_age >= 16 then works_away end as works_away,
  case when told_age >= 16 then case when work_months > 0 and chance(m, 'months_off', 0.3)
    then least(12, greatest(1, work_months + between_(m, 'months', -2, 2))) else work_months end end as work_months,
  (name_error is not null and told_name <> name) as name_wrong, told_id is null as id_missing,
  coalesce(told_id <> national_id, false) as id_wrong, told_birth_date <> birth_date as birth_date_wrong
from aged;
