-- Prints docs/reference.md of the register in this database: what its comments say, and what no catalog knows. Leaves nothing
-- behind.
\ir start.sql
\ir routes.sql
\ir fields.sql
\ir schemas.sql
\ir sql_fields.sql
-- Its settings are known once it is loaded.
LOAD 'policies';

-- A comment as Markdown: functions as code, and no HTML.
CREATE FUNCTION prose(comment text) RETURNS text LANGUAGE sql
RETURN regexp_replace(replace(replace(comment, '<', '\<'), '*', '\*'), '\m([a-z_.]+\(\))', '`\1`', 'g');

CREATE FUNCTION cell(comment text) RETURNS text LANGUAGE sql
RETURN replace(prose(comment), '|', '\|');

CREATE FUNCTION type_name(type oid) RETURNS text LANGUAGE sql
RETURN replace(format_type(type, NULL), 'timestamp with time zone', 'timestamptz');

-- A list in parentheses: on one line where it is short.
CREATE FUNCTION in_parentheses(items text[]) RETURNS text LANGUAGE sql
RETURN CASE WHEN length(array_to_string(items, ', ')) > 80 THEN E'(\n    ' || array_to_string(items, E',\n    ') || E'\n)'
    ELSE '(' || coalesce(array_to_string(items, ', '), '') || ')' END;

-- A table of Markdown, or nothing where it has no rows.
CREATE FUNCTION table_of(head text, lines text) RETURNS text LANGUAGE sql
RETURN E'\n\n' || head || E'\n' || regexp_replace(head, '[^|]+', '---', 'g') || E'\n' || lines;

CREATE TABLE roles (role, name) AS VALUES (1, 'policies_caller'), (2, 'policies_auditor'), (3, 'policies_admin');

-- section: callers, administrators and everybody; inner for what the others are made of.
CREATE TABLE functions AS
SELECT p.oid, p.proname::text AS name, p.pronamespace::regnamespace || '.' || p.proname AS full_name,
    CASE WHEN p.pronamespace = 'policies_api'::regnamespace THEN 'callers'
        WHEN p.prorettype IN ('trigger'::regtype, 'internal'::regtype) OR c.comment LIKE 'The work of %'
            OR p.proname ~ '^(audit_(?!rules)|audited_|search_)'
            OR p.proname IN ('body_of', 'content_hash', 'policy_content', 'version_hash') THEN 'inner'
        WHEN has_function_privilege('policies_caller', p.oid, 'EXECUTE') THEN 'everybody'
        ELSE 'administrators' END AS section,
    -- Of a comment of several lines, the first is a title.
    c.comment, substring(c.comment, '^([^\n]*)\n') AS title,
    regexp_replace(c.comment, '^[^\n]*\n|\s*Raises .*$', '', 'g') AS text, substring(c.comment, 'Raises (.*)$') AS raises,
    substring(c.comment, '^The work of policies_api\.(\w+)\(\)') AS works_for,
    (SELECT string_agg(format('`%s`', r.name), ', ' ORDER BY r.role)
        FROM roles r WHERE has_function_privilege(r.name, p.oid, 'EXECUTE')) AS callable_by
FROM pg_proc p CROSS JOIN LATERAL (SELECT obj_description(p.oid, 'pg_proc') AS comment) c
WHERE p.pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace);

-- is_result: a column of what the function returns.
CREATE TABLE function_arguments AS
SELECT f.oid, a.position, coalesce(a.mode, 'i') IN ('o', 't') AS is_result,
    concat_ws(' ', nullif(a.name, ''), type_name(a.type), 'DEFAULT ' || regexp_replace(
        pg_get_function_arg_default(f.oid, a.position::integer), '^(NULL|''[^'']*'')::[a-z ]+$', '\1')) AS declaration,
    a.name, CASE WHEN a.mode IN ('o', 't') THEN coalesce(p.property ->> 'description', own.description)
        WHEN f.section <> 'everybody' THEN coalesce(own.description, http.description, every.description, every_http.description)
        END AS description
