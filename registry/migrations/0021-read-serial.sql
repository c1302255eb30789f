-- Reading what a run of 02-match is planned on is no writing: the county's revision, and whether its people have keys.
grant select on household_serial to doorstep_read;
