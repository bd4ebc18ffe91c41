-- What a client gives, and what the functions behind the routes return.

-- The arguments of the functions, but for those that stand in the path: in the query or the body.
CREATE TABLE arguments AS
WITH argument AS (
    SELECT r.operation_id, r.source, r.checked_by, a.position, a.name, a.type,
        a.position <= p.pronargs - p.pronargdefaults AS is_required,
        json_of_default(pg_get_function_arg_default(p.oid, a.position::integer)) AS default_value
    FROM routes r JOIN pg_proc p ON p.proname = r.source AND p.pronamespace = 'policies_api'::regnamespace
    CROSS JOIN LATERAL unnest(p.proargtypes::oid[], p.proargnames[1:p.pronargs]) WITH ORDINALITY AS a (type, name, position)
    WHERE NOT (r.path LIKE '%{id}%' AND a.name IN ('id', 'policy_id', 'calendar_id'))
        AND NOT (r.path LIKE '%{version}%' AND a.name = 'version')
)
SELECT a.operation_id, a.position, a.name, a.is_required,
    json_schema_of_type(a.type)
        || jsonb_strip_nulls(jsonb_build_object('enum', c.schema -> 'enum', 'default', a.default_value)) AS schema,
    coalesce(own.description, every.description) AS description
FROM argument a LEFT JOIN columns c ON c.table_name = a.checked_by AND c.field = a.name
LEFT JOIN fields own ON own.source = a.source AND own.field = a.name
LEFT JOIN fields every ON every.source IS NULL AND every.field = a.name;

-- media_type: by the name of the result's domain, or JSON.
CREATE TABLE results AS
SELECT p.proname::text AS function, p.proretset AS is_set,
    CASE t.typtype WHEN 'd' THEN t.typname::text ELSE 'application/json' END AS media_type,
    CASE WHEN p.proretset THEN jsonb_build_object('type', 'array', 'items', r.schema) ELSE r.schema END AS schema
FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype
LEFT JOIN schemas s ON s.source = 'policies_api.' || p.proname OR to_regclass(s.source) = nullif(t.typrelid, 0)
LEFT JOIN fields f ON f.source = p.proname AND f.field = 'returns'
CROSS JOIN LATERAL (SELECT CASE WHEN s.name IS NOT NULL THEN jsonb_build_object('$ref', '#/components/schemas/' || s.name)
    ELSE json_schema_of_type(t.oid) || coalesce(f.shape, '{}') || jsonb_build_object('description', f.description)
    END AS schema) r
WHERE p.pronamespace = 'policies_api'::regnamespace AND p.proname IN (SELECT h.source FROM routes h);

-- The parameter that filters a list by a field.
CREATE FUNCTION filter_parameter(field text, schema jsonb) RETURNS json LANGUAGE sql
RETURN (
    WITH example (value) AS (SELECT CASE
        WHEN schema ? 'enum' THEN 'eq.' || (schema #>> '{enum,0}')
        WHEN schema ->> 'format' = 'date-time' THEN 'lt.2027-01-01'
        WHEN schema -> 'type' @> '"boolean"' THEN 'is.true'
        WHEN schema -> 'type' @> '"integer"' THEN 'gte.1'
        WHEN field = 'applies_to' THEN 'cs.["incident"]'
        WHEN field = 'tags' THEN 'cs.["gdpr"]'
        WHEN field = 'priority' THEN 'in.(high,urgent)'
        WHEN field = 'review_cadence' THEN 'eq.1 year'
        WHEN field IN ('name', 'description', 'body') THEN 'ilike.*desk*'
        WHEN field = 'tenant_id' THEN 'eq.acme'
        WHEN field = 'source' THEN 'eq.edm'
        WHEN field ~ '(^|_)note$' THEN 'ilike.*law*'
        WHEN field ~ '_by$|^(owner|person)_id$' THEN 'eq.per_ann'
        WHEN field ~ '(^|_)version$' THEN 'eq.1.2.0'
        ELSE 'not.is.null' END)
    SELECT json_build_object('name', field, 'in', 'query',
        'description', format('Only where %s fits, as OPERATOR.VALUE, such as %s.', field, e.value),
        'schema', '{"type": "string"}'::json, 'example', e.value)
    FROM example e
);

-- The parameters that many operations have. Any version that can be published can be read: with a build part, and as long as
-- versions may be.
CREATE TABLE shared_parameters AS
SELECT v.* FROM (VALUES
    ('PolicyId', 'id', 'path', '{"type": "string", "pattern": "^pol_[0-9A-Za-z]{26}$"}'::json, 'pol_01J9Z3NDEKTSV4RRFFQ69G5FAV',
     'The id of the policy.'),
    ('BusinessCalendarId', 'id', 'path', '{"type": "string", "pattern": "^cal_[0-9A-Za-z]{26}$"}',
     'cal_01J9Z3NDEKTSV4RRFFQ69G5FAV',
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
    ('IfUpdatedAt', 'updated_at', 'query', '{"type": "string"}', 'eq.2026-11-24T10:00:00.123+00:00',
     'Only if it is as it was read: eq. and the updated_at that was read. Otherwise the answer is 409.'),
    ('Range', 'Range', 'header', '{"type": "string"}', '0-49', 'The rows to answer, from 0 on, instead of limit and offset.'),
    ('PreferOfReading', 'Prefer', 'header', '{"type": "string"}', 'count=exact',
     'count=exact has Content-Range tell the total; timezone=Europe/Berlin writes times in a zone. Several with commas.'),
    ('PreferOfWriting', 'Prefer', 'header', '{"type": "string"}', 'return=representation',
     'return=representation answers what is there then, return=headers-only its Location; missing=default takes the defaults '
     'for keys that an object of an array lacks; handling=strict, max-affected=1 refuses to touch more rows. '
     'Several with commas.')
) AS v (component, name, place, schema, example, description);

-- The parameters of each operation. place, position: their order.
CREATE TABLE parameters AS
WITH route AS (
    SELECT r.*, r.action = 'list' OR coalesce(s.is_set, false) AS is_list
    FROM routes r LEFT JOIN results s ON s.function = r.source AND r.action = 'ask'
)
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
FROM route r JOIN arguments a USING (operation_id) WHERE r.action = 'ask'
UNION ALL
SELECT r.operation_id, 3, p.position, filter_parameter(p.field, p.property)
FROM route r JOIN properties p ON p.source = 'policies_api.' || r.source
WHERE r.action = 'list'
    AND NOT (r.path LIKE '%{id}%' AND p.field = CASE r.source WHEN 'policies_history' THEN 'id' ELSE 'policy_id' END)
UNION ALL
-- What ?search= on the list makes of search_policies().
SELECT r.operation_id, 4, a.position, json_build_object(
    'name', CASE a.name WHEN 'query' THEN 'search' ELSE a.name END, 'in', 'query',
    'description', CASE a.name WHEN 'query' THEN 'Only what is found, the best first. ' ELSE 'With search=. ' END
        || a.description, 'schema', a.schema)
FROM route r, arguments a
WHERE r.operation_id = 'listPolicies' AND a.operation_id = 'searchPolicies'
    AND a.name IN ('query', 'tag', 'after_rank', 'after_id');
