CREATE OR REPLACE FUNCTION policies.server_managed_fields() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT ARRAY['id', 'tenant_id', 'app_id', 'created_at', 'updated_at', 'created_by', 'updated_by', 'deleted_at', 'deleted_by',
        'schema_version'];
END;
COMMENT ON FUNCTION policies.server_managed_fields() IS 'The fields of every resource that the server sets, whatever a caller sends.';

CREATE OR REPLACE FUNCTION policies.openapi_schemas() RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH property AS MATERIALIZED (
        SELECT p.*, p.field = ANY (policies.server_managed_fields()) AS is_server_managed,
            EXISTS (SELECT FROM policies.http_routes r WHERE r.action = 'create' AND p.source = 'policies_api.' || r.source) AS is_written
        FROM policies.http_properties p
    ), described AS (
        SELECT s.name, policies.in_api_words(coalesce(s.description,
            regexp_replace(obj_description(to_regclass(s.source), 'pg_class'), '^[^\n]*\n', ''))) AS description
        FROM policies.http_schemas s
    ), schema AS (
        SELECT d.name, json_build_object('type', 'object', 'description', d.description,
            'required', json_agg(p.field ORDER BY p.position),
            'properties', json_object_agg(p.field, p.property || CASE WHEN p.is_written AND p.is_server_managed
                THEN '{"readOnly": true}' ELSE '{}' END::jsonb ORDER BY p.position)) AS schema
        FROM described d JOIN property p ON p.schema = d.name GROUP BY d.name, d.description
        UNION ALL
        SELECT p.schema || w.name, json_build_object('type', 'object', 'description', w.description,
            'required', json_agg(p.field ORDER BY p.position) FILTER (WHERE w.is_whole AND c.is_not_null AND NOT c.has_default),
            'properties', json_object_agg(p.field,
                jsonb_strip_nulls(jsonb_build_object('$ref', format('#/components/schemas/%s/properties/%s', p.schema, p.field),
                    'default', CASE WHEN w.is_whole THEN c.default_value END)) ORDER BY p.position))
        FROM property p JOIN policies.http_columns c ON c.table_name = p.table_name AND c.field = p.field
        CROSS JOIN (VALUES
            ('Create', true, 'What to create. What the server manages may be there besides, and is ignored.'),
            ('Update', false, 'What to change. What the server manages may be there besides, and is ignored.')
        ) AS w (name, is_whole, description)
        -- What is created is not deleted, whatever is sent.
        WHERE p.is_written AND NOT p.is_server_managed AND NOT (w.is_whole AND p.field = 'is_deleted')
        GROUP BY p.schema, w.name, w.description
        UNION ALL
        SELECT s.name, s.shape::json FROM policies.http_shapes s WHERE s.name IS NOT NULL
    )
    SELECT json_object_agg(s.name, s.schema ORDER BY s.name COLLATE "C") FROM schema s;
END;
COMMENT ON FUNCTION policies.openapi_schemas() IS 'The schemas of the document.';

CREATE OR REPLACE FUNCTION policies.openapi_responses() RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT json_object_agg(e.name, json_build_object('description', e.description,
        'headers', CASE e.status WHEN '429' THEN '{"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}'::json END,
        'content', '{"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}'::json) ORDER BY e.status)
    FROM policies.http_errors e;
END;
COMMENT ON FUNCTION policies.openapi_responses() IS 'The errors of the document.';

CREATE OR REPLACE FUNCTION policies.openapi_components() RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT json_build_object(
        'securitySchemes', '{"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "A token of the issuer, with the claims role, aud, exp, tenant_id and sub."}}'::json,
        'parameters', (SELECT json_object_agg(p.component, json_build_object('name', p.name, 'in', p.place,
            'required', nullif(p.place = 'path', false), 'description', p.description, 'schema', p.schema, 'example', p.example))
            FROM policies.http_shared_parameters p),
        'headers', '{
            "ContentRange": {"description": "The rows that the answer holds, and with count=exact how many there are: 0-49/120.",
                "schema": {"type": "string"}},
            "Location": {"description": "Where the new one is.", "schema": {"type": "string"}},
            "RetryAfter": {"description": "After how many seconds to try again.", "schema": {"type": "integer"}}
        }'::json,
        'responses', policies.openapi_responses(),
        'schemas', policies.openapi_schemas());
END;
COMMENT ON FUNCTION policies.openapi_components() IS 'What the operations of the document share.';

REVOKE ALL ON FUNCTION policies.server_managed_fields(), policies.openapi_schemas(), policies.openapi_responses(),
    policies.openapi_components() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION policies.server_managed_fields(), policies.openapi_schemas(), policies.openapi_responses(),
    policies.openapi_components() TO policies_caller, policies_auditor;
