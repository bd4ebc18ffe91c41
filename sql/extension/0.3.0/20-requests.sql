-- What PostgREST calls at the start of each request, as the caller: db-pre-request.

CREATE FUNCTION policies.check_request() RETURNS pg_catalog.void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Claims that set_config() made do not reach the workers of a Citus cluster; those of SET LOCAL do, where it is told so.
    IF current_setting('citus.propagate_set_commands', true) IS NOT NULL THEN
        SET LOCAL citus.propagate_set_commands = 'local';
        EXECUTE format('SET LOCAL request.jwt.claims = %L', coalesce(current_setting('request.jwt.claims', true), ''));
    END IF;
    -- An auditor reads every tenant's rows, and may have none.
    IF policies.context_problem() IS NOT NULL AND NOT pg_has_role(current_user, 'policies_auditor', 'USAGE') THEN
        RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = policies.context_problem(),
            HINT = 'The claims of the token must name its tenant.';
    END IF;
END
$$;
COMMENT ON FUNCTION policies.check_request() IS
'For PostgREST''s db-pre-request: refuses a request whose token names no tenant (42501), rather than answering with no rows, unless it is an auditor''s; on Citus, passes the claims on to the workers.';
