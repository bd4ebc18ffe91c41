# Who one is: forged, borrowed and malformed claims, roles and settings, as real logins.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use AttackTest qw(attacked_server victim_id calendar_id attack as_superuser $acme $acme_app $globex $victim);

my $node = attacked_server('forged');
my $id = victim_id(q(name = 'classified 1'));
my $deleted_id = victim_id(q(name = 'classified deleted'));
my $calendar = calendar_id('victim');

# Everything a caller can read, and each way of writing; for one without a context.
my $reads = <<'SQL';
SELECT name FROM policies_api.policies;
SELECT name FROM policies_api.deleted_policies;
SELECT name FROM policies_api.policies_history;
SELECT note FROM policies_api.policy_reviews;
SELECT name FROM policies_api.review_due('1000 years');
SELECT * FROM policies_api.tickets;
SELECT name FROM policies_api.business_calendars;
SELECT name FROM policies_api.deleted_business_calendars;
SELECT name FROM policies_api.business_calendars_history;
SELECT * FROM policies.business_calendars;
SELECT * FROM policies.business_calendars_history;
SELECT * FROM policies.policies;
SELECT * FROM policies.policies_history;
SELECT * FROM policies.policy_reviews;
SELECT * FROM helpdesk.notes;
SQL
my $writes = <<"SQL";
UPDATE policies_api.policies SET name = 'taken';
UPDATE policies.policies SET tenant_id = 'acme';
DELETE FROM policies_api.policies;
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE id = '$deleted_id';
SELECT name FROM policies.policies WHERE id = '$id' FOR UPDATE;
UPDATE policies_api.business_calendars SET name = 'taken', holidays = '[]';
UPDATE policies.business_calendars SET tenant_id = 'acme';
DELETE FROM policies_api.business_calendars;
UPDATE policies_api.deleted_business_calendars SET is_deleted = false;
SELECT name FROM policies.business_calendars WHERE id = '$calendar' FOR UPDATE;
SQL
my $refused_writes = <<"SQL";
INSERT INTO policies_api.policies (name) VALUES ('forged');
INSERT INTO policies.policies (tenant_id, name) VALUES ('victim', 'forged');
SELECT policies_api.complete_policy('$id');
DELETE FROM policies.policies;
TRUNCATE policies.policies CASCADE;
SQL
my $hours = q('[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]');
my $calendar_writes = <<"SQL";
INSERT INTO policies_api.business_calendars (time_zone, opening_hours) VALUES ('UTC', $hours);
INSERT INTO policies.business_calendars (tenant_id, time_zone, opening_hours) VALUES ('victim', 'UTC', $hours);
SELECT policies_api.import_holidays('$calendar', 'BEGIN:VCALENDAR');
DELETE FROM policies.business_calendars;
TRUNCATE policies.business_calendars, policies.business_calendars_history;
UPDATE policies.business_calendars_history SET name = 'taken';
SQL
# Each function of the SLA clock, with the victim's calendar where one can be named.
my @clock = map { "SELECT * FROM policies_api.$_;\n" } 'current_business_calendar()', 'current_business_calendar(now())',
  map({ my $named = $_;
  	map { s/\)$/$named)/r } "add_business_minutes('2026-11-27', 60)", "business_minutes_between('2026-11-27', '2026-11-30')",
	'is_business_time(now())', 'next_business_opening(now())' } '', ", calendar_id => '$calendar'"),
  q{sla_policy_for('incident', 'high')}, q{sla_policy_for('incident', 'high', now())},
  q{sla_deadlines('incident', 'high', '2026-11-27')},
  q{sla_deadlines('incident', 'high', '2026-11-27', as_of => now())}, q{sla_status('incident', 'high', '2026-11-27')};
my $nothing = "$reads$writes$refused_writes$calendar_writes@clock";
my @nothing = (errors => join(' ', ('42501') x (11 + @clock)));
# helpdesk is a schema that callers were not let into.
as_superuser('GRANT USAGE ON SCHEMA helpdesk TO policies_caller, policies_auditor');

