-- Every row of every table of the user's and the register's schemas, as JSON in the order of its text.
\pset format unaligned
\pset tuples_only on
SET timezone = 'UTC';
SELECT format('SELECT %L, to_jsonb(t) FROM ONLY %I.%I t ORDER BY to_jsonb(t)::text', n.nspname || '.' || c.relname,
    n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' ORDER BY n.nspname, c.relname
\gexec
