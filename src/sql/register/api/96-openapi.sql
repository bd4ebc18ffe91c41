CREATE OR REPLACE FUNCTION policies.openapi_bodies() RETURNS TABLE (operation_id text, body json)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT b.operation_id, json_build_object('required', b.is_required,
        'content', json_build_object('application/json', json_build_object('schema', b.schema)))
    FROM (
        SELECT a.operation_id, bool_or(a.is_required) AS is_required, json_build_object('type', 'object',
            'required', json_agg(a.name ORDER BY a.position) FILTER (WHERE a.is_required),
            'properties', json_object_agg(a.name, jsonb_build_object('description', a.description)
                || CASE WHEN a.is_required OR a.schema ? 'default' THEN a.schema ELSE policies.or_null(a.schema) END
                ORDER BY a.position)) AS schema
        FROM policies.http_arguments a JOIN policies.http_routes r USING (operation_id) WHERE r.action = 'do' GROUP BY a.operation_id
        UNION ALL
        SELECT r.operation_id, true, CASE r.action WHEN 'update' THEN one.schema
            ELSE json_build_object('oneOf', json_build_array(one.schema, json_build_object('type', 'array', 'items', one.schema))) END
        FROM policies.http_routes r JOIN policies.http_schemas s ON s.source = 'policies_api.' || r.source
        CROSS JOIN LATERAL json_build_object('$ref', '#/components/schemas/' || s.name || initcap(r.action)) AS one (schema)
        WHERE r.action IN ('create', 'update')
    ) b;
END;
COMMENT ON FUNCTION policies.openapi_bodies() IS 'The request bodies of the operations that take one.';

CREATE OR REPLACE FUNCTION policies.openapi_answers() RETURNS TABLE (operation_id text, content json)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT r.operation_id, json_build_object(f.media_type, json_build_object('schema', f.schema))
    FROM policies.http_routes r JOIN policies.http_results f ON f.function = r.source
    UNION ALL
    SELECT r.operation_id, CASE
        WHEN r.operation_id = 'listPolicies' THEN json_build_object('application/json', json_build_object('schema',
            json_build_object('anyOf', json_build_array(many.schema,
                '{"type": "array", "items": {"$ref": "#/components/schemas/SearchResult"}}'::json))))
        WHEN r.action IN ('list', 'create') THEN json_build_object('application/json', json_build_object('schema', many.schema))
        ELSE json_build_object('application/vnd.pgrst.object+json', json_build_object('schema', one.schema)) END
    FROM policies.http_routes r JOIN policies.http_schemas s
        ON s.source = 'policies_api.' || CASE r.action WHEN 'restore' THEN replace(r.source, 'deleted_', '') ELSE r.source END
    CROSS JOIN LATERAL json_build_object('$ref', '#/components/schemas/' || s.name) AS one (schema)
    CROSS JOIN LATERAL json_build_object('type', 'array', 'items', one.schema) AS many (schema)
    WHERE r.action IN ('list', 'create', 'get', 'update', 'delete', 'restore');
END;
COMMENT ON FUNCTION policies.openapi_answers() IS 'The content of what each operation answers when it succeeds.';

CREATE OR REPLACE FUNCTION policies.openapi_operation_responses() RETURNS TABLE (operation_id text, responses json)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH answer AS MATERIALIZED (SELECT * FROM policies.openapi_answers()),
    -- A question with many rows as its answer is a list as well.
    route AS MATERIALIZED (
        SELECT r.operation_id, r.action, r.source, f.media_type, CASE WHEN f.is_set THEN 'list' ELSE r.action END AS answered_as
        FROM policies.http_routes r LEFT JOIN policies.http_results f ON f.function = r.source AND r.action = 'ask'
    )
    SELECT s.operation_id, json_object_agg(s.status, s.response ORDER BY s.status) FROM (
        SELECT r.operation_id, v.status, json_build_object('description', v.description, 'headers', v.headers,
            'content', CASE WHEN v.status <> '204' THEN a.content END) AS response
        FROM route r LEFT JOIN answer a USING (operation_id)
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
        FROM route r JOIN policies.http_errors e ON e.actions && ARRAY[r.action, r.answered_as]
        WHERE r.media_type IS NULL
            OR NOT (e.status = '404' AND r.source = 'openapi' OR e.status = '406' AND r.media_type <> 'application/json')
    ) s GROUP BY s.operation_id;
