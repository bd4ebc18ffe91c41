-- What policies are checked with. Versions are as Semantic Versioning 2.0.0 orders them, with any count of dotted numbers:
-- 1.2 is 1.2.0.

CREATE FUNCTION policies.is_valid_version(version pg_catalog.text) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_version';
COMMENT ON FUNCTION policies.is_valid_version(pg_catalog.text) IS
'Tells whether a text is a version: dotted numbers with an optional pre-release and build part, such as 1.2.0-rc.1.';
GRANT EXECUTE ON FUNCTION policies.is_valid_version(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.compare_versions("left" pg_catalog.text, "right" pg_catalog.text) RETURNS pg_catalog.int4
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_compare_versions';
COMMENT ON FUNCTION policies.compare_versions(pg_catalog.text, pg_catalog.text) IS
'-1, 0 or 1 as the left version comes before, with or after the right one. Raises 22P02 for a text that is no version.';
GRANT EXECUTE ON FUNCTION policies.compare_versions(pg_catalog.text, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.version_sort_key(version pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_version_sort_key';
COMMENT ON FUNCTION policies.version_sort_key(pg_catalog.text) IS
'A text whose byte order is the order of versions: ORDER BY policies.version_sort_key(version) COLLATE "C". Raises 22P02 for a text that is no version.';
GRANT EXECUTE ON FUNCTION policies.version_sort_key(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.add_cadence(instant pg_catalog.timestamptz, cadence pg_catalog.interval)
    RETURNS pg_catalog.timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_add_cadence';
COMMENT ON FUNCTION policies.add_cadence(pg_catalog.timestamptz, pg_catalog.interval) IS
'An instant moved by a cadence, in UTC whatever the session''s time zone; a day past the end of its month becoming the month''s last (31 January + 1 month = 28 or 29 February). Raises 22008 outside the range of timestamps.';
GRANT EXECUTE ON FUNCTION policies.add_cadence(pg_catalog.timestamptz, pg_catalog.interval)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.add_cadence(instant pg_catalog.timestamptz, cadence pg_catalog.interval, time_zone pg_catalog.text)
    RETURNS pg_catalog.timestamptz
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_add_cadence_in_time_zone';
COMMENT ON FUNCTION policies.add_cadence(pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.text) IS
'An instant moved by a cadence on the clock and calendar of a time zone: months and days keep the time that the clock shows (28 February 20:00 + 1 month = 28 March 20:00), hours and less elapse. Raises 22023 for an unknown time zone, 22008 outside the range of timestamps.';
GRANT EXECUTE ON FUNCTION policies.add_cadence(pg_catalog.timestamptz, pg_catalog.interval, pg_catalog.text)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.is_valid_cadence(cadence pg_catalog.interval) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_cadence';
COMMENT ON FUNCTION policies.is_valid_cadence(pg_catalog.interval) IS
'Tells whether an interval can be a review cadence: no part of it negative, not all of them zero.';
GRANT EXECUTE ON FUNCTION policies.is_valid_cadence(pg_catalog.interval) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.is_valid_ticket_types(ticket_types pg_catalog.jsonb) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_ticket_types';
COMMENT ON FUNCTION policies.is_valid_ticket_types(pg_catalog.jsonb) IS
'Tells whether a JSON value can be applies_to: an array of distinct, non-blank strings of at most 255 bytes.';
GRANT EXECUTE ON FUNCTION policies.is_valid_ticket_types(pg_catalog.jsonb) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.check_policy() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_check_policy';
COMMENT ON FUNCTION policies.check_policy() IS
'BEFORE INSERT OR UPDATE trigger of the register that checks a policy''s fields. Raises 23514 naming the value.';
GRANT EXECUTE ON FUNCTION policies.check_policy() TO policies_admin;

CREATE FUNCTION policies.check_policy_settings() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_check_policy_settings';
COMMENT ON FUNCTION policies.check_policy_settings() IS
'BEFORE INSERT OR UPDATE trigger of the register that checks a tenant''s settings. Raises 23514 naming the value.';
GRANT EXECUTE ON FUNCTION policies.check_policy_settings() TO policies_admin;

CREATE FUNCTION policies.cover_ticket_types() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_cover_ticket_types';
COMMENT ON FUNCTION policies.cover_ticket_types() IS
'AFTER INSERT OR UPDATE trigger of the register, for each row, that lets one active SLA policy govern each priority and ticket type: gives up what a policy governs no more.';
GRANT EXECUTE ON FUNCTION policies.cover_ticket_types() TO policies_admin;

CREATE FUNCTION policies.take_ticket_types() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_take_ticket_types';
COMMENT ON FUNCTION policies.take_ticket_types() IS
'AFTER INSERT OR UPDATE trigger of the register, for each statement, that takes what its policies govern now. Raises 23505 naming both policies.';
GRANT EXECUTE ON FUNCTION policies.take_ticket_types() TO policies_admin;

CREATE FUNCTION policies.skip_known_coverage() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_skip_known_coverage';
COMMENT ON FUNCTION policies.skip_known_coverage() IS
'BEFORE INSERT trigger of sla_coverage that passes over rows it already has, so that data can be restored under live triggers.';
GRANT EXECUTE ON FUNCTION policies.skip_known_coverage() TO policies_admin;
