# Ways around a table: parallel workers, logical decoding, the statistics views, locks that hold others up, and roles that were
# there before the extension.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register);
use AttackTest qw(attacked_server victim_id ask attack as_superuser $acme $acme_app $globex $victim);

my $node = attacked_server('server', 'wal_level = logical', 'max_worker_processes = 8', 'track_activity_query_size = 4096',
	'log_lock_waits = on',
	"session_preload_libraries = 'policies'");
as_superuser('GRANT USAGE ON SCHEMA helpdesk TO policies_caller');
my $id = victim_id(q(name = 'classified 1'));

# Parallel workers know the claims, and see what their leader sees. The setting's name is another one from PostgreSQL 16 on.
as_superuser(q(INSERT INTO policies.policies (tenant_id, name) SELECT t, CASE t WHEN 'victim' THEN 'classified' ELSE 'bulk' END
	FROM unnest('{acme,globex,victim}'::text[]) t, generate_series(1, 2000)));
as_superuser('ANALYZE policies.policies');
my $parallel = <<'SQL';
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query') \g /dev/null
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 4;
SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;
SQL
my %in_parallel = ($acme => '2015|acme|acme', $globex => '2005|globex|globex', $acme_app => '5|acme|acme', '' => '0||',
	'{"tenant_id": ' => '0||');
