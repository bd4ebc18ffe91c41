-- What callers may read, their plans are estimated by, in EXPLAIN before their eyes: of words that people write and of who
-- they are there are no statistics, which would tell what stands in the rows of other tenants.
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN
        SELECT a.attrelid::regclass AS "table", a.attname
        FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE t.relnamespace = 'policies'::regnamespace AND t.relkind = 'r' AND t.relowner = 'policies_admin'::regrole
            AND has_table_privilege('policies_caller', t.oid, 'SELECT')
            AND a.atttypid IN ('text'::regtype, 'jsonb'::regtype, 'text[]'::regtype)
            -- Keys, and words of a list that everybody knows.
            AND a.attname NOT IN ('id', 'tenant_id', 'app_id', 'policy_id', 'source_type', 'status', 'category', 'change',
                'outcome')
            AND a.attstattarget IS DISTINCT FROM 0
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', c."table", c.attname);
    END LOOP;
END
$$;
