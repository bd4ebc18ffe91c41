-- The register as it is, against what the library makes: whatever is missing, altered or added is a finding. The named rules
-- of the other files say more of some differences; audit() then leaves out what is found here of the same thing.

CREATE FUNCTION policies.audit_register_differences() RETURNS TABLE (
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    kind pg_catalog.text,
    identity pg_catalog.text,
    aspect pg_catalog.text,
    found pg_catalog.text,
    wanted pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH version (is_current, has_register) AS (
    -- What another version made is not compared: extension_outdated and register_outdated tell of it.
    SELECT e.extversion = pg_catalog.split_part(policies.latest_register_version(), '+', 1)
            AND coalesce(policies.register_version() = policies.latest_register_version(), NOT r.exists),
        r.exists
    FROM pg_catalog.pg_extension e CROSS JOIN (SELECT EXISTS (
            SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = 'policies'::regnamespace AND c.relkind IN ('r', 'p', 'v')
        ) AS exists) r
    WHERE e.extname = 'policies'
), found AS MATERIALIZED (
    SELECT * FROM policies.audit_surface()
), wanted AS MATERIALIZED (
    SELECT w.*
    FROM pg_catalog.jsonb_to_recordset(policies.audit_wanted_surface())
            AS w (kind pg_catalog.text, identity pg_catalog.text, relation pg_catalog.text, part pg_catalog.text,
                aspects pg_catalog.jsonb)
    CROSS JOIN version v
    WHERE v.has_register OR w.aspects ? 'extension'
), pair AS (
    SELECT coalesce(f.catalog, CASE WHEN m.relation IS NULL THEN 'pg_namespace'::regclass ELSE 'pg_class' END) AS catalog,
        coalesce(f.object, m.relation, 'policies'::regnamespace) AS object, coalesce(f.part, w.part) AS part,
        coalesce(f.kind, w.kind) AS kind, coalesce(f.identity, w.identity) AS identity,
        f.aspects AS found, w.aspects AS wanted
    FROM found f FULL JOIN wanted w ON w.kind = f.kind AND w.identity = f.identity
    -- A part that is missing is told of its relation; with its relation, nothing more is missing.
    CROSS JOIN LATERAL (SELECT pg_catalog.to_regclass(w.relation)::oid AS relation) m
    WHERE f.aspects IS DISTINCT FROM w.aspects
        AND (f.kind IS NOT NULL OR w.relation IS NULL OR m.relation IS NOT NULL)
)
SELECT p.catalog, p.object, p.part, p.kind, p.identity, d.aspect, d.found, d.wanted
FROM version v, pair p
CROSS JOIN LATERAL (
    SELECT 'existence' AS aspect, CASE WHEN p.wanted IS NULL THEN 'there' END AS found, CASE WHEN p.found IS NULL THEN 'there' END
        AS wanted
    WHERE p.found IS NULL OR p.wanted IS NULL
    UNION ALL
    SELECT coalesce(a.key, b.key), a.value, b.value
    FROM pg_catalog.jsonb_each_text(p.found) a FULL JOIN pg_catalog.jsonb_each_text(p.wanted) b ON b.key = a.key
    WHERE p.found IS NOT NULL AND p.wanted IS NOT NULL AND a.value IS DISTINCT FROM b.value
        AND (a.value IS NULL OR b.value IS NULL
            OR NOT coalesce(policies.audit_means_the_same(a.key, a.value, b.value, p.object), false))
) d
WHERE v.is_current
    -- Of a function in another language, that says it all.
    AND NOT (d.aspect IN ('library', 'parallel', 'cost', 'support') AND p.found ->> 'language' <> p.wanted ->> 'language')
$$;
COMMENT ON FUNCTION policies.audit_register_differences() IS
'Where the schemas policies and policies_api are not as the extension and create_register() make them, one row for each aspect.';
GRANT EXECUTE ON FUNCTION policies.audit_register_differences() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.audit_register() RETURNS TABLE (
    rule pg_catalog.text,
    catalog pg_catalog.regclass,
    object pg_catalog.oid,
    part pg_catalog.text,
    note pg_catalog.text,
    remedy pg_catalog.text,
    subject pg_catalog.text,
    whole_name pg_catalog.text
)
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
WITH meaning (aspect, meaning) AS (
    VALUES
    ('owner', 'The owner can change it, or switch it off.'),
    ('extension', 'A dump and an update of the extension treat it otherwise.'),
    ('persistence', 'Its rows do not survive a crash.'),
    ('row security', 'Row security decides which rows a caller reaches.'),
    ('options', 'Without security_invoker a view reads with the rights of its owner.'),
    ('definition', 'The view shows other rows or columns.'),
    ('inherits', 'Who may read the table above reads its rows, past its row security.'),
    ('inherited by', 'Rows of the other table are taken for its own.'),
    ('type', 'Stamps, history and functions need the type.'),
    ('required', 'Rows without a value are taken, or refused.'),
    ('collation', 'Other texts are taken for equal.'),
    ('default', 'The expression runs with the rights of whoever writes.'),
    ('condition', 'Rows that the register relies on not to be there are taken, or others refused.'),
    ('validity', 'Rows from before may break the rule.'),
    ('internal triggers', 'The foreign key is not checked, or not followed.'),
    ('using', 'It decides which rows are seen.'),
    ('with check', 'It decides which rows are written.'),
    ('roles', 'It applies to others.'),
    ('enabled', 'A trigger of ours that is off neither stamps nor checks nor keeps anything.'),
    ('events', 'Some writes pass by it.'),
    ('condition of the trigger', 'Some writes pass by it.'),
    ('columns', 'Some writes pass by it.'),
    ('arguments', 'It stamps or keeps something else.'),
    ('body', 'It does something else than it says.'),
    ('statements', 'It does something else than it says.'),
    ('library', 'Another program runs in the server.'),
    ('language', 'Another program runs in its place.'),
    ('settings', 'What it calls runs under other settings: claims and search_path among them.'),
    ('volatility', 'A plan may keep one caller''s answer for the next.'),
    ('parallel', 'It may run where the session''s claims are not.'),
    ('security', 'It runs with its owner''s rights.'),
    ('leakproof', 'It may see rows before row security does.'),
    ('support', 'The planner is told something else of it.')
), difference AS (
    SELECT d.*, m.meaning,
        CASE WHEN d.aspect LIKE 'privileges of %' THEN pg_catalog.substr(d.aspect, 15) END AS role,
        CASE WHEN d.part IS NOT NULL THEN d.object::regclass::text END AS relation,
        -- As statements name what is granted and owned.
        CASE WHEN d.kind IN ('view', 'materialized view', 'foreign table', 'partitioned table', 'column') THEN 'TABLE'
            ELSE pg_catalog.upper(d.kind) END AS granted_kind,
        CASE d.wanted WHEN 'the extension''s owner' THEN (
            SELECT pg_catalog.quote_ident(r.rolname) FROM pg_catalog.pg_extension e
            JOIN pg_catalog.pg_roles r ON r.oid = e.extowner WHERE e.extname = 'policies') ELSE d.wanted END AS wanted_name
    FROM policies.audit_register_differences() d LEFT JOIN meaning m ON m.aspect = d.aspect
)
SELECT CASE
        WHEN d.aspect = 'existence' AND d.found IS NULL THEN
            CASE d.kind WHEN 'trigger' THEN 'register_trigger_missing' WHEN 'index' THEN 'register_index_missing'
                ELSE 'register_object_missing' END
        WHEN d.aspect = 'existence' THEN CASE d.kind WHEN 'index' THEN 'register_index_added' ELSE 'register_object_added' END
        WHEN d.role IS NOT NULL THEN 'register_privilege_altered'
        WHEN d.aspect = 'owner' THEN 'register_owner_altered'
        WHEN d.kind IN ('function', 'procedure', 'aggregate') THEN 'extension_function_altered'
        ELSE 'register_object_altered'
    END,
    d.catalog, d.object,
    CASE WHEN d.aspect = 'existence' AND d.found IS NULL THEN d.identity ELSE coalesce(d.role, d.part) END,
    CASE
        WHEN d.aspect = 'existence' THEN d.kind
        WHEN d.role IS NOT NULL THEN pg_catalog.format('%s, not %s', coalesce(d.found, 'nothing'), coalesce(d.wanted, 'nothing'))
        WHEN d.aspect = 'owner' THEN pg_catalog.format('%s, not to %s', d.found, d.wanted)
        WHEN d.aspect IN ('body', 'statements', 'definition') THEN pg_catalog.format('its %s. %s', d.aspect, d.meaning)
        ELSE pg_catalog.concat_ws(' ', pg_catalog.format('its %s: %s, not %s.', d.aspect, coalesce(d.found, 'none'),
            coalesce(d.wanted, 'none')), d.meaning)
    END,
    CASE
        WHEN d.aspect = 'existence' AND d.found IS NOT NULL AND d.kind IN ('column', 'constraint') THEN
            pg_catalog.format('ALTER TABLE %s DROP %s %I;', d.relation, pg_catalog.upper(d.kind), d.part)
        WHEN d.aspect = 'existence' AND d.found IS NOT NULL THEN
            pg_catalog.format('DROP %s %s;', CASE d.kind WHEN 'unique index' THEN 'INDEX'
                WHEN 'partitioned table' THEN 'TABLE' ELSE pg_catalog.upper(d.kind) END, d.identity)
        WHEN d.role IS NOT NULL AND d.kind = 'column' THEN pg_catalog.concat_ws(' ',
            pg_catalog.format('REVOKE ALL (%I) ON %s FROM %s;', d.part, d.relation, d.role),
            CASE WHEN d.wanted IS NOT NULL THEN
                pg_catalog.format('GRANT %s (%I) ON %s TO %s;', d.wanted, d.part, d.relation, d.role) END)
        WHEN d.role IS NOT NULL AND d.found LIKE 'not %' THEN
            pg_catalog.format('GRANT ALL ON %s %s TO %s;', d.granted_kind, d.identity, d.role)
        WHEN d.role IS NOT NULL THEN pg_catalog.concat_ws(' ',
            pg_catalog.format('REVOKE ALL ON %s %s FROM %s;', d.granted_kind, d.identity, d.role),
            CASE WHEN d.wanted IS NOT NULL THEN
                pg_catalog.format('GRANT %s ON %s %s TO %s;', d.wanted, d.granted_kind, d.identity, d.role) END)
        WHEN d.aspect = 'owner' THEN
            pg_catalog.format('ALTER %s %s OWNER TO %s;', pg_catalog.upper(d.kind), d.identity, d.wanted_name)
        WHEN d.aspect = 'enabled' THEN pg_catalog.format('ALTER TABLE %s %s TRIGGER %I;', d.relation,
            CASE d.wanted WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END, d.part)
        WHEN d.aspect = 'row security' THEN
            pg_catalog.format('ALTER TABLE %s %s ROW LEVEL SECURITY, %s ROW LEVEL SECURITY;', d.identity,
                CASE d.wanted WHEN 'off' THEN 'DISABLE' ELSE 'ENABLE' END, CASE d.wanted WHEN 'forced' THEN 'FORCE'
                    ELSE 'NO FORCE' END)
        WHEN d.aspect = 'persistence' THEN pg_catalog.format('ALTER TABLE %s SET LOGGED;', d.identity)
    END,
    coalesce(d.role, d.part, d.aspect),
    d.identity
FROM difference d

UNION ALL
SELECT 'register_step_missing', 'pg_namespace'::regclass, 'policies'::regnamespace, m.name, NULL, NULL, m.name, m.name
FROM pg_catalog.unnest(policies.audit_missing_steps()) AS m (name)
WHERE policies.register_version() = policies.latest_register_version()
$$;
COMMENT ON FUNCTION policies.audit_register() IS
'What audit() finds in the schemas policies and policies_api. subject names what the finding is about within its object, whole_name the whole.';
GRANT EXECUTE ON FUNCTION policies.audit_register() TO policies_auditor, policies_admin;