END;
COMMENT ON FUNCTION policies.openapi_operation_responses() IS 'What each operation answers.';

-- The defaults of arguments read otherwise under another style.
CREATE OR REPLACE FUNCTION policies.openapi_paths() RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE SET intervalstyle = 'postgres'
BEGIN ATOMIC
    WITH parameters AS (
        SELECT p.operation_id, json_agg(p.parameter ORDER BY p.place, p.position) AS parameters
        FROM policies.http_parameters p GROUP BY p.operation_id
    ), commented AS (
        SELECT p.proname::text AS source, obj_description(p.oid, 'pg_proc') AS comment
        FROM pg_proc p WHERE p.pronamespace = 'policies_api'::regnamespace
    ), operation AS (
        SELECT r.position, r.path, r.method, json_build_object('tags', json_build_array(r.tag),
            'operationId', r.operation_id,
            'summary', coalesce(r.summary, split_part(c.comment, E'\n', 1)),
            'description', policies.in_api_words(coalesce(r.description, substring(c.comment, '\n(.*)$'))),
            'security', CASE r.action WHEN 'file' THEN '[]'::json END,
            'parameters', p.parameters, 'requestBody', b.body, 'responses', s.responses) AS operation
        FROM policies.http_routes r LEFT JOIN commented c USING (source)
        LEFT JOIN parameters p USING (operation_id)
        LEFT JOIN policies.openapi_bodies() b USING (operation_id)
        LEFT JOIN policies.openapi_operation_responses() s USING (operation_id)
    ), path AS (
        SELECT o.path, min(o.position) AS position, json_object_agg(o.method, o.operation ORDER BY o.position) AS operations
        FROM operation o GROUP BY o.path
    )
    SELECT json_object_agg(p.path, p.operations ORDER BY p.position) FROM path p;
END;
COMMENT ON FUNCTION policies.openapi_paths() IS 'The paths of the document.';

-- Definitions read otherwise under other settings.
CREATE OR REPLACE FUNCTION policies_api.openapi() RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp SET quote_all_identifiers = off
BEGIN ATOMIC
    SELECT json_strip_nulls(json_build_object(
        'openapi', '3.1.0',
        'info', json_build_object(
            'title', 'Policies',
            'version', (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'policies'),
            'summary', 'An organisation''s policy register.',
            'description', 'Every request carries a token, and reaches its tenant''s rows only. A request is one transaction. '
                'HEAD goes wherever GET does; another method of a path is 405, another path 404. Filters of lists are OPERATOR.VALUE: '
                'eq, neq, gt, gte, lt, lte; like and ilike, with * for anything; in.(a,b); is.null; cs for what JSON contains; and '
                'not. before any of them, as in not.is.null. All must match.',
            'license', '{"name": "PostgreSQL License", "identifier": "PostgreSQL"}'::json),
        'servers', '[{"url": "/api/v1"}]'::json,
        'security', '[{"bearer": []}]'::json,
        'tags', (SELECT json_agg(json_build_object('name', t.tag, 'description', t.description) ORDER BY t.position)
            FROM policies.http_tags t),
        'paths', policies.openapi_paths(),
        'components', policies.openapi_components()));
END;
COMMENT ON FUNCTION policies_api.openapi() IS
'This document
The HTTP API of the register as an OpenAPI 3.1 document, made from its catalog.';

REVOKE ALL ON FUNCTION policies.openapi_bodies(), policies.openapi_answers(), policies.openapi_operation_responses(),
    policies.openapi_paths(), policies_api.openapi() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION policies.openapi_bodies(), policies.openapi_answers(), policies.openapi_operation_responses(),
    policies.openapi_paths(), policies_api.openapi() TO policies_caller, policies_auditor;
