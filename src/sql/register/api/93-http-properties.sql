CREATE OR REPLACE VIEW policies.http_properties WITH (security_invoker = true) AS
    WITH field AS (
        SELECT s.name AS schema, s.source, s.checked_by, a.attnum::bigint AS position, a.attname::text AS name, a.atttypid AS type,
            v.definition, col_description(a.attrelid, a.attnum) AS comment
        FROM policies.http_schemas s
        CROSS JOIN LATERAL (SELECT to_regclass(s.source) AS oid, pg_get_viewdef(to_regclass(s.source)) AS definition) v
        JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT s.name, s.source, s.checked_by, f.position, f.name, f.type, NULL AS definition, NULL AS comment
        FROM policies.http_schemas s
        JOIN pg_proc p ON p.pronamespace = 'policies_api'::regnamespace AND 'policies_api.' || p.proname = s.source
        CROSS JOIN LATERAL unnest(p.proargnames, p.proargmodes, p.proallargtypes) WITH ORDINALITY AS f (name, mode, type, position)
        WHERE f.mode IN ('o', 't')
    ), known AS MATERIALIZED (SELECT * FROM policies.http_columns),
    checked AS (
        SELECT f.schema, f.name, bool_or(k.is_not_null) AS is_not_null, min(k.comment) AS comment,
            jsonb_object_agg(e.key, e.value) FILTER (WHERE e.key IS NOT NULL) AS checks
        FROM field f JOIN known k ON k.table_name = ANY (f.checked_by) AND k.field = f.name
        LEFT JOIN LATERAL jsonb_each(k.schema) AS e ON true
        GROUP BY f.schema, f.name
    ), complete AS (
        SELECT f.*, coalesce(c.is_not_null, false) OR own.shape IS NOT NULL
                OR policies.json_schema_of_case(f.definition, f.name) IS NOT NULL AS is_not_null,
            policies.json_schema_of_type(f.type) || coalesce(c.checks, '{}')
                || coalesce(policies.json_schema_of_case(f.definition, f.name), '{}') || coalesce(own.shape, '{}') AS schema_of_value,
            policies.in_api_words(coalesce(f.comment, own.description, c.comment, every.description)) AS description
        FROM field f LEFT JOIN checked c ON c.schema = f.schema AND c.name = f.name
        LEFT JOIN policies.http_fields own ON own.source = f.schema AND own.field = f.name
        LEFT JOIN policies.http_fields every ON every.source IS NULL AND every.field = f.name
    )
    SELECT c.schema, c.source, c.checked_by[1] AS table_name, c.position, c.name AS field,
        CASE WHEN c.is_not_null THEN c.schema_of_value ELSE policies.or_null(c.schema_of_value) END
            || jsonb_build_object('description', c.description) AS property
    FROM complete c;
COMMENT ON VIEW policies.http_properties IS
'HTTP property
The fields of each schema with what the catalog knows of them.';
COMMENT ON COLUMN policies.http_properties.schema IS 'The schema.';
COMMENT ON COLUMN policies.http_properties.source IS 'The relation, or the function of policies_api.';
COMMENT ON COLUMN policies.http_properties.table_name IS 'The table whose rows they are; NULL for what is computed.';
COMMENT ON COLUMN policies.http_properties.position IS 'The order of the fields.';
COMMENT ON COLUMN policies.http_properties.field IS 'The field.';
COMMENT ON COLUMN policies.http_properties.property IS 'Its JSON Schema.';

-- What a client gives in the query or the body: the arguments that stand in the path are left out.
CREATE OR REPLACE VIEW policies.http_arguments WITH (security_invoker = true) AS
    WITH known AS MATERIALIZED (SELECT * FROM policies.http_columns),
    argument AS (
        SELECT r.operation_id, r.source, r.checked_by, a.position, a.name, a.type,
            a.position <= p.pronargs - p.pronargdefaults AS is_required,
            policies.json_of_default(pg_get_function_arg_default(p.oid, a.position::integer)) AS default_value
        FROM policies.http_routes r JOIN pg_proc p ON p.proname = r.source AND p.pronamespace = 'policies_api'::regnamespace
        CROSS JOIN LATERAL unnest(p.proargtypes::oid[], p.proargnames[1:p.pronargs]) WITH ORDINALITY AS a (type, name, position)
        WHERE NOT (r.path LIKE '%{id}%' AND a.name IN ('id', 'policy_id', 'calendar_id'))
            AND NOT (r.path LIKE '%{version}%' AND a.name = 'version')
    )
    SELECT a.operation_id, a.position, a.name, a.is_required,
        policies.json_schema_of_type(a.type)
            || jsonb_strip_nulls(jsonb_build_object('enum', k.schema -> 'enum', 'default', a.default_value)) AS schema,
        coalesce(own.description, every.description) AS description
    FROM argument a LEFT JOIN known k ON k.table_name = a.checked_by AND k.field = a.name
    LEFT JOIN policies.http_fields own ON own.source = a.source AND own.field = a.name
    LEFT JOIN policies.http_fields every ON every.source IS NULL AND every.field = a.name;
COMMENT ON VIEW policies.http_arguments IS
'HTTP argument
The arguments of the functions behind the routes, as the catalog has them.';
COMMENT ON COLUMN policies.http_arguments.operation_id IS 'The operation.';
COMMENT ON COLUMN policies.http_arguments.position IS 'The order of the arguments.';
COMMENT ON COLUMN policies.http_arguments.name IS 'The argument.';
COMMENT ON COLUMN policies.http_arguments.is_required IS 'Whether it has no default.';
COMMENT ON COLUMN policies.http_arguments.schema IS 'The JSON Schema of its values.';
COMMENT ON COLUMN policies.http_arguments.description IS 'What it means.';

CREATE OR REPLACE VIEW policies.http_results WITH (security_invoker = true) AS
    SELECT p.proname::text AS function, p.proretset AS is_set,
        CASE t.typtype WHEN 'd' THEN t.typname::text ELSE 'application/json' END AS media_type,
        CASE WHEN p.proretset THEN jsonb_build_object('type', 'array', 'items', r.schema) ELSE r.schema END AS schema
    FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype
    LEFT JOIN policies.http_schemas s ON s.source = 'policies_api.' || p.proname OR to_regclass(s.source) = nullif(t.typrelid, 0)
    LEFT JOIN policies.http_fields f ON f.source = p.proname AND f.field = 'returns'
    CROSS JOIN LATERAL (SELECT CASE WHEN s.name IS NOT NULL THEN jsonb_build_object('$ref', '#/components/schemas/' || s.name)
        ELSE policies.json_schema_of_type(t.oid) || coalesce(f.shape, '{}') || jsonb_build_object('description', f.description)
        END AS schema) r
    WHERE p.pronamespace = 'policies_api'::regnamespace AND p.proname IN (SELECT h.source FROM policies.http_routes h);
COMMENT ON VIEW policies.http_results IS
'HTTP result
What the functions behind the routes return, as the catalog has it.';
COMMENT ON COLUMN policies.http_results.function IS 'The function of policies_api.';
COMMENT ON COLUMN policies.http_results.is_set IS 'Whether it returns rows.';
COMMENT ON COLUMN policies.http_results.media_type IS 'The media type: by the name of its domain, or JSON.';
COMMENT ON COLUMN policies.http_results.schema IS 'The JSON Schema of what it returns.';

GRANT SELECT ON policies.http_properties, policies.http_arguments, policies.http_results TO policies_caller, policies_auditor;