# A login that nobody trusts, whatever it claims and however.
my %forgeries = (
	'the victim\'s' => $victim,
	'with an administrator\'s role in them' => '{"tenant_id": "victim", "role": "policies_admin", "sub": "postgres"}',
	'in every place at once' => '{"tenant_id": "victim", "app_metadata": {"tenant_id": "victim"}, "tenant": "victim", "/tenant_id": '
		. '"victim"}',
);
attack("a stranger with claims: $_", $nothing, login => 'stranger', claims => $forgeries{$_}, @nothing) for sort keys %forgeries;
attack('a stranger without a role set', "SET request.jwt.claims = '$victim';\n$nothing", login => 'stranger', @nothing);
attack('a stranger that sets everything else that names a tenant', <<"SQL", login => 'stranger', @nothing);
SET request.jwt.claim.tenant_id = 'victim';
SET request.jwt.claim.sub = 'per_vic';
SET policies.tenant_id = 'victim';
SET policies.current_tenant_id = 'victim';
SET app.tenant_id = 'victim';
SET "request.jwt.Claims" = '$victim';
$nothing
SQL
attack('a stranger that connects with claims', $nothing, login => 'stranger',
	options => '-c request.jwt.claims={"tenant_id":"victim"}', @nothing);
attack('a stranger that connects with a role', 'SELECT current_user', login => 'stranger', options => '-c role=policies_admin');
attack('a stranger that calls itself the gateway', <<"SQL", login => 'stranger', errors => '42501 42501 42501 42501 42501');
SET ROLE gateway;
SET ROLE policies_gateway;
SET ROLE policies_admin;
SET SESSION AUTHORIZATION gateway;
SET session_authorization = 'postgres';
SQL
attack('a stranger that makes itself trusted',
	<<"SQL", login => 'stranger', errors => '42501 42501 42501 42501 42501 42501 42501');
GRANT policies_gateway TO stranger;
GRANT stranger TO gateway;
CREATE ROLE policies_gateway2 IN ROLE policies_gateway;
ALTER ROLE stranger SUPERUSER;
ALTER ROLE stranger BYPASSRLS;
ALTER ROLE gateway PASSWORD 'mine';
SET session_replication_role = replica;
SQL
attack('a stranger that keeps claims and settings with its role',
	<<"SQL", login => 'stranger', errors => '42501 42501 42501 42501 42501');
ALTER ROLE stranger SET request.jwt.claims = '$victim';
ALTER ROLE stranger SET policies.tenant_claim = 'sub';
ALTER ROLE stranger SET session_replication_role = 'replica';
ALTER DATABASE postgres SET request.jwt.claims = '$victim';
ALTER ROLE ALL SET request.jwt.claims = '$victim';
SQL
attack('a stranger that turns row security off', "SET row_security = off;\nSELECT * FROM policies.policies;\n"
	. "SELECT * FROM policies_api.policies;\n",
	login => 'stranger', errors => '42501 42501');

# Which claim names the tenant is the administrator's to say, not the session's.
my $my_tenant = 'SELECT policies.current_tenant_id(), current_setting(\'policies.tenant_claim\');';
my $two = '{"tenant_id": "acme", "sub": "victim", "x": {"tenant_id": "victim"}}';
for my $setting (qw(tenant_claim app_claim person_claim)) {
	attack("the gateway connects with another $setting", $my_tenant, claims => $two, options => "-c policies.$setting=sub",
		output => 'acme|tenant_id');
	attack("the gateway sets another $setting",
		<<"SQL", claims => $two, errors => '42501 42501 42501', output => "acme|tenant_id\nacme|tenant_id");
$my_tenant
SET policies.$setting = 'sub';
SELECT set_config('policies.$setting', '/x/tenant_id', true);
ALTER ROLE gateway SET policies.$setting = 'sub';
$my_tenant
SQL
	attack("the gateway sets another $setting before the library is loaded", <<"SQL", claims => $two, output => 'acme|tenant_id');
SET policies.$setting = 'sub';
$my_tenant
SQL
}
attack('an administrator sets another claim', "SELECT policies.register_version() \\g /dev/null\n"
	. "SET policies.tenant_claim = 'sub';", login => 'administrator', errors => '42501');
attack('a function that sets another claim while it runs', <<'SQL', claims => $two, errors => '42501 42883', mine => 'acme');
SELECT policies.current_tenant_id() \g /dev/null
CREATE FUNCTION probe.as_sub() RETURNS SETOF text LANGUAGE sql SET policies.tenant_claim = 'sub'
    AS 'SELECT name FROM policies_api.policies';
SELECT probe.as_sub();
SQL

