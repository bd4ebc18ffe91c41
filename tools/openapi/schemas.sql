-- The JSON Schemas of what the API takes and answers, from the catalog.

-- As PostgreSQL writes the values of a type.
CREATE FUNCTION json_schema_of_type(type oid) RETURNS jsonb LANGUAGE sql
RETURN CASE format_type(type, NULL)
    WHEN 'boolean' THEN '{"type": "boolean"}'
    WHEN 'integer' THEN '{"type": "integer", "format": "int32"}'
    WHEN 'bigint' THEN '{"type": "integer", "format": "int64"}'
    WHEN 'real' THEN '{"type": "number", "format": "float"}'
    WHEN 'double precision' THEN '{"type": "number", "format": "double"}'
    WHEN 'timestamp with time zone' THEN '{"type": "string", "format": "date-time"}'
    WHEN 'date' THEN '{"type": "string", "format": "date"}'
    WHEN 'text[]' THEN '{"type": "array", "items": {"type": "string"}}'
    WHEN 'json' THEN '{}'
    WHEN 'jsonb' THEN '{}'
    ELSE '{"type": "string"}' END::jsonb;

-- The texts in quotes in a definition that PostgreSQL writes, in their order.
CREATE FUNCTION quoted_words(definition text) RETURNS jsonb LANGUAGE sql
RETURN (SELECT jsonb_agg(w.word[1] ORDER BY w.position)
    FROM regexp_matches(definition, '''((?:[^'']|'''')*)''::text', 'g') WITH ORDINALITY AS w (word, position));

