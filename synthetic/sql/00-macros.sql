-- Randomness is a function of (seed, row, purpose) alone, so threads and order never matter.
-- Two rounds of the hash: one round xor a constant would make the purposes depend on each other.
create or replace macro u(id, purpose) as
  (hash(xor(hash(id::bigint), hash('{{seed}}:' || purpose))) >> 11) / 9007199254740992.0;

-- Standard normal (Box-Muller), rounded so that the last bits of a platform's logarithm do not matter.
create or replace macro n01(id, purpose) as
  round(sqrt(-2 * ln(1 - u(id, purpose || '/radius'))) * cos(2 * pi() * u(id, purpose || '/angle')), 6);

create or replace macro log_normal(id, purpose, sigma) as exp(sigma * n01(id, purpose));

create or replace macro chance(id, purpose, share) as u(id, purpose) < share;

-- Whole number from low to high, both included.
create or replace macro between_(id, purpose, low, high) as (low + floor(u(id, purpose) * (high - low + 1)))::integer;

create or replace macro pick(id, purpose, items) as items[1 + floor(u(id, purpose) * len(items))::integer];

-- Money is fen in whole yuan: people answer in yuan.
create or replace macro fen(yuan) as (round(yuan)::bigint * 100);

create or replace macro reference_day() as strptime('{{reference_day}}', '%Y%m%d')::date;

-- ISO 7064 MOD 11-2 over the first 17 digits (GB 11643-1999).
create or replace macro check_character(first17) as substr('10X98765432', 1 + list_sum(list_transform(
  [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2],
  lambda w, i: w * substr(first17, i::integer, 1)::integer))::integer % 11, 1);

-- Household and person ids as the files show them.
create or replace macro household_id(hh) as 'H' || lpad(hh::varchar, 9, '0');
create or replace macro person_id(pp) as 'P' || lpad(pp::varchar, 11, '0');

-- A version 4 UUID in shape, from the 32 hex digits of a hash.
create or replace macro uuid_of(m) as
  substr(m, 1, 8) || '-' || substr(m, 9, 4) || '-4' || substr(m, 14, 3) || '-a' || substr(m, 18, 3) || '-' || substr(m, 21, 12);
