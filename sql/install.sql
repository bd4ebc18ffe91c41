-- The extension, the register, and the login roles that the other tests use.
CREATE EXTENSION policies;
SELECT policies.register_version() IS NULL AS no_register_yet;
SELECT policies.create_register() = policies.latest_register_version() AS is_latest;

-- What PostgREST logs in as; a login that nobody trusts with claims; those who operate and audit the register.
CREATE ROLE regress_gateway LOGIN NOINHERIT;
GRANT policies_gateway, policies_caller, policies_auditor, policies_admin TO regress_gateway;
CREATE ROLE regress_stranger LOGIN;
GRANT policies_caller TO regress_stranger;
CREATE ROLE regress_auditor LOGIN;
GRANT policies_auditor TO regress_auditor;
CREATE ROLE regress_administrator LOGIN;
GRANT policies_admin TO regress_administrator;

-- How a test becomes a caller: as PostgREST does, but for SET SESSION AUTHORIZATION in place of a connection.
SET SESSION AUTHORIZATION regress_gateway;
SET ROLE policies_caller;
SET request.jwt.claims = '{"tenant_id": "acme", "sub": "per_ann"}';
SELECT session_user, current_user, policies.current_tenant_id(), policies.current_person_id(),
       policies.context_problem();
SELECT count(*) FROM policies_api.policies;
