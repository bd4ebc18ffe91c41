-- Least privilege: nothing to PUBLIC, and to each role what it needs.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA policies FROM PUBLIC;

-- What rows are checked, defaulted and filtered with, and what reads them.
GRANT EXECUTE ON FUNCTION
    policies.new_id(pg_catalog.text),
    policies.is_valid_id(pg_catalog.text),
    policies.canonical_id(pg_catalog.text),
    policies.id_time(pg_catalog.text),
    policies.id_floor(pg_catalog.text, pg_catalog.timestamptz),
    policies.id_ceil(pg_catalog.text, pg_catalog.timestamptz),
    policies.current_tenant_id(),
    policies.current_app_id(),
    policies.current_person_id(),
    policies.in_app_scope(pg_catalog.text),
    policies.context_problem(),
    policies.is_valid_version(pg_catalog.text),
    policies.compare_versions(pg_catalog.text, pg_catalog.text),
    policies.version_sort_key(pg_catalog.text),
    policies.add_cadence(pg_catalog.timestamptz, pg_catalog.interval),
    policies.is_valid_cadence(pg_catalog.interval),
    policies.is_valid_ticket_types(pg_catalog.jsonb)
TO policies_caller, policies_auditor, policies_admin;

GRANT EXECUTE ON FUNCTION
    policies.close_review_cycle(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz)
TO policies_caller, policies_admin;

GRANT EXECUTE ON FUNCTION
    policies.register_version(),
    policies.latest_register_version()
TO policies_auditor, policies_admin;

-- audit() runs with the rights of its caller, and so does what it calls.
GRANT EXECUTE ON FUNCTION
    policies.audit(),
    policies.audit_rules(),
    policies.audited_tables(),
    policies.audited_condition(pg_catalog.pg_node_tree, pg_catalog.oid),
    policies.audit_row_security(),
    policies.audit_triggers(),
    policies.audit_history(),
    policies.audit_privileges(),
    policies.audit_columns(),
    policies.audit_keys(),
    policies.audit_dependents(),
    policies.audit_roles(),
    policies.audit_functions(),
    policies.audit_versions()
TO policies_auditor, policies_admin;

GRANT EXECUTE ON FUNCTION
    policies.stamp_write(),
    policies.record_history(),
    policies.soft_delete(),
    policies.check_policy(),
    policies.cover_ticket_types(),
    policies.skip_known_coverage(),
    policies.add_base_columns(pg_catalog.regclass, pg_catalog.text, pg_catalog.text),
    policies.scope_by_tenant(pg_catalog.regclass, pg_catalog.bool),
    policies.stamp_writes(pg_catalog.regclass, pg_catalog.text, pg_catalog.int4),
    policies.create_soft_delete_views(pg_catalog.regclass, pg_catalog.name),
    policies.keep_history(pg_catalog.regclass),
    policies.protect_table(pg_catalog.regclass, pg_catalog.text, pg_catalog.name, pg_catalog.int4, pg_catalog.bool, pg_catalog.text),
    policies.unprotect_table(pg_catalog.regclass),
    policies.create_register()
TO policies_admin;
