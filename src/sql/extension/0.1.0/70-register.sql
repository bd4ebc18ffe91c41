CREATE FUNCTION policies.create_register() RETURNS pg_catalog.int4
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
    AS 'MODULE_PATHNAME', 'policies_create_register';
COMMENT ON FUNCTION policies.create_register() IS
'Creates the register: its tables, row security, triggers, views and grants, all owned by policies_admin. Called again after an update of the extension, it brings the register to the current shape and loses no row. Returns the version of the register.';

CREATE FUNCTION policies.register_version() RETURNS pg_catalog.int4
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'policies_register_version';
COMMENT ON FUNCTION policies.register_version() IS
'The version of the register in this database; NULL when create_register() was never called.';

CREATE FUNCTION policies.latest_register_version() RETURNS pg_catalog.int4
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp AS 'MODULE_PATHNAME', 'policies_latest_register_version';
COMMENT ON FUNCTION policies.latest_register_version() IS
'The version of the register that create_register() would make. Where it is higher than register_version(), call create_register().';

CREATE FUNCTION policies.is_valid_ticket_types(ticket_types pg_catalog.jsonb) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_ticket_types';
COMMENT ON FUNCTION policies.is_valid_ticket_types(pg_catalog.jsonb) IS
'Tells whether a JSON value can be applies_to: an array of distinct, non-blank strings of at most 255 bytes.';

CREATE FUNCTION policies.close_review_cycle(
    id pg_catalog.text,
    note pg_catalog.text DEFAULT NULL,
    next_review_at pg_catalog.timestamptz DEFAULT NULL
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'policies_close_review_cycle';
COMMENT ON FUNCTION policies.close_review_cycle(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
'The work of policies_api.complete_policy(): locks the policy, logs its review and sets when the next one is due. Raises PT404 for a policy that the caller does not see, PT409 for a cycle that is already completed, 22023 for a next_review_at that is not in the future.';
