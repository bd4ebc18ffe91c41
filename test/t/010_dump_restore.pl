# A dump of a register restores without any step before or after, whatever its format and whoever takes it.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register fill_register report as_caller);

my $node = new_server('source', "session_preload_libraries = 'policies'");
$node->safe_psql('postgres', 'CREATE DATABASE register');
create_register($node, 'register');
fill_register($node, 'register');
# Claims of other names than the standard ones, which a restored register must still read.
$node->safe_psql('register', q(ALTER FUNCTION policies.claim_settings() SET policies.app_claim = 'azp'));
# A table of one's own whose columns are less exact than what a stamp could have: every restore below has it, too.
$node->safe_psql('register', <<'SQL');
CREATE SCHEMA shop;
CREATE DOMAIN shop.key AS text COLLATE "C";
CREATE DOMAIN shop.second AS timestamptz(0);
CREATE TABLE shop.parts (id shop.key, created_at shop.second, updated_at timestamptz(0) NOT NULL DEFAULT now(),
    deleted_at timestamptz(1), name text);
INSERT INTO shop.parts (id, name, created_at, deleted_at) VALUES ('1', 'deleted before', now(), now());
SELECT policies.protect_table('shop.parts', 'prt', existing_rows_tenant_id => 'acme');
SQL
as_caller($node, 'register', '{"tenant_id": "acme", "sub": "per_1"}', <<'SQL');
INSERT INTO policies_api.parts (name) VALUES ('bolt'), ('nut');
UPDATE policies_api.parts SET name = 'washer' WHERE name = 'nut';
DELETE FROM policies_api.parts WHERE name = 'bolt';
SQL
is($node->safe_psql('register', 'SELECT count(*), count(*) FILTER (WHERE is_deleted) FROM shop.parts'), '3|2', 'as stamped');
my $scoped = q({"tenant_id": "acme", "azp": "app_1"});
my $in_scope = 'SELECT count(*) FROM policies_api.policies';
my (undef, $original_scope) = as_caller($node, 'register', $scoped, $in_scope);
my (undef, $all) = as_caller($node, 'register', q({"tenant_id": "acme"}), $in_scope);
cmp_ok($original_scope, '<', $all, 'an application sees its own rows');
my $original = report($node, 'register');
cmp_ok(length $original, '>', 100_000, 'the report has something to compare');
my $findings = 'SELECT name, detail FROM policies.audit()';
my $original_findings = $node->safe_psql('register', $findings);
unlike($original_findings, qr/^(?!owner_can_log_in)/m, 'audit() finds nothing but a superuser\'s tables');

my $folder = "$ENV{SCRATCH}/dumps";
mkdir $folder;
my $connection = $node->connstr('register');

sub same_report {
	my ($target, $database, $name) = @_;
	my $restored = report($target, $database);
	if (!ok($restored eq $original, $name)) {
		append_to_file("$folder/original.txt", $original);
		append_to_file("$folder/restored.txt", $restored);
		diag(`diff $folder/original.txt $folder/restored.txt | cut -c 1-300 | head -n 20`);
		unlink "$folder/original.txt", "$folder/restored.txt";
	}
	return;
}

my $restored_count = 0;

# Dumps with these options and restores with a function of the target's database, in the same server and in an empty one.
sub check_restore {
	my ($name, $dump_options, $restore) = @_;
	my $file = "$folder/dump_" . ++$restored_count;
	command_ok([ 'pg_dump', '-d', $connection, '-f', $file, @$dump_options ], "$name: dumped");
	my $database = "restored_$restored_count";
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	$restore->($node, $database, $file);
	same_report($node, $database, "$name: every object and row is the same");
	my (undef, $scope) = as_caller($node, $database, $scoped, $in_scope);
	is($scope, $original_scope, "$name: an application still sees its own rows alone");
	is($node->safe_psql($database, $findings), $original_findings, "$name: and audit() finds the same");
	return $database;
}

sub run_script {
	my ($target, $database, $file) = @_;
	command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $target->connstr($database), '-f', $file ], 'restored by psql');
	return;
}

sub run_pg_restore {
	my @options = @_;
	return sub {
		my ($target, $database, $file) = @_;
		command_ok([ 'pg_restore', '-d', $target->connstr($database), '--exit-on-error', @options, $file ], "pg_restore @options");
		return;
	};
}

my $plain = check_restore('plain', ['-Fp'], \&run_script);
check_restore('plain with inserts', [ '-Fp', '--rows-per-insert=7' ], \&run_script);
check_restore('custom', ['-Fc'], run_pg_restore());
check_restore('custom, four jobs', ['-Fc'], run_pg_restore('-j4'));
check_restore('directory, four jobs', [ '-Fd', '-j4' ], run_pg_restore('-j4'));
check_restore('single transaction', ['-Fc'], run_pg_restore('--single-transaction'));