# The gateway's login has no rights of its own, and takes on none but those it was given.
attack('the gateway without a role', <<"SQL", errors => join(' ', ('42501') x 25));
SET request.jwt.claims = '$victim';
$reads$writes
SQL
attack('the gateway without a role asks the SLA clock', "SET request.jwt.claims = '$victim';\n$calendar_writes@clock",
	errors => join(' ', ('42501') x (6 + @clock)));
attack('the gateway takes on roles that it is no member of',
	<<'SQL', claims => $acme, errors => join(' ', ('42501') x 6), output => 'policies_caller|gateway');
SET ROLE policies_admin;
SET ROLE postgres;
SET ROLE operator;
SET ROLE table_owner;
SET SESSION AUTHORIZATION postgres;
SET SESSION AUTHORIZATION stranger;
SELECT current_user, session_user;
SQL
attack('a caller grants what it has and what it has not', <<'SQL', claims => $acme, errors => '42501 42501 42501 42501 42501');
GRANT policies_admin TO policies_caller;
GRANT SELECT ON policies.sla_coverage TO policies_caller;
GRANT DELETE, TRUNCATE ON policies.policies TO policies_caller;
ALTER TABLE policies.policies NO FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON policies.policies TO policies_caller USING (true);
ALTER POLICY policies_tenant_scope ON policies.policies USING (true);
SQL

# Claims without a sound tenant give none, however close they come.
my %malformed = (
	'an escaped NUL behind the tenant' => '{"tenant_id": "victim\u0000"}',
	'an escaped NUL before it' => '{"tenant_id": "\u0000victim"}',
	'half of a surrogate pair' => '{"tenant_id": "victim\ud800"}',
	'an overlong form of a letter' => "{\"tenant_id\": \"\xc1\xb6ictim\"}",
	'too long a tenant' => '{"tenant_id": "' . 'victim' x 50 . '"}',
	'an array of tenants' => '{"tenant_id": ["victim"]}',
	'an object' => '{"tenant_id": {"victim": "victim"}}',
	'a number' => '{"tenant_id": 0}',
	'text behind the JSON' => '{"tenant_id": "victim"} {"tenant_id": "acme"}',
	'a comment' => '{"tenant_id": "victim" /* , */}',
	'a comma too many' => '{"tenant_id": "victim",}',
	'single quotes' => "{'tenant_id': 'victim'}",
	'an app that is no string' => '{"tenant_id": "victim", "app_id": {}}',
	'a wildcard' => '{"tenant_id": "%"}',
	'SQL' => q({"tenant_id": "x' OR true --"}),
	'another case' => '{"tenant_id": "VICTIM"}',
	'a blank behind the tenant' => '{"tenant_id": "victim "}',
	'a letter that only looks alike' => '{"tenant_id": "v\u0456ctim"}',
);
for my $kind (sort keys %malformed) {
	attack("claims with $kind", "$reads$writes", claims => $malformed{$kind}, errors => $kind =~ /overlong/ ? '22021' : '');
}
attack("claims with $_: the SLA clock", "@clock", claims => $malformed{$_}, errors => join(' ', ('42501') x @clock))
	for 'an escaped NUL behind the tenant', 'an array of tenants', 'text behind the JSON', 'an app that is no string';
attack("claims of $_ who is nobody: the SLA clock", "@clock", claims => $malformed{$_},
	output => qr/\A(?:\|Around the clock\|UTC\n){2}(?:(?!cla).)*\z/s, errors => 'PT404 PT404 PT404 PT404')
	for 'another case', 'a blank behind the tenant', 'a letter that only looks alike', 'a wildcard', 'SQL';
attack('ten megabytes of claims', <<"SQL", role => 'policies_caller');
SELECT set_config('request.jwt.claims', format('{"tenant_id": "victim", "app_id": "%s"}', repeat('x', 10000000)),
    false) \\g /dev/null
$reads
SQL
attack('claims nested a million deep', <<"SQL", role => 'policies_caller');
SELECT set_config('request.jwt.claims', repeat('{"tenant_id":', 1000000), false) \\g /dev/null
$reads
SQL
# As PostgreSQL's jsonb and RFC 7519 have it, so that a proxy in front sees the same tenant.
attack('a tenant named twice is the last',
	'SELECT policies.current_tenant_id(), current_setting(\'request.jwt.claims\')::jsonb ->> \'tenant_id\';',
	claims => '{"tenant_id": "victim", "tenant_id": "acme"}', output => 'acme|acme');
