-- Incomes by source in fen, the shares of each cause, and net income a head: the truth the line is held against.
create or replace table income as
with base as (
  select *, family = 'single_elder' and support = 0 as alone,
    (wage + farm_net + trade * (1 - cost_share) + support + lease) / size as before_allowance
  from money
), aided as (
  select *,
    case when alone and chance(hh, 'five_guarantee', 0.6) then 'five_guarantee'
      -- The allowance of those years reached many who were not poor and missed most who were (CHIP studies, rural dibao).
      when chance(hh, 'allowance', case when before_allowance < 2000 then 0.2 when before_allowance < {{line}} then 0.14
        when before_allowance < 5000 then 0.05 else 0.012 end) then 'minimum_allowance'
      else 'general' end as household_attribute
  from base
), fens as (
  select *,
    fen(wage) as wage_income, fen(gross_business) as business_income, fen(gross_business * cost_share) as production_cost,
    fen(lease + case when before_allowance > 3 * {{line}} and chance(hh, 'lets_house', 0.05) then 6000 else 0 end)
      as property_income,
    fen(case household_attribute when 'minimum_allowance' then least(size, 3) * 1320 else 0 end)
      as minimum_allowance_income,
    fen(case household_attribute when 'five_guarantee' then {{five_guarantee}} else 0 end) as five_guarantee_income,
    fen(elders * {{pension}} * 0.95) as pension_income, fen(very_old * 600) as elderly_allowance_income,
    fen(case when severe > 0 and chance(hh, 'disability_allowance', 0.5) then severe * 600 else 0 end)
      as disability_allowance_income,
    fen(forest_land * 15) as ecological_compensation_income, fen(support) as family_support_income,
    fen(case when chance(hh, 'other_transfer', 0.3) then 80 + 500 * u(hh, 'other_sum') else 0 end + arable_land * 95)
      as other_transfer_income
  from aided
), net as (
  select *, wage_income + business_income + property_income + minimum_allowance_income + five_guarantee_income
    + pension_income + elderly_allowance_income + disability_allowance_income + ecological_compensation_income
    + family_support_income + other_transfer_income - production_cost as net_income
  from fens
)
select *, net_income // size as net_income_per_capita,
  -- Yuan a year that would come back if the cause were taken away.
  wage_lost_ill + farm_net * (1 / (f_care_ill * (0.4 + 0.6 * f_farmer_ill)) - 1) as loss_01,
  wage_lost_disabled + farm_net * (1 / (f_care_disabled * (0.4 + 0.6 * f_farmer_disabled)) - 1) as loss_02,
  wage_lost_school + farm_net * (1 / f_school - 1) as loss_03,
  farm_net * (1 / b_disaster - 1) as loss_04,
  lost_land as loss_05,
  farm_net * (1 / b_water - 1) as loss_06,
  wage_lost_skill as loss_07,
  lost_labour as loss_08,
  farm_net * (1 / b_funds - 1) as loss_09,
  wage_lost_road + farm_net * (1 / b_road - 1) as loss_10,
  wage_lost_drive + farm_net * (1 / b_drive - 1) as loss_11,
  wage_lost_other + farm_net * (1 / b_other - 1) as loss_12
from net;
