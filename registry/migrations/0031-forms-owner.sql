-- Whose form it is: the area whose office published it, and below which it is listed. Null is the nation's.
alter table form add column owner_area text;
