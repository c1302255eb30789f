-- One people, two lists: a register as a police station keeps it, and a survey as typed at the door. Slips of the survey
-- are the assumptions times {{errors}}; the register's own do not grow. {{harder}} is 1 for the errors of the field that the
-- plain lists do not have, else 0, and then no draw of theirs changes a row.
create or replace table plainly as
select p.hh, p.pp, p.role, p.position, p.sex, p.birth_date, p.age_years,
  p.surname || p.given as name, p.first17 || check_character(p.first17) as national_id,
  -- Households of the register: a married son's family may still stand in his father's book.
  h.area_code, h.village_code,
  case when chance(p.hh, 'phone', 0.8) then '100' || lpad((hash(p.hh, '{{seed}}:phone') % 100000000)::varchar, 8, '0') end as phone,
  chance(p.pp, 'unregistered', 0.02) as unregistered
from p2 p join h using (hh);

-- Twins (neighbouring numbers, a character of the name in common), names of peoples who write them with a dot, fathers of
-- one name in one village, one telephone for many (the cadre's).
create or replace table registered as
with odd as (
  select s.*, t.birth_date as twin_date, t.age_years as twin_years, t.name as twin_name, t.national_id as twin_id,
    chance(s.hh, 'dotted', 0.03 * {{harder}}) as dotted,
    s.role = 'core_m' and chance(s.hh, 'namesake', 0.02 * {{harder}}) as namesake
  from plainly s left join (from plainly where role = 'kid1' and chance(hh, 'twins', 0.02 * {{harder}})) t
    on t.hh = case s.role when 'kid2' then s.hh end
), dated as (
  select *, left(twin_id, 14)
    || lpad(((substr(twin_id, 15, 3)::integer // 2 * 2 + 2) % 1000 + case sex when 'male' then 1 else 0 end)::varchar, 3, '0') as digits
  from odd
)
select hh, pp, role, position, sex, coalesce(twin_date, birth_date) as birth_date, coalesce(twin_years, age_years) as age_years,
  case when dotted then pick(pp, 'own', ['买买提', '艾合买提', '阿卜杜拉', '吐尔逊', '阿依古丽', '热依汗', '扎西', '卓玛'])
      || '·' || pick(hh, 'father', ['玉素甫', '卡德尔', '依明', '肉孜', '买买提', '次仁'])
    when namesake then left(name, 1) || pick(hash(village_code) // 2, 'namesake', ['建国', '志明', '国平', '海军'])
    when twin_name is not null then left(twin_name, 2) || right(name, 1) else name end as name,
  case when digits is null then national_id else digits || check_character(digits) end as national_id, area_code, village_code,
  case when phone is not null and chance(hh, 'cadre', 0.03 * {{harder}})
    then '101' || lpad((hash(village_code) % 100000000)::varchar, 8, '0') else phone end as phone,
  unregistered,
  -- A child who carries the head's number, with the birth date and sex that the form reads from it.
  role = 'kid1' and chance(hh, 'carried', 0.004 * {{errors}} * {{harder}}) as carries
from dated;

-- Where a married-in woman may still stand: her parents' book, in another village.
create or replace table list_register as
select 'R' || lpad(pp::varchar, 11, '0') as record_id,
  'H' || lpad(hh::varchar, 9, '0') || case when at_parents then 'W' else '' end as household_id, pp,
  case when chance(pp, 'register_form', 0.004) and f.others is not null
    then left(name, length(name) - 1) || pick(pp, 'register_other', f.others) else name end as name,
  case when chance(pp, 'register_no_id', 0.01) then null
    -- Numbers of the old kind: fifteen digits, no century, no check.
    when birth_date < date '1970-01-01' and chance(pp, 'old_number', 0.02)
      then left(national_id, 6) || substr(national_id, 9, 9)
    else national_id end as national_id,
  case when chance(pp, 'register_default', 0.005) then make_date(year(birth_date), 1, 1) else birth_date end as birth_date,
  sex, case when at_parents then left(area_code, 6) || lpad((100 + hash(pp, '{{seed}}:township') % 15)::varchar, 3, '0')
    || lpad((200 + hash(pp, '{{seed}}:village') % 12)::varchar, 3, '0') else left(area_code, 12) end as area_code,
  case when not at_parents then phone end as phone
from (select *, role = 'core_f' and chance(pp, 'at_parents', 0.04 * {{harder}}) as at_parents from registered)
left join variant f on f.ch = right(name, 1)
where not unregistered;

create or replace table listed as
select *,
  -- Where they were met: some have moved to the next village, or across the county line of this partition.
  case when chance(hh, 'elsewhere', {{moved}} * {{errors}}) then 3 when chance(hh, 'next_door', 0.02) then 2 else 1 end as met,
  -- A grown son's family is met on its own.
  chance(hh, 'split', {{split_rate}}) and role in ('core_m', 'core_f', 'kid1', 'kid2', 'kid3') as on_their_own,
  chance(hh, 'head_id', {{head_id}} * {{errors}}) as head_id_for_all,
  hh * 16 + position as m
from registered
where not chance(hh, 'not_met', 0.05) and not chance(pp, 'left_out', 0.02)
  -- Half of the heads whose number a child carries work far away.
  and not (position = 1 and chance(hh, 'carried', 0.004 * {{errors}} * {{harder}}) and chance(hh, 'head_away', 0.5));

create or replace table list_survey as
with marked as (
  select l.*, first_value(l.national_id) over (partition by l.hh order by l.position) as head_id,
    b.national_id as book_id, b.birth_date as book_date, b.sex as book_sex,
    case when chance(m, 'name_typo', {{name_typo}} * {{errors}}) then pick(m, 'name_typo_kind', ['sound', 'sound', 'sound',
      'sound', 'sound', 'sound', 'form', 'form', 'swap', 'drop']) end as name_error,
    case when length(l.name) = 3 then between_(m, 'which_character', 2, 3) when chance(m, 'surname_too', 0.3) then 1
      else length(l.name)::integer end as which,
    case when chance(m, 'by_another_name', case when l.age_years < 16 then 0.02 else 0.004 end * {{errors}} * {{harder}}) then 'other'
      when chance(m, 'no_character', 0.004 * {{errors}} * {{harder}}) then pick(m, 'no_character_kind', ['box', 'pinyin']) end as named,
    u(m, 'dot') as draw_dot, u(m, 'id') as id_draw, u(m, 'date') as date_draw,
    between_(m, 'id_pair', 1, 16) as pair_at, between_(m, 'id_digit', 1, 17) as digit_at
  from listed l left join (from registered where position = 1) b on b.hh = case when l.carries and l.position > 1 then l.hh end
), typed as (
  select k.*,
    case when position('·' in k.name) > 0 then case
        when k.draw_dot < 0.3 then replace(k.name, '·', '') when k.draw_dot < 0.5 then replace(k.name, '·', '•')
        when k.draw_dot < 0.6 then replace(k.name, '·', '.') when k.draw_dot > 1 - 0.05 * {{errors}} then split_part(k.name, '·', 1) else k.name end
      when k.named = 'other' then left(k.name, 1) || case when k.age_years < 16 then pick(k.m, 'milk_name', ['毛毛', '小宝', '大妹', '狗娃', '幺妹', '二娃'])
        else pick(k.m, 'new_name', ['志强', '建华', '秀英', '海燕', '国平', '春梅', '丽华', '文军']) end
      when k.named = 'box' then left(k.name, length(k.name) - 1) || '□'
      when k.named = 'pinyin' then left(k.name, length(k.name) - 1) || coalesce(y.pinyin, right(k.name, 1))
      else case k.name_error
      when 'sound' then coalesce(left(k.name, k.which - 1) || pick(k.m, 'other', h.others) || substr(k.name, k.which + 1), k.name)
      when 'form' then coalesce(left(k.name, k.which - 1) || pick(k.m, 'other', f.others) || substr(k.name, k.which + 1), k.name)
      when 'swap' then case when length(k.name) = 3 then left(k.name, 1) || substr(k.name, 3, 1) || substr(k.name, 2, 1) else k.name end
      when 'drop' then case when length(k.name) = 3 then left(k.name, 1) || substr(k.name, 3, 1) else k.name end
      else k.name end end as told_name,
    case when k.book_id is not null then k.book_id
      when k.head_id_for_all then k.head_id
      when k.id_draw < {{id_missing}} * {{errors}} * case when k.age_years < 6 then 3 else 0.8 end then null
      when k.id_draw > 1 - {{id_typo}} * {{errors}} * 0.45 then left(k.national_id, k.pair_at - 1) || substr(k.national_id, k.pair_at + 1, 1)
        || substr(k.national_id, k.pair_at, 1) || substr(k.national_id, k.pair_at + 2)
      when k.id_draw > 1 - {{id_typo}} * {{errors}} then left(k.national_id, k.digit_at - 1)
        || ((substr(k.national_id, k.digit_at, 1)::integer + between_(k.m, 'digit_off', 1, 9)) % 10)::varchar
        || substr(k.national_id, k.digit_at + 1)
      else k.national_id end as told_id,
    case when k.book_id is not null then k.book_date
      when chance(k.m, 'a_year_late', 0.005 * {{errors}} * {{harder}}) then (k.birth_date + interval 1 year)::date
      when k.date_draw < {{default_date}} * {{errors}} then make_date(year(k.birth_date), 1, 1)
      when k.date_draw < ({{default_date}} + {{lunar_date}}) * {{errors}} then k.birth_date - between_(k.m, 'lunar', 20, 50)
      when k.date_draw < ({{default_date}} + {{lunar_date}} + {{nominal_age}}) * {{errors}} then (k.birth_date - interval 1 year)::date
      when k.date_draw > 1 - 0.01 * {{errors}} then null
      else k.birth_date end as told_birth_date
  from marked k
  left join homophone h on k.name_error = 'sound' and h.ch = substr(k.name, k.which, 1)
  left join variant f on k.name_error = 'form' and f.ch = substr(k.name, k.which, 1)
  left join sounded y on k.named = 'pinyin' and y.ch = right(k.name, 1)
)
-- Ids in no order of the register's.
select 'S' || lpad((hash(pp, '{{seed}}:survey') % 1000000)::varchar, 6, '0') || lpad(pp::varchar, 11, '0') as record_id,
  'V' || lpad((hash(hh, '{{seed}}:visit') % 1000000)::varchar, 6, '0') || lpad(hh::varchar, 9, '0')
    || case when on_their_own then 'S' else '' end as household_id,
  pp, told_name as name, told_id as national_id, told_birth_date as birth_date,
  case when book_id is not null then book_sex when chance(m, 'sex_typo', 0.002 * {{errors}}) then case sex when 'male' then 'female' else 'male' end else sex end as sex,
  case met when 1 then village_code
    when 2 then left(village_code, 9) || lpad((200 + hash(hh, '{{seed}}:village') % 12)::varchar, 3, '0')
    else left(village_code, 6) || lpad((100 + hash(hh, '{{seed}}:township') % 15)::varchar, 3, '0')
      || lpad((200 + hash(hh, '{{seed}}:village') % 12)::varchar, 3, '0') end as area_code,
  case when chance(m, 'no_phone', 0.25) then null
    when chance(hh, 'new_phone', 0.15) then '100' || lpad((hash(hh, '{{seed}}:new phone') % 100000000)::varchar, 8, '0')
    else phone end as phone
from typed;
