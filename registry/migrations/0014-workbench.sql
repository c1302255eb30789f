-- 03-assess: the rules workbench. Versions of the rules in force, and drafts of the next. Writing room: 03-assess.

-- What was in force, for ever: rows are added, never changed (no update is granted). Number 0 is the rules as
-- installed, written beside the first publication so that it has something to be compared with.
create table rule_version (
  pack_id text not null,
  number int not null,
  rules_hash text not null,
  parent_hash text,
  pack_hash text not null,
  -- The rules of the folder on disk when this was published: a folder that says something else has changed since.
  folder_hash text not null,
  -- Every rule and word file, name -> text.
  files jsonb not null,
  title text not null,
  why text not null,
  draft_id text,
  drafted_by jsonb not null,
  drafted_at timestamptz(3) not null,
  published_by text,
  published_at timestamptz(3) not null,
  constraint rule_version_pk primary key (pack_id, number),
  constraint rule_version_number check (number >= 0)
);
select replicate('rule_version');
grant select, insert on rule_version to doorstep_app;
grant select on rule_version to doorstep_read;

-- Rules that somebody is writing: the files that differ from those it began from. One row a draft; `revision` grows by
-- one with each edit, and an edit names the revision it saw.
create table rule_draft (
  draft_id text not null,
  pack_id text not null,
  parent_hash text not null,
  parent_files jsonb not null,
  files jsonb not null,
  title text not null,
  why text not null,
  revision int not null,
  state text not null,
  created_by text,
  created_at timestamptz(3) not null,
  updated_by text,
  updated_at timestamptz(3) not null,
  constraint rule_draft_pk primary key (draft_id),
  constraint rule_draft_state check (state in ('open', 'published', 'withdrawn'))
);
select replicate('rule_draft');
create index rule_draft_open on rule_draft (pack_id, state, updated_at);
grant select, insert, update on rule_draft to doorstep_app;
grant select on rule_draft to doorstep_read;

-- Who edited a draft, and what: none of them may publish it.
create table rule_draft_edit (
  draft_id text not null,
  revision int not null,
  account_id text,
  edited_at timestamptz(3) not null,
  what jsonb not null,
  constraint rule_draft_edit_pk primary key (draft_id, revision)
);
select replicate('rule_draft_edit');
grant select, insert on rule_draft_edit to doorstep_app;
grant select on rule_draft_edit to doorstep_read;
