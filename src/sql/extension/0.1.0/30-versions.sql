-- Versions as Semantic Versioning 2.0.0 orders them, with any count of dotted numbers: 1.2 is 1.2.0.

CREATE FUNCTION policies.is_valid_version(version pg_catalog.text) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_version';
COMMENT ON FUNCTION policies.is_valid_version(pg_catalog.text) IS
'Tells whether a text is a version: dotted numbers with an optional pre-release and build part, such as 1.2.0-rc.1.';

CREATE FUNCTION policies.compare_versions("left" pg_catalog.text, "right" pg_catalog.text) RETURNS pg_catalog.int4
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_compare_versions';
COMMENT ON FUNCTION policies.compare_versions(pg_catalog.text, pg_catalog.text) IS
'-1, 0 or 1 as the left version comes before, with or after the right one. Raises 22P02 for a text that is no version.';

CREATE FUNCTION policies.version_sort_key(version pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_version_sort_key';
COMMENT ON FUNCTION policies.version_sort_key(pg_catalog.text) IS
'A text whose byte order is the order of versions: ORDER BY policies.version_sort_key(version) COLLATE "C". Raises 22P02 for a text that is no version.';
