-- What PostgREST answers for the root of the API: db-root-spec. The document changes with the library, hence STABLE.

CREATE FUNCTION policies_api.openapi() RETURNS pg_catalog.json
    LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'policies_openapi';
COMMENT ON FUNCTION policies_api.openapi() IS
'This document
The HTTP API of the register as an OpenAPI 3.1 document, of the version that is installed.';
GRANT EXECUTE ON FUNCTION policies_api.openapi() TO policies_caller, policies_auditor, policies_admin;
