-- Taking the extension away: never with a register still there unasked, and without a trace where there is none.
\set VERBOSITY terse
DROP EXTENSION policies;
\set VERBOSITY default
\echo :SQLSTATE
SELECT count(*) FROM policies.policies;
-- Nor can its parts be dropped one by one.
DROP FUNCTION policies.current_tenant_id();
\echo :SQLSTATE
DROP SCHEMA policies_api CASCADE;
\echo :SQLSTATE
-- A database that has the extension but no register.
CREATE DATABASE regress_uninstall ENCODING 'UTF8' TEMPLATE template0;
\set main :DBNAME
\c regress_uninstall
CREATE FUNCTION pg_temp.objects() RETURNS bigint AS $$
    SELECT (SELECT count(*) FROM pg_namespace WHERE nspname NOT LIKE 'pg\_temp%' AND nspname NOT LIKE 'pg\_toast\_temp%') +
        (SELECT count(*) FROM pg_class WHERE relpersistence <> 't')
        + (SELECT count(*) FROM pg_proc) + (SELECT count(*) FROM pg_type) + (SELECT count(*) FROM pg_extension) + (SELECT count(*)
            FROM pg_depend) + (SELECT count(*) FROM pg_description)
        + (SELECT count(*) FROM pg_init_privs) + (SELECT count(*) FROM pg_shdepend WHERE dbid = (SELECT oid FROM pg_database
            WHERE datname = current_database()))
$$ LANGUAGE sql;
SELECT pg_temp.objects() AS before \gset
CREATE EXTENSION policies;
SELECT pg_temp.objects() > :before AS created;
DROP EXTENSION policies;
SELECT pg_temp.objects() - :before AS left_behind;
SELECT nspname FROM pg_namespace WHERE nspname LIKE 'policies%';
-- The roles are of the cluster and stay; a second time they are found.
SELECT count(*) FROM pg_roles WHERE rolname IN ('policies_caller', 'policies_gateway', 'policies_auditor', 'policies_admin');
CREATE EXTENSION policies;
SELECT policies.create_register() = policies.latest_register_version() AS is_latest;
INSERT INTO policies.policies (tenant_id, name) VALUES ('uninstall_a', 'kept');
\set VERBOSITY terse
DROP EXTENSION policies;
\set VERBOSITY default
\echo :SQLSTATE
SELECT count(*) FROM policies.policies;
-- A table of one's own that is protected keeps the extension as well.
SET client_min_messages = warning;
DROP TABLE policies.policies, policies.policies_history, policies.policy_reviews, policies.sla_coverage,
    policies.business_calendars, policies.business_calendars_history,
    policies.policy_settings, policies.policy_settings_history, policies.policy_drafts, policies.policy_versions,
        policies.policy_approvals,
    policies.policy_acknowledgements, policies.review_notices, policies.policy_search, policies.register_steps CASCADE;
RESET client_min_messages;
CREATE TABLE public.tickets (subject text);
SELECT policies.protect_table('public.tickets', 'tkt');
\set VERBOSITY terse
DROP EXTENSION policies;
\set VERBOSITY default
\echo :SQLSTATE
SELECT count(*) FROM public.tickets;
-- It is not to be installed over objects of another.
SELECT policies.unprotect_table('public.tickets');
DROP TABLE public.tickets, public.tickets_history;
SELECT 'DROP FUNCTION ' || string_agg(p.oid::regprocedure::text, ', ') AS drop_functions FROM pg_proc p
WHERE p.pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') \gset
:drop_functions;
DROP EXTENSION policies;
SELECT nspname FROM pg_namespace WHERE nspname LIKE 'policies%';
CREATE SCHEMA policies_api;
-- From PostgreSQL 18 on, the context of an error in an extension's script says where in it.
\set SHOW_CONTEXT never
CREATE EXTENSION policies;
\echo :SQLSTATE
\set SHOW_CONTEXT errors
SELECT nspname FROM pg_namespace WHERE nspname LIKE 'policies%';
-- Only a superuser may, the library being one that any session would load.
SET SESSION AUTHORIZATION regress_administrator;
-- From PostgreSQL 18 on, the context of an error in an extension's script says where in it.
\set SHOW_CONTEXT never
CREATE EXTENSION policies;
\echo :SQLSTATE
\set SHOW_CONTEXT errors
RESET SESSION AUTHORIZATION;
\c :main
DROP DATABASE regress_uninstall;
-- Asked to, it goes with what depends on it.
SET client_min_messages = warning;
DROP EXTENSION policies CASCADE;
SELECT nspname FROM pg_namespace WHERE nspname LIKE 'policies%';
DROP ROLE regress_gateway, regress_stranger, regress_auditor, regress_administrator;