FROM functions f JOIN pg_proc c USING (oid)
CROSS JOIN LATERAL unnest(coalesce(c.proallargtypes, c.proargtypes), c.proargnames, c.proargmodes)
    WITH ORDINALITY AS a (type, name, mode, position)
LEFT JOIN properties p ON p.source = f.full_name AND p.field = a.name
LEFT JOIN fields http ON http.source = f.name AND http.field = a.name
LEFT JOIN fields every_http ON every_http.source IS NULL AND every_http.field = a.name
LEFT JOIN sql_fields own ON own.source = f.name AND own.field = a.name
LEFT JOIN sql_fields every ON every.source IS NULL AND every.field = a.name;

CREATE FUNCTION signature(function oid) RETURNS text LANGUAGE sql
RETURN (SELECT f.full_name || in_parentheses(array_agg(a.declaration ORDER BY a.position) FILTER (WHERE NOT a.is_result))
        || E'\nRETURNS ' || CASE
            WHEN bool_or(a.is_result) THEN CASE WHEN p.proretset THEN 'TABLE ' ELSE '' END
                || in_parentheses(array_agg(a.declaration ORDER BY a.position) FILTER (WHERE a.is_result))
            ELSE CASE WHEN p.proretset THEN 'SETOF ' ELSE '' END || type_name(p.prorettype) END
    FROM functions f JOIN pg_proc p USING (oid) LEFT JOIN function_arguments a USING (oid)
    WHERE f.oid = function GROUP BY f.full_name, p.proretset, p.prorettype);

CREATE FUNCTION described_function(function oid) RETURNS text LANGUAGE sql
RETURN (SELECT concat(E'### ' || f.name || E'\n```sql\n' || signature(f.oid) || E'\n```\n',
        '**' || prose(f.title) || '.** ', prose(f.text),
        table_of('| argument | |', a.arguments), table_of('| result | |', a.results),
        E'\n\nErrors: ' || prose(coalesce(f.raises, (SELECT w.raises FROM functions w
            WHERE w.works_for = f.name AND f.section = 'callers' AND w.raises IS NOT NULL))),
        E'\n\nOver HTTP: ' || (SELECT string_agg(format('`%s /api/v1%s`', upper(r.method), r.path), ', ' ORDER BY r.position)
            FROM routes r WHERE f.section = 'callers' AND r.source = f.name AND r.action IN ('ask', 'do')) || '.',
        CASE WHEN f.section <> 'everybody' THEN E'\n\nFor ' || f.callable_by || '.' END)
    FROM functions f CROSS JOIN LATERAL (
        SELECT string_agg(v.line, E'\n' ORDER BY a.position) FILTER (WHERE NOT a.is_result) AS arguments,
            string_agg(v.line, E'\n' ORDER BY a.position) FILTER (WHERE a.is_result) AS results
        FROM function_arguments a CROSS JOIN LATERAL (SELECT format('| `%s` | %s |', a.name, cell(a.description)) AS line) v
        WHERE a.oid = f.oid AND a.description IS NOT NULL) a
    WHERE f.oid = function);

-- The functions of a section, with a list of them before.
CREATE FUNCTION described_section(section text) RETURNS text LANGUAGE sql
RETURN (SELECT
        string_agg(format('- [`%s`](#%1$s)', f.name) || coalesce(': ' || prose(f.title), ''), E'\n' ORDER BY f.name COLLATE "C")
        || E'\n\n' || string_agg(described_function(f.oid), E'\n\n' ORDER BY f.name COLLATE "C")
    FROM functions f WHERE f.section = described_section.section);