attack('an escaped name is the same name', 'SELECT policies.current_tenant_id();',
	claims => '{"tenant_id": "victim", "tenant\u005fid": "acme"}', output => 'acme');

# An application's key stays in its application.
attack('an app key reaches for the other application and for the tenant',
	<<"SQL", claims => $acme_app, mine => 'acme', never => 'restricted', output => "4\n0\n0\n4");
SELECT count(*) FROM policies_api.policies;
SELECT count(*) FROM policies.policies WHERE app_id IS DISTINCT FROM 'app_one';
SELECT count(*) FROM policies_api.policies_history WHERE app_id IS DISTINCT FROM 'app_one';
UPDATE policies.policies SET app_id = 'app_two' WHERE name LIKE 'ordinary%';
SELECT count(*) FROM policies.policies WHERE app_id = 'app_one' AND NOT is_deleted;
SQL
my $other_app = as_superuser(q(SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM policies.policies p
	WHERE tenant_id = 'acme' AND app_id IS DISTINCT FROM 'app_one'));
my $restricted_id = victim_id(q(name = 'restricted 1'));
attack('an app key writes to the other application',
	<<"SQL", claims => $acme_app, mine => 'acme', never => 'restricted', errors => 'PT404');
UPDATE policies_api.policies SET name = 'taken' WHERE id = '$restricted_id';
UPDATE policies.policies SET name = 'taken' WHERE app_id = 'app_two' OR app_id IS NULL;
DELETE FROM policies_api.policies WHERE id = '$restricted_id';
SELECT policies_api.complete_policy('$restricted_id');
MERGE INTO policies.policies p USING (VALUES ('$restricted_id')) v (id) ON p.id = v.id WHEN MATCHED THEN UPDATE
    SET name = 'taken';
SQL
is(as_superuser(q(SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM policies.policies p
	WHERE tenant_id = 'acme' AND app_id IS DISTINCT FROM 'app_one')),
	$other_app, 'and the rows of the other application are as they were');

# Calendars, too: an application has its own, and no other's, not even the tenant's.
my %calendar = map { $_ => calendar_id($_) } 'acme', 'acme app_one', 'acme app_two', 'globex';
my $other_calendars = as_superuser(q(SELECT md5(string_agg(c::text, ',' ORDER BY id)) FROM policies.business_calendars c
	WHERE tenant_id = 'acme' AND app_id IS DISTINCT FROM 'app_one'));
attack('an app key reads calendars and the clock', <<"SQL",
SELECT count(*) FROM policies_api.business_calendars;
SELECT count(*) FROM policies.business_calendars WHERE app_id IS DISTINCT FROM 'app_one';
SELECT count(*) FROM policies_api.business_calendars_history WHERE app_id IS DISTINCT FROM 'app_one';
SELECT calendar_name FROM policies_api.current_business_calendar();
SELECT policy_name, first_response_minutes FROM policies_api.sla_policy_for('incident', 'high');
SELECT policy_name, first_response_minutes FROM policies_api.sla_policy_for('restricted', 'high');
SELECT calendar_name FROM policies_api.sla_deadlines('incident', 'high', now());
SQL
	claims => $acme_app, never => 'restricted|calendar acme$|calendar acme app_two',
	output => "2\n0\n0\nordinary calendar acme app_one\nordinary sla|42\n|\nordinary calendar acme app_one");
attack("an app key names $_\'s calendar", <<"SQL",
SELECT policies_api.add_business_minutes(now(), 60, '$calendar{$_}');
SELECT policies_api.business_minutes_between(now(), now(), '$calendar{$_}');
SELECT policies_api.is_business_time(now(), '$calendar{$_}');
SELECT policies_api.next_business_opening(now(), '$calendar{$_}');
SELECT policies_api.import_holidays('$calendar{$_}', 'BEGIN:VCALENDAR');
SELECT policies_api.import_holidays(lower('$calendar{$_}'), 'BEGIN:VCALENDAR', '2999-01-01');
UPDATE policies_api.business_calendars SET name = 'taken' WHERE id = '$calendar{$_}';
UPDATE policies.business_calendars SET is_default = false WHERE app_id = 'app_two' OR app_id IS NULL;
DELETE FROM policies_api.business_calendars WHERE id = '$calendar{$_}';
UPDATE policies.business_calendars SET app_id = NULL WHERE false;
SQL
	claims => $acme_app, mine => 'acme', never => 'restricted', errors => join(' ', ('PT404') x 6)) for 'acme', 'acme app_two',
	'globex';
