-- When it was done by the clock of what was done, where that is another than the machine's when it was written down: a
-- demonstration plays years in minutes. Part of the event's hash where it is given; null: recorded_at is both.
alter table audit_event add column acted_at timestamptz(3);
