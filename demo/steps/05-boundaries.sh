# shellcheck shell=bash disable=SC2154
fingerprint="SELECT count(*) AS policies, md5(string_agg(p::text, '' ORDER BY id)) AS fingerprint
FROM policies.policies p WHERE tenant_id = 'acme';"
nobody_has=pol_01J9Z3NDEKTSV4RRFFQ69G5FAV

step "another tenant: Gus of globex creates a policy, from the package's Perl policy, and sees nothing else"
login dba "$fingerprint"
answers '3 | ????????????????????????????????'
untouched=$(cell 2)
as gus "\\set perl \`zcat ${manual_file%/*}/perl-policy.txt.gz\`
INSERT INTO policies_api.policies (name, category, body, review_cadence, next_review_at)
VALUES ('Debian Perl Policy', 'compliance', :'perl', '6 months', now() - interval '3 days')
RETURNING id, tenant_id, created_by, length(body) > 1000 AS has_text;"
answers 'pol_* | globex | per_gus | t' 'INSERT 0 1'
perl=$(cell 1)
as gus "SELECT id, tenant_id, name FROM policies_api.policies;"
answers "$perl | globex | Debian Perl Policy"
as gus "SELECT name FROM policies_api.policies WHERE id = '$manual' OR tenant_id = 'acme'
UNION ALL SELECT name FROM policies.policies WHERE tenant_id <> 'globex' OR id = '$sla'
UNION ALL SELECT name FROM policies_api.policies_history
UNION ALL SELECT note FROM policies_api.policy_reviews;"
answers

step "globex cannot change what is acme's"
as gus "UPDATE policies_api.policies SET name = 'Taken over' WHERE id = '$manual';"
answers 'UPDATE 0'
as gus "UPDATE policies_api.policies SET tenant_id = 'globex', name = 'Taken over' WHERE tenant_id = 'acme';"
answers 'UPDATE 0'
as gus "DELETE FROM policies_api.policies WHERE id = '$manual';"
answers 'DELETE 0'
as gus "DELETE FROM policies.policies;"
refused 42501 'permission denied for table policies'
as gus "TRUNCATE policies.policies CASCADE;"
refused 42501 'permission denied for table policies'

step "globex cannot write in acme's name, nor take acme's id"
tell "The tenant comes from the claims and the id from the server, whatever the statement says."
as gus "INSERT INTO policies_api.policies (tenant_id, id, created_by, name)
VALUES ('acme', '$manual', 'per_ann', 'Forged')
RETURNING id <> '$manual' AS other_id, tenant_id, created_by, name;"
answers 't | globex | per_gus | Forged' 'INSERT 0 1'
as gus "INSERT INTO policies.policies (tenant_id, id, name) VALUES ('acme', '$manual', 'Forged again')
ON CONFLICT (tenant_id, id) DO UPDATE SET name = 'Taken over'
RETURNING id <> '$manual' AS other_id, tenant_id, name;"
answers 't | globex | Forged again' 'INSERT 0 1'

step "globex cannot probe what acme has"
tell "The SLA policy that clashed in acme clashes with nothing here; and a policy of acme's is as little there as one that \
nobody has."
as gus "INSERT INTO policies_api.policies (name, applies_to, priority) VALUES ('Probe', '[\"outage\", \"question\"]', 'high')
RETURNING tenant_id, status;"
answers 'globex | active' 'INSERT 0 1'
as gus "SELECT FROM policies_api.complete_policy('$manual');"
refused PT404 "policy \"$manual\" "
refusal=${output//$manual/}
as gus "SELECT FROM policies_api.complete_policy('$nobody_has');"
refused PT404 "policy \"$nobody_has\" "
[ "$refusal" = "${output//$nobody_has/}" ] || fail "the two refusals differ in more than the id: $refusal"
login dba "$fingerprint"
answers "3 | $untouched"

step "a login without trust sets the claims itself, and gets nothing"
login stranger "SET ROLE policies_caller;
SET request.jwt.claims = '{\"tenant_id\": \"acme\", \"sub\": \"per_ann\"}';
SELECT policies.current_tenant_id() AS tenant, count(*) AS policies FROM policies_api.policies;
SELECT policies.context_problem();"
answers SET SET 'NULL | 0' 'the claims of login role "stranger" are not believed'
login stranger "SET ROLE policies_caller;
SET request.jwt.claims = '{\"tenant_id\": \"acme\", \"sub\": \"per_ann\"}';
INSERT INTO policies_api.policies (name) VALUES ('Forged by a stranger');"
refused 42501 'stranger' 'policies_gateway'
login stranger "SET ROLE policies_gateway;"
refused 42501 'permission denied to set role "policies_gateway"'

step "an application's key sees the application's rows alone"
as key "INSERT INTO policies_api.policies (name, source_type) VALUES ('Ticket etiquette', 'system')
RETURNING id, tenant_id, app_id, created_by;"
answers 'pol_* | acme | app_helpdesk | key_1' 'INSERT 0 1'
as key "SELECT name, app_id FROM policies_api.policies;"
answers 'Ticket etiquette | app_helpdesk'
as key "UPDATE policies_api.policies SET name = 'Taken over' WHERE id = '$manual';"
answers 'UPDATE 0'
as key "SELECT FROM policies_api.complete_policy('$manual');"
refused PT404 "policy \"$manual\" "
tell "Ann, a person of the tenant, sees the whole of it."
as ann "SELECT name, app_id FROM policies_api.policies ORDER BY name;"
answers 'Debian Policy Manual | NULL' 'Fast lane | NULL' 'Faster lane | NULL' 'Ticket etiquette | app_helpdesk'
