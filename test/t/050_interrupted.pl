# Cancelled, timed out, or out of disk in the middle of a function: an error, no crash, nothing half done, and the backend
# goes on.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register as_caller caller_settings);

my $node = new_server('interrupted');
create_register($node, 'postgres');
my $claims = '{"tenant_id": "acme", "sub": "per_1"}';
as_caller($node, 'postgres', $claims, <<'SQL');
INSERT INTO policies_api.policies (name, next_review_at, version)
    SELECT 'policy ' || n, '2020-01-01', '1.' || n FROM generate_series(1, 3000) n;
INSERT INTO policies_api.policies (name, priority, applies_to) SELECT 'sla ' || n, 'p' || n, '["a", "b"]' FROM generate_series(1, 500) n
SQL
my $postmaster = slurp_file($node->data_dir . '/postmaster.pid');
my $invariants = slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql");

# Each statement runs long enough to be interrupted somewhere inside a function of ours; a time limit grows until it passes.
my %statements = (
	'stamped inserts' => "INSERT INTO policies_api.policies (name) SELECT 'new' FROM generate_series(1, 3000)",
	'updates with history' => "UPDATE policies_api.policies SET description = 'changed'",
	'soft deletes' => 'DELETE FROM policies_api.policies',
	'SLA coverage' => "UPDATE policies_api.policies SET applies_to = '[\"c\", \"d\", \"e\"]' WHERE priority IS NOT NULL",
	'completed reviews' => 'SELECT count(policies_api.complete_policy(id)) FROM policies_api.policies WHERE next_review_at IS NOT NULL',
	'ids' => "SELECT count(policies.new_id('pol')) FROM generate_series(1, 1000000)",
	'versions' => 'SELECT count(policies.version_sort_key(version)) FROM policies_api.policies, generate_series(1, 100)',
	'review_due()' => "SELECT count(*) FROM generate_series(1, 200) n, LATERAL policies_api.review_due(n * interval '1 day')",
);
for my $name (sort keys %statements) {
	my $interrupted = 0;
	for (my $limit = 1; $limit < 60_000; $limit = int($limit * 1.7) + 1) {
		my $script = "BEGIN;\n" . caller_settings($claims) . "SET LOCAL statement_timeout = $limit;\n$statements{$name};\nROLLBACK;\n";
		my ($stdout, $stderr);
		$node->psql('postgres', $script, stdout => \$stdout, stderr => \$stderr, extra_params => [ '-U', 'gateway', '-v', 'VERBOSITY=verbose' ]);
		last if $stderr !~ /ERROR/;
		++$interrupted;
		like($stderr, qr/ERROR:  57014: canceling statement due to statement timeout/, "$name: interrupted after $limit ms") or last;
	}
	cmp_ok($interrupted, '>=', 1, "$name: interrupted $interrupted times");
}
is($node->safe_psql('postgres', $invariants), '', 'every invariant holds');

# One backend, interrupted a hundred times, is as it was: the same process, the same memory.
my $turn = "BEGIN;\n" . caller_settings($claims) . "SET LOCAL statement_timeout = 3;\n$statements{'updates with history'};\nROLLBACK;\n";
# The first round fills the caches, those of measuring included.
my $script = "CREATE TEMP TABLE measured (round int, bytes bigint);\n";
for my $round (1, 2, 3) {
	$script .= $turn x ($round == 3 ? 100 : 10);
	$script .= "INSERT INTO measured SELECT $round, sum(total_bytes) FROM pg_backend_memory_contexts;\n";
}
$script .= "SELECT max(bytes) - min(bytes) FROM measured WHERE round > 1;\n";
my ($growth, $errors);
$node->psql('postgres', $script, stdout => \$growth, stderr => \$errors, on_error_stop => 0);
is(scalar(() = $errors =~ /canceling statement due to statement timeout/g), 120, 'a backend is interrupted 120 times');
cmp_ok($growth, '<=', 64 * 1024, "and has not grown ($growth bytes)");

# A tablespace that is full, on a file system of its own where the machine allows to mount one.
my $disk = "$ENV{SCRATCH}/small_disk";
SKIP: {
	skip 'NOT RUN: no small file system is mounted (tools/in_scratch.sh mounts one when it runs as root)', 4 unless -e "$disk/mounted";
	mkdir "$disk/space";
	$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$disk/space'");
	$node->safe_psql('postgres', 'ALTER TABLE policies.policies SET TABLESPACE small; ALTER TABLE policies.policies_history SET TABLESPACE small');
	my $before = $node->safe_psql('postgres', 'SELECT count(*), max(updated_at) FROM policies.policies');
	for my $name ('stamped inserts', 'updates with history') {
		my $error = '';
		for (1 .. 200) {
			my (undef, undef, $stderr) = as_caller($node, 'postgres', $claims,
				($name eq 'stamped inserts' ? "INSERT INTO policies_api.policies (name, body) SELECT 'new', repeat(md5(n::text), 200) FROM generate_series(1, 5000) n"
					: "UPDATE policies_api.policies SET body = repeat(md5(random()::text), 50)"));
			if ($stderr) { $error = $stderr; last; }
		}
		like($error, qr/ERROR:  53100: could not (?:extend|write)/, "$name: the disk is full");
	}
	is($node->safe_psql('postgres', $invariants), '', 'every invariant holds on a full disk');
	is(slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/ && $1, $postmaster =~ /^(\d+)/ && $1, 'the server never went down');
}
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|TRAP/, 'no backend crashed');
done_testing();
