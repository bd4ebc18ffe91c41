-- Typed ids: https://github.com/ulid/spec behind a prefix that tells the kind of row.

CREATE FUNCTION policies.new_id(prefix pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE c VOLATILE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_new_id';
COMMENT ON FUNCTION policies.new_id(pg_catalog.text) IS
'Makes a new typed id: the prefix (a to z and "_", at most 63), "_" and a ULID, such as pol_01J9Z3NDEKTSV4RRFFQ69G5FAV. Ids of one session strictly increase, even when its clock goes back.';
GRANT EXECUTE ON FUNCTION policies.new_id(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.is_valid_id(id pg_catalog.text) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_id';
COMMENT ON FUNCTION policies.is_valid_id(pg_catalog.text) IS
'Tells whether a text is a typed id in its canonical form, with an upper-case ULID.';
GRANT EXECUTE ON FUNCTION policies.is_valid_id(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.canonical_id(id pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_canonical_id';
COMMENT ON FUNCTION policies.canonical_id(pg_catalog.text) IS
'Reads a typed id whose ULID may be in lower case and returns its canonical form. Raises 22P02 with the reason for anything else.';
GRANT EXECUTE ON FUNCTION policies.canonical_id(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.id_time(id pg_catalog.text) RETURNS pg_catalog.timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_id_time';
COMMENT ON FUNCTION policies.id_time(pg_catalog.text) IS
'The instant, to the millisecond, at which a typed id was made. Raises 22P02 for a malformed id.';
GRANT EXECUTE ON FUNCTION policies.id_time(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.id_floor(prefix pg_catalog.text, instant pg_catalog.timestamptz) RETURNS pg_catalog.text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_id_floor';
COMMENT ON FUNCTION policies.id_floor(pg_catalog.text, pg_catalog.timestamptz) IS
'The lowest id of the millisecond of an instant: WHERE id >= id_floor(...) finds what was made from then on. Raises 22008 before 1970 or after 10889.';
GRANT EXECUTE ON FUNCTION policies.id_floor(pg_catalog.text, pg_catalog.timestamptz)
    TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.id_ceil(prefix pg_catalog.text, instant pg_catalog.timestamptz) RETURNS pg_catalog.text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_id_ceil';
COMMENT ON FUNCTION policies.id_ceil(pg_catalog.text, pg_catalog.timestamptz) IS
'The highest id of the millisecond of an instant: WHERE id <= id_ceil(...) finds what was made until then. Raises 22008 before 1970 or after 10889.';
GRANT EXECUTE ON FUNCTION policies.id_ceil(pg_catalog.text, pg_catalog.timestamptz)
    TO policies_caller, policies_auditor, policies_admin;
