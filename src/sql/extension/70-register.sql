CREATE FUNCTION policies.create_register() RETURNS pg_catalog.text
    -- Without claims: what updates write must not be stamped as a write of the caller's tenant.
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning SET request.jwt.claims = ''
    AS 'MODULE_PATHNAME', 'policies_create_register';
COMMENT ON FUNCTION policies.create_register() IS
'Creates the register: its tables, row security, triggers, views and grants, all owned by policies_admin. Called again after an update of the extension, it brings the register to the current shape and loses no row; called again without one, it changes nothing. Returns register_version(). Raises 0A000 where the extension is not of its library''s version, and 42501 where something of others hangs on the register or stands in its schemas.';
GRANT EXECUTE ON FUNCTION policies.create_register() TO policies_admin;

CREATE FUNCTION policies.run_as_administrator(query pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_run_as_administrator';
COMMENT ON FUNCTION policies.run_as_administrator(pg_catalog.text) IS
'The first value, a text, of a query that runs with the rights of policies_admin and no more. The functions that write the register for administrators call it for a superuser, whose rights are not for the triggers and expressions that others have attached to the register.';
GRANT EXECUTE ON FUNCTION policies.run_as_administrator(pg_catalog.text) TO policies_admin;

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
