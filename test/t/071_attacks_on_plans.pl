# One connection, many callers: claims and roles that change between statements, within them, and under plans and cursors
# that are already made.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use AttackTest qw(attacked_server calendar_id attack as_superuser $acme $acme_app $globex $victim);

my $node = attacked_server('switching');
my $as_acme = "SET ROLE policies_caller; SET request.jwt.claims = '$acme';";
my $as_globex = "SET ROLE policies_caller; SET request.jwt.claims = '$globex';";
my $as_app = "SET ROLE policies_caller; SET request.jwt.claims = '$acme_app';";
my $as_nobody = "SET ROLE policies_caller; SET request.jwt.claims = '';";
my $as_malformed = "SET ROLE policies_caller; SET request.jwt.claims = '{\"tenant_id\": ';";
my $as_auditor = "SET ROLE policies_auditor;";

# Who is seen, and by how many live rows: acme has 4 of its own and 4 of each application.
my $who = 'SELECT tenant_id, count(*) FROM policies_api.policies GROUP BY tenant_id;';
my %seen = (acme => 'acme|12', globex => 'globex|4', app => 'acme|4');

# Settings, their scopes, and what takes them back.
attack('claims follow SET, SET LOCAL, COMMIT and ROLLBACK',
	<<"SQL", output => join("\n", @seen{qw(acme globex app globex acme globex)}));
$as_acme $who
BEGIN; SET LOCAL request.jwt.claims = '$globex'; $who COMMIT;
$as_app BEGIN; $who SET request.jwt.claims = '$globex'; $who ROLLBACK;
$as_acme BEGIN; SET LOCAL request.jwt.claims = '$globex'; ROLLBACK; $who
BEGIN; SET request.jwt.claims = '$globex'; COMMIT; $who
SQL
attack("$_ leaves no claims behind", <<"SQL",
$as_acme SELECT count(*) FROM policies_api.policies \\g /dev/null
$_;
$who
SET ROLE policies_caller;
$who
SQL
	errors => $_ eq 'RESET request.jwt.claims' ? '' : '42501') for 'RESET ALL; RESET ROLE', 'DISCARD ALL',
	'RESET request.jwt.claims';
attack('savepoints give back claims and roles',
	<<"SQL", output => join("\n", @seen{qw(acme globex acme app acme)}, 'policies_caller|', $seen{acme}), errors => '22012');
BEGIN; $as_acme $who
SAVEPOINT one; $as_globex $who
ROLLBACK TO one; $who
SAVEPOINT two; SET LOCAL request.jwt.claims = '$acme_app'; $who
SAVEPOINT three; $as_auditor $as_nobody
SELECT 1/0;
ROLLBACK TO two; $who
SELECT current_user, policies.current_app_id();
COMMIT; $who
SQL
attack('an exception block gives back claims and roles', <<"SQL", output => "policies_caller|acme\n$seen{acme}");
$as_acme
DO \$\$ BEGIN
    PERFORM set_config('request.jwt.claims', '$globex', false), set_config('role', 'policies_auditor', false),
        policies.current_tenant_id();
    RAISE division_by_zero;
EXCEPTION WHEN division_by_zero THEN NULL; END \$\$;
SELECT current_user, policies.current_tenant_id();
$who
SQL
attack('a function that brings claims of its own cannot be made', <<"SQL", errors => '42501 42883', output => $seen{acme});
$as_acme
CREATE FUNCTION probe.of_globex() RETURNS bigint LANGUAGE sql SET request.jwt.claims = '$globex'
    AS 'SELECT count(*) FROM policies_api.policies';
SELECT probe.of_globex();
$who
SQL
# CVE-2024-10978: what a function or a rollback leaves of a role.
attack('a role set in a function, a rollback or a subtransaction ends there',
	<<"SQL", output => "policies_auditor\npolicies_caller\npolicies_caller\npolicies_caller\npolicies_caller\n$seen{acme}");
$as_acme
CREATE FUNCTION probe.role() RETURNS name LANGUAGE sql SET role = 'policies_auditor' AS 'SELECT current_user';
SELECT probe.role();
SELECT current_user;
BEGIN; SET LOCAL ROLE policies_auditor; ROLLBACK;
SELECT current_user;
BEGIN; SET ROLE policies_auditor; ROLLBACK;
SELECT current_user;
BEGIN; SET LOCAL ROLE policies_auditor; COMMIT;
SELECT current_user;
$who
SQL

