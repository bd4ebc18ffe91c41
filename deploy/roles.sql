-- The register, and the login role of PostgREST: as a superuser, once, in the database of the register.
\set ON_ERROR_STOP on
CREATE EXTENSION policies;
SELECT policies.create_register();
-- NOINHERIT: nothing by itself, but what the role of a verified token may. policies_admin is never among them.
CREATE ROLE authenticator LOGIN NOINHERIT CONNECTION LIMIT 40;
GRANT policies_gateway, policies_caller, policies_auditor TO authenticator;
-- A request that hangs is ended, and so is a transaction that PostgREST left behind.
ALTER ROLE authenticator SET statement_timeout = '30s';
ALTER ROLE authenticator SET idle_in_transaction_session_timeout = '10s';