-- The views, and the tables whose rows functions return. live_view: of the views of what was deleted or superseded, the one whose
-- fields they have as well.
CREATE TABLE views AS
SELECT c.oid, CASE c.relkind WHEN 'v' THEN '' ELSE 'policies.' END || c.relname AS name, c.relkind = 'v' AS is_view,
    regexp_replace(obj_description(c.oid, 'pg_class'), '^[^\n]*\n', '') AS comment,
    nullif(regexp_replace(c.relname, '^deleted_|_history$', ''), c.relname) AS live_view,
    (SELECT string_agg(format('`%s` may %s', r.name, concat_ws(', ', 'SELECT',
            CASE WHEN has_any_column_privilege(r.name, c.oid, 'INSERT') THEN 'INSERT' END,
            CASE WHEN has_any_column_privilege(r.name, c.oid, 'UPDATE') THEN 'UPDATE' END,
            CASE WHEN has_table_privilege(r.name, c.oid, 'DELETE') THEN 'DELETE' END)), '; ' ORDER BY r.role)
        FROM roles r WHERE r.name <> 'policies_admin' AND has_table_privilege(r.name, c.oid, 'SELECT')) AS usable_by
FROM pg_class c WHERE c.relnamespace = 'policies_api'::regnamespace AND c.relkind = 'v' OR c.relkind = 'r'
    AND EXISTS (SELECT FROM functions f JOIN pg_proc p USING (oid) WHERE p.prorettype = c.reltype AND f.section <> 'inner');

