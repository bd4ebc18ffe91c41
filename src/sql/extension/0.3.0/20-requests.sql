-- What PostgREST calls at the start of each request, as the caller: db-pre-request.

CREATE FUNCTION policies.check_request() RETURNS pg_catalog.void
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'policies_check_request';
COMMENT ON FUNCTION policies.check_request() IS
'For PostgREST''s db-pre-request: refuses a request whose token names no tenant (42501), rather than answering with no rows, unless it is an auditor''s; on Citus, passes the claims on to the workers.';
