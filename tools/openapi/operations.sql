-- What the operations take and answer.

CREATE TABLE bodies AS
SELECT b.operation_id, json_build_object('required', b.is_required,
    'content', json_build_object('application/json', json_build_object('schema', b.schema))) AS body
FROM (
    SELECT a.operation_id, bool_or(a.is_required) AS is_required, json_build_object('type', 'object',
        'required', json_agg(a.name ORDER BY a.position) FILTER (WHERE a.is_required),
        'properties', json_object_agg(a.name, jsonb_build_object('description', a.description)
            || CASE WHEN a.is_required OR a.schema ? 'default' THEN a.schema ELSE or_null(a.schema) END
            ORDER BY a.position)) AS schema
    FROM arguments a JOIN routes r USING (operation_id) WHERE r.action = 'do' GROUP BY a.operation_id
    UNION ALL
    SELECT r.operation_id, true, CASE r.action WHEN 'update' THEN one.schema
        ELSE json_build_object('oneOf', json_build_array(one.schema, json_build_object('type', 'array', 'items', one.schema))) END
    FROM routes r JOIN schemas s ON s.source = 'policies_api.' || r.source
    CROSS JOIN LATERAL json_build_object('$ref', '#/components/schemas/' || s.name || initcap(r.action)) AS one (schema)
    WHERE r.action IN ('create', 'update')
) b;

-- What each operation answers when it succeeds.
CREATE TABLE answers AS
SELECT r.operation_id, json_build_object(f.media_type, json_build_object('schema', f.schema)) AS content
FROM routes r JOIN results f ON f.function = r.source
UNION ALL
SELECT r.operation_id, CASE
    WHEN r.operation_id = 'listPolicies' THEN json_build_object('application/json', json_build_object('schema',
        json_build_object('anyOf', json_build_array(many.schema,
            '{"type": "array", "items": {"$ref": "#/components/schemas/SearchResult"}}'::json))))
    WHEN r.action IN ('list', 'create') THEN json_build_object('application/json', json_build_object('schema', many.schema))
    ELSE json_build_object('application/vnd.pgrst.object+json', json_build_object('schema', one.schema)) END
FROM routes r JOIN schemas s
    ON s.source = 'policies_api.' || CASE r.action WHEN 'restore' THEN replace(r.source, 'deleted_', '') ELSE r.source END
CROSS JOIN LATERAL json_build_object('$ref', '#/components/schemas/' || s.name) AS one (schema)
CROSS JOIN LATERAL json_build_object('type', 'array', 'items', one.schema) AS many (schema)
WHERE r.action IN ('list', 'create', 'get', 'update', 'delete', 'restore');

CREATE TABLE responses AS
WITH route AS (
    -- A question with many rows as its answer is a list as well.
    SELECT r.operation_id, r.action, r.source, f.media_type, CASE WHEN f.is_set THEN 'list' ELSE r.action END AS answered_as
    FROM routes r LEFT JOIN results f ON f.function = r.source AND r.action = 'ask'
)
SELECT s.operation_id, json_object_agg(s.status, s.response ORDER BY s.status) AS responses FROM (
    SELECT r.operation_id, v.status, json_build_object('description', v.description, 'headers', v.headers,
        'content', CASE WHEN v.status <> '204' THEN a.content END) AS response
    FROM route r LEFT JOIN answers a USING (operation_id)
    JOIN (VALUES
        ('200', '{list}'::text[], 'What there is.', '{"Content-Range": {"$ref": "#/components/headers/ContentRange"}}'::json),
        ('206', '{list}', 'A part of what there is, with Prefer: count=exact.',
            '{"Content-Range": {"$ref": "#/components/headers/ContentRange"}}'),
        ('201', '{create}', 'Created. With Prefer: return=representation what was created, otherwise nothing.',
            '{"Location": {"$ref": "#/components/headers/Location"}}'),
        ('200', '{get,ask,file}', 'What was asked for.', NULL),
        ('200', '{do}', 'Done.', NULL),
        ('200', '{update,delete,restore}', 'Done, with Prefer: return=representation.', NULL),
        ('204', '{update,delete,restore}', 'Done.', NULL)) AS v (status, actions, description, headers)
        ON r.answered_as = ANY (v.actions)
    UNION ALL
    SELECT r.operation_id, e.status, json_build_object('$ref', '#/components/responses/' || e.name)
    FROM route r JOIN errors e ON e.actions && ARRAY[r.action, r.answered_as]
    WHERE r.media_type IS NULL
        OR NOT (e.status = '404' AND r.source = 'openapi' OR e.status = '406' AND r.media_type <> 'application/json')
) s GROUP BY s.operation_id;

CREATE FUNCTION openapi_paths() RETURNS json LANGUAGE sql
RETURN (
    WITH parameter AS (
        SELECT p.operation_id, json_agg(p.parameter ORDER BY p.place, p.position) AS parameters
        FROM parameters p GROUP BY p.operation_id
    ), commented AS (
        SELECT p.proname::text AS source, obj_description(p.oid, 'pg_proc') AS comment
        FROM pg_proc p WHERE p.pronamespace = 'policies_api'::regnamespace
    ), operation AS (
        SELECT r.position, r.path, r.method, json_build_object('tags', json_build_array(r.tag),
            'operationId', r.operation_id,
            'summary', coalesce(r.summary, split_part(c.comment, E'\n', 1)),
            'description', in_api_words(coalesce(r.description, substring(c.comment, '\n(.*)$'))),
            'security', CASE r.action WHEN 'file' THEN '[]'::json END,
            'parameters', p.parameters, 'requestBody', b.body, 'responses', s.responses) AS operation
        FROM routes r LEFT JOIN commented c USING (source)
        LEFT JOIN parameter p USING (operation_id)
        LEFT JOIN bodies b USING (operation_id)
        LEFT JOIN responses s USING (operation_id)
    ), path AS (
        SELECT o.path, min(o.position) AS position, json_object_agg(o.method, o.operation ORDER BY o.position) AS operations
        FROM operation o GROUP BY o.path
    )
    SELECT json_object_agg(p.path, p.operations ORDER BY p.position) FROM path p
);