CREATE TABLE view_fields AS
SELECT v.name AS view, v.live_view, a.attnum AS position, a.attname::text AS name, c.comment,
    format('| `%s` | %s | %s |', a.attname, type_name(a.atttypid), concat_ws(' ', cell(c.comment),
        'Default: `' || (json_of_default(pg_get_expr(d.adbin, d.adrelid)) #>> '{}') || '`.')) AS line
FROM views v JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum > 0
CROSS JOIN LATERAL (SELECT col_description(v.oid, a.attnum) AS comment) c
LEFT JOIN pg_attribute t ON t.attrelid = to_regclass('policies.' || coalesce(v.live_view, replace(v.name, 'policies.', '')))
    AND t.attname = a.attname
LEFT JOIN pg_attrdef d ON d.adrelid = t.attrelid AND d.adnum = t.attnum;

-- The fields that every resource has, which are described once.
CREATE TABLE base_fields AS
SELECT p.name, p.comment, p.line, p.position
FROM view_fields p JOIN view_fields b USING (name, comment) WHERE p.view = 'policies' AND b.view = 'business_calendars';

CREATE FUNCTION described_view(name text) RETURNS text LANGUAGE sql
RETURN (SELECT concat('### ' || v.name || E'\n' || prose(v.comment), CASE WHEN v.is_view THEN E'\n\n' || v.usable_by || '.' END,
        CASE WHEN v.live_view IS NOT NULL THEN format(E'\n\nIt has the fields of [`%s`](#%1$s)', v.live_view)
                || CASE WHEN f.lines IS NULL THEN '.' ELSE ', and:' END
            WHEN f.is_resource THEN E'\n\nIt has the [fields of every resource](#fields-of-every-resource), and:' END,
        table_of('| field | type | |', f.lines))
    FROM views v CROSS JOIN LATERAL (
        SELECT bool_and(f.is_resource) AS is_resource,
            string_agg(f.line, E'\n' ORDER BY f.position) FILTER (WHERE NOT (f.is_base AND f.is_resource OR f.is_live)) AS lines
        FROM (SELECT f.*, b.name IS NOT NULL AS is_base, l.name IS NOT NULL AS is_live,
                count(b.name) OVER () = (SELECT count(*) FROM base_fields) AS is_resource
            FROM view_fields f LEFT JOIN base_fields b USING (name, comment)
            LEFT JOIN view_fields l ON l.view = f.live_view AND l.name = f.name AND l.comment = f.comment
            WHERE f.view = v.name) f) f
    WHERE v.name = described_view.name);

SELECT $$# Reference

Every function, view and field, role, setting and error. How they work together is told by the guides:
[documents](documents.md), [the SLA clock](sla-clock.md), [HTTP](http.md).

- [Functions for callers](#functions-for-callers)
- [Views](#views)
- [Tables](#tables)
- [Functions for everybody with a role](#functions-for-everybody-with-a-role)
- [Functions for administrators](#functions-for-administrators)
- [Functions behind the others](#functions-behind-the-others)
- [Roles](#roles)
- [Settings](#settings)
- [Errors](#errors)

<!-- Made of the catalog's comments by "make reference": change those, or tools/openapi/reference.sql. -->

## Functions for callers
In the schema `policies_api`. They read and write the rows that the caller may, in the caller's tenant.
$$;
SELECT described_section('callers');

SELECT $$
### Media types
PostgREST serves what a function returns by the name of its type.
$$;
SELECT '| domain | |' || E'\n|---|---|';
SELECT format('| `policies_api."%s"` | %s |', t.typname, cell(obj_description(t.oid, 'pg_type')))
FROM pg_type t WHERE t.typnamespace = 'policies_api'::regnamespace AND t.typtype = 'd' ORDER BY t.typname COLLATE "C";

SELECT $$
## Views
In the schema `policies_api`. Nothing is required on create but where a field says so; what is given is checked.

### Fields of every resource$$;
SELECT E'| field | type | |\n|---|---|---|';
SELECT b.line FROM base_fields b ORDER BY b.position;
SELECT '';
SELECT string_agg(described_view(v.name), E'\n\n' ORDER BY v.name COLLATE "C") FROM views v WHERE v.is_view;

SELECT $$
## Tables
Those in the schema `policies` whose rows functions return.
$$;
SELECT string_agg(described_view(v.name), E'\n\n' ORDER BY v.name COLLATE "C") FROM views v WHERE NOT v.is_view;

SELECT $$
## Functions for everybody with a role
In the schema `policies`.
$$;
SELECT described_section('everybody');

SELECT $$
## Functions for administrators
In the schema `policies`. A session without claims whose role is a superuser or in `policies_admin` is in *import mode*: the
stamps that it supplies are kept, so that a restore or a migration does not rewrite history.
$$;
SELECT described_section('administrators');

SELECT $$
## Functions behind the others
In the schema `policies`: what triggers run, and what the functions above are made of. Not to be called; their
signatures may change.
$$;
SELECT E'| function | |\n|---|---|';
SELECT format('| `%s` | %s |', f.name, cell(f.comment))
FROM functions f WHERE f.section = 'inner' ORDER BY f.name COLLATE "C", f.comment COLLATE "C";

SELECT $$
## Roles
`create_register()` grants them what they need. They are created when missing, without login: grant them to your logins.

| role | may |
|---|---|
| `policies_caller` | use `policies_api` within its tenant (and app): read, create, update, soft-delete, complete |
| `policies_gateway` | nothing by itself; the claims of its members' sessions are believed |
| `policies_auditor` | read every tenant's rows, history and reviews; run `audit()`; write nothing |
| `policies_admin` | operate the register: create it, protect tables, import, correct, purge; owns what they create |

## Settings
Only superusers, or roles granted `SET` on them, change these. For a register the place is `policies.claim_settings()`
([operating.md](operating.md)); ALTER DATABASE is for databases without one. What a tenant decides for itself stands in
[`policy_settings`](#policy_settings).

| setting | default | |
|---|---|---|$$;
SELECT format('| `%s` | `%s` | %s |', s.name, s.boot_val, cell(concat_ws(' ', s.short_desc, s.extra_desc)))
FROM pg_settings s WHERE s.name LIKE 'policies.%' ORDER BY s.name COLLATE "C";

SELECT $$
## Errors
Messages name the value at fault. Another tenant's rows do not exist for a caller.

| SQLSTATE | HTTP through PostgREST | when |
|---|---|---|
| 42501 | 403 | no context, or not permitted |
| 22023, 22P02, 22004, 22008, 23502, 23514 | 400 | a bad value |
| 0A000 | 400 | a text that is too large or too intricate to be rendered |
| 23505 | 409 | another active SLA policy governs the same tickets, or another business calendar is the default already |
| PT404 | 404 | not there, or not visible, which is the same |
| PT409 | 409 | a completed review, missing approvals or text, a policy not in force, or something newer than what was read |$$;
ROLLBACK;
