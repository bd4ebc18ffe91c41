-- Prints the HTTP API of the register in this database as an OpenAPI 3.1 document, made from its catalog. Leaves nothing behind.
\ir start.sql
\ir routes.sql
\ir fields.sql
\ir schemas.sql
\ir parameters.sql
\ir operations.sql

SELECT json_strip_nulls(json_build_object(
    'openapi', '3.1.0',
    'info', json_build_object(
        'title', 'Policies',
        'version', (SELECT e.extversion FROM pg_extension e WHERE e.extname = 'policies'),
        'summary', 'An organisation''s policy register.',
        'description', 'Every request carries a token, and reaches its tenant''s rows only. A request is one transaction. '
            'HEAD goes wherever GET does; another method of a path is 405, another path 404. '
            'Filters of lists are OPERATOR.VALUE: eq, neq, gt, gte, lt, lte; like and ilike, with * for anything; in.(a,b); '
            'is.null; cs for what JSON contains; and not. before any of them, as in not.is.null. All must match.',
        'license', '{"name": "PostgreSQL License", "identifier": "PostgreSQL"}'::json),
    'servers', '[{"url": "/api/v1"}]'::json,
    'security', '[{"bearer": []}]'::json,
    'tags', (SELECT json_agg(json_build_object('name', t.tag, 'description', t.description) ORDER BY t.position) FROM tags t),
    'paths', openapi_paths(),
    'components', json_build_object(
        'securitySchemes', '{"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "A token of the issuer, with the claims role, aud, exp, tenant_id and sub."}}'::json,
        'parameters', (SELECT json_object_agg(p.component, json_build_object('name', p.name, 'in', p.place,
            'required', nullif(p.place = 'path', false), 'description', p.description, 'schema', p.schema, 'example', p.example))
            FROM shared_parameters p),
        'headers', '{
            "ContentRange": {"description": "The rows that the answer holds, and with count=exact how many there are: 0-49/120.",
                "schema": {"type": "string"}},
            "Location": {"description": "Where the new one is.", "schema": {"type": "string"}},
            "RetryAfter": {"description": "After how many seconds to try again.", "schema": {"type": "integer"}}
        }'::json,
        'responses', (SELECT json_object_agg(e.name, json_build_object('description', e.description,
            'headers', CASE e.status WHEN '429' THEN '{"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}'::json END,
            'content', '{"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}'::json) ORDER BY e.status)
            FROM errors e),
        'schemas', openapi_schemas())));
ROLLBACK;
