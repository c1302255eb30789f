-- A job belongs to the server that runs it, for as long as that server gives signs of life: `owner` and `lease_until`.
-- Another server may say that a job was interrupted when its lease has run out, never before.
alter table job_run add column owner text;
alter table job_run add column lease_until timestamptz(3);
-- What was asked, by whom, under which rules (a digest). Asked again while it runs, it is one job.
alter table job_run add column request_key text;

-- Jobs from before have no lease; which of them still run nobody knows, and at the start all of them were ended.
update job_run set status = 'failed', result = '{"code": "job_interrupted"}', finished_at = updated_at
where status in ('waiting', 'running');

create unique index job_run_one_living on job_run (request_key)
  where status in ('waiting', 'running') and request_key is not null;
