# On a hot standby every reading function works, and every write is refused as read-only.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register fill_register report as_caller);

my $primary = new_server('primary');
create_register($primary, 'postgres');
fill_register($primary, 'postgres');

$primary->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;

my $claims = '{"tenant_id": "acme", "sub": "per_1"}';
my ($status, $stdout, $stderr) = as_caller($primary, 'postgres', $claims, <<'SQL');
INSERT INTO policies_api.policies (name, next_review_at) VALUES ('after the backup', '2020-01-01') RETURNING id
SQL
is($status, 0, 'the primary takes writes') or diag($stderr);
my $id = $stdout;
$primary->wait_for_catchup($standby);

# The catalog report makes temporary views, which a standby refuses; the rows are what differs if anything does.
my %rows = map {
	my ($out) = run_command([ 'psql', '-XqAt', '-d', $_->connstr('postgres'), '-f', "$ENV{SCRATCH}/test/upgrade/data_report.sql" ]);
	$_->name => $out
} $primary, $standby;
ok($rows{standby} eq $rows{primary}, 'the standby has the same rows');
cmp_ok(length $rows{standby}, '>', 10_000, 'and it has some');

my %reads = (
	'the live view' => [ 'SELECT count(*) FROM policies_api.policies', 49 ],
	'a point read' => [ "SELECT name FROM policies_api.policies WHERE id = '$id'", 'after the backup' ],
	'deleted policies' => [ 'SELECT count(*) FROM policies_api.deleted_policies', 2 ],
	'the history' => [ 'SELECT count(*) > 0 FROM policies_api.policies_history', 't' ],
	'the reviews' => [ 'SELECT count(*) FROM policies_api.policy_reviews', 22 ],
	'review_due()' => [ "SELECT name FROM policies_api.review_due() LIMIT 1", 'after the backup' ],
	'a protected table' => [ 'SELECT count(*) FROM policies_api.tickets', 3 ],
	'the context' => [ 'SELECT policies.current_tenant_id(), policies.current_person_id(), policies.context_problem() IS NULL', 'acme|per_1|t' ],
	'ids' => [ "SELECT policies.id_time('$id') > '2020-01-01', policies.is_valid_id(policies.new_id('pol'))", 't|t' ],
	'versions' => [ "SELECT policies.compare_versions('1.2', '1.10'), policies.version_sort_key('1.2') < policies.version_sort_key('1.10')", '-1|t' ],
	'cadence' => [ "SELECT policies.add_cadence('2026-01-31 00:00+00', '1 month') = '2026-02-28 00:00+00'", 't' ],
);
for my $name (sort keys %reads) {
	my ($sql, $expected) = @{ $reads{$name} };
	my ($read_status, $read, $error) = as_caller($standby, 'postgres', $claims, $sql);
	is($read, $expected, "on the standby: $name") or diag($error);
}
my ($audit_status, $audit) = as_caller($standby, 'postgres', '', 'SELECT count(*) FROM policies_api.review_due()',
	role => 'policies_auditor', login => 'auditor');
is($audit, 55, 'on the standby: an auditor\'s review_due() over all tenants');
is($standby->safe_psql('postgres', 'SELECT policies.registry_version() = policies.latest_registry_version()'), 't',
	'on the standby: registry_version()');

for my $write ("INSERT INTO policies_api.policies (name) VALUES ('x')", "UPDATE policies_api.policies SET name = 'x'",
	'DELETE FROM policies_api.policies', "SELECT policies_api.complete_policy('$id')") {
	my ($write_status, undef, $error) = as_caller($standby, 'postgres', $claims, $write);
	like($error, qr/ERROR:  25006: cannot execute/, "on the standby refused: $write");
}

$standby->promote;
($status, $stdout, $stderr) = as_caller($standby, 'postgres', $claims, "SELECT (policies_api.complete_policy('$id', NULL, '2999-01-01')).next_review_at");
is($status, 0, 'after its promotion it takes writes') or diag($stderr);
done_testing();
