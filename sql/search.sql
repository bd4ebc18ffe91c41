-- Search: what is found, in which order, page by page, with snippets; never another's.
\set caller 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_caller; SET request.jwt.claims = '
\set as_ann :caller '\'{"tenant_id": "search_a", "sub": "per_ann"}\';'
\set as_ben :caller '\'{"tenant_id": "search_a", "sub": "per_ben"}\';'
\set as_app :caller '\'{"tenant_id": "search_a", "app_id": "app_one"}\';'
\set as_other :caller '\'{"tenant_id": "search_b", "sub": "per_bob"}\';'
\set auditor 'SET SESSION AUTHORIZATION regress_gateway; SET ROLE policies_auditor; SET request.jwt.claims = '
\set as_auditor :auditor '\'{"tenant_id": "search_a", "sub": "per_olga"}\';'
\set as_superuser 'RESET SESSION AUTHORIZATION; RESET request.jwt.claims;'
SET timezone = 'UTC';
SET datestyle = 'ISO';
-- How a call is refused, without ids, hashes and times.
CREATE FUNCTION pg_temp.refused(call text, OUT code text, OUT message text, OUT detail text, OUT hint text) AS $$
BEGIN
    EXECUTE 'SELECT ' || call;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT;
    message := regexp_replace(regexp_replace(message, '[a-z]+_[0-9A-Z]{26}', '<id>'), '[0-9a-f]{64}', '<hash>');
    message := regexp_replace(message, '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00', '<time>', 'g');
END $$ LANGUAGE plpgsql;
:as_ann
INSERT INTO policies_api.policies (name, description, body, category, status, tags, owner_id) VALUES
    ('Password policy', NULL, 'Everybody chooses long passwords.', 'security', 'active', '["access", "login"]', 'per_ann'),
    ('Access control', 'Who may log in, and with which password', 'Doors <b>and</b> systems & data.',
        'security', 'draft', '{"password": "yes"}', 'per_ben'),
    ('Travel', NULL, 'Book early. A password is needed for the portal.', 'finance', 'active', NULL, 'per_ann'),
    ('Holiday', NULL, 'Nothing of the kind', 'hr', 'active', '[]', NULL), (NULL, NULL, NULL, NULL, 'active', NULL, NULL);
:as_other
INSERT INTO policies_api.policies (name, body) VALUES ('Password of the other tenant', 'secret password');
:as_app
INSERT INTO policies_api.policies (name, body) VALUES ('Password of the app', 'app password');
:as_ann
\set found 'name, category, status, rank > 0 AS ranked, snippet'
SELECT :found FROM policies_api.search_policies('password');
SELECT name FROM policies_api.search_policies('"long passwords"');
SELECT name FROM policies_api.search_policies('password -portal');
SELECT name FROM policies_api.search_policies('doors or portal');
SELECT name, name_snippet FROM policies_api.search_policies('access');
SELECT name FROM policies_api.search_policies('login');
SELECT name, snippet FROM policies_api.search_policies('systems');
SELECT name FROM policies_api.search_policies('password', category => 'security');
SELECT name FROM policies_api.search_policies('password', status => 'draft');
SELECT name FROM policies_api.search_policies('password', tag => 'login');
SELECT name FROM policies_api.search_policies('password', tag => 'password');
SELECT name FROM policies_api.search_policies('password', owner_id => 'per_ann', category => 'finance');
-- Pages.
SELECT id, name, rank FROM policies_api.search_policies('password', max_results => 1) \gset one_
SELECT id, name, rank FROM policies_api.search_policies('password', max_results => 1, after_rank => :one_rank,
    after_id => :'one_id') \gset two_
