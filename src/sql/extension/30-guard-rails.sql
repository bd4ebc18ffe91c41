-- The guard rails, each usable alone on any table of the database. They run with their caller's rights.
-- Only administrators may attach the trigger functions, so nobody can point them at a table of another's.

CREATE FUNCTION policies.stamp_write() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_stamp_write';
COMMENT ON FUNCTION policies.stamp_write() IS
'BEFORE INSERT OR UPDATE trigger that stamps id, tenant, app, times and persons. Attached by stamp_writes().';
GRANT EXECUTE ON FUNCTION policies.stamp_write() TO policies_admin;

CREATE FUNCTION policies.record_history() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_record_history';
COMMENT ON FUNCTION policies.record_history() IS
'AFTER UPDATE OR DELETE trigger that keeps the superseded row in <table>_history, with the rights of that table''s owner. Attached by keep_history().';
GRANT EXECUTE ON FUNCTION policies.record_history() TO policies_admin;

CREATE FUNCTION policies.soft_delete() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'policies_soft_delete';
COMMENT ON FUNCTION policies.soft_delete() IS
'INSTEAD OF DELETE trigger of a live view that marks the row as deleted. Raises PT409 for a row that another transaction has changed since the DELETE began. Attached by create_soft_delete_views().';
GRANT EXECUTE ON FUNCTION policies.soft_delete() TO policies_admin;