# Plans made for one and used by another: CVE-2016-2193, CVE-2023-2455, CVE-2024-10976. Each shape reads the tenants that it
# sees, and is run by all in turn.
as_superuser(<<'SQL');
SET ROLE policies_caller;
CREATE FUNCTION probe.inlined() RETURNS SETOF policies.policies LANGUAGE sql STABLE AS 'SELECT * FROM policies.policies';
CREATE FUNCTION probe.volatile() RETURNS SETOF text LANGUAGE sql VOLATILE AS 'SELECT tenant_id FROM policies.policies';
CREATE FUNCTION probe.cached() RETURNS SETOF text
    LANGUAGE plpgsql AS 'BEGIN RETURN QUERY SELECT tenant_id::text FROM policies.policies; END';
CREATE FUNCTION probe.one_by_one() RETURNS SETOF text LANGUAGE plpgsql AS
    'DECLARE r record; BEGIN FOR r IN SELECT tenant_id FROM policies_api.policies LOOP RETURN NEXT r.tenant_id; END LOOP; END';
CREATE FUNCTION probe.atomic() RETURNS SETOF text LANGUAGE sql STABLE BEGIN ATOMIC SELECT tenant_id FROM policies.policies; END;
-- A lie about volatility: it may be folded into a plan, which row security must survive.
CREATE FUNCTION probe.frozen_tenant() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT policies.current_tenant_id()';
CREATE FUNCTION probe.frozen_count() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT count(*) FROM policies.policies';
CREATE VIEW probe.invoker WITH (security_invoker = true) AS SELECT * FROM policies.policies;
GRANT ALL ON ALL TABLES IN SCHEMA probe TO PUBLIC;
SQL
my %shapes = (
	'the table' => 'policies.policies',
	'the live view' => 'policies_api.policies',
	'a subquery' => '(SELECT * FROM policies.policies OFFSET 0) s',
	'a scalar subquery' => '(SELECT (SELECT string_agg(tenant_id, \',\') FROM policies.policies) AS tenant_id) s',
	'an invoker\'s view' => 'probe.invoker',
	'an inlined function' => 'probe.inlined()',
	'a function in BEGIN ATOMIC' => 'probe.atomic() AS f (tenant_id)',
	'a volatile function' => 'probe.volatile() AS f (tenant_id)',
	'a function\'s cached plan' => 'probe.cached() AS f (tenant_id)',
	'a function\'s loop' => 'probe.one_by_one() AS f (tenant_id)',
	'review_due()' => 'policies_api.review_due(\'5000 years\')',
	'a set operation' => '(SELECT tenant_id FROM policies.policies UNION ALL SELECT tenant_id FROM policies_api.tickets) s',
	'a join with the history' => 'policies.policies p JOIN policies_api.policies_history h USING (tenant_id, id)',
	'a partitioned table' => 'policies_api.notes',
	'calendars' => 'policies.business_calendars',
	'the view of calendars' => 'policies_api.business_calendars',
	'a join with the calendars\' history' => 'policies.business_calendars c JOIN policies_api.business_calendars_history h USING '
		. '(tenant_id, id)',
);
for my $shape (sort keys %shapes) {
	my $expression = q{coalesce(string_agg(DISTINCT split_part(tenant_id, ',', 1), ' '), 'none')};
	my %query = (plain => "SELECT $expression FROM $shapes{$shape}",
		cte => "WITH seen AS MATERIALIZED (SELECT tenant_id FROM $shapes{$shape}) SELECT $expression FROM seen");
	for my $mode (qw(force_generic_plan force_custom_plan)) {
		my ($script, @expected) = ("SET plan_cache_mode = $mode;\n");
		for my $kind (sort keys %query) {
			# Made by one who sees all, or by one who sees nothing.
			$script .= ($mode =~ /generic/ ? $as_auditor : $as_nobody) . "PREPARE $kind AS $query{$kind}; EXECUTE $kind \\g /dev/null\n";
			for my $turn ([ acme => $as_acme ], [ globex => $as_globex ], [ none => $as_nobody ], [ acme => $as_app ],
				[ none => $as_malformed ], [ globex => $as_globex ]) {
				$script .= "$turn->[1] EXECUTE $kind;\n";
				push @expected, $turn->[0];
			}
		}
		attack("$shape through prepared plans ($mode)", $script, output => join("\n", @expected));
	}
}
attack('a plan in which a context was frozen', <<"SQL", output => "12\n0\n0\n0\n4");
SET plan_cache_mode = force_generic_plan;
$as_acme PREPARE frozen AS SELECT count(*) FROM policies_api.policies WHERE tenant_id = probe.frozen_tenant(); EXECUTE frozen;
$as_globex EXECUTE frozen;
$as_nobody EXECUTE frozen;
$as_acme ALTER FUNCTION probe.frozen_tenant() COST 2; DISCARD PLANS;
$as_nobody EXECUTE frozen;
$as_globex DISCARD PLANS; EXECUTE frozen;
SQL
attack('a plan after the rights it was made with are gone', <<"SQL", output => 'acme', errors => '42501 42501');
$as_acme PREPARE one AS SELECT DISTINCT tenant_id FROM policies.policies; EXECUTE one;
RESET ROLE; EXECUTE one;
SET ROLE policies_gateway; EXECUTE one;
SQL
attack('writes through plans that others made', <<"SQL", mine => 'acme globex', output => "4\n0\n12", errors => '42501 42501');
SET plan_cache_mode = force_generic_plan;
$as_globex PREPARE change AS WITH changed AS (UPDATE policies.policies SET owner_id = 'x' WHERE NOT is_deleted
    RETURNING tenant_id) SELECT count(*) FROM changed;
