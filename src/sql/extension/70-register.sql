CREATE FUNCTION policies.create_register() RETURNS pg_catalog.text
    -- Without claims: what updates write must not be stamped as a write of the caller's tenant.
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning SET request.jwt.claims = ''
    AS 'MODULE_PATHNAME', 'policies_create_register';
COMMENT ON FUNCTION policies.create_register() IS
'Creates the register: its tables, row security, triggers, views and grants, all owned by policies_admin. Called again after an update of the extension, it brings the register to the current shape and loses no row; called again without one, it changes nothing. Returns register_version(). Raises 0A000 where the extension is not of its library''s version, and 42501 where something of others hangs on the register or stands in its schemas.';
GRANT EXECUTE ON FUNCTION policies.create_register() TO policies_admin;

-- What administrators call that writes the register. Members of policies_admin can alter what belongs to it, with settings for
-- instance; so these belong to the extension's owner, do nothing with the rights of whoever calls, and return built-in types.

CREATE FUNCTION policies.notify_reviews_due(within pg_catalog.interval DEFAULT '0') RETURNS pg_catalog.int8
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_notify_reviews_due';
COMMENT ON FUNCTION policies.notify_reviews_due(pg_catalog.interval) IS
'Writes a notice for each active policy of any tenant whose review is overdue or due within the given time, never twice for the same due date unless it became void, and notifies policies_review_due of it with a small JSON object, its notice_id and due_at. Returns how many. For administrators, and the scheduler that runs as one.';
GRANT EXECUTE ON FUNCTION policies.notify_reviews_due(pg_catalog.interval) TO policies_admin;

CREATE FUNCTION policies.take_review_notices(max_notices pg_catalog.int4 DEFAULT 100) RETURNS TABLE (
    id pg_catalog.text, tenant_id pg_catalog.text, app_id pg_catalog.text, policy_id pg_catalog.text,
    due_at pg_catalog.timestamptz, owner_id pg_catalog.text, noticed_at pg_catalog.timestamptz,
    taken_at pg_catalog.timestamptz, taken_by pg_catalog.text, voided_at pg_catalog.timestamptz
)
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_take_review_notices';
COMMENT ON FUNCTION policies.take_review_notices(pg_catalog.int4) IS
'Takes the oldest notices that no consumer has taken and whose review is still due, addressed to the policy''s present owner, each for one consumer only, for good once the transaction commits. What is no longer due gets its voided_at instead. For administrators.';
GRANT EXECUTE ON FUNCTION policies.take_review_notices(pg_catalog.int4) TO policies_admin;

CREATE FUNCTION policies.rebuild_search(only_tenant_id pg_catalog.text DEFAULT NULL) RETURNS pg_catalog.int8
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_rebuild_search';
COMMENT ON FUNCTION policies.rebuild_search(pg_catalog.text) IS
'Builds the words by which policies are searched anew, of one tenant''s live policies or of all. Returns of how many. For administrators.';
GRANT EXECUTE ON FUNCTION policies.rebuild_search(pg_catalog.text) TO policies_admin;

CREATE FUNCTION policies.purge_deleted(older_than pg_catalog.interval, only_tenant_id pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.int8
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_purge_deleted';
COMMENT ON FUNCTION policies.purge_deleted(pg_catalog.interval, pg_catalog.text) IS
'Removes for good the policies that were soft-deleted at least so long ago, with their history, versions, approvals, acknowledgements, reviews and notices; of one tenant, or of all. Returns how many policies it removed. For administrators.';
GRANT EXECUTE ON FUNCTION policies.purge_deleted(pg_catalog.interval, pg_catalog.text) TO policies_admin;

CREATE FUNCTION policies.register_version() RETURNS pg_catalog.text
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_register_version';
COMMENT ON FUNCTION policies.register_version() IS
'The version of the register in this database: that of the extension, "+", and the first 12 digits of the SHA-256 of the SQL that made it. NULL when create_register() was never called.';
GRANT EXECUTE ON FUNCTION policies.register_version() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.latest_register_version() RETURNS pg_catalog.text
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_latest_register_version';
COMMENT ON FUNCTION policies.latest_register_version() IS
'The version of the register that the library makes. Where it is another than register_version(), create_register() is due, after ALTER EXTENSION policies UPDATE where that is due.';
GRANT EXECUTE ON FUNCTION policies.latest_register_version() TO policies_auditor, policies_admin;
