-- Who is calling: STABLE, never IMMUTABLE, so that no plan keeps one caller's tenant for the next.

CREATE FUNCTION policies.current_tenant_id() RETURNS pg_catalog.text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_current_tenant_id';
COMMENT ON FUNCTION policies.current_tenant_id() IS
'The caller''s tenant, from the claims of a trusted session; NULL when there is no sound context. In a request of PostgREST, which sets request.method, it fails then with the reason (42501), unless the role sees every tenant''s rows.';
GRANT EXECUTE ON FUNCTION policies.current_tenant_id() TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.current_app_id() RETURNS pg_catalog.text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_current_app_id';
COMMENT ON FUNCTION policies.current_app_id() IS
'The calling application, from the claims of a trusted session; NULL for a person''s session.';
GRANT EXECUTE ON FUNCTION policies.current_app_id() TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.current_person_id() RETURNS pg_catalog.text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_current_person_id';
COMMENT ON FUNCTION policies.current_person_id() IS
'The calling person, from the claims of a trusted session (by default "sub"); NULL when the claims name none.';
GRANT EXECUTE ON FUNCTION policies.current_person_id() TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.is_valid_person_id(person_id pg_catalog.text) RETURNS pg_catalog.bool
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_is_valid_person_id';
COMMENT ON FUNCTION policies.is_valid_person_id(pg_catalog.text) IS
'Tells whether a text can be a person id: 1 to 255 bytes, not blanks alone.';
GRANT EXECUTE ON FUNCTION policies.is_valid_person_id(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.in_app_scope_support(internal) RETURNS internal
    LANGUAGE c STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_in_app_scope_support';
COMMENT ON FUNCTION policies.in_app_scope_support(internal) IS
'Planner support for in_app_scope(): a person sees every app''s rows.';

CREATE FUNCTION policies.in_app_scope(app_id pg_catalog.text) RETURNS pg_catalog.bool
    -- Dearer than the comparison of tenants, which is to come first.
    LANGUAGE c STABLE PARALLEL SAFE COST 3 SUPPORT policies.in_app_scope_support
    AS 'MODULE_PATHNAME', 'policies_in_app_scope';
COMMENT ON FUNCTION policies.in_app_scope(pg_catalog.text) IS
'Tells whether a row with this app_id is in the caller''s scope: any row for a person, its own rows for an application.';
GRANT EXECUTE ON FUNCTION policies.in_app_scope(pg_catalog.text) TO policies_caller, policies_auditor, policies_admin;

CREATE FUNCTION policies.context_problem() RETURNS pg_catalog.text
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_context_problem';
COMMENT ON FUNCTION policies.context_problem() IS
'Why the session has no context and hence sees no rows and may not write, in one sentence; NULL when it has one.';
GRANT EXECUTE ON FUNCTION policies.context_problem() TO policies_caller, policies_auditor, policies_admin;

-- What PostgREST calls at the start of each request, as the caller: db-pre-request.
CREATE FUNCTION policies.check_request() RETURNS pg_catalog.void
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'policies_check_request';
COMMENT ON FUNCTION policies.check_request() IS
'For PostgREST''s db-pre-request on Citus: passes the claims on to the workers, and refuses a request whose token names no tenant (42501), unless its role sees every tenant''s rows.';
GRANT EXECUTE ON FUNCTION policies.check_request() TO policies_caller, policies_auditor, policies_admin;
