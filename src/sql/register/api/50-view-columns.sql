-- The columns of the views that only read say what those of their tables say.
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN
        SELECT shown.view, v.attname, col_description(t.attrelid, t.attnum) AS comment
        FROM (VALUES
            ('policies_api.policies_history'::regclass, 'policies.policies_history'::regclass),
            ('policies_api.policies_in_force', 'policies.policies'),
            ('policies_api.policy_versions', 'policies.policy_versions'),
            ('policies_api.policy_approvals', 'policies.policy_approvals'),
            ('policies_api.policy_acknowledgements', 'policies.policy_acknowledgements'),
            ('policies_api.policy_reviews', 'policies.policy_reviews'),
            ('policies_api.policy_settings', 'policies.policy_settings'),
            ('policies_api.business_calendars_history', 'policies.business_calendars_history')
        ) AS shown (view, source)
        JOIN pg_attribute t ON t.attrelid = shown.source AND t.attnum > 0 AND NOT t.attisdropped
        JOIN pg_attribute v ON v.attrelid = shown.view AND v.attname = t.attname
    LOOP
        EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', c.view, c.attname, c.comment);
    END LOOP;
END
$$;
