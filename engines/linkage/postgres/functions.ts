/**
 * SQL that makes the functions a scoring query needs, in a schema of the caller's (`pg_temp`: for this session). Plain SQL
 * and PL/pgSQL by characters, so that the extension fuzzystrmatch (bytes of cost, no Jaro, no Damerau) need not be there.
 * Lower case is ICU's, as in JavaScript: the server must have the collation "und-x-icu". PostgreSQL 15 or later, UTF-8.
 */
export function postgresFunctions(schema = 'pg_temp'): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) throw new RangeError(`"${schema}" is no schema name in lower case`)
  return FUNCTIONS.replaceAll('SCHEMA', schema)
}

// JavaScript's white space, which PostgreSQL's \s is not in every locale
const BLANK = String.raw`[\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]`

const FUNCTIONS = String.raw`
create or replace function SCHEMA.linkage_trim(value text) returns text language sql immutable as $$
  select regexp_replace(regexp_replace(value, '^${BLANK}+', ''), '${BLANK}+$', '')
$$;
create or replace function SCHEMA.linkage_text(value text) returns text language sql immutable as $$
  select nullif(regexp_replace(lower(SCHEMA.linkage_trim(normalize(value, NFKC)) collate "und-x-icu"), '${BLANK}+', ' ', 'g'), '') collate "C"
$$;
create or replace function SCHEMA.linkage_digits(value text) returns text language sql immutable as $$
  select nullif(regexp_replace(upper(normalize(value, NFKC) collate "und-x-icu"), '[^0-9A-Z]', '', 'g'), '') collate "C"
$$;
create or replace function SCHEMA.linkage_number(value text) returns double precision language sql immutable as $$
  select case when n ~ '^[+-]?([0-9]{1,200}\.?[0-9]{0,50}|\.[0-9]{1,50})([eE][+-]?[0-9]{1,2})?$' then n::double precision end
  from (select SCHEMA.linkage_trim(value) as n) t
$$;
-- year, month, day, days since 1970-01-01; null for what is no date
create or replace function SCHEMA.linkage_date(value text) returns int[] language sql immutable as $$
  select case when p[2]::int between 1 and 12 and p[3]::int between 1 and 31 then
    array[p[1]::int, p[2]::int, p[3]::int,
      make_date(case when p[1]::int < 100 then 1900 + p[1]::int else p[1]::int end, p[2]::int, 1) - date '1970-01-01' + p[3]::int - 1] end
  from (select coalesce(
    regexp_match(n, '^([0-9]{4})([0-9]{2})([0-9]{2})$'),
    regexp_match(n, '^([0-9]{4})${BLANK}*[-/.年]${BLANK}*([0-9]{1,2})${BLANK}*[-/.月]${BLANK}*([0-9]{1,2})${BLANK}*日?([T ].*)?$')
  ) as p from (select SCHEMA.linkage_trim(normalize(value, NFKC)) as n) t) s
$$;
-- insert, delete, substitute, swap of neighbours: optimal string alignment
create or replace function SCHEMA.linkage_edits(x text, y text) returns int language plpgsql immutable strict as $$
declare
  a text[] := string_to_array(x, null); b text[] := string_to_array(y, null);
  n int := cardinality(a); m int := cardinality(b);
  before int[]; above int[]; this int[]; i int; j int; best int;
begin
  if n = 0 or m = 0 then return greatest(n, m); end if;
  above := array(select generate_series(0, m));
  for i in 1..n loop
    this := array_fill(0, array[m + 1]);
    this[1] := i;
    for j in 1..m loop
      best := least(above[j + 1] + 1, this[j] + 1, above[j] + case when a[i] = b[j] then 0 else 1 end);
      if i > 1 and j > 1 and a[i] = b[j - 1] and a[i - 1] = b[j] then best := least(best, before[j - 1] + 1); end if;
      this[j + 1] := best;
    end loop;
    before := above;
    above := this;
  end loop;
  return above[m + 1];
end $$;
create or replace function SCHEMA.linkage_levenshtein(x text, y text) returns int language plpgsql immutable strict as $$
declare
  a text[] := string_to_array(x, null); b text[] := string_to_array(y, null);
  n int := cardinality(a); m int := cardinality(b);
  above int[]; this int[]; i int; j int;
begin
  if n = 0 or m = 0 then return greatest(n, m); end if;
  above := array(select generate_series(0, m));
  for i in 1..n loop
    this := array_fill(0, array[m + 1]);
    this[1] := i;
    for j in 1..m loop
      this[j + 1] := least(above[j + 1] + 1, this[j] + 1, above[j] + case when a[i] = b[j] then 0 else 1 end);
    end loop;
    above := this;
  end loop;
  return above[m + 1];
end $$;
-- Damerau's distance proper: others may stand between two swapped characters
create or replace function SCHEMA.linkage_damerau(x text, y text) returns int language plpgsql immutable strict as $$
declare
  a text[] := string_to_array(x, null); b text[] := string_to_array(y, null);
  n int := cardinality(a); m int := cardinality(b);
  grid int[]; last jsonb := '{}'; i int; j int; row_of int; column_of int; wide int := m + 2; cost int;
begin
  if n = 0 or m = 0 then return greatest(n, m); end if;
  -- cell (i, j) of i in -1..n, j in -1..m stands at (i + 1) * wide + j + 2
  grid := array_fill(n + m, array[(n + 2) * wide]);
  for i in 0..n loop grid[(i + 1) * wide + 2] := i; end loop;
  for j in 0..m loop grid[wide + j + 2] := j; end loop;
  for i in 1..n loop
    column_of := 0;
    for j in 1..m loop
      row_of := coalesce((last ->> b[j])::int, 0);
      cost := case when a[i] = b[j] then 0 else 1 end;
      grid[(i + 1) * wide + j + 2] := least(
        grid[i * wide + j + 1] + cost,
        grid[(i + 1) * wide + j + 1] + 1,
        grid[i * wide + j + 2] + 1,
        grid[row_of * wide + column_of + 1] + (i - row_of - 1) + 1 + (j - column_of - 1));
      if cost = 0 then column_of := j; end if;
    end loop;
    last := last || jsonb_build_object(a[i], i);
  end loop;
  return grid[(n + 1) * wide + m + 2];
end $$;
-- characters in common within reach, in the order of the first text, and how many of them stand out of order
create or replace function SCHEMA.linkage_common(x text, y text, out common int, out moved int) language plpgsql immutable strict as $$
declare
  a text[] := string_to_array(x, null); b text[] := string_to_array(y, null);
  n int := cardinality(a); m int := cardinality(b);
  reach int := greatest(0, greatest(n, m) / 2 - 1);
  of_a text[] := '{}'; of_b text[] := '{}'; taken boolean[] := array_fill(false, array[greatest(m, 1)]); i int; j int;
begin
  for i in 1..n loop
    for j in greatest(1, i - reach)..least(m, i + reach) loop
      if not taken[j] and a[i] = b[j] then
        taken[j] := true;
        of_a := of_a || a[i];
        exit;
      end if;
    end loop;
  end loop;
  for j in 1..m loop
    if taken[j] then of_b := of_b || b[j]; end if;
  end loop;
  common := cardinality(of_a);
  moved := 0;
  for i in 1..common loop
    if of_a[i] <> of_b[i] then moved := moved + 1; end if;
  end loop;
end $$;
create or replace function SCHEMA.linkage_prefix(x text, y text) returns int language sql immutable as $$
  select case when left(x, 4) = left(y, 4) then least(4, length(x), length(y))
    when left(x, 3) = left(y, 3) then 3 when left(x, 2) = left(y, 2) then 2 when left(x, 1) = left(y, 1) then 1 else 0 end
$$;
-- by characters; every two characters out of order cost one, an odd one a half
create or replace function SCHEMA.linkage_jaro_winkler(x text, y text) returns double precision language plpgsql immutable strict as $$
declare n float8 := length(x); m float8 := length(y); c float8; moved float8; jaro float8;
begin
  if n = 0 or m = 0 then return case when n = m then 1 else 0 end; end if;
  select f.common, f.moved into c, moved from SCHEMA.linkage_common(x, y) f;
  if c = 0 then return 0; end if;
  jaro := (c / n + c / m + (c - moved / 2) / c) / 3;
  return jaro + SCHEMA.linkage_prefix(x, y)::float8 * 0.1::float8 * (1 - jaro);
end $$;
-- Winkler's strcmp95: half the transpositions rounded down, the prefix only above 0.7; the second text looks for partners
create or replace function SCHEMA.linkage_jaro_winkler_95(x text, y text) returns double precision language plpgsql immutable strict as $$
declare n float8 := length(x); m float8 := length(y); c float8; moved float8; jaro float8;
begin
  if n = 0 or m = 0 then return case when n = m then 1 else 0 end; end if;
  select f.common, f.moved into c, moved from SCHEMA.linkage_common(y, x) f;
  if c = 0 then return 0; end if;
  jaro := (c / n + c / m + (c - floor(moved / 2)) / c) / 3;
  return case when jaro <= 0.7::float8 then jaro
    else jaro + SCHEMA.linkage_prefix(x, y)::float8 * 0.1::float8 * (1 - jaro) end;
end $$;
`