PREPARE add AS INSERT INTO policies_api.policies (name) VALUES ('added') RETURNING tenant_id;
EXECUTE change;
$as_nobody EXECUTE change; EXECUTE add;
$as_acme EXECUTE change;
$as_auditor EXECUTE change;
SQL

# The SLA clock keeps what it has read, for whoever asks next: it must be the next one's own. Each form is run by all in turn.
as_superuser(<<'SQL');
SET ROLE policies_caller;
CREATE FUNCTION probe.clock() RETURNS text
    LANGUAGE sql STABLE AS 'SELECT calendar_name FROM policies_api.current_business_calendar()';
CREATE FUNCTION probe.cached_clock() RETURNS text
    LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (policies_api.current_business_calendar()).calendar_name; END';
-- A lie: it is folded into a plan, which must not outlive the caller's own statement.
CREATE FUNCTION probe.target() RETURNS integer
    LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (policies_api.sla_policy_for(''incident'', ''high'')).first_response_minutes; END';
SQL
my %clocks = (
	'current_business_calendar()' => 'SELECT calendar_name FROM policies_api.current_business_calendar()',
	'current_business_calendar() as of now' => 'SELECT calendar_name FROM policies_api.current_business_calendar(now())',
	'sla_deadlines()' => q{SELECT calendar_name FROM policies_api.sla_deadlines('incident', 'high', '2026-11-27')},
	'sla_deadlines() for rows' => q{SELECT DISTINCT d.calendar_name FROM generate_series(1, 50) n,
		LATERAL policies_api.sla_deadlines('incident', 'high', now() - n * interval '1 d') d},
	'an inlined function' => 'SELECT probe.clock()',
	'a function\'s cached plan' => 'SELECT probe.cached_clock()',
);
for my $form (sort keys %clocks) {
	for my $mode (qw(force_generic_plan force_custom_plan)) {
		my $script = "SET plan_cache_mode = $mode;\n$as_acme PREPARE ask AS $clocks{$form}; EXECUTE ask;\n";
		my @expected = ('ordinary calendar acme');
		my $refused = 0;
		for my $turn ([ globex => $as_globex ], [ '' => $as_nobody ], [ acme => $as_acme ], [ 'acme app_one' => $as_app ],
			[ '' => $as_malformed ], [ globex => $as_globex ], [ 'acme app_one' => $as_app ]) {
			$script .= "$turn->[1] EXECUTE ask;\n";
			$turn->[0] ? push @expected, "ordinary calendar $turn->[0]" : ++$refused;
		}
		attack("the clock: $form through a prepared plan ($mode)", $script, output => join("\n", @expected),
			errors => join(' ', ('42501') x $refused));
	}
}
attack('sla_policy_for(): targets of each', <<"SQL", output => "34\n36\n42\n34", errors => '42501');
PREPARE ask AS SELECT probe.target();
$as_acme EXECUTE ask; $as_globex EXECUTE ask; $as_nobody EXECUTE ask; $as_app EXECUTE ask; $as_acme EXECUTE ask;
SQL
attack('claims that switch a thousand times in a statement give each its own clock',
	<<"SQL", claims => $acme, output => "ordinary calendar acme|500\nordinary calendar globex|500");
SELECT c.calendar_name, count(*)
    FROM (SELECT set_config('request.jwt.claims', CASE n % 2 WHEN 0 THEN '$acme' ELSE '$globex' END, false)
        FROM generate_series(1, 1000) n OFFSET 0) s,
    LATERAL policies_api.current_business_calendar(CASE WHEN s.set_config <> '' THEN NULL::timestamptz END) c GROUP BY 1
        ORDER BY 1;
SQL
attack('more callers than the clock keeps in mind',
	<<"SQL", claims => $acme, output => "Around the clock\nordinary calendar acme\nordinary calendar globex");
