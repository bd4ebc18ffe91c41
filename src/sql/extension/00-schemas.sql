\echo Use "CREATE EXTENSION policies" to load this file. \quit

DO $$
BEGIN
    IF pg_catalog.getdatabaseencoding() OPERATOR(pg_catalog.<>) 'UTF8' THEN
        RAISE EXCEPTION 'extension "policies" needs a database with encoding UTF8, not %',
                pg_catalog.getdatabaseencoding()
            USING ERRCODE = 'feature_not_supported',
                  DETAIL = 'JWT claims are JSON, and JSON is UTF-8.';
    END IF;
END
$$;

-- Roles are of the cluster, not of the extension: another database may have made them already.
DO $$
DECLARE
    role_name pg_catalog.text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['policies_caller', 'policies_gateway', 'policies_auditor', 'policies_admin'] LOOP
        IF pg_catalog.to_regrole(role_name) IS NULL THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
END
$$;

CREATE SCHEMA policies;
COMMENT ON SCHEMA policies IS
'The policy register: its tables, and the functions of the extension "policies".';
REVOKE ALL ON SCHEMA policies FROM PUBLIC;
-- CREATE for nobody: a function planted beside ours, of a better fitting type, would run with the rights of whoever calls.
GRANT USAGE ON SCHEMA policies TO policies_caller, policies_auditor, policies_admin;

CREATE SCHEMA policies_api;
COMMENT ON SCHEMA policies_api IS
'Policy register
Policy documents and SLA policies of your organisation: list, get, create, update and complete.';
REVOKE ALL ON SCHEMA policies_api FROM PUBLIC;
GRANT USAGE ON SCHEMA policies_api TO policies_caller, policies_auditor, policies_admin;
