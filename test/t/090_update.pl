# Updates of the extension: whichever way a database came to a version, it is the same database; and until it is updated, the
# new library serves its old SQL.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register fill_register report as_caller);

my $node = new_server('server');
my @versions = split /\n/, `ls "$ENV{SCRATCH}/src/sql/extension" | sort -V`;
my $latest = $node->safe_psql('postgres', "SELECT default_version FROM pg_available_extensions WHERE name = 'policies'");
is($versions[-1], $latest, 'the control file names the latest version');

sub rows {
	my ($database) = @_;
	my ($out) = run_command([ 'psql', '-XqAt', '-d', $node->connstr($database), '-f', "$ENV{SCRATCH}/test/upgrade/data_report.sql" ]);
	# An update adds columns, which are NULL then; each step tells when it was applied, and an update adds steps.
	$out =~ s/"\w+": null(?:, )?//g;
	$out =~ s/, \}/}/g;
	return join "\n", grep { !/^policies\.register_steps\|/ } split /\n/, $out;
}

sub objects {
	my ($database) = @_;
	my ($out) = run_command([ 'psql', '-XqAt', '-d', $node->connstr($database), '-f', "$ENV{SCRATCH}/test/upgrade/catalog_report.sql" ]);
	return $out;
}

sub same {
	my ($got, $expected, $name) = @_;
	return if ok($got eq $expected, $name);
	my $folder = "$ENV{SCRATCH}/tap";
	unlink "$folder/got.txt", "$folder/expected.txt";
	append_to_file("$folder/got.txt", $got);
	append_to_file("$folder/expected.txt", $expected);
	diag(`diff $folder/expected.txt $folder/got.txt | cut -c 1-300 | head -n 20`);
	return;
}

sub update {
	my ($database, $version) = @_;
	$node->safe_psql($database, "ALTER EXTENSION policies UPDATE TO '$version'; SELECT policies.create_register()");
	is($node->safe_psql($database, 'SELECT policies.register_version() = policies.latest_register_version()'), 't',
		"$database: create_register() brings the register to $version");
	is($node->safe_psql($database, slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql")), '', "$database: every invariant holds at $version");
	return;
}

# A register of the latest version, with the user's tables that fill_register() makes.
$node->safe_psql('postgres', 'CREATE DATABASE fresh TEMPLATE template0');
create_register($node, 'fresh');
fill_register($node, 'fresh');
my $fresh = objects('fresh');

my $jane = '{"tenant_id": "acme", "sub": "per_9"}';
for my $from (0 .. $#versions - 1) {
	my $version = $versions[$from];
	my $direct = 'direct_' . $version =~ tr/./_/r;
	my $stepwise = 'stepwise_' . $version =~ tr/./_/r;
	$node->safe_psql('postgres', "CREATE DATABASE $direct TEMPLATE template0");
	create_register($node, $direct, $version);
	is($node->safe_psql($direct, "SELECT extversion FROM pg_extension WHERE extname = 'policies'"), $version, "$version is installed");
	is($node->safe_psql($direct, 'SELECT policies.create_register() = policies.latest_register_version()'), 't',
		"$version: the new library builds the old register, and no more of it");
	fill_register($node, $direct);

	# The new library under the old SQL.
	my ($status, $stdout, $stderr) = as_caller($node, $direct, $jane, <<'SQL');
UPDATE policies_api.policies SET name = 'under the old SQL' WHERE name = 'document 1' RETURNING name;
SELECT count(*) FROM policies_api.policies;
INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('clash', 'p1', '["incident"]')
SQL
	like($stdout, qr/^under the old SQL\n(?:under the old SQL\n)?48$/, "$version: a caller reads and writes under the new library");
	like($stderr, qr/ERROR:  23505: policy "sla 1" /, "$version: and the rules hold");
	is($node->safe_psql($direct, slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql")), '', "$version: every invariant holds");
	is($node->safe_psql($direct, q{SELECT count(*) FROM policies.audit() WHERE name <> 'extension_outdated'}), $node->safe_psql('fresh', 'SELECT count(*) FROM policies.audit()'),
		"$version: audit() finds as much as in a fresh register of $latest");

	# An update moves no row.
	my $before = rows($direct);
	my %old_tables = map { /^([^|]+)\|/ ? ($1 => 1) : () } split /\n/, $before;
	$node->safe_psql('postgres', "CREATE DATABASE $stepwise TEMPLATE $direct");
	update($direct, $latest);
	same(join("\n", grep { /^([^|]+)\|/ && $old_tables{$1} } split /\n/, rows($direct)), $before, "$version to $latest: every row is the same");
	update($stepwise, $_) for @versions[ $from + 1 .. $#versions ];
	same(objects($direct), $fresh, "$version to $latest: every object is that of a fresh install");
	same(objects($stepwise), $fresh, "$version to $latest, step by step: every object is that of a fresh install");
	same(rows($stepwise), rows($direct), "$version to $latest, step by step: every row is the same");

	# And an updated database restores as one.
	my $dump = "$ENV{SCRATCH}/$direct.dump";
	$node->safe_psql('postgres', "CREATE DATABASE restored_$direct TEMPLATE template0");
	command_ok([ 'pg_dump', '-Fc', '-d', $node->connstr($direct), '-f', $dump ], "$version to $latest: dumped");
	command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr("restored_$direct"), $dump ], "$version to $latest: restored");
	same(report($node, "restored_$direct"), report($node, $direct), "$version to $latest, restored: every object and row is the same");
	($status, $stdout, $stderr) = as_caller($node, $direct, $jane, q{SELECT count(*) FROM policies_api.policies});
	is($stdout, 48, "$version to $latest: a caller goes on") or diag($stderr);
}
done_testing();
