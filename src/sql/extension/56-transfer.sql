-- A policy as one JSON document with all that belongs to it, and back. For administrators, whose writes keep what they bring.

CREATE FUNCTION policies.tables_of_policies() RETURNS TABLE (table_name pg_catalog.text, policy_column pg_catalog.text)
    LANGUAGE c IMMUTABLE ROWS 8 PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_tables_of_policies';
COMMENT ON FUNCTION policies.tables_of_policies() IS
'The tables of the register with the policies and what belongs to them, in the order in which it can be removed, each with the column that names the policy.';
GRANT EXECUTE ON FUNCTION policies.tables_of_policies() TO policies_admin;

CREATE FUNCTION policies.export_policy(
    tenant_id pg_catalog.text,
    policy_id pg_catalog.text
) RETURNS pg_catalog.jsonb
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET intervalstyle = 'iso_8601'
    AS 'MODULE_PATHNAME', 'policies_export_policy';
COMMENT ON FUNCTION policies.export_policy(pg_catalog.text, pg_catalog.text) IS
'A policy with its history, versions, approvals, acknowledgements and reviews as one JSON document, from which import_policy() makes it again without loss. For administrators.';
GRANT EXECUTE ON FUNCTION policies.export_policy(pg_catalog.text, pg_catalog.text) TO policies_admin;

CREATE FUNCTION policies.import_policy(
    document pg_catalog.jsonb,
    into_tenant_id pg_catalog.text DEFAULT NULL
) RETURNS pg_catalog.text
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET intervalstyle = 'iso_8601'
    AS 'MODULE_PATHNAME', 'policies_import_policy';
COMMENT ON FUNCTION policies.import_policy(pg_catalog.jsonb, pg_catalog.text) IS
'Makes a policy from what export_policy() returned, with everything as it was, in its own tenant or another one. Refuses one that is there already, or whose published versions do not match their hashes. Returns its id. For administrators, without claims.';
GRANT EXECUTE ON FUNCTION policies.import_policy(pg_catalog.jsonb, pg_catalog.text) TO policies_admin;
