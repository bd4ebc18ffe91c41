-- What audit() compares the catalog with: an object a line, in an order of its own.
\set ON_ERROR_STOP on
\set QUIET on
\pset format unaligned
\pset tuples_only on
SELECT current_setting('server_version_num')::integer / 10000 = 15 AS is_oldest \gset
\if :is_oldest
\elif :{?any_major}
\else
    DO $$ BEGIN RAISE 'the surface is made by PostgreSQL 15'; END $$;
\endif
BEGIN;
SET LOCAL client_encoding = 'UTF8';
SET LOCAL quote_all_identifiers = off;
SET LOCAL intervalstyle = postgres;
SET LOCAL search_path = pg_catalog, pg_temp;
SELECT '[' || string_agg(
    jsonb_strip_nulls(jsonb_build_object('kind', s.kind, 'identity', s.identity, 'aspects', s.aspects, 'part', s.part,
        'relation', CASE WHEN s.part IS NOT NULL THEN s.object::regclass END))::text, E',\n'
    ORDER BY s.kind COLLATE "C", s.identity COLLATE "C") || ']'
FROM policies.audit_surface() s;
ROLLBACK;
