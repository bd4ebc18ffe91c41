-- Versions: which texts are some, and their order, that of Semantic Versioning with any count of numbers.
CREATE FUNCTION pg_temp.failure(statement text, OUT code text, OUT message text, OUT detail text) AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
END $$ LANGUAGE plpgsql;

SELECT version, policies.is_valid_version(version)
FROM unnest(ARRAY['0', '1', '1.2', '1.2.0', '1.2.3.4.5', '10.20.30', '1.0-rc.1', '1.0.0-alpha', '1.0.0--',
    '1.0.0-0a.x-y-z',
                  '1.0.0+build.007', '1.0.0-rc.1+build-1', '4.7.2.0', '20260101',
                      '99999999999999999999999999.1']) AS version;
SELECT version, policies.is_valid_version(version) AS is_valid,
       (pg_temp.failure(format('SELECT policies.version_sort_key(%L)', version))).*
FROM unnest(ARRAY['', '1..2', '.1', '1.', 'v1.2', '1.2a', '01.2', '1.02', '-1', '1.0.0-', '1.0.0-a..b', '1.0.0-01',
                  '1.0.0+', '1.0.0+a+b', '1.0.0-rc_1', ' 1.0', '1.0 ', '1,0', 'one', '１.０', '1.0-ä']) AS version;
SELECT policies.is_valid_version(repeat('1', 255)) AS at_most, policies.is_valid_version(repeat('1', 256)) AS too_long,
       (pg_temp.failure($$SELECT policies.compare_versions(repeat('1.', 5000000) || '1', '1')$$)).*;
SELECT (pg_temp.failure($$SELECT policies.compare_versions('1', '1..2')$$)).*;
SELECT policies.is_valid_version(NULL) IS NULL AS is_valid, policies.compare_versions('1', NULL) IS NULL AS compared,
       policies.compare_versions(NULL, '1') IS NULL AS compared_other,
           policies.version_sort_key(NULL) IS NULL AS sort_key;

-- Equal, though their texts differ: trailing zeros and build parts do not count.
SELECT a, b, policies.compare_versions(a, b), policies.version_sort_key(a) = policies.version_sort_key(b) AS same_key
FROM (VALUES ('1.2', '1.2.0'), ('1', '1.0.0.0'), ('0', '0.0'), ('1.2-rc.1', '1.2.0-rc.1'), ('1.0.0+a', '1.0.0+b'),
             ('1.0.0+a', '1')) AS pair (a, b);

-- Every pair of a list in ascending order (the specification's own among them), by both functions and both ways round.
CREATE TEMPORARY TABLE ascending AS SELECT version, position FROM unnest(ARRAY[
    '0', '0.0.1', '0.1', '0.9.9', '1.0.0-0', '1.0.0-9', '1.0.0-10', '1.0.0-A', '1.0.0-a', '1.0.0-a.b', '1.0.0-a-', '1.0.0-a-b',
    '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0',
    '1.0.0.1', '1.0.1-rc.1', '1.0.1', '1.2-rc', '1.2', '1.9', '1.10', '1.10.0.0.1', '2.0.0', '2.1.0', '2.1.1', '9', '10',
    '99999999999999999998', '99999999999999999999', '100000000000000000000']) WITH ORDINALITY AS list (version, position);
SELECT count(*) AS pairs,
       count(*) FILTER (WHERE policies.compare_versions(a.version, b.version) IS DISTINCT
           FROM sign(a.position - b.position))
           AS compared_wrongly,
       count(*) FILTER (WHERE (policies.version_sort_key(a.version) COLLATE "C" < policies.version_sort_key(b.version))
           IS DISTINCT FROM (a.position < b.position)) AS sorted_wrongly
FROM ascending AS a, ascending AS b;

-- As a list is sorted in the register; the texts stay as they were written.
INSERT INTO policies.policies (tenant_id, name, version)
SELECT 'versions', 'p', version FROM unnest(ARRAY['1.10', '1.2.0', NULL, '1.9', '1.2', '2.0.0-rc.1', '2']) AS version;
SELECT version FROM policies.policies WHERE tenant_id = 'versions'
ORDER BY policies.version_sort_key(version) COLLATE "C" DESC NULLS LAST, version;
SELECT version FROM policies.policies WHERE tenant_id = 'versions' AND policies.compare_versions(version, '1.9') >= 0
ORDER BY policies.version_sort_key(version) COLLATE "C";
DELETE FROM policies.policies WHERE tenant_id = 'versions';
DELETE FROM policies.policies_history WHERE tenant_id = 'versions';
