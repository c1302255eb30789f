-- An alert on which nobody called within its days goes up to the next office, by the pack's steps. Once for each office;
-- nothing is taken away from those who had it. Writing room: 09-monitor.
create table alert_escalation (
  county_code text not null,
  escalation_id text not null,
  alert_id text not null,
  area_code text not null,
  -- The office that has it too from then on: a role of the alert's place.
  role text not null,
  due_on date not null,
  escalated_at timestamptz(3) not null,
  constraint alert_escalation_pk primary key (county_code, escalation_id),
  constraint alert_escalation_once unique (county_code, alert_id, role)
);
select distribute('alert_escalation', 'county_code', 'submission');
alter table alert_escalation add constraint alert_escalation_alert_fk foreign key (county_code, alert_id)
  references alert (county_code, alert_id);
select guard('alert_escalation', 'select, insert');
