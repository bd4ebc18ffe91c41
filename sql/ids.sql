-- Typed ids: how they are made, read, refused, and searched by time.
SET timezone = 'UTC';
SET datestyle = 'ISO';
CREATE FUNCTION pg_temp.failure(statement text, OUT code text, OUT message text, OUT detail text) AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
END $$ LANGUAGE plpgsql;

-- A new id: prefix, "_", ULID in upper case, of this moment.
SELECT id ~ '^pol_[0-7][0-9A-HJKMNP-TV-Z]{25}$' AS is_canonical,
       policies.is_valid_id(id) AS is_valid,
       policies.id_time(id) BETWEEN clock_timestamp() - interval '10 s' AND clock_timestamp() AS is_of_now
FROM policies.new_id('pol') AS id;
SELECT pg_typeof(policies.new_id('pol')), policies.new_id(NULL) IS NULL AS null_makes_null;

-- One session's ids strictly increase, whatever their prefixes, many within one millisecond.
SELECT count(*) AS made, count(DISTINCT id) AS distinct_ids,
       count(*) FILTER (WHERE id <= previous) AS out_of_order,
       count(*) > count(DISTINCT policies.id_time(id)) AS shared_milliseconds
FROM (SELECT id, lag(id) OVER (ORDER BY n) AS previous
      FROM (SELECT n, policies.new_id('pol') AS id FROM generate_series(1, 100000) AS n) AS made) AS pairs;
SELECT right(first, 26) < right(second, 26) AS other_prefix_follows
FROM (SELECT policies.new_id('zzz') AS first, policies.new_id('a') AS second) AS made;
-- Two sessions' ids of one millisecond must differ: 80 random bits, not a counter.
SELECT count(DISTINCT substr(id, 15, 8)) AS random_starts
FROM (SELECT policies.new_id('pol') AS id, pg_sleep(0.002) FROM generate_series(1, 3)) AS made;

-- The rules of prefixes.
SELECT prefix, policies.is_valid_id(policies.new_id(prefix)) AS is_valid
FROM unnest(ARRAY['p', 'pol', 'policy_review', 'a__b', repeat('x', 63)]) AS prefix;
SELECT left(prefix, 12) AS prefix, (pg_temp.failure(format('SELECT policies.new_id(%L)', prefix))).*
FROM unnest(ARRAY['', 'Pol', 'pol1', 'p-l', 'p l', 'pöl', '_', '_pol', 'pol_', repeat('x', 64)]) AS prefix;
SELECT (pg_temp.failure($$SELECT policies.id_floor('Pol', now())$$)).*;
SELECT (pg_temp.failure($$SELECT policies.id_ceil('', now())$$)).*;

-- Reading: the ULID may be in lower case, the stored form may not. The times are those of the ULID specification.
SELECT text, policies.canonical_id(text), policies.is_valid_id(text) AS is_canonical, policies.id_time(text)
FROM unnest(ARRAY['pol_01ARYZ6S41TSV4RRFFQ69G5FAV', 'pol_01aryz6s41tsv4rrffq69g5fav',
                  'policy_review_01ArYz6S41tSv4rRfFq69g5FaV', 'pol_00000000000000000000000000',
                  'pol_7ZZZZZZZZZZZZZZZZZZZZZZZZZ']) AS text;
SELECT policies.id_time('pol_01ARYZ6S41TSV4RRFFQ69G5FAV') = to_timestamp(1469918176.385) AS is_the_example_of_the_specification;

-- Refused, each with its reason.
SELECT text, policies.is_valid_id(text) AS is_valid, (pg_temp.failure(format('SELECT policies.canonical_id(%L)',
    text))).*
FROM unnest(ARRAY['', 'pol', 'pol_', '_', '01ARYZ6S41TSV4RRFFQ69G5FAV', '_01ARYZ6S41TSV4RRFFQ69G5FAV',
                  'POL_01ARYZ6S41TSV4RRFFQ69G5FAV', 'Pol_01ARYZ6S41TSV4RRFFQ69G5FAV', 'pol-01ARYZ6S41TSV4RRFFQ69G5FAV',
                  'pol_01ARYZ6S41TSV4RRFFQ69G5FA', 'pol_01ARYZ6S41TSV4RRFFQ69G5FAVV', 'pol__01ARYZ6S41TSV4RRFFQ69G5FAV',
                  'pol_8ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'pol_01ARYZ6S41TSV4RRFFQ69G5FAI', 'pol_01ARYZ6S41TSV4RRFFQ69G5FAL',
                  'pol_01ARYZ6S41TSV4RRFFQ69G5FAO', 'pol_01ARYZ6S41TSV4RRFFQ69G5FAU', 'pol_01ARYZ6S41TSV4RRFFQ69G5FAi',
                  'pol_01ARYZ6S41TSV4RRFFQ69G5F V', ' pol_01ARYZ6S41TSV4RRFFQ69G5FAV', 'pol_01ARYZ6S41TSV4RRFFQ69G5Fé',
                  E'pol_01ARYZ6S41TSV4RRFFQ69G5FA\n']) AS text;