SELECT DISTINCT c.calendar_name
    FROM (SELECT set_config('request.jwt.claims',
        json_build_object('tenant_id', (ARRAY['acme', 'globex', 't' || n])[n % 3 + 1])::text, false)
            FROM generate_series(1, 600) n OFFSET 0) s,
    LATERAL policies_api.current_business_calendar(CASE WHEN s.set_config <> '' THEN NULL::timestamptz END) c ORDER BY 1;
SQL
my $acmes = calendar_id('acme');
attack('a calendar that one caller named is not the next one\'s to name',
	<<"SQL", output => "t\nt", errors => 'PT404 PT404 42501');
$as_acme SELECT policies_api.is_business_time('2026-11-27 12:00+01', '$acmes');
$as_globex SELECT policies_api.is_business_time('2026-11-27 12:00+01', '$acmes');
$as_app SELECT policies_api.is_business_time('2026-11-27 12:00+01', '$acmes');
$as_nobody SELECT policies_api.is_business_time('2026-11-27 12:00+01', '$acmes');
$as_acme SELECT policies_api.is_business_time('2026-11-27 12:00+01', '$acmes');
SQL
attack('a change that is undone, and one that is not, move only one\'s own clock', <<"SQL",
BEGIN; $as_acme UPDATE policies_api.business_calendars SET name = 'mine' WHERE id = '$acmes'; SELECT probe.clock();
$as_globex SELECT probe.clock(); ROLLBACK;
$as_acme SELECT probe.clock(); $as_globex SELECT probe.clock();
$as_acme UPDATE policies_api.business_calendars SET name = 'kept' WHERE id = '$acmes'; SELECT probe.clock();
$as_globex SELECT probe.clock(); $as_app SELECT probe.clock();
$as_acme UPDATE policies_api.business_calendars SET name = 'ordinary calendar acme' WHERE id = '$acmes'; SELECT probe.clock();
SQL
	mine => 'acme', output => "mine\nordinary calendar globex\nordinary calendar acme\nordinary calendar globex\nkept\n"
		. "ordinary calendar globex\nordinary calendar acme app_one\nordinary calendar acme");
attack('a cursor over deadlines gives each reader its own clock, or the opener\'s',
	<<"SQL", output => qr/\A(?:ordinary calendar (?:acme|globex)\n)*-\z/, errors => qr/\A(?:42501)?\z/);
$as_acme BEGIN;
DECLARE c CURSOR FOR SELECT d.calendar_name FROM generate_series(1, 9) n, LATERAL policies_api.sla_deadlines('incident', 'high',
    now() - n * interval '1 d') d;
FETCH 2 FROM c;
$as_globex FETCH 2 FROM c;
SELECT '-';
COMMIT;
SQL

# Cursors.
# PostgreSQL runs a held cursor again at COMMIT, and gives up when its first rows are not there any more.
attack('a cursor gives only what its opener or its reader may see',
	<<"SQL", errors => 'XX000 34000', output => qr/\A(?:acme\n|globex\n|-\n)*(?:acme|globex|-)\z/);
$as_acme BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT tenant_id FROM policies.policies;
DECLARE h CURSOR WITH HOLD FOR SELECT tenant_id FROM policies.policies ORDER BY id;
FETCH 1 FROM c; FETCH 1 FROM h;
SET LOCAL request.jwt.claims = '$globex'; FETCH 5 FROM c; FETCH 5 FROM h;
SET LOCAL request.jwt.claims = ''; FETCH ALL FROM c; FETCH BACKWARD ALL FROM c;
SET LOCAL request.jwt.claims = '{"tenant_id": '; FETCH ALL FROM c; MOVE ABSOLUTE 0 FROM c; FETCH ALL FROM c;
SELECT '-';
COMMIT;
$as_globex FETCH ALL FROM h;
SQL
attack('a cursor opened without claims shows nothing but its reader\'s', <<"SQL", output => qr/\A(?:acme\n)*-\z/);
$as_nobody BEGIN;
DECLARE c CURSOR FOR SELECT tenant_id FROM policies.policies;
$as_acme FETCH ALL FROM c;
SELECT '-';
COMMIT;
SQL
attack('WHERE CURRENT OF a cursor that another opened', <<"SQL", mine => 'acme globex', output => "acme\nacme");
BEGIN; $as_acme
DECLARE c CURSOR FOR SELECT tenant_id FROM policies.policies WHERE tenant_id = 'acme' ORDER BY id FOR UPDATE;
FETCH 1 FROM c;
$as_globex UPDATE policies.policies SET owner_id = 'globex was here' WHERE CURRENT OF c RETURNING tenant_id;
$as_acme UPDATE policies.policies SET owner_id = 'acme was here' WHERE CURRENT OF c RETURNING tenant_id;
COMMIT;
SELECT 1 FROM policies.policies WHERE owner_id = 'globex was here';
SQL