for my $claims (sort keys %in_parallel) {
	attack("parallel workers with the claims $claims", "$parallel SET request.jwt.claims = \$c\$$claims\$c\$;
		SELECT count(*), min(tenant_id), max(tenant_id) FROM policies.policies;",
		role => 'policies_caller', output => $in_parallel{$claims});
	like((ask('gateway', "SET ROLE policies_caller; $parallel SET request.jwt.claims = \$c\$$claims\$c\$;
		EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT count(*), min(tenant_id) FROM policies.policies"))[0],
		qr/Workers Launched: [1-9]/, 'which did run');
}
# Workers keep the rules of the SLA clock apart, too, and no worker outlives its leader's statement.
as_superuser('CREATE TABLE probe.opened AS SELECT now() - n * interval \'1 h\' AS at FROM generate_series(1, 5000) n;
	ANALYZE probe.opened; GRANT SELECT ON probe.opened TO PUBLIC');
for my $turn ([ $acme => 'ordinary calendar acme|34' ], [ $globex => 'ordinary calendar globex|36' ],
	[ $acme_app => 'ordinary calendar acme app_one|42' ]) {
	my $sql = "SELECT string_agg(DISTINCT d.calendar_name, ' '), min(p.first_response_minutes)
		FROM probe.opened, LATERAL policies_api.sla_deadlines('incident', 'high', at) d,
			LATERAL policies_api.sla_policy_for('incident', 'high') p";
	attack("the clock in parallel workers with the claims $turn->[0]", "$parallel SET request.jwt.claims = '$turn->[0]'; $sql;",
		role => 'policies_caller', output => $turn->[1]);
	like((ask('gateway', "SET ROLE policies_caller; $parallel SET request.jwt.claims = '$turn->[0]';
		EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) $sql"))[0], qr/Workers Launched: [1-9]/, 'which did run');
}
attack('the clock in parallel workers, without claims', "$parallel SET request.jwt.claims = ''; SELECT count(d)
	FROM probe.opened, LATERAL policies_api.sla_deadlines('incident', 'high', at) d;", role => 'policies_caller', errors => '42501');
attack('the clock in parallel workers of a stranger', "$parallel SET request.jwt.claims = '$victim'; SELECT count(d)
	FROM probe.opened, LATERAL policies_api.sla_deadlines('incident', 'high', at) d;", login => 'stranger', errors => '42501');
attack('parallel workers of a stranger', "$parallel SET request.jwt.claims = '$victim'; SELECT count(*), min(tenant_id),
	max(tenant_id) FROM policies.policies;", login => 'stranger', output => '0||');
attack('parallel workers under claims that are changed meanwhile',
	<<"SQL", claims => $acme, errors => qr/\A(?:25000 ?)*\z/, output => qr/\A(?:\d+\|\d\n?)*\z/);
$parallel CREATE FUNCTION probe.switch() RETURNS text LANGUAGE plpgsql PARALLEL SAFE AS \$\$ BEGIN
    RETURN set_config('request.jwt.claims', '$globex', false); END \$\$;
SELECT count(*), count(DISTINCT tenant_id) FROM policies.policies WHERE probe.switch() IS NOT NULL;
SET request.jwt.claims = '$acme';
SELECT count(*), count(DISTINCT tenant_id)
    FROM policies.policies p, LATERAL (SELECT set_config('request.jwt.claims', '$globex', true) OFFSET 0) s;
SQL

# The write-ahead log carries everybody's rows: only a superuser or a replication role reads it, and SECURITY.md says so.
as_superuser(q(SELECT pg_create_logical_replication_slot('kept', 'test_decoding')));
as_superuser(q(UPDATE policies.policies SET owner_id = 'classified' WHERE name = 'classified 1'));
my $decoding = <<'SQL';
SELECT pg_create_logical_replication_slot('mine', 'test_decoding');
SELECT pg_create_physical_replication_slot('mine');
SELECT data FROM pg_logical_slot_peek_changes('kept', NULL, NULL);
SELECT data FROM pg_logical_slot_get_changes('kept', NULL, NULL);
SELECT pg_drop_replication_slot('kept');
CREATE PUBLICATION mine FOR TABLE policies.policies;
CREATE PUBLICATION mine FOR ALL TABLES;
CREATE SUBSCRIPTION mine CONNECTION 'dbname=postgres' PUBLICATION mine;
SQL
attack("logical decoding by $_", $decoding, login => $_, role => $_ eq 'gateway' ? 'policies_caller' : '',
	errors => join(' ', ('42501') x 8)) for qw(gateway stranger auditor administrator table_owner);
like(as_superuser(q(SELECT string_agg(data, ' ') FROM pg_logical_slot_peek_changes('kept', NULL, NULL))), qr/classified/,
	'a superuser decodes all');
for my $login (qw(gateway stranger auditor administrator)) {
	my ($stdout, $stderr) = ask($login, 'IDENTIFY_SYSTEM', connection => 'replication=database');
	like($stderr, qr/FATAL/, "$login gets no replication connection");
}
as_superuser(q(SELECT pg_drop_replication_slot('kept')));

# What others do: their statements, and the means to disturb them.
my $busy = $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-U', 'gateway' ]);
$busy->query_safe("SET ROLE policies_caller; SET request.jwt.claims = '$victim'");
$busy->query_safe("CREATE TEMP TABLE kept AS SELECT 'classified' AS text");
$busy->query_safe("BEGIN; PREPARE kept AS SELECT 'classified'; DECLARE kept CURSOR FOR SELECT 'classified'");
$busy->query_safe("UPDATE policies_api.policies SET owner_id = 'classified' WHERE id = '$id'; SELECT count(*)
	FROM policies_api.policies WHERE name = 'classified'");
my $pid = as_superuser(q(SELECT pid FROM pg_stat_activity WHERE usename = 'gateway' AND state = 'idle in transaction'));
my $others = <<"SQL";
SELECT query FROM pg_stat_activity WHERE pid = $pid;
SELECT pg_stat_get_backend_activity(id) FROM pg_stat_get_backend_idset() id WHERE pg_stat_get_backend_pid(id) = $pid;
SELECT count(*) FROM pg_prepared_statements UNION ALL SELECT count(*) FROM pg_cursors WHERE name <> '';
SELECT pg_cancel_backend($pid);
SELECT pg_terminate_backend($pid);
SELECT pg_log_backend_memory_contexts($pid);
SELECT pg_current_logfile();
SELECT * FROM pg_ls_logdir();
SQL
attack("the statements of others, for $_", $others, login => $_, role => $_ eq 'gateway' ? 'policies_caller' : '',
	output => "<insufficient privilege>\n<insufficient privilege>\n0\n0", errors => '42501 42501 42501 42501 42501')
	for qw(gateway stranger auditor administrator);
my $temporary = as_superuser(q(SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 'kept'));
attack('the temporary tables of others', "SELECT * FROM $temporary.kept", login => 'stranger', errors => '42501');
$busy->query_safe('ROLLBACK');

# Locks. A caller's transaction that touches all it can, and stays open.
my $blocker = $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-U', 'gateway' ]);
$blocker->query("SET ROLE policies_caller; SET request.jwt.claims = '$acme'; BEGIN");
$blocker->query($_) for 'SELECT count(pg_advisory_xact_lock(n)) FROM generate_series(1, 1000) n',
	'SELECT count(*) FROM (SELECT FROM policies.policies FOR UPDATE) s',
	'SELECT count(*) FROM (SELECT FROM helpdesk.tickets FOR UPDATE) s',
	"UPDATE policies.policies SET owner_id = 'x' WHERE tenant_id = 'victim' OR name = 'ordinary 1'",
	"INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('held', 'high', '[\"request\"]')",
	"SELECT policies_api.complete_policy(id) FROM policies_api.policies WHERE name = 'ordinary 3' \\g /dev/null",
	"UPDATE policies_api.business_calendars SET name = 'held' WHERE is_default AND app_id IS NULL",
	'SELECT count(*) FROM (SELECT FROM policies.business_calendars FOR UPDATE) s',
	"INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, is_default)
		VALUES ('held', 'UTC', '[{\"weekdays\": [1], \"opens\": \"09:00\", \"closes\": \"17:00\"}]', false)",
	"DELETE FROM policies_api.policies WHERE name = 'bulk'", "INSERT INTO helpdesk.labels (code) VALUES ('held')";
my $everything = <<"SQL";
SET lock_timeout = '2s';
SELECT name FROM policies_api.policies WHERE name LIKE 'no %' FOR UPDATE;
UPDATE policies_api.policies SET owner_id = 'y' WHERE name LIKE '% 1';
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('not held up', 'high', '["request"]') RETURNING tenant_id;
UPDATE policies_api.policies SET applies_to = '["incident", "request", "other"]' WHERE name = 'not held up' AND false;
SELECT count(policies_api.complete_policy(id)) FROM policies_api.policies WHERE name LIKE '% 3';
DELETE FROM policies_api.policies WHERE name LIKE '% 3';
INSERT INTO policies_api.tickets (subject) VALUES ('not held up') RETURNING tenant_id;
UPDATE policies_api.business_calendars SET name = 'not held up' WHERE is_default;
SELECT policies_api.import_holidays(id, 'x') FROM policies_api.business_calendars WHERE false;
SELECT calendar_name FROM policies_api.sla_deadlines('incident', 'high', now());
SQL
attack('another tenant is held up by nothing', $everything, claims => $globex, mine => 'globex',
	output => "globex\n1\nglobex\nnot held up");
attack('the same tenant does wait for its own SLA policies', <<'SQL', claims => $acme, errors => '55P03');
SET lock_timeout = '200ms';
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('mine', 'high', '["request"]');
SQL
attack('administrators are not held up', "SET lock_timeout = '2s'; SELECT policies.create_register() \\g /dev/null\n"
	. "SELECT count(*) >= 0 FROM policies.audit();", login => 'administrator', output => 't');
is(as_superuser("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
	AND pid <> " . $blocker->query('SELECT pg_backend_pid()')), 0, 'the extension itself takes no advisory lock');
$blocker->query('ROLLBACK');
# A key that spans tenants makes them wait for each other: audit() tells of it.
is(as_superuser("SELECT count(*) FROM policies.audit() WHERE name = 'unique_not_led_by_tenant'
	AND detail LIKE '%labels_code_key%'"), 1, 'audit() tells of a key that spans tenants');

# LOCK TABLE takes the privileges that writing takes.
my @modes = ('ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE',
	'ACCESS EXCLUSIVE');
sub allowed_locks {
	my ($login, $table, $role) = @_;
	return join ', ', grep { (ask($login, ($role ? "SET ROLE $role;" : '') . "BEGIN; LOCK TABLE $table IN $_ MODE;
		ROLLBACK;"))[1] !~ /42501/ } @modes;
}
for my $table (qw(policies.policies_history policies.policy_reviews policies_api.policies_history
	policies.business_calendars_history policies_api.business_calendars_history)) {
	is(allowed_locks('gateway', $table, 'policies_caller'), 'ACCESS SHARE', "a caller locks $table no more than reading does");
}
is(allowed_locks('gateway', 'policies.sla_coverage', 'policies_caller'), '', 'and sla_coverage not at all');
is(allowed_locks('auditor', 'policies.business_calendars'), 'ACCESS SHARE',
	'an auditor locks calendars no more than reading does');
ok(allowed_locks('gateway', 'policies.business_calendars', 'policies_caller') !~ /, EXCLUSIVE|ACCESS EXCLUSIVE/,
	'nor a caller as an owner does');
is(allowed_locks('auditor', 'policies.policies'), 'ACCESS SHARE', 'an auditor locks no more than reading does');
# PostgreSQL 16 and later let whoever may write a row share it.
like(allowed_locks('gateway', 'policies.policies', 'policies_caller'), qr/^ACCESS SHARE, (?:ROW SHARE, )?ROW EXCLUSIVE$/,
	'a caller locks no more than reading and writing do');

# Nor does any other statement wait for a lock that would have everybody wait behind it. Every relation of the register and
# of protected tables, as the catalog has them, is in use; whatever would conflict with that use, waits, and whatever waits holds
# up the others.
my @relations = split /\n/, as_superuser(<<'SQL');
SELECT c.oid::regclass FROM pg_class c
WHERE c.relnamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace, 'helpdesk'::regnamespace)
    AND c.relkind IN ('r', 'p', 'v') ORDER BY c.oid::regclass::text
SQL
cmp_ok(@relations, '>', 40, 'the relations that a caller can name');
as_superuser('CREATE TABLE probe.partitioned (tenant_id text) PARTITION BY LIST (tenant_id);
	ALTER TABLE probe.partitioned OWNER TO mallory; GRANT policies_caller TO mallory');
my @locking = (map({ ("LOCK TABLE RELATION IN $_ MODE", "LOCK TABLE ONLY RELATION IN $_ MODE",
	"SELECT pg_temp.run('LOCK TABLE RELATION IN $_ MODE')",
		"CREATE TEMP VIEW mine AS SELECT * FROM RELATION; LOCK TABLE mine IN $_ MODE") } @modes[3 .. 7]),
	'CREATE RULE r AS ON INSERT TO RELATION DO NOTHING',
		'CREATE TRIGGER t BEFORE INSERT ON RELATION FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
	'CREATE CONSTRAINT TRIGGER t AFTER INSERT ON probe.opened FROM RELATION FOR EACH ROW
		EXECUTE FUNCTION suppress_redundant_updates_trigger()',
	'CREATE TEMP TABLE mine (tenant_id text, id text, FOREIGN KEY (tenant_id, id) REFERENCES RELATION)',
		'CREATE TABLE probe.mine (id text REFERENCES RELATION (id))',
	'CREATE TABLE probe.mine (id text); ALTER TABLE probe.mine ADD FOREIGN KEY (id) REFERENCES RELATION (id)',
	'CREATE TABLE probe.mine (id text); ALTER TABLE probe.mine ADD COLUMN other text REFERENCES RELATION (id)',
		'CREATE TABLE probe.mine (); ALTER TABLE probe.mine INHERIT RELATION',
	'CREATE TABLE probe.mine () INHERITS (RELATION)', q(CREATE TABLE probe.mine PARTITION OF RELATION FOR VALUES IN ('a')),
		q(CREATE TEMP TABLE mine PARTITION OF RELATION DEFAULT),
	'ALTER TABLE probe.partitioned ATTACH PARTITION RELATION DEFAULT',
		'CREATE STATISTICS probe.s ON id, tenant_id FROM RELATION', 'ALTER TABLE RELATION ADD COLUMN x int',
	'ALTER TABLE RELATION RENAME TO r', 'ALTER VIEW RELATION SET (security_invoker = off)', 'DROP TABLE RELATION',
		'DROP VIEW RELATION', 'CREATE OR REPLACE VIEW RELATION AS SELECT 1 AS x',
	'ALTER MATERIALIZED VIEW RELATION DEPENDS ON EXTENSION plpgsql', 'ALTER INDEX RELATION DEPENDS ON EXTENSION plpgsql',
	'TRUNCATE RELATION', 'CREATE INDEX ON RELATION (id)', 'CREATE POLICY p ON RELATION',
		'DROP POLICY policies_tenant_scope ON RELATION', 'DROP TRIGGER policies_stamp ON RELATION',
	'DROP RULE "_RETURN" ON RELATION', q(COMMENT ON COLUMN RELATION.id IS 'x'), 'GRANT SELECT ON RELATION TO mallory',
		'REFRESH MATERIALIZED VIEW RELATION', 'SELECT FROM RELATION FOR UPDATE');
$blocker->query_safe('RESET ROLE');
my $user = $node->background_psql('postgres', on_error_stop => 0);
$user->query_safe('BEGIN; ' . join '; ', map { "LOCK TABLE ONLY $_ IN ROW EXCLUSIVE MODE" } @relations);

sub waiting {
	my ($login, $setup) = @_;
	my $script = "$setup SET lock_timeout = '20ms'; SET client_min_messages = error; CREATE FUNCTION pg_temp.run(statement text)
		RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE statement; END';\n";
	my @tried;
	for my $statement (@locking) {
		for my $relation (@relations) {
			push @tried, $statement =~ s/RELATION/$relation/r;
			$script .= "\\echo >@{[ $#tried ]}\n\\warn >@{[ $#tried ]}\nBEGIN; $tried[-1]; ROLLBACK;\n";
		}
	}
	my (undef, $stderr) = ask($login, $script);
	my %waiting;
	while ($stderr =~ /^>(\d+)\n(.*?)(?=^>|\z)/msg) {
		my ($number, $said) = ($1, $2);
		$waiting{ $tried[$number] } = 1 if $said =~ /55P03/;
	}
	return (scalar(@tried), sort keys %waiting);
}
for my $who ([ 'mallory', '' ], [ 'gateway', "SET ROLE policies_caller; SET request.jwt.claims = '$acme';" ], [ 'auditor', '' ],
	[ 'stranger', '' ]) {
	my ($tried, @waiting) = waiting(@$who);
	is(join("\n", @waiting), '', "$who->[0] waits for no lock of the register, by $tried statements");
}
# That is the library's doing, which every session has to load first: SECURITY.md says so.
as_superuser(q(ALTER ROLE mallory SET session_preload_libraries = 'plpgsql'));
my (undef, @waiting) = waiting('mallory', '');
is(scalar(grep { /^CREATE RULE/ } @waiting), scalar @relations,
	'without it PostgreSQL has a CREATE RULE wait for any relation, before it asks for a right');
ok((grep { $_ eq 'LOCK TABLE policies_api.policies IN ACCESS EXCLUSIVE MODE' } @waiting), 'and LOCK TABLE for a live view');
as_superuser('ALTER ROLE mallory RESET session_preload_libraries');
like(slurp_file("$ENV{SCRATCH}/SECURITY.md"), qr/session_preload_libraries/, 'SECURITY.md tells of it');
# What owners and administrators do is not refused.
$user->query_safe('ROLLBACK');
attack('who may change a table locks it', <<'SQL', login => $_, rights => 1) for qw(administrator postgres);
BEGIN; LOCK TABLE policies.policies, policies_api.policies IN ACCESS EXCLUSIVE MODE; ROLLBACK;
BEGIN; CREATE RULE r AS ON INSERT TO policies.policies DO NOTHING; ROLLBACK;
SQL
attack('and its owner',
	'BEGIN; LOCK TABLE helpdesk.tickets IN ACCESS EXCLUSIVE MODE; CREATE RULE r AS ON INSERT TO helpdesk.tickets DO NOTHING;
		ROLLBACK;', login => 'table_owner', rights => 1);
attack('and nobody is kept from tables of its own',
	'BEGIN; CREATE TABLE probe.own (id text PRIMARY KEY); LOCK TABLE probe.own;
		CREATE TABLE probe.other (id text REFERENCES probe.own); CREATE RULE r AS ON INSERT TO probe.own DO NOTHING; ROLLBACK;',
	login => 'mallory', rights => 1);

# A caller's temporary table and view over the register's, and its open transaction, stand in the way of changes. PostgreSQL
# names what stands there, changes nothing, and lock_timeout bounds the wait.
my $holder = $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-U', 'mallory' ]);
$holder->query_safe('CREATE TEMP TABLE kept_row (p policies.policies); CREATE TEMP VIEW kept_view AS SELECT *
	FROM policies_api.policies');
attack('a change under a temporary table of a row type', q(ALTER TABLE policies.policies ADD COLUMN x text DEFAULT 'x'),
	login => 'postgres', errors => '0A000');
like((ask('postgres', q(ALTER TABLE policies.policies ADD COLUMN x text DEFAULT 'x')))[1],
	qr/column "kept_row.p" uses its row type/, 'which is named');
like((ask('postgres', 'DROP VIEW policies_api.policies'))[1],
	qr/view pg_temp_\d+\.kept_view depends on view policies_api\.policies/, 'and so is a temporary view');
$holder->quit;
$holder = $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-U', 'mallory' ]);
$holder->query_safe('BEGIN; SELECT count(*) FROM helpdesk.tickets');
attack('lock_timeout bounds how long protect_table() waits for a caller',
	"SET lock_timeout = '100ms'; SELECT policies.protect_table('helpdesk.tickets', 'row')", login => 'postgres',
	errors => '55P03');
$holder->quit;

# Planner estimates and the like: SECURITY.md tells of them.
like(slurp_file("$ENV{SCRATCH}/SECURITY.md"), qr/EXPLAIN/, 'SECURITY.md tells of EXPLAIN');
like(slurp_file("$ENV{SCRATCH}/SECURITY.md"), qr/Logical replication/i, 'SECURITY.md tells of logical replication');

# Roles are of the cluster: those that are there before the extension are taken over, and audit() tells what is wrong with them.
my $taken_over = new_server('taken_over');
$taken_over->safe_psql('postgres', <<'SQL');
CREATE ROLE mallory LOGIN CREATEROLE CREATEDB;
SET ROLE mallory;
CREATE ROLE policies_admin LOGIN PASSWORD 'known';
CREATE ROLE policies_auditor CREATEDB;
CREATE ROLE policies_caller;
CREATE ROLE policies_gateway;
SQL
create_register($taken_over, 'postgres');
is($taken_over->safe_psql('postgres', q(SELECT string_agg(detail, ' ' ORDER BY detail) FROM policies.audit()
	WHERE name = 'role_too_powerful')),
	'Role policies_admin has LOGIN. Role policies_auditor has CREATEDB.', 'audit() tells of roles that somebody made before');

done_testing();