SELECT (pg_temp.failure($$SELECT policies.id_time('pol_8ZZZZZZZZZZZZZZZZZZZZZZZZZ')$$)).*;
-- The CHECK of a protected table says the same in PostgreSQL's own terms.
SELECT substring(pg_get_constraintdef(oid) FROM '\^[^'']*\$') AS pattern FROM pg_constraint
WHERE conrelid = 'policies.policies'::regclass AND pg_get_constraintdef(oid) LIKE 'CHECK ((id ~%' \gset
SELECT count(*), count(*) FILTER (WHERE policies.is_valid_id(text)) AS valid,
       count(*) FILTER (WHERE policies.is_valid_id(text) IS DISTINCT FROM (text ~ :'pattern')) AS different
FROM (
    SELECT prefix || separator || ulid || tail FROM
        unnest(ARRAY['', 'p', 'pol', 'a__b', '_pol', 'pol_', 'Pol', 'pol1', 'pöl', repeat('x', 63), repeat('x', 64)]) AS prefix,
        unnest(ARRAY['_', '-', '', '__']) AS separator,
        unnest(ARRAY['01ARYZ6S41TSV4RRFFQ69G5FAV', '7ZZZZZZZZZZZZZZZZZZZZZZZZZ', '8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
            '01aryz6s41tsv4rrffq69g5fav', '01ARYZ6S41TSV4RRFFQ69G5FA', '01ARYZ6S41TSV4RRFFQ69G5FAI', '01ARYZ6S41TSV4RRFFQ69G5FÉV'])
            AS ulid,
        unnest(ARRAY['', ' ', E'\n', 'X']) AS tail
) AS samples (text);
-- A long text is not echoed in full.
SELECT policies.is_valid_id(repeat('x', 10000000)) AS is_valid, (f).code, length((f).message) < 200 AS is_short
FROM pg_temp.failure($$SELECT policies.canonical_id(repeat('x', 10000000))$$) AS f;
SELECT policies.is_valid_id(NULL) IS NULL AS is_valid_id, policies.canonical_id(NULL) IS NULL AS canonical_id,
       policies.id_time(NULL) IS NULL AS id_time, policies.id_floor(NULL, now()) IS NULL AS id_floor,
       policies.id_floor('pol', NULL) IS NULL AS id_floor_of_no_time, policies.id_ceil('pol', NULL) IS NULL AS id_ceil;

-- The bounds of a millisecond hold all its ids, and none of the next.
SELECT policies.id_floor('pol', instant), policies.id_ceil('pol', instant)
FROM unnest(ARRAY['1970-01-01 00:00:00+00', '2016-07-30 22:36:16.385+00', '2016-07-30 22:36:16.385999+00',
                  '2016-07-30 22:36:16.386+00', '10889-08-02 05:31:50.655999+00']::timestamptz[]) AS instant;
SELECT bool_and(id BETWEEN policies.id_floor('pol', policies.id_time(id))
    AND policies.id_ceil('pol', policies.id_time(id)))
       AS within, bool_and(id > policies.id_ceil('pol', policies.id_time(id) - interval '1 ms')) AS after_the_previous
FROM (SELECT policies.new_id('pol') AS id FROM generate_series(1, 1000)) AS made;
SELECT instant, (pg_temp.failure(format('SELECT policies.id_floor(%L, %L)', 'pol', instant))).*,
       (pg_temp.failure(format('SELECT policies.id_ceil(%L, %L)', 'pol', instant))).code AS ceil
FROM unnest(ARRAY['1969-12-31 23:59:59.999999+00', '0044-03-15 12:00:00+00 BC', '10889-08-02 05:31:50.656+00',
                  '294260-01-01 00:00:00+00', '294276-12-31 23:59:59.999999+00', 'infinity',
                      '-infinity']::timestamptz[])
     AS instant;

-- A caller's search by time uses the primary key, behind the tenant.
INSERT INTO policies.policies (tenant_id, id, name)
SELECT tenant_id, policies.id_floor('pol', '2026-01-01 00:00+00'::timestamptz + n * interval '1 min'), 'p' || n
FROM unnest(ARRAY['ids_a', 'ids_b']) AS tenant_id, generate_series(1, 2000) AS n;
ANALYZE policies.policies;
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET request.jwt.claims = '{"tenant_id": "ids_a", "sub": "per_ann"}';
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SET intervalstyle = 'postgres';
EXPLAIN (COSTS OFF) SELECT name FROM policies_api.policies
WHERE id >= policies.id_floor('pol', '2026-01-01 10:00+00') AND id <= policies.id_ceil('pol', '2026-01-01 10:03+00');
EXPLAIN (COSTS OFF) SELECT name FROM policies_api.policies
    WHERE id >= policies.id_floor('pol', now() - interval '1 hour');
SELECT tenant_id, name, id_time FROM policies_api.policies, policies.id_time(id)
WHERE id >= policies.id_floor('pol', '2026-01-01 10:00+00') AND id <= policies.id_ceil('pol', '2026-01-01 10:03+00')
ORDER BY id;

RESET SESSION AUTHORIZATION;
RESET request.jwt.claims;
DELETE FROM policies.policies WHERE tenant_id LIKE 'ids\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'ids\_%';