# Schema and data apart: the triggers are there, and must neither stamp nor derive anything anew. Parallel jobs need
# --disable-triggers then, as they do for any schema with foreign keys.
command_ok([ 'pg_dump', '-d', $connection, '-Fc', '--data-only', '-f', "$folder/data" ], 'data alone is dumped');
for my $data ([ "$folder/data" ], [ "$folder/data", '-j4', '--disable-triggers' ],
	[ "$folder/dump_3", '--data-only', '-j4', '--disable-triggers' ]) {
	my ($data_file, @options) = @$data;
	check_restore("schema, then data (@options)", [ '-Fc', '--schema-only' ], sub {
		my ($target, $database, $file) = @_;
		run_pg_restore()->($target, $database, $file);
		run_pg_restore(@options)->($target, $database, $data_file);
		return unless grep { $_ eq '--disable-triggers' } @options;
		# It enables them again as ordinary ones, also those that are to fire under replication: docs/operating.md tells.
		$target->safe_psql($database, <<'SQL');
SELECT format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', tgrelid::regclass, tgname) FROM pg_trigger
    WHERE tgfoid = 'policies.reset_sla_clocks'::regproc \gexec
SQL
		return;
	});
}

# An operator who bypasses row security, but is no superuser.
$node->safe_psql('register', 'CREATE ROLE operator LOGIN BYPASSRLS; GRANT pg_read_all_data TO operator');
command_ok([ 'pg_dump', '-d', $connection, '-U', 'operator', '-Fc', '-f', "$folder/operator" ], 'a BYPASSRLS operator dumps');
$node->safe_psql('postgres', 'CREATE DATABASE by_operator TEMPLATE template0');
run_pg_restore()->($node, 'by_operator', "$folder/operator");
same_report($node, 'by_operator', 'by operator: every object and row is the same');

# A dump carries no roles: the extension's install script makes its own in a fresh cluster.
my $fresh = new_server('fresh', "session_preload_libraries = 'policies'");
$fresh->safe_psql('postgres', 'CREATE DATABASE register TEMPLATE template0');
run_pg_restore()->($fresh, 'register', "$folder/dump_3");
same_report($fresh, 'register', 'fresh cluster without globals: every object and row is the same');
is($fresh->safe_psql('register', $findings), $original_findings, 'fresh cluster without globals: and audit() finds the same');

# The restored register is alive.
$fresh->safe_psql('register', 'CREATE ROLE gateway LOGIN NOINHERIT; GRANT policies_gateway, policies_caller TO gateway');
my ($status, $stdout, $stderr) = as_caller($fresh, 'register', '{"tenant_id": "acme", "sub": "per_9"}', <<'SQL');
SELECT count(*) FROM policies_api.policies;
UPDATE policies_api.policies SET name = 'after the restore' WHERE name = 'document 1';
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('clash', 'p1', '["incident"]');
SQL
is($stdout, 48, 'a caller sees its tenant\'s rows after the restore');
like($stderr, qr/ERROR:  23505: policy "sla 1" \(pol_\w{26}\) already applies to tickets of type "incident" at priority "p1"/,
	'the SLA rule holds after the restore');
# And so are its clocks: the same deadlines, and one default calendar.
my $clocks = <<'SQL';
SELECT c.name, c.id, policies_api.add_business_minutes('2026-12-23 16:30+01', 600, c.id), d.policy_id, d.first_response_due_at,
    d.calendar_id
FROM policies_api.business_calendars c, LATERAL policies_api.sla_deadlines('incident', 'p3', '2026-12-24 16:59+01') d
    ORDER BY c.id;
INSERT INTO policies_api.business_calendars (time_zone, opening_hours)
    VALUES ('UTC', '[{"weekdays": [1], "opens": "00:00", "closes": "24:00"}]');
SQL
for my $claims ('{"tenant_id": "acme", "sub": "per_9"}', '{"tenant_id": "acme", "azp": "app_1", "sub": "per_9"}') {
	my @answers = map { [ as_caller($_, 'register', $claims, $clocks) ] } $node, $fresh;
	is($answers[1][1], $answers[0][1], "$claims: the clocks run the same after the restore");
	is(scalar(() = $answers[1][1] =~ /^[^|]+\|cal_/gm), $claims =~ /app/ ? 4 : 8, 'on every calendar');
	like($answers[1][2], qr/ERROR:  23505: business calendar "office" \(cal_\w{26}\) is the default already/,
		'and a second default is refused');
}
is($fresh->safe_psql('register', slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql")), '',
	'every invariant holds after the restore');
is($fresh->safe_psql('register', 'SELECT policies.create_register() = policies.latest_register_version()'), 't',
	'create_register() again changes nothing');
same_report($fresh, 'register', 'and leaves every object and row the same');

# DROP EXTENSION must not take the data along.
my ($drop_status, undef, $drop_error) = $node->psql($plain, 'DROP EXTENSION policies');
isnt($drop_status, 0, 'DROP EXTENSION without CASCADE is refused while a register exists');
like($drop_error, qr/cannot drop extension policies because other objects depend on it/, 'for that reason');

done_testing();