CREATE FUNCTION policies.add_base_columns(
    table_name pg_catalog.regclass,
    id_prefix pg_catalog.text DEFAULT NULL,
    existing_rows_tenant_id pg_catalog.text DEFAULT NULL
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
    AS 'MODULE_PATHNAME', 'policies_add_base_columns';
COMMENT ON FUNCTION policies.add_base_columns(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) IS
'Adds those of the 13 base columns that a table lacks, and the defaults and NOT NULL that stamping needs. Rows that are there already get new ids with id_prefix and the tenant existing_rows_tenant_id; those that is_deleted or deleted_at alone says are deleted stay so. Raises 42804, changing nothing, when a column of that name has another type, or a domain with constraints, and 23514 where is_deleted and deleted_at contradict each other.';
GRANT EXECUTE ON FUNCTION policies.add_base_columns(pg_catalog.regclass, pg_catalog.text, pg_catalog.text) TO policies_admin;

CREATE FUNCTION policies.scope_by_tenant(
    table_name pg_catalog.regclass,
    callers_may_write pg_catalog.bool DEFAULT true
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
    AS 'MODULE_PATHNAME', 'policies_scope_by_tenant';
COMMENT ON FUNCTION policies.scope_by_tenant(pg_catalog.regclass, pg_catalog.bool) IS
'Enables and forces row security on a table: callers see (and, if they may, write) the rows of their tenant and app, auditors read all, administrators do all. Makes (tenant_id, id) unique and grants the privileges, never DELETE to callers and never TRUNCATE; of the sequences of serial columns USAGE. A partitioned table must be partitioned by tenant_id.';
GRANT EXECUTE ON FUNCTION policies.scope_by_tenant(pg_catalog.regclass, pg_catalog.bool) TO policies_admin;

CREATE FUNCTION policies.stamp_writes(
    table_name pg_catalog.regclass,
    id_prefix pg_catalog.text,
    schema_version pg_catalog.int4 DEFAULT 1
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
    AS 'MODULE_PATHNAME', 'policies_stamp_writes';
COMMENT ON FUNCTION policies.stamp_writes(pg_catalog.regclass, pg_catalog.text, pg_catalog.int4) IS
'Attaches the trigger that stamps every write to a table: ids with this prefix, tenant, app, times and persons. Times are whole milliseconds, or coarser where their column is. Rows of an older schema_version are raised to it when written. What a foreign key does to a row needs no claims, and leaves the row with its tenant. Refused where another BEFORE trigger would run first, since it would see what the caller sent.';
GRANT EXECUTE ON FUNCTION policies.stamp_writes(pg_catalog.regclass, pg_catalog.text, pg_catalog.int4) TO policies_admin;

CREATE FUNCTION policies.create_soft_delete_views(
    table_name pg_catalog.regclass,
    view_schema pg_catalog.name DEFAULT 'policies_api'
) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
    AS 'MODULE_PATHNAME', 'policies_create_soft_delete_views';
COMMENT ON FUNCTION policies.create_soft_delete_views(pg_catalog.regclass, pg_catalog.name) IS
'Creates two views in view_schema, with the rights of their reader: one of the table''s name with the live rows, through which DELETE soft-deletes, and deleted_<name> with the deleted ones, through which an update restores. Grants those that use them USAGE on view_schema. DELETE ... RETURNING gives the row as it was before: PostgreSQL takes no other from a trigger of a view. Called again after the table was renamed, it renames the views.';
GRANT EXECUTE ON FUNCTION policies.create_soft_delete_views(pg_catalog.regclass, pg_catalog.name) TO policies_admin;

CREATE FUNCTION policies.keep_history(table_name pg_catalog.regclass) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
    AS 'MODULE_PATHNAME', 'policies_keep_history';
COMMENT ON FUNCTION policies.keep_history(pg_catalog.regclass) IS
'Keeps every superseded version of a table''s rows in <table>_history, which callers read and nobody but administrators writes. Called again, it adds the columns that the table has gained, to its views as well; after the table was renamed, it renames the history. Refused, with what to do, where a column may have been renamed, or the table has left its history in another schema. The history belongs to policies_admin, who therefore needs USAGE and CREATE on the table''s schema unless a superuser calls.';
GRANT EXECUTE ON FUNCTION policies.keep_history(pg_catalog.regclass) TO policies_admin;

CREATE FUNCTION policies.list_base_columns() RETURNS TABLE (
    name pg_catalog.text, type pg_catalog.text, is_required pg_catalog.bool, is_server_managed pg_catalog.bool
)
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_list_base_columns';
COMMENT ON FUNCTION policies.list_base_columns() IS
'The columns that every protected table has: the type of each, whether it must not be NULL, and whether the server alone writes it, so that what a caller sends for it is ignored.';
GRANT EXECUTE ON FUNCTION policies.list_base_columns() TO policies_auditor, policies_admin;

CREATE FUNCTION policies.protect_table(
    table_name pg_catalog.regclass,
    id_prefix pg_catalog.text,
    view_schema pg_catalog.name DEFAULT 'policies_api',
    schema_version pg_catalog.int4 DEFAULT 1,
    history pg_catalog.bool DEFAULT true,
    existing_rows_tenant_id pg_catalog.text DEFAULT NULL
) RETURNS pg_catalog.void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM policies.add_base_columns(table_name, id_prefix, existing_rows_tenant_id);
    PERFORM policies.scope_by_tenant(table_name);
    PERFORM policies.stamp_writes(table_name, id_prefix, schema_version);
    IF history IS NOT FALSE THEN
        PERFORM policies.keep_history(table_name);
    END IF;
    PERFORM policies.create_soft_delete_views(table_name, view_schema);
END
$$;
COMMENT ON FUNCTION policies.protect_table(pg_catalog.regclass, pg_catalog.text, pg_catalog.name, pg_catalog.int4, pg_catalog.bool, pg_catalog.text) IS
'Puts all guard rails on a table: base columns, tenant scope, write stamps, history and soft-delete views. Safe to repeat, and due after the table or its columns have changed; history => false does not take off a history that is kept already. Needs the table''s owner who is a member of policies_admin, or a superuser.';
GRANT EXECUTE ON FUNCTION policies.protect_table(pg_catalog.regclass, pg_catalog.text, pg_catalog.name, pg_catalog.int4,
    pg_catalog.bool, pg_catalog.text)
    TO policies_admin;

CREATE FUNCTION policies.unprotect_table(table_name pg_catalog.regclass) RETURNS pg_catalog.void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp SET client_min_messages = warning
    AS 'MODULE_PATHNAME', 'policies_unprotect_table';
COMMENT ON FUNCTION policies.unprotect_table(pg_catalog.regclass) IS
'Takes the guard rails off a table again: views, triggers, row security and grants. Its rows, its columns (id and tenant_id still required, now of whoever inserts) and its history stay.';
GRANT EXECUTE ON FUNCTION policies.unprotect_table(pg_catalog.regclass) TO policies_admin;
