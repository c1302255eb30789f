-- Accounts: which of them the demo made, codes with which a person sets a password, and when one was set.
alter table account add column demo boolean not null default false;
alter table account add column password_set_at timestamptz(3);
-- An account that came through the door or the command line left an event; the demo's people did not.
update account set demo = true
where password_hash is null
  and not exists (
    select 1 from audit_event e where e.action = 'account.create' and e.subject_id = account.account_id);
grant select (demo) on account to doorstep_read;

-- A code that an administrator hands over: it sets one password, once. Only its hash is kept.
create table account_code (
  account_id text not null,
  code_hash text not null,
  expires_at timestamptz(3) not null,
  made_by text,
  made_at timestamptz(3) not null,
  constraint account_code_pkey primary key (account_id),
  constraint account_code_account_fk foreign key (account_id) references account (account_id)
);
grant select, insert, update, delete on account_code to doorstep_app;