# Claims that change while a statement runs. Whoever can do that can name any tenant anyway (SECURITY.md); but what was never
# named stays out of sight, and what is written is written for one of them as a whole.
as_superuser(<<"SQL");
SET ROLE policies_caller;
CREATE FUNCTION probe.switch(claims text) RETURNS boolean VOLATILE COST 0.0000001 LANGUAGE plpgsql AS
    'BEGIN PERFORM set_config(''request.jwt.claims'', claims, false); RETURN true; END';
CREATE FUNCTION probe.other() RETURNS boolean VOLATILE LANGUAGE plpgsql AS \$\$ BEGIN
    PERFORM set_config('request.jwt.claims', CASE policies.current_tenant_id() WHEN 'acme' THEN '$globex' ELSE '$acme' END,
        false);
    RETURN policies.current_tenant_id() IS NOT NULL;
END \$\$;
SQL
my $named_only = qr/\A(?:acme|globex)?(?:\n(?:acme|globex))*\z/;
for my $scan ('', 'SET enable_seqscan = off; SET enable_bitmapscan = off;', 'SET enable_indexscan = off;
	SET enable_indexonlyscan = off;') {
	for my $reading ('set_config in the target list|SELECT tenant_id FROM policies.policies, set_config(\'request.jwt.claims\', '
		. '$$GLOBEX$$, false) UNION SELECT tenant_id FROM policies_api.policies',
		'set_config in each row|SELECT DISTINCT tenant_id FROM (SELECT tenant_id, set_config(\'request.jwt.claims\', $$GLOBEX$$, '
			. 'false) FROM policies.policies OFFSET 0) s',
		'a volatile condition|SELECT DISTINCT tenant_id FROM policies.policies WHERE probe.switch($$GLOBEX$$)',
		'a condition that switches each time|SELECT DISTINCT tenant_id FROM policies.policies WHERE probe.other()',
		'a lateral join|SELECT DISTINCT p.tenant_id FROM generate_series(1, 20) CROSS JOIN LATERAL (SELECT probe.other()) s CROSS JOIN '
			. 'LATERAL (SELECT tenant_id FROM policies.policies OFFSET 0) p',
		'claims cleared in each row|SELECT DISTINCT tenant_id FROM policies.policies WHERE probe.switch($$$$)') {
		my ($name, $sql) = split /\|/, $reading, 2;
		attack("$name, $scan", "$scan\n" . $sql =~ s/GLOBEX/$globex/gr . ';', claims => $acme, output => $named_only);
	}
}
attack('writes during which claims switch', <<"SQL", claims => $acme, mine => 'acme globex', errors => '42501 42501 42501 42501');
INSERT INTO policies_api.policies (name, priority, applies_to) SELECT 'switched', n::text, '["switched"]'
    FROM generate_series(1, 50) n WHERE probe.other();
UPDATE policies_api.policies SET owner_id = probe.other()::text;
UPDATE policies.policies SET description = set_config('request.jwt.claims', '$globex', false) WHERE name = 'switched';
UPDATE policies.policies SET status = 'draft' WHERE probe.other() AND priority < '25';
DELETE FROM policies_api.policies WHERE priority > '30' AND probe.other();
SELECT count(policies_api.complete_policy(id)) FROM policies_api.policies WHERE name = 'switched' AND next_review_at IS NULL
    AND probe.switch('$acme') \\g /dev/null
WITH moved AS (UPDATE policies.policies SET name = 'moved' WHERE probe.other()
    RETURNING *) INSERT INTO policies_api.policies (name) SELECT name FROM moved;
SQL
is(as_superuser("SELECT DISTINCT tenant_id, created_by FROM policies.policies WHERE name IN ('switched', 'moved')
	AND app_id IS NULL AND created_by NOT LIKE 'svc%' ORDER BY 1"),
	"acme|per_mal\nglobex|per_gus", 'what they wrote has the tenant and the person of the same claims');
is(as_superuser(slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql")), '', 'and every invariant of the register holds');
attack('claims that switch a hundred thousand times in one statement', <<"SQL", claims => $acme, output => '100000|2');
SELECT count(*), count(DISTINCT t) FROM (SELECT policies.current_tenant_id() AS t FROM generate_series(1, 100000)
    WHERE probe.other() OFFSET 0) s;
SQL

done_testing();