-- What a CHECK of one column says; NULL where a JSON Schema cannot say it.
CREATE FUNCTION json_schema_of_check(definition text, field text) RETURNS jsonb LANGUAGE sql
RETURN CASE
    WHEN starts_with(definition, format('CHECK ((%s = ANY (ARRAY[', field))
        THEN jsonb_build_object('enum', quoted_words(definition))
    WHEN starts_with(definition, format('CHECK ((jsonb_typeof(%s) = ANY (ARRAY[', field))
        THEN jsonb_build_object('type', quoted_words(definition), 'items', '{}'::jsonb, 'additionalProperties', true)
    WHEN starts_with(definition, format('CHECK ((%s ~ ''', field))
        THEN jsonb_build_object('pattern', substring(definition, '''([^'']*)'''))
    WHEN definition = format('CHECK ((%s > 0))', field) THEN '{"minimum": 1}'
    WHEN definition = format('CHECK ((%s <> ''''::text))', field) THEN '{"minLength": 1}'
    -- In bytes there, in characters here: what has too many characters has too many bytes.
    WHEN definition ~ format('octet_length\(%s\) <= \d+', field)
        THEN jsonb_build_object('minLength', 1, 'maxLength', substring(definition, 'octet_length\(\w+\) <= (\d+)')::integer)
    ELSE (SELECT s.shape FROM shapes s WHERE definition = format('CHECK (policies.%s(%s))', s.check_function, field)) END;

-- The values that a view's column gives by a CASE; NULL where it is none.
CREATE FUNCTION json_schema_of_case(view_definition text, field text) RETURNS jsonb LANGUAGE sql
RETURN (SELECT jsonb_build_object('enum', quoted_words(regexp_replace(c.body, 'WHEN .*? THEN', '', 'g')))
    FROM substring(view_definition, format('CASE((?:(?!CASE).)*)END AS %s\M', field)) AS c (body)
    WHERE c.body IS NOT NULL);

-- A JSON Schema that accepts null besides.
CREATE FUNCTION or_null(schema jsonb) RETURNS jsonb LANGUAGE sql
RETURN schema
    || CASE WHEN schema ? 'type' THEN jsonb_build_object('type', (schema -> 'type') || '["null"]') ELSE '{}' END
    || CASE WHEN schema ? 'enum' THEN jsonb_build_object('enum', (schema -> 'enum') || '[null]') ELSE '{}' END;

-- The value of a constant DEFAULT; NULL for any other one.
CREATE FUNCTION json_of_default(expression text) RETURNS jsonb LANGUAGE sql
RETURN CASE
    WHEN expression ~ '^(-?\d+|true|false)$' THEN expression::jsonb
    WHEN expression ~ '^''[^'']*''::jsonb$' THEN substring(expression, '''([^'']*)''')::jsonb
    WHEN expression ~ '^''[^'']*''::[a-z ]+$' THEN to_jsonb(substring(expression, '''([^'']*)''')) END;

-- A comment as a client is to read it: functions by the names of their operations, null as JSON writes it.
CREATE FUNCTION in_api_words(comment text) RETURNS text LANGUAGE plpgsql
AS $$
DECLARE
    route record;
BEGIN
    FOR route IN SELECT r.source || '()' AS call, r.operation_id FROM routes r LOOP
        comment := replace(comment, route.call, route.operation_id);
    END LOOP;
    RETURN replace(comment, 'NULL', 'null');
END
$$;

-- What the tables that check fields say of each of their columns. default_value: where the DEFAULT is constant.
CREATE TABLE columns AS
SELECT t.name AS table_name, a.attname::text AS field, a.attnotnull AS is_not_null, d.adbin IS NOT NULL AS has_default,
    json_of_default(pg_get_expr(d.adbin, d.adrelid)) AS default_value, col_description(a.attrelid, a.attnum) AS comment,
    (SELECT jsonb_object_agg(e.key, e.value)
        FROM pg_constraint c, jsonb_each(json_schema_of_check(pg_get_constraintdef(c.oid), a.attname)) AS e
        WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum]) AS schema
FROM (SELECT unnest(s.checked_by) AS name FROM schemas s UNION SELECT r.checked_by FROM routes r) t
JOIN pg_attribute a ON a.attrelid = to_regclass(t.name) AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum;

-- The fields of each schema. table_name: the table whose rows they are; NULL for what is computed.
CREATE TABLE properties AS
WITH field AS (
    SELECT s.name AS schema, s.source, s.checked_by, a.attnum::bigint AS position, a.attname::text AS name, a.atttypid AS type,
        json_schema_of_case(pg_get_viewdef(a.attrelid), a.attname) AS given, col_description(a.attrelid, a.attnum) AS comment
    FROM schemas s JOIN pg_attribute a ON a.attrelid = to_regclass(s.source) AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT s.name, s.source, s.checked_by, f.position, f.name, f.type, NULL, NULL
    FROM schemas s
    JOIN pg_proc p ON p.pronamespace = 'policies_api'::regnamespace AND 'policies_api.' || p.proname = s.source
    CROSS JOIN LATERAL unnest(p.proargnames, p.proargmodes, p.proallargtypes) WITH ORDINALITY AS f (name, mode, type, position)
    WHERE f.mode IN ('o', 't')
), checked AS (
    SELECT f.schema, f.name, bool_or(c.is_not_null) AS is_not_null, min(c.comment) AS comment,
        jsonb_object_agg(e.key, e.value) FILTER (WHERE e.key IS NOT NULL) AS checks
    FROM field f JOIN columns c ON c.table_name = ANY (f.checked_by) AND c.field = f.name
    LEFT JOIN LATERAL jsonb_each(c.schema) AS e ON true
    GROUP BY f.schema, f.name
)
SELECT f.schema, f.source, f.checked_by[1] AS table_name, f.position, f.name AS field,
    CASE WHEN c.is_not_null OR own.shape IS NOT NULL OR f.given IS NOT NULL THEN v.schema ELSE or_null(v.schema) END
        || jsonb_build_object('description', in_api_words(coalesce(f.comment, own.description, c.comment, every.description)))
        AS property
FROM field f LEFT JOIN checked c ON c.schema = f.schema AND c.name = f.name
LEFT JOIN fields own ON own.source = f.schema AND own.field = f.name
LEFT JOIN fields every ON every.source IS NULL AND every.field = f.name
CROSS JOIN LATERAL (SELECT json_schema_of_type(f.type) || coalesce(c.checks, '{}') || coalesce(f.given, '{}')
    || coalesce(own.shape, '{}') AS schema) v;

CREATE FUNCTION openapi_schemas() RETURNS json LANGUAGE sql
RETURN (
    WITH property AS (
        SELECT p.*, EXISTS (
                SELECT FROM policies.list_base_columns() b WHERE b.name = p.field AND b.is_server_managed
            ) AS is_server_managed,
            EXISTS (SELECT FROM routes r WHERE r.action = 'create' AND p.source = 'policies_api.' || r.source) AS is_written
        FROM properties p
    ), described AS (
        SELECT s.name, in_api_words(coalesce(s.description,
            regexp_replace(obj_description(to_regclass(s.source), 'pg_class'), '^[^\n]*\n', ''))) AS description
        FROM schemas s
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
        FROM property p JOIN columns c ON c.table_name = p.table_name AND c.field = p.field
        CROSS JOIN (VALUES
            ('Create', true, 'What to create. What the server manages may be there besides, and is ignored.'),
            ('Update', false, 'What to change. What the server manages may be there besides, and is ignored.')
        ) AS w (name, is_whole, description)
        -- What is created is not deleted, whatever is sent.
        WHERE p.is_written AND NOT p.is_server_managed AND NOT (w.is_whole AND p.field = 'is_deleted')
        GROUP BY p.schema, w.name, w.description
        UNION ALL
        SELECT s.name, s.shape::json FROM shapes s WHERE s.name IS NOT NULL
    )
    SELECT json_object_agg(s.name, s.schema ORDER BY s.name COLLATE "C") FROM schema s
);
