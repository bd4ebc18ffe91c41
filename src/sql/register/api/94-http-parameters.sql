CREATE OR REPLACE FUNCTION policies.filter_parameter(field text, schema jsonb) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH example (value) AS (SELECT CASE
        WHEN filter_parameter.schema ? 'enum' THEN 'eq.' || (filter_parameter.schema #>> '{enum,0}')
        WHEN filter_parameter.schema ->> 'format' = 'date-time' THEN 'lt.2027-01-01'
        WHEN filter_parameter.schema -> 'type' @> '"boolean"' THEN 'is.true'
        WHEN filter_parameter.schema -> 'type' @> '"integer"' THEN 'gte.1'
        WHEN filter_parameter.field = 'applies_to' THEN 'cs.["incident"]'
        WHEN filter_parameter.field = 'tags' THEN 'cs.["gdpr"]'
        WHEN filter_parameter.field = 'priority' THEN 'in.(high,urgent)'
        WHEN filter_parameter.field = 'review_cadence' THEN 'eq.1 year'
        WHEN filter_parameter.field IN ('name', 'description', 'body') THEN 'ilike.*desk*'
        WHEN filter_parameter.field = 'tenant_id' THEN 'eq.acme'
        WHEN filter_parameter.field = 'source' THEN 'eq.edm'
        WHEN filter_parameter.field ~ '(^|_)note$' THEN 'ilike.*law*'
        WHEN filter_parameter.field ~ '_by$|^(owner|person)_id$' THEN 'eq.per_ann'
        WHEN filter_parameter.field ~ '(^|_)version$' THEN 'eq.1.2.0'
        ELSE 'not.is.null' END)
    SELECT json_build_object('name', filter_parameter.field, 'in', 'query',
        'description', format('Only where %s fits, as OPERATOR.VALUE, such as %s.', filter_parameter.field, e.value),
        'schema', '{"type": "string"}'::json, 'example', e.value)
    FROM example e;
END;
COMMENT ON FUNCTION policies.filter_parameter(text, jsonb) IS 'The parameter that filters a list by a field.';

CREATE OR REPLACE VIEW policies.http_shared_parameters WITH (security_invoker = true) AS
SELECT v.* FROM (VALUES
    ('PolicyId', 'id', 'path', '{"type": "string", "pattern": "^pol_[0-9A-Za-z]{26}$"}'::json, 'pol_01J9Z3NDEKTSV4RRFFQ69G5FAV',
     'The id of the policy.'),
    ('BusinessCalendarId', 'id', 'path', '{"type": "string", "pattern": "^cal_[0-9A-Za-z]{26}$"}', 'cal_01J9Z3NDEKTSV4RRFFQ69G5FAV',
     'The id of the business calendar.'),
    ('Version', 'version', 'path', '{"type": "string", "pattern": "^[0-9][0-9A-Za-z.+-]{0,254}$"}', '1.2.0', 'The version.'),
    ('Select', 'select', 'query', '{"type": "string"}', 'id,name',
     'The fields to answer, with commas: the others are absent then, required or not.'),
    ('Columns', 'columns', 'query', '{"type": "string"}', 'name,category',
     'The fields that the objects of an array have, where not all have the same.'),
    ('Order', 'order', 'query', '{"type": "string"}', 'name.asc.nullslast,id',
     'The fields to sort by, with commas: FIELD.asc or FIELD.desc, then .nullsfirst or .nullslast.'),
    ('Limit', 'limit', 'query', '{"type": "integer", "minimum": 0}', NULL,
     'How many rows to answer at most. There are never more than 1,000.'),
    ('Offset', 'offset', 'query', '{"type": "integer", "minimum": 0, "default": 0}', NULL,
     'How many rows to pass over. Sort by something unique.'),
    ('Or', 'or', 'query', '{"type": "string"}', '(status.eq.draft,owner_id.is.null)',
     'Filters of which one must fit, in parentheses: FIELD.OPERATOR.VALUE.'),
    ('IfUpdatedAt', 'updated_at', 'query', '{"type": "string"}', 'eq.2026-11-24T10:00:00.123456+00:00',
     'Only if it is as it was read: eq. and the updated_at that was read. Otherwise the answer is 409.'),
    ('Range', 'Range', 'header', '{"type": "string"}', '0-49', 'The rows to answer, from 0 on, instead of limit and offset.'),
    ('PreferOfReading', 'Prefer', 'header', '{"type": "string"}', 'count=exact',
     'count=exact has Content-Range tell the total; timezone=Europe/Berlin writes times in a zone. Several with commas.'),
    ('PreferOfWriting', 'Prefer', 'header', '{"type": "string"}', 'return=representation',
     'return=representation answers what is there then, return=headers-only its Location; missing=default takes the defaults for keys '
     'that an object of an array lacks; handling=strict, max-affected=1 refuses to touch more rows. Several with commas.')
) AS v (component, name, place, schema, example, description);
COMMENT ON VIEW policies.http_shared_parameters IS
'HTTP shared parameter
The parameters that many operations have.';
COMMENT ON COLUMN policies.http_shared_parameters.component IS 'The name in the document.';
COMMENT ON COLUMN policies.http_shared_parameters.name IS 'The name in a request.';
COMMENT ON COLUMN policies.http_shared_parameters.place IS 'Where it stands: path, query or header.';
COMMENT ON COLUMN policies.http_shared_parameters.schema IS 'The JSON Schema of its values.';
COMMENT ON COLUMN policies.http_shared_parameters.example IS 'A value.';
COMMENT ON COLUMN policies.http_shared_parameters.description IS 'What it means.';

CREATE OR REPLACE VIEW policies.http_parameters WITH (security_invoker = true) AS
    WITH route AS (
        SELECT r.*, r.action = 'list' OR coalesce(s.is_set, false) AS is_list FROM policies.http_routes r
        LEFT JOIN policies.http_results s ON s.function = r.source AND r.action = 'ask'
    ), argument AS MATERIALIZED (SELECT * FROM policies.http_arguments),
    filter AS MATERIALIZED (
        SELECT p.source, p.field, p.position, policies.filter_parameter(p.field, p.property) AS parameter FROM policies.http_properties p)
    SELECT r.operation_id, 1 AS place, s.position, json_build_object('$ref', '#/components/parameters/' || s.name) AS parameter
    FROM route r CROSS JOIN LATERAL (VALUES
        (1::bigint, 'PolicyId', r.path LIKE '/policies/{id}%'),
        (2, 'BusinessCalendarId', r.path LIKE '/business-calendars/{id}%'),
        (3, 'Version', r.path LIKE '%{version}'),
        (4, 'Select', r.is_list OR r.action IN ('get', 'create', 'update', 'delete')),
        (5, 'Columns', r.action = 'create'),
        (6, 'Order', r.is_list),
        (7, 'Limit', r.is_list),
        (8, 'Offset', r.is_list),
        (9, 'Or', r.action = 'list'),
        (10, 'IfUpdatedAt', r.action IN ('update', 'delete')),
        (11, 'Range', r.is_list),
        (12, 'PreferOfReading', r.is_list),
        (13, 'PreferOfWriting', r.action IN ('create', 'update', 'delete', 'restore'))) AS s (position, name, is_taken)
    WHERE s.is_taken
    UNION ALL
    SELECT r.operation_id, 2, a.position, json_build_object('name', a.name, 'in', 'query', 'required', a.is_required,
        'description', a.description, 'schema', a.schema)
    FROM route r JOIN argument a USING (operation_id) WHERE r.action = 'ask'
    UNION ALL
    SELECT r.operation_id, 3, f.position, f.parameter
    FROM route r JOIN filter f ON f.source = 'policies_api.' || r.source
    WHERE r.action = 'list'
        AND NOT (r.path LIKE '%{id}%' AND f.field = CASE r.source WHEN 'policies_history' THEN 'id' ELSE 'policy_id' END)
    UNION ALL
    -- What ?search= on the list makes of search_policies().
    SELECT r.operation_id, 4, a.position, json_build_object('name', CASE a.name WHEN 'query' THEN 'search' ELSE a.name END, 'in', 'query',
        'description', CASE a.name WHEN 'query' THEN 'Only what is found, the best first. ' ELSE 'With search=. ' END || a.description,
        'schema', a.schema)
    FROM route r, argument a
    WHERE r.operation_id = 'listPolicies' AND a.operation_id = 'searchPolicies' AND a.name IN ('query', 'tag', 'after_rank', 'after_id');
COMMENT ON VIEW policies.http_parameters IS
'HTTP parameter
The parameters of each operation, as the document has them.';
COMMENT ON COLUMN policies.http_parameters.operation_id IS 'The operation.';
COMMENT ON COLUMN policies.http_parameters.place IS 'What they are: shared ones, arguments, filters, and those of a search.';
COMMENT ON COLUMN policies.http_parameters.position IS 'Their order there.';
COMMENT ON COLUMN policies.http_parameters.parameter IS 'The parameter.';

CREATE OR REPLACE VIEW policies.http_errors WITH (security_invoker = true) AS
SELECT v.* FROM (VALUES
    ('400', 'BadRequest', 'A bad value (the message names it), a malformed body, filter or search, or count=planned.',
     '{list,create,get,update,delete,restore,ask,do}'::text[]),
    ('401', 'Unauthorized', 'No token, an expired or a forged one, or one for another audience.',
     '{list,create,get,update,delete,restore,ask,do}'),
    ('403', 'Forbidden', 'A token without a tenant, or whose role may not.', '{list,create,get,update,delete,restore,ask,do}'),
    ('404', 'NotFound', 'It does not exist, or is another tenant''s, which is the same; or an argument is missing or unknown.',
     '{get,update,delete,restore,ask,do}'),
    ('406', 'NotAcceptable', 'A type in Accept that there is not.', '{list,create,ask,do}'),
    ('409', 'Conflict', 'Something is so already, or is not as it was read; the message says what.', '{create,update,delete,restore,do}'),
    ('413', 'ContentTooLarge', 'The body is too large.', '{create,update,restore,do}'),
    ('416', 'RangeNotSatisfiable', 'There are not as many rows as offset= passes over, with Prefer: count=exact.', '{list}'),
    ('429', 'TooManyRequests', 'Too many requests: wait as Retry-After says.', '{list,create,get,update,delete,restore,ask,do,file}'),
    ('503', 'ServiceUnavailable', 'The database or PostgREST is away.', '{list,create,get,update,delete,restore,ask,do}')
) AS v (status, name, description, actions);
COMMENT ON VIEW policies.http_errors IS
'HTTP error
The statuses of errors, and where they occur.';
COMMENT ON COLUMN policies.http_errors.status IS 'The status.';
COMMENT ON COLUMN policies.http_errors.name IS 'The name of the response in the document.';
COMMENT ON COLUMN policies.http_errors.description IS 'When it is answered.';
COMMENT ON COLUMN policies.http_errors.actions IS 'The actions of the routes that may answer it.';

REVOKE ALL ON FUNCTION policies.filter_parameter(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION policies.filter_parameter(text, jsonb) TO policies_caller, policies_auditor;
GRANT SELECT ON policies.http_shared_parameters, policies.http_parameters, policies.http_errors TO policies_caller, policies_auditor;
