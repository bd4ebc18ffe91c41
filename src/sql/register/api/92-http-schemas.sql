-- JSON Schemas of relations, results and arguments, from the catalog. Views, so that a whole document is one plan.
CREATE OR REPLACE FUNCTION policies.json_schema_of_type(type oid) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE format_type(json_schema_of_type.type, NULL)
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
END;
COMMENT ON FUNCTION policies.json_schema_of_type(oid) IS 'The JSON Schema of a type, as PostgREST writes its values.';

CREATE OR REPLACE FUNCTION policies.quoted_words(definition text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_agg(w.word[1] ORDER BY w.position)
    FROM regexp_matches(quoted_words.definition, '''((?:[^'']|'''')*)''::text', 'g') WITH ORDINALITY AS w (word, position);
END;
COMMENT ON FUNCTION policies.quoted_words(text) IS
'The texts in quotes in a definition that PostgreSQL writes, as an array in their order.';

CREATE OR REPLACE FUNCTION policies.json_schema_of_check(definition text, field text) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN starts_with(json_schema_of_check.definition, format('CHECK ((%s = ANY (ARRAY[', json_schema_of_check.field))
            THEN jsonb_build_object('enum', policies.quoted_words(json_schema_of_check.definition))
        WHEN starts_with(json_schema_of_check.definition, format('CHECK ((jsonb_typeof(%s) = ANY (ARRAY[', json_schema_of_check.field))
            THEN jsonb_build_object('type', policies.quoted_words(json_schema_of_check.definition), 'items', '{}'::jsonb,
                'additionalProperties', true)
        WHEN json_schema_of_check.definition = format('CHECK ((%s > 0))', json_schema_of_check.field) THEN '{"minimum": 1}'
        WHEN json_schema_of_check.definition = format('CHECK ((%s <> ''''::text))', json_schema_of_check.field) THEN '{"minLength": 1}'
        -- In bytes there, in characters here: what has too many characters has too many bytes.
        WHEN json_schema_of_check.definition ~ format('octet_length\(%s\) <= \d+', json_schema_of_check.field)
            THEN jsonb_build_object('minLength', 1, 'maxLength',
                substring(json_schema_of_check.definition, 'octet_length\(\w+\) <= (\d+)')::integer)
        ELSE (SELECT s.shape FROM policies.http_shapes s WHERE json_schema_of_check.definition
            = format('CHECK (policies.%s(%s))', s.check_function, json_schema_of_check.field))
    END;
END;
COMMENT ON FUNCTION policies.json_schema_of_check(text, text) IS
'What the definition of a CHECK of one column says, as a JSON Schema; NULL where it says nothing that a JSON Schema can.';

-- A CASE in a view whose results are all texts is a fixed list as well.
CREATE OR REPLACE FUNCTION policies.json_schema_of_case(view_definition text, field text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT jsonb_build_object('enum', policies.quoted_words(regexp_replace(c.body, 'WHEN .*? THEN', '', 'g')))
    FROM (SELECT substring(json_schema_of_case.view_definition,
        format('CASE((?:(?!CASE).)*)END AS %s\M', json_schema_of_case.field)) AS body) c
    WHERE c.body IS NOT NULL;
END;
COMMENT ON FUNCTION policies.json_schema_of_case(text, text) IS
'The values that a view''s column gives by a CASE, as a JSON Schema; NULL where it is none.';

CREATE OR REPLACE FUNCTION policies.or_null(schema jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT or_null.schema
        || CASE WHEN or_null.schema ? 'type' THEN jsonb_build_object('type', (or_null.schema -> 'type') || '["null"]') ELSE '{}' END
        || CASE WHEN or_null.schema ? 'enum' THEN jsonb_build_object('enum', (or_null.schema -> 'enum') || '[null]') ELSE '{}' END;
END;
COMMENT ON FUNCTION policies.or_null(jsonb) IS 'A JSON Schema that accepts null besides.';

CREATE OR REPLACE FUNCTION policies.json_of_default(expression text) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE
        WHEN json_of_default.expression ~ '^(-?\d+|true|false)$' THEN json_of_default.expression::jsonb
        WHEN json_of_default.expression ~ '^''[^'']*''::jsonb$' THEN substring(json_of_default.expression, '''([^'']*)''')::jsonb
        WHEN json_of_default.expression ~ '^''[^'']*''::[a-z ]+$' THEN to_jsonb(substring(json_of_default.expression, '''([^'']*)'''))
    END;
END;
COMMENT ON FUNCTION policies.json_of_default(text) IS 'The value of a constant DEFAULT; NULL for any other one.';

CREATE OR REPLACE FUNCTION policies.in_api_words(comment text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    route record;
BEGIN
    comment := replace(comment, 'NULL', 'null');
    IF comment LIKE '%()%' THEN
        FOR route IN SELECT r.source || '()' AS call, r.operation_id FROM policies.http_routes r LOOP
            comment := replace(comment, route.call, route.operation_id);
        END LOOP;
    END IF;
    RETURN comment;
END
$$;
COMMENT ON FUNCTION policies.in_api_words(text) IS
'A comment as a client is to read it: functions by the names of their operations, null as JSON writes it.';

CREATE OR REPLACE VIEW policies.http_columns WITH (security_invoker = true) AS
    SELECT t.name AS table_name, a.attname::text AS field, a.attnotnull AS is_not_null,
        policies.json_of_default(pg_get_expr(d.adbin, d.adrelid)) AS default_value, d.adbin IS NOT NULL AS has_default,
        col_description(a.attrelid, a.attnum) AS comment,
        (SELECT jsonb_object_agg(e.key, e.value)
            FROM pg_constraint c, jsonb_each(policies.json_schema_of_check(pg_get_constraintdef(c.oid), a.attname)) AS e
            WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND c.conkey = ARRAY[a.attnum]) AS schema
    FROM (SELECT unnest(s.checked_by) AS name FROM policies.http_schemas s
        UNION SELECT r.checked_by FROM policies.http_routes r WHERE r.checked_by IS NOT NULL) t
    JOIN pg_attribute a ON a.attrelid = to_regclass(t.name) AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum;
COMMENT ON VIEW policies.http_columns IS
'HTTP column
What the tables that check fields say of each of their columns.';
COMMENT ON COLUMN policies.http_columns.table_name IS 'The table.';
COMMENT ON COLUMN policies.http_columns.field IS 'The column.';
COMMENT ON COLUMN policies.http_columns.is_not_null IS 'Whether it is NOT NULL.';
COMMENT ON COLUMN policies.http_columns.default_value IS 'Its DEFAULT, where that is constant.';
COMMENT ON COLUMN policies.http_columns.has_default IS 'Whether it has a DEFAULT.';
COMMENT ON COLUMN policies.http_columns.comment IS 'Its comment.';
COMMENT ON COLUMN policies.http_columns.schema IS 'What its CHECKs say, as a JSON Schema.';

GRANT SELECT ON policies.http_columns TO policies_caller, policies_auditor;
REVOKE ALL ON FUNCTION policies.json_schema_of_type(oid), policies.quoted_words(text),
    policies.json_schema_of_check(text, text), policies.json_schema_of_case(text, text),
    policies.or_null(jsonb), policies.json_of_default(text), policies.in_api_words(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION policies.json_schema_of_type(oid), policies.quoted_words(text),
    policies.json_schema_of_check(text, text), policies.json_schema_of_case(text, text),
    policies.or_null(jsonb), policies.json_of_default(text), policies.in_api_words(text)
    TO policies_caller, policies_auditor;