SELECT :'one_name' AS first, :'two_name' AS second, array_agg(name) AS rest
FROM policies_api.search_policies('password', after_rank => :two_rank, after_id => :'two_id');
SELECT r.* FROM (VALUES ('NULL, max_results => 3'), (''' '''), ('repeat(''x '', 2049)'), ('''x'', max_results => 0'),
    ('''x'', max_results => 1001'), ('''x'', max_results => NULL'), ('''x'', after_rank => 1'),
    ('''x'', after_id => ''pol''')) AS t (call), LATERAL pg_temp.refused('policies_api.search_policies(' || call || ')') r;
SELECT count(*) FROM policies_api.search_policies(E'\'; DROP TABLE x; -- \\ " ( & | ! :* <-> \u0001search_b');
-- No policy is refused for its words.
INSERT INTO policies_api.policies (name, description, body, tags)
SELECT string_agg(md5(n::text), ' '), string_agg(md5(n::text), ' '), string_agg(md5(n::text), ' '), jsonb_agg(md5(n::text))
FROM generate_series(1, 60000) n RETURNING length(body);
SELECT length(name) FROM policies_api.search_policies(md5('1') || ' ' || md5('2'));
DELETE FROM policies_api.policies WHERE length(body) > 100000;
-- Edits, deletions and restorations follow.
UPDATE policies_api.policies SET body = 'Book late.' WHERE name = 'Travel';
DELETE FROM policies_api.policies WHERE name = 'Password policy';
SELECT name FROM policies_api.search_policies('password');
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name = 'Password policy';
SELECT name FROM policies_api.search_policies('passwords');
UPDATE policies_api.policies SET status = 'inactive', category = 'hr', owner_id = 'per_cat', tags = '["doors"]'
WHERE name = 'Access control';
SELECT name FROM policies_api.search_policies('password', 'hr', 'inactive', 'doors', 'per_cat');
SELECT count(*) FROM policies_api.search_policies('password', status => 'draft');
-- Each sees its own.
:as_other
SELECT name, snippet FROM policies_api.search_policies('password');
:as_app
SELECT name, snippet FROM policies_api.search_policies('password');
SELECT r.code, r.message
FROM unnest(ARRAY['policies.search_labels(''search_a'', NULL, NULL, NULL)', 'policies.search_language(''search_a'')',
    'policies.rebuild_search()']) AS call, LATERAL pg_temp.refused(call) r;
SELECT count(*) FROM policies.policy_search;
:as_auditor
SELECT r.code, r.message FROM pg_temp.refused('policies_api.search_policies(''password'')') r;
SET ROLE policies_caller;
SET request.jwt.claims = '';
SELECT r.code, r.message FROM pg_temp.refused('policies_api.search_policies(''password'')') r;
-- In the tenant's language words are found in every form, from the change on.
:as_ann
SELECT name FROM policies_api.search_policies('choosing');
:as_superuser
INSERT INTO policies.policy_settings (tenant_id, search_language) VALUES ('search_a', 'english');
:as_ann
SELECT name, snippet FROM policies_api.search_policies('choosing');
SELECT count(*) FROM policies_api.search_policies('the');
-- A snippet shows where the words meet, rather than many forms of one of them.
SELECT policies.search_snippet('Packages, packaging, a package' || repeat(' x', 30) || ' essential packages',
    to_tsquery('english', 'essential & package'), 'english', false);
:as_superuser
UPDATE policies.policy_settings SET is_deleted = true WHERE tenant_id = 'search_a';
:as_ann
SELECT name FROM policies_api.search_policies('choosing');
-- So from the removal of the settings on, and where they come to another tenant.
:as_superuser
UPDATE policies.policy_settings SET is_deleted = false WHERE tenant_id = 'search_a';
DELETE FROM policies.policy_settings WHERE tenant_id = 'search_a';
:as_ann
SELECT name FROM policies_api.search_policies('chooses');
:as_superuser
INSERT INTO policies.policy_settings (tenant_id, search_language) VALUES ('search_c', 'english');
UPDATE policies.policy_settings SET tenant_id = 'search_a' WHERE tenant_id = 'search_c';
:as_ann
SELECT name FROM policies_api.search_policies('choosing');
:as_superuser
UPDATE policies.policy_settings SET tenant_id = 'search_c' WHERE tenant_id = 'search_a';
:as_ann
SELECT name FROM policies_api.search_policies('chooses');
SELECT name FROM policies_api.search_policies('choosing');
-- A row security policy of the administrator's own holds for what is found as well.
:as_superuser
BEGIN;
CREATE POLICY only_security ON policies.policies AS RESTRICTIVE FOR SELECT TO policies_caller USING (category = 'security');
:as_ann
SELECT name FROM policies_api.search_policies('password or book');
ROLLBACK;
-- Rebuilding makes the same words, and those of rows that a copy brought without triggers.
:as_superuser
CREATE TEMP TABLE words AS SELECT * FROM policies.policy_search;
DELETE FROM policies.policy_search s USING policies.policies p WHERE (p.tenant_id, p.id) = (s.tenant_id, s.policy_id)
    AND p.name = 'Travel';
SELECT policies.rebuild_search('search_a'), policies.rebuild_search() > 6 AS all;
SELECT count(*) FROM (TABLE words EXCEPT TABLE policies.policy_search) AS t;
DROP TABLE words;
-- Only what can be found is kept.
SELECT count(*) FROM policies.policy_search s JOIN policies.policies p ON (p.tenant_id, p.id) = (s.tenant_id, s.policy_id)
WHERE p.is_deleted;
-- A tenant of many policies, with a name that needs quoting, and one that is told apart from it.
INSERT INTO policies.policies (tenant_id, name, body)
    SELECT tenant, 'filler', CASE WHEN n <= 250 THEN 'common' ELSE 'word' || n END
    FROM unnest(ARRAY[E'search_\\''q', 'search_q']) AS tenant, generate_series(1, 300) n
    WHERE tenant <> 'search_q' OR n IN (1, 251);
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET request.jwt.claims = '{"tenant_id": "search_\\''q"}';
SELECT count(*), count(DISTINCT id) FROM policies_api.search_policies('common', max_results => 1000);
SELECT count(*) FROM policies_api.search_policies('word251 or word300');
SELECT count(*) FROM policies_api.search_policies('filler -common', category => 'hr');
-- Filters of a tenant of many policies, and values that are too long for a label of the index.
SELECT id FROM policies_api.search_policies('word299') \gset
UPDATE policies_api.policies SET category = 'hr', status = 'inactive', owner_id = E'per_\\''x' WHERE id = :'id';
SELECT count(*) FROM policies_api.search_policies('filler', category => 'hr');
SELECT count(*) FROM policies_api.search_policies('filler -word299', category => 'hr');
SELECT count(*), count(*) FILTER (WHERE id = :'id')
FROM policies_api.search_policies('filler', 'hr', 'inactive', NULL, E'per_\\''x');
SELECT count(*) FROM policies_api.search_policies('word299', 'hr', 'active');
SELECT count(*) FROM policies_api.search_policies('word299', status => E'inactive\u0001');
UPDATE policies_api.policies SET category = NULL, owner_id = repeat('o', 1001) WHERE id = :'id';
SELECT count(*) FROM policies_api.search_policies('filler', category => 'hr');
SELECT count(*) FROM policies_api.search_policies('filler', owner_id => E'per_\\''x');
SELECT count(*) FROM policies_api.search_policies('filler', owner_id => repeat('o', 1001));
SELECT count(*) FROM policies_api.search_policies('filler', owner_id => repeat('o', 1002));
SET request.jwt.claims = '{"tenant_id": "search_q"}';
SELECT count(*) FROM policies_api.search_policies('common or word251', max_results => 1000);
:as_superuser
-- However long a text is and of whatever characters, it can be written; its beginning is found.
INSERT INTO policies.policies (tenant_id, name, description, tags, body)
    SELECT 'search_d', 'long ' || text, 'long ' || text, jsonb_build_array('long', text), 'long ' || text
FROM (SELECT string_agg(chr(131072 + 2 * n) || '-' || chr(131073 + 2 * n), ' ') AS text FROM generate_series(1, 37500) n) AS t;
INSERT INTO policies.policies (tenant_id, name, description, tags, body)
    SELECT 'search_d', 'long ' || text, 'long ' || text, jsonb_build_array('long', text), 'long ' || text
FROM (SELECT string_agg(repeat(chr(131072 + n), 200) || '.de/a', ' ') AS text FROM generate_series(1, 1500) n) AS t;
INSERT INTO policies.policies (tenant_id, name, description, tags, body)
    SELECT 'search_d', 'long ' || text, 'long ' || text, jsonb_build_array('long', text), 'long ' || text
FROM (SELECT string_agg(n || 'ä' || n || '.', '') AS text FROM generate_series(1, 15000) n
    UNION ALL SELECT string_agg(chr(131072 + n % 32768) || chr(131072 + n * 7 % 32768), '') FROM generate_series(1, 60000) n
    UNION ALL SELECT repeat(chr(64762) || 'é1', 34000)) AS t;
SELECT count(*) FROM policies.policy_search WHERE tenant_id = 'search_d' AND document @@ 'long:A & long:B & long:D';
-- What people of this trade write is found however it is written, and by its parts. Each finds itself, but for a hyphen that is
-- "without".
INSERT INTO policies.policies (tenant_id, name) SELECT 'search_n', text FROM unnest(ARRAY['ISO-27001', 'ISO 27002', 'iso27003',
    'ISO/IEC 27001:2022 A.8.24', 'SOC-2', 'SOC 3', 'NIST 800-53 AC-2(1)', 'PCI-DSS 3.2.1', 'CVE-2024-3094', 'GDPR Art. 32(1)(b)',
    '§ 203 StGB', 'Employees/contractors', 'security.docx', 'security@example.com', 'https://example.com/policies/security?v=2',
    'Dear <company name>', 'AccessControlPolicy', 'e-mail', 'below -17 degrees', E'Cafe\u0301', 'accès', 'Müller', 'Ｗｉｄｅ',
    '情報セキュリティ方針', '정보보호 정책을', '东京也京都']) AS text;
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET request.jwt.claims = '{"tenant_id": "search_n"}';
SELECT p.name FROM policies_api.policies p WHERE NOT EXISTS (SELECT FROM policies_api.search_policies(p.name) s
    WHERE s.id = p.id);
SELECT q.query, string_agg(s.name_snippet, ' | ' ORDER BY s.name COLLATE "C") AS finds
FROM unnest(ARRAY['27001', 'ISO 27001', 'ISO-27001', 'iso27001', '"ISO 27001"', '27001:2022', 'A.8.24', '8.24', 'A.8.2',
    'iso-27002',
    'ISO 27003', '27003', 'soc 2', 'soc2', 'SOC-3', 'soc3', 'AC-2', 'ac2', 'AC 2 (1)', 'AC-2(2)', 'NIST-800-53', 'pci dss',
        '3.2', '3.2.1',
    '3094', 'cve 2024', 'art. 32', '32(1)(b)', '32(1)(a)', '§203', 'contractors', 'employees', 'security', 'example.com',
        'company',
    '<company name>', 'control', 'accesscontrolpolicy', 'email', '17', '17 -below', E'Caf\u00E9', 'cafe', 'acces', 'mueller',
        'muller',
    'wide', 'セキュリティ', '方針', '報', '정책', '京都', '东京都']) WITH ORDINALITY AS q (query, n)
    LEFT JOIN LATERAL policies_api.search_policies(q.query) s ON true
GROUP BY n, query ORDER BY n;
-- Any text is a query: what has no words finds nothing, what is too long is refused, and nothing is an internal error.
SELECT count(*) FROM unnest(ARRAY[repeat('-', 33), E'| - | + |\n|---|---|\n| = | * |', '---', '***', '"', '""', '" " -', '-',
    '- - -',
    E'\u0001\u0002', E'\t-\n', '& | ! ( ) <-> :*', '''''', '\', '😀', '（）', 'or', 'or or or', '-or -17 -a 17', '"or', E'\u0301',
        '!!!!a',
    '((((a']) AS query,
    LATERAL policies_api.search_policies(query);
SELECT query, r.* FROM (VALUES ('repeat(''-'', 60000)'), ('repeat(''word '', 12000)')) AS t (query),
    LATERAL pg_temp.refused('policies_api.search_policies(' || query || ')') r;
SELECT query, r.code FROM unnest(ARRAY['a1', '情', 'é ', '-a ', 'a or ', 'aB', 'a.', 'x-', '1 ', '"a" ',
    'aBc1é ', '情x', '"-',
    '(-!']) AS query,
    LATERAL pg_temp.refused(format('count(*) FROM policies_api.search_policies(repeat(%L, 4096 / octet_length(%1$L)))', query)) r
WHERE r.code IS NOT NULL;
-- Words are where they stand also behind what PostgreSQL's parser would take for a number, as in a UUID.
INSERT INTO policies_api.policies (name, body) VALUES ('uuid',
    'Key 550e8400-e29b-41d4-a716-446655440000 7e3b. See the AccessControl list');
SELECT query, count(*) FROM unnest(ARRAY['"see the"', '"7e3b see"', '550e8400', '446655440000 "accesscontrol list"']) AS query,
    LATERAL policies_api.search_policies(query) WHERE name = 'uuid' GROUP BY query ORDER BY query COLLATE "C";
DELETE FROM policies_api.policies WHERE name = 'uuid';
-- Some hundred texts of such pieces, as queries; and each finds itself where nothing in it is an operator.
SELECT setseed(0.17) \g /dev/null
CREATE TEMPORARY TABLE generated AS SELECT n, string_agg(pieces[1 + floor(random() * cardinality(pieces))::integer], '') AS query
FROM generate_series(1, 400) n, generate_series(1, 1 + n % 23) piece, (VALUES (ARRAY['-', '--', '"', ' ', ' ', E'\n', '|', '&',
    '!', '(',
    ')', '<', '>', '<->', ':*', '''', '\', ' or ', ' -', 'a', 'A.5.1', '27001', 'Iso', 'é', E'e\u0301', 'ß', '情報', 'キ', '한',
        'ก็', '😀',
    E'\u00A0', E'\u200B', '½', 'Ｗ', '.', '/', '@', '_', 'x1', '%', '$q$', E'\u0001', 'http://', '.docx', '1e5', '-7',
        '3.14'])) AS t (pieces)
GROUP BY n;
SELECT n, query, r.* FROM generated, LATERAL pg_temp.refused(format('count(*) FROM policies_api.search_policies(%L)', query)) r
WHERE r.code IS NOT NULL AND (r.code <> '22023' OR btrim(query, E' \t\r\n') <> '');
INSERT INTO policies_api.policies (name, body)
    SELECT 'generated', regexp_replace(regexp_replace(query, '["-]', ' ', 'g'), '\mor\M', 'of', 'g') FROM generated;
SELECT count(*) > 300 AS many, count(*) FILTER (WHERE NOT EXISTS (
    SELECT FROM policies_api.search_policies(p.body, max_results => 1000) s WHERE s.id = p.id)) AS not_found
FROM policies_api.policies p WHERE p.name = 'generated' AND p.body ~ '[[:alnum:]]';
DROP TABLE generated;
:as_superuser
-- In a language as well, though it has words that are not searched.
INSERT INTO policies.policy_settings (tenant_id, search_language) VALUES ('search_n', 'english');
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET request.jwt.claims = '{"tenant_id": "search_n"}';
SELECT q.query, string_agg(s.name_snippet, ' | ' ORDER BY s.name COLLATE "C") AS finds
FROM unnest(ARRAY['A.8.24', 'a 8.24', 'B.8.24', 'contractor', 'Employee', '"employee contractor"', 'emails', 'policy',
    '17 degree', 'accès',
    '方針', 'the']) WITH ORDINALITY AS q (query, n) LEFT JOIN
        LATERAL policies_api.search_policies(q.query) s ON s.name <> 'generated'
GROUP BY n, query ORDER BY n;
:as_superuser
-- The index serves it.
INSERT INTO policies.policies (id, tenant_id, name, body) SELECT policies.new_id('pol'), 'search_c', 'filler', 'word' || n
FROM generate_series(1, 3000) n;
ANALYZE policies.policy_search;
EXPLAIN (COSTS OFF) SELECT FROM policies.policy_search s
WHERE s.document @@ (E'\u0001search_c'::tsquery && websearch_to_tsquery('simple', 'word7'));
-- A tenant with a large share of all rows is searched by the words alone, and finds nobody else's.
SELECT frequency > 0.1 AS is_large FROM pg_stats s,
    unnest(most_common_vals::text::text[], most_common_freqs) AS m (tenant, frequency)
    WHERE s.tablename = 'policy_search' AND s.attname = 'tenant_id' AND m.tenant = 'search_c';
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET request.jwt.claims = '{"tenant_id": "search_c"}';
SELECT count(*), sum(length(snippet)) FROM policies_api.search_policies('word251 or word300 or common');
SELECT count(*) FROM policies_api.search_policies('word251', status => 'inactive');
:as_superuser
DELETE FROM policies.review_notices WHERE tenant_id LIKE 'search\_%';
DELETE FROM policies.policy_reviews WHERE tenant_id LIKE 'search\_%';
DELETE FROM policies.policy_acknowledgements WHERE tenant_id LIKE 'search\_%';
DELETE FROM policies.policy_approvals WHERE tenant_id LIKE 'search\_%';
DELETE FROM policies.policy_versions WHERE tenant_id LIKE 'search\_%';
DELETE FROM policies.policies WHERE tenant_id LIKE 'search\_%';
DELETE FROM policies.policies_history WHERE tenant_id LIKE 'search\_%';
DELETE FROM policies.policy_settings WHERE tenant_id LIKE 'search\_%';
DELETE FROM policies.policy_settings_history WHERE tenant_id LIKE 'search\_%';
