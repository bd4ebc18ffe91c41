-- What the documents are made with lives in a schema of its own, in a transaction that is rolled back.
\set ON_ERROR_STOP on
\set QUIET on
\pset pager off
\pset format unaligned
\pset tuples_only on
BEGIN;
-- Definitions and defaults read otherwise under other settings.
SET LOCAL client_encoding = 'UTF8';
SET LOCAL quote_all_identifiers = off;
SET LOCAL intervalstyle = 'postgres';
CREATE SCHEMA openapi;
SET LOCAL search_path = openapi, pg_catalog;
