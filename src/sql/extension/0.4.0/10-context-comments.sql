-- What was true of current_tenant_id() and check_request() before requests were refused by row security.

COMMENT ON FUNCTION policies.current_tenant_id() IS
'The caller''s tenant, from the claims of a trusted session; NULL when there is no sound context. In a request of PostgREST, which sets request.method, it fails then with the reason (42501), unless the role sees every tenant''s rows.';
COMMENT ON FUNCTION policies.check_request() IS
'For PostgREST''s db-pre-request on Citus: passes the claims on to the workers, and refuses a request whose token names no tenant (42501), unless its role sees every tenant''s rows.';
