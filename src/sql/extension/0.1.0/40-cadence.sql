CREATE FUNCTION policies.add_cadence(instant pg_catalog.timestamptz, cadence pg_catalog.interval)
    RETURNS pg_catalog.timestamptz
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_add_cadence';
COMMENT ON FUNCTION policies.add_cadence(pg_catalog.timestamptz, pg_catalog.interval) IS
'An instant moved by a cadence, in UTC whatever the session''s time zone; a day past the end of its month becoming the month''s last (31 January + 1 month = 28 or 29 February). Raises 22008 outside the range of timestamps.';

CREATE FUNCTION policies.is_valid_cadence(cadence pg_catalog.interval) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_cadence';
COMMENT ON FUNCTION policies.is_valid_cadence(pg_catalog.interval) IS
'Tells whether an interval can be a review cadence: no part of it negative, not all of them zero.';
