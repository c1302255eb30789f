-- Views and the functions they are read through stand in registry/views/ from here on, once each, and are made anew
-- after migrations (registry/views.ts). What earlier migrations made of them goes.
drop view timeline, timeline_without_changes, household_road, closed_rate, left_list, match_question, diagnosis_due,
  register_due, appraisal_due, delivery_due, member_change, assessment_now, verification_now, appraisal_vote_now,
  notice_household_now, objection_now, review_now, register_entry_now, diagnosis_now, plan_item_now, helper_now,
  delivery_now, income_ledger_now, change_event_now, alert_now, exit_step_now, inspection_now, evaluation_unit_now,
  appraisal_now, exit_case_now, plan_now;
drop function delivery_due_of(text[]);
drop function member_changes_of(text, text[], text[]);
drop function card_change_of(text, text[]);
drop function household_members_at(text, text, date, timestamptz);
drop function household_status(text, boolean, boolean, boolean, boolean, text, boolean, text, boolean, text);
drop function household_status_at(text, text, timestamptz);
