# shellcheck shell=bash disable=SC2154
step "a private PostgreSQL server"
start_server
tell "In $server, reached through a socket there and through no network port."
login dba "SELECT split_part(version(), ' on ', 1) AS version, current_setting('listen_addresses') = '' AS no_network,
       current_setting('data_directory') = '$data' AS in_scratch;"
answers 'PostgreSQL * | t | t'

step "the register"
login dba "CREATE EXTENSION policies;
SELECT policies.create_register();"
answers 'CREATE EXTENSION' '?*'
login dba "SELECT policies.register_version() = policies.latest_register_version() AS current,
       (SELECT count(*) FROM policies_api.policies) AS policies;"
answers 't | 0'

step "the logins"
tell "PostgREST (or an application's pool) logs in as authenticator, whose claims are believed. The stranger may use the \
API's role too, but nothing vouches for the claims that it sets."
login dba "CREATE ROLE authenticator LOGIN NOINHERIT;
GRANT policies_gateway, policies_caller, policies_auditor TO authenticator;
CREATE ROLE stranger LOGIN;
GRANT policies_caller TO stranger;"
answers 'CREATE ROLE' 'GRANT ROLE' 'CREATE ROLE' 'GRANT ROLE'

step "the callers: two tenants' people, an application's key, an auditor, each with the claims of their JWT"
caller ann policies_caller '{"role": "policies_caller", "tenant_id": "acme", "sub": "per_ann"}'
caller gus policies_caller '{"role": "policies_caller", "tenant_id": "globex", "sub": "per_gus"}'
caller key policies_caller '{"role": "policies_caller", "tenant_id": "acme", "app_id": "app_helpdesk", "sub": "key_1"}'
caller olga policies_auditor '{"role": "policies_auditor", "sub": "per_olga"}'
tell "
Every request is a transaction of its own, as PostgREST makes it:
BEGIN; SELECT set_config('role', …, true), set_config('request.jwt.claims', …, true); the statement; COMMIT;"
whoami="SELECT session_user, current_user, policies.current_tenant_id() AS tenant, policies.current_app_id() AS app,
       policies.current_person_id() AS person;"
as ann "$whoami"
answers 'authenticator | policies_caller | acme | NULL | per_ann'
as gus "$whoami"
answers 'authenticator | policies_caller | globex | NULL | per_gus'
as key "$whoami"
answers 'authenticator | policies_caller | acme | app_helpdesk | key_1'
as olga "$whoami"
answers 'authenticator | policies_auditor | NULL | NULL | *'
