# From one major version to the next: pg_upgrade, and a dump of the old server by the new pg_dump. PREVIOUS_PG is the folder of
# the older major, as in tools/check_major.sh.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(create_register fill_register report as_caller);

my $previous = $ENV{PREVIOUS_PG};
plan skip_all => 'NOT RUN: no older major beside this one (tools/check_major.sh has one)' unless $previous;

my $old = PostgreSQL::Test::Cluster->new('old', install_path => $previous);
$old->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$old->append_conf('postgresql.conf', "fsync = off\n");
$old->start;
$old->safe_psql('postgres', 'CREATE TABLE plain (a int)');
# Minor versions of November 2026 keep versions of attributes, which an earlier one of a later major dumps like options.
my ($plain) = run_command([ 'pg_dump', '-d', $old->connstr('postgres'), '-t', 'plain' ]);
if ($plain =~ /pg_attver/) {
	$old->stop;
	plan skip_all => 'NOT RUN: ' . `pg_config --version` =~ s/\n//r . ' cannot restore a table of any kind from '
		. `$previous/bin/pg_config --version` =~ s/\n//r . ': take its next minor version';
}
$old->safe_psql('postgres', 'CREATE DATABASE register');
create_register($old, 'register');
fill_register($old, 'register');
note 'from ' . $old->safe_psql('postgres', 'SHOW server_version') . ' to ' . `pg_config --version`;

# The two servers spell some definitions differently; what must be equal is what each makes of the same database. So the new
# server's report of the upgraded database is compared with its report of one restored from a dump, and the rows with the old's.
sub rows {
	my ($node) = @_;
	my ($out) = run_command([ 'psql', '-XqAt', '-d', $node->connstr('register'), '-f',
		"$ENV{SCRATCH}/test/upgrade/data_report.sql" ]);
	return $out;
}
my $findings = 'SELECT name, detail FROM policies.audit()';
my $old_findings = $old->safe_psql('register', $findings);
my $old_rows = rows($old);
cmp_ok(length $old_rows, '>', 50_000, 'the old register has rows');

sub new_node {
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	my $checksums = $old->safe_psql('postgres', 'SHOW data_checksums') eq 'on';
	my @extra = ('--encoding=UTF8', '--locale=C');
	push @extra, '--no-data-checksums' if !$checksums && `initdb --help` =~ /--no-data-checksums/;
	$node->init(extra => \@extra);
	return $node;
}

my $restored = new_node('restored');
$restored->append_conf('postgresql.conf', "fsync = off\n");
$restored->start;
$restored->safe_psql('postgres', 'CREATE DATABASE register TEMPLATE template0');
my $dump = "$ENV{SCRATCH}/old.dump";
command_ok([ 'pg_dump', '-Fc', '-d', $old->connstr('register'), '-f', $dump ], 'the new pg_dump dumps the old server');
command_ok([ 'pg_restore', '--exit-on-error', '-d', $restored->connstr('register'), $dump ], 'and the new server restores it');
ok(rows($restored) eq $old_rows, 'restored: every row is the same');
is($restored->safe_psql('register', $findings), $old_findings, 'restored: audit() finds the same');

my $upgraded = new_node('upgraded');
$old->stop;
my @upgrade = ('pg_upgrade', '--no-sync', '-d', $old->data_dir, '-D', $upgraded->data_dir, '-b', "$previous/bin",
	'-B', $ENV{PGBIN}, '-s', $upgraded->host, '-p', $old->port, '-P', $upgraded->port);
chdir $ENV{SCRATCH};
command_ok([ @upgrade, '--check' ], 'pg_upgrade --check');
command_ok(\@upgrade, 'pg_upgrade');
$upgraded->append_conf('postgresql.conf', "fsync = off\n");
$upgraded->start;
ok(rows($upgraded) eq $old_rows, 'upgraded: every row is the same');
is($upgraded->safe_psql('register', $findings), $old_findings, 'upgraded: audit() finds the same');

# The logins came along with pg_upgrade only; they own nothing, and are granted nothing beside their roles.
my ($of_upgraded, $of_restored) = (report($upgraded, 'register'), report($restored, 'register'));
if (!ok($of_upgraded eq $of_restored, 'upgraded and restored: every object is the same')) {
	append_to_file("$ENV{SCRATCH}/upgraded.txt", $of_upgraded);
	append_to_file("$ENV{SCRATCH}/restored.txt", $of_restored);
	diag(`diff $ENV{SCRATCH}/upgraded.txt $ENV{SCRATCH}/restored.txt | cut -c 1-300 | head -n 20`);
}

my ($status, $stdout, $stderr) = as_caller($upgraded, 'register', '{"tenant_id": "acme", "sub": "per_9"}', <<'SQL');
UPDATE policies_api.policies SET name = 'after the upgrade' WHERE name = 'document 1' RETURNING name;
SELECT count(*) FROM policies_api.policies
SQL
like($stdout, qr/^after the upgrade\n(?:after the upgrade\n)?48$/, 'a caller goes on after the upgrade') or diag($stderr);
is($upgraded->safe_psql('register', slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql")), '', 'every invariant holds');
done_testing();