is(as_superuser(q(SELECT md5(string_agg(c::text, ',' ORDER BY id)) FROM policies.business_calendars c
	WHERE tenant_id = 'acme' AND app_id IS DISTINCT FROM 'app_one')),
	$other_calendars, 'and the calendars of the tenant and the other application are as they were');
attack('an app key makes a calendar for the other application',
	<<"SQL", claims => $acme_app, mine => 'acme', never => 'restricted', errors => '23505', output => 'app_one');
INSERT INTO policies_api.business_calendars (name, app_id, time_zone, opening_hours, is_default)
    VALUES ('x', 'app_two', 'UTC', $hours, false) RETURNING app_id;
INSERT INTO policies.business_calendars (name, app_id, time_zone, opening_hours) VALUES ('x', 'app_two', 'UTC', $hours);
SQL

# An auditor reads all and writes nothing, whatever it claims.
for my $claims ($acme, $victim) {
	attack('an auditor writes',
		<<"SQL", login => 'auditor', claims => $claims, role => 'policies_auditor', errors => join(' ', ('42501') x 26));
INSERT INTO policies_api.policies (name) VALUES ('by an auditor');
INSERT INTO policies.policies (tenant_id, name) VALUES ('victim', 'by an auditor');
UPDATE policies_api.policies SET name = 'taken';
UPDATE policies.policies SET name = 'taken';
UPDATE policies_api.deleted_policies SET is_deleted = false;
DELETE FROM policies_api.policies;
DELETE FROM policies.policies;
DELETE FROM policies.policies_history;
UPDATE policies_api.policy_reviews SET note = 'taken';
INSERT INTO policies.sla_coverage VALUES ('victim', '', 'high', 'x', '$id');
TRUNCATE policies.policies_history;
SELECT name FROM policies.policies FOR UPDATE;
SELECT policies_api.complete_policy('$id');
SELECT policies.purge_deleted('0');
SELECT policies.create_register();
SELECT policies.unprotect_table('helpdesk.tickets');
CREATE TABLE policies_api.mine (x int);
INSERT INTO policies_api.business_calendars (time_zone, opening_hours) VALUES ('UTC', $hours);
UPDATE policies_api.business_calendars SET name = 'taken';
UPDATE policies.business_calendars SET holidays = '[]';
UPDATE policies_api.deleted_business_calendars SET is_deleted = false;
DELETE FROM policies_api.business_calendars;
DELETE FROM policies.business_calendars_history;
UPDATE policies_api.business_calendars_history SET name = 'taken';
SELECT policies_api.import_holidays('$calendar', 'BEGIN:VCALENDAR');
SELECT name FROM policies.business_calendars FOR UPDATE;
SQL
}
attack('an auditor asks the clock: as the tenant of its login\'s claims, which are none', "@clock", login => 'auditor',
	claims => $victim, role => 'policies_auditor', errors => join(' ', ('42501') x @clock));
attack('an auditor of the gateway has the clock of its claims', 'SELECT calendar_name
	FROM policies_api.current_business_calendar(); ' . "SELECT policies_api.is_business_time(now(), '$calendar')",
	claims => $acme, role => 'policies_auditor', output => 'ordinary calendar acme', errors => 'PT404');

# Those who see everything do so by design, and what they read is theirs to read: SECURITY.md says so.
as_superuser('GRANT policies_caller TO operator');
my @operator = (login => 'operator', role => 'operator', claims => $acme);
attack('a BYPASSRLS role reads all and cannot write: its claims are not believed',
	<<"SQL", @operator, errors => join(' ', ('42501') x 5), output => '5');
SELECT count(*) FROM policies.policies WHERE tenant_id = 'victim';
INSERT INTO policies.policies (name) VALUES ('by an operator');
UPDATE policies.policies SET name = 'taken' WHERE tenant_id = 'victim';
DELETE FROM policies.policies;
DELETE FROM policies_api.policies;
UPDATE policies.policies_history SET name = 'taken';
SQL
for my $statement ('BYPASSRLS', 'SQL in a trusted session', 'table\'s owner', 'Planner estimates', 'Timing') {
	like(slurp_file("$ENV{SCRATCH}/SECURITY.md"), qr/\Q$statement\E/, "SECURITY.md tells of: $statement");
}

done_testing();
