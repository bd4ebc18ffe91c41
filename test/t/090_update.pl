# Updates: a register whose API is of another text, and an installation of another version, become what a new one is. The next
# version is made up here, from a copy of the sources, with every kind of change that an update can bring. Its files go into a
# copy of PostgreSQL, which runs wherever it is as long as its folders keep their places to each other.
use strict;
use warnings;
use File::Path qw(make_path);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(create_register fill_register report as_caller);

my $scratch = $ENV{SCRATCH};
my ($sources, $root) = ("$scratch/next_version", "$scratch/postgresql");

sub run {
	my (@command) = @_;
	my ($stdout, $stderr) = run_command(\@command);
	die "@command: $stderr" if $?;
	return $stdout;
}

# PostgreSQL's folders, at their paths below the root. What runs must be a file, since it looks for the others from where it is.
sub copy_postgresql {
	my %folder = map { $_ => run('pg_config', "--$_") } qw(bindir pkglibdir sharedir);
	make_path(map { "$root$_" } values %folder);
	run('cp', '-L', (grep { -x } "$folder{bindir}/postgres", "$folder{bindir}/initdb", "$folder{bindir}/psql",
		glob "$folder{bindir}/pg_*"),
		"$root$folder{bindir}");
	run('cp', '-rs', "$folder{$_}/.", "$root$folder{$_}") for qw(pkglibdir sharedir);
	return "$root$folder{bindir}" =~ s{/bin$}{}r;
}

sub write_file {
	my ($file, $text) = @_;
	make_path($file =~ s{/[^/]*$}{}r);
	open my $handle, '>', "$file.new" or die "$file: $!";
	print $handle $text;
	close $handle;
	rename "$file.new", $file;
	return;
}

# Changes the one file of the copy's SQL that has the text.
sub change {
	my ($pattern, $replacement) = @_;
	my @files = grep { slurp_file($_) =~ $pattern } glob "$sources/src/sql/extension/*.sql $sources/src/sql/register/*/*.sql";
	die "$pattern is in " . @files . ' files, not in one' if @files != 1;
	write_file($files[0], slurp_file($files[0]) =~ s/$pattern/$replacement->()/ger);
	return;
}

my ($version) = slurp_file("$scratch/policies.control") =~ /^default_version = '(.*)'/m;
my $next = $version =~ s/^(\d+)\.(\d+).*/"$1." . ($2 + 1) . '.0'/er;
my ($extension_update, $register_update) = map { "$sources/src/sql/updates/$_.sql" } "extension/$version--$next",
	'register/990-summary';

sub make_next_version {
	make_path($sources);
	run('cp', '-a', (map { "$scratch/$_" } qw(Makefile META.json CHANGELOG.md policies.control policies.so build docs src
		tools)), $sources);
	write_file("$sources/policies.control", slurp_file("$scratch/policies.control") =~ s/^(default_version = ).*/$1'$next'/mr);
	write_file("$sources/CHANGELOG.md",
		slurp_file("$scratch/CHANGELOG.md") =~ s/^## \Q$version\E - unreleased$/## $version - 2026-12-01/mr
			=~ s/^(?=## )/## $next - unreleased\n\n/mr);

	# A column, with what it takes from another one.
	my $column = 'ADD COLUMN summary text CHECK (octet_length(summary) <= 100)';
	my $comment = "COMMENT ON COLUMN policies.policies.summary IS 'What the policy says, in a sentence.';\n";
	change(qr/ADD COLUMN tags[^\n]*\n +ADD COLUMN review_cadence[^\n]*\n/, sub { "$&    $column,\n" });
	change(qr/COMMENT ON COLUMN policies\.policies\.review_cadence/, sub { "$comment$&" });
	# Functions with another signature, in the extension and in the API that uses it; one that is dropped.
	change(qr/CREATE FUNCTION policies\.unified_diff\([^)]*/, sub { "$&    , is_terse pg_catalog.bool DEFAULT false\n" });
	change(qr/policies\.unified_diff\((?:pg_catalog\.\w+(?:,\s+)?)+/, sub { "$&, pg_catalog.bool" });
	change(qr/CREATE OR REPLACE FUNCTION policies_api\.diff_policy\([^()]*\(\)/, sub { "$&, is_terse boolean DEFAULT false" });
	change(qr/policies_api\.diff_policy\(text, text, text, integer, text/, sub { "$&, boolean" });
	change(qr/diff_policy\.context_lines/, sub { "$&, diff_policy.is_terse" });
	change(qr/CREATE FUNCTION policies\.id_ceil.*?GRANT[^;]*;\n/s, sub { '' });
	# What is replaced: a view, a trigger, and functions' bodies.
	change(qr/a\.content_since = d\.content_since AS is_current/, sub { "$&, a.note IS NOT NULL AS has_note" });
	change(qr/TRIGGER policies_search AFTER INSERT OR DELETE OR UPDATE OF/, sub { "$& app_id," });
	change(qr/IF history IS NOT FALSE/, sub { 'IF coalesce(history, true)' });
	change(qr/older_than must be a span of time/, sub { 'older_than must be some span of time' });

	my $old_api = 'DROP FUNCTION IF EXISTS policies_api.diff_policy(text, text, text, integer, text);';
	write_file($extension_update, <<"SQL");
$old_api
DROP FUNCTION policies.unified_diff(text, text, text, text, integer);
DROP FUNCTION policies.id_ceil(text, timestamptz);
SQL
	write_file($register_update, <<"SQL");
ALTER TABLE policies.policies $column;
${comment}SELECT policies.protect_table('policies.policies', 'pol');
-- Nobody writes these rows, and none is superseded. Those of the past have the column as well.
ALTER TABLE policies.policies DISABLE TRIGGER policies_stamp, DISABLE TRIGGER policies_history;
UPDATE policies.policies SET summary = description;
ALTER TABLE policies.policies ENABLE TRIGGER policies_stamp, ENABLE TRIGGER policies_history;
UPDATE policies.policies_history SET summary = description;
SQL
	return;
}

sub findings {
	my ($stdout) = run_command([ "$sources/tools/check_sql.pl" ]);
	return $stdout;
}

my $node = PostgreSQL::Test::Cluster->new('server', install_path => copy_postgresql());
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "fsync = off\n");
$node->start;
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE template0") for qw(updated fresh restored surface);
my $invariants = slurp_file("$scratch/test/lib/invariants.sql");
my $ann = '{"tenant_id": "acme", "sub": "per_9"}';
my ($stdout, $stderr);

sub ask {
	my ($sql, $database) = @_;
	return $node->safe_psql($database // 'updated', $sql);
}

sub install_next_version {
	local %ENV = %ENV;
	delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
	my @install = ('make', '--silent', '-C', $sources, 'install', "DESTDIR=$root", "PG_CONFIG=$ENV{PGBIN}/pg_config");
	run(@install);
	# What audit() compares with is made of a register of the next version.
	ask('CREATE EXTENSION policies; SELECT policies.create_register()', 'surface');
	write_file("$sources/src/functions/audit/surface.json",
		run('psql', '-X', '-v', 'any_major=1', '-d', $node->connstr('surface'), '-f', "$sources/tools/openapi/surface.sql") . "\n");
	run(@install);
	return;
}

sub refusal {
	my ($sql) = @_;
	$node->psql('updated', $sql, stderr => \my $refusal);
	return $refusal;
}

# When a step was applied is no part of what must be equal.
sub rows {
	my ($database) = @_;
	return join "\n", sort grep { !/^policies\.register_steps\|/ } split /\n/, report($node, $database, 'data_report');
}

sub same {
	my ($got, $expected, $what) = @_;
	return if ok($got eq $expected, $what);
	append_to_file("$scratch/$_->[0].txt", $_->[1]) for [ got => $got ], [ expected => $expected ];
	diag(`diff $scratch/expected.txt $scratch/got.txt | cut -c 1-300 | head -n 30`);
	unlink map { "$scratch/$_.txt" } qw(got expected);
	return;
}

sub audit {
	my ($database) = @_;
	return ask(q{SELECT string_agg(name, ' ' ORDER BY name) FROM policies.audit()}, $database);
}

create_register($node, 'updated');
fill_register($node, 'updated');
my ($first_catalog, $first_rows, $first_audit) = (report($node, 'updated', 'catalog_report'), rows('updated'), audit('updated'));

# The API alone.
ask(<<'SQL');
UPDATE policies.register_steps SET digest = repeat('0', 64) WHERE name = 'api';
CREATE OR REPLACE FUNCTION policies_api.diff_policy(
    policy_id text, from_version text, to_version text DEFAULT 'draft', context_lines integer DEFAULT 3,
    tenant_id text DEFAULT policies.current_tenant_id()) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT NULL; END;
SQL
(undef, $stdout, $stderr) = as_caller($node, 'updated', $ann, 'SELECT count(*) FROM policies_api.policies');
is($stdout, 48, 'under an API of another text a caller goes on') or diag($stderr);
is(audit('updated'), "$first_audit register_outdated", 'audit() tells that create_register() is due');
is(ask('SELECT policies.create_register() = policies.latest_register_version()'), 't', 'create_register() brings it up to date');
same(report($node, 'updated', 'catalog_report'), $first_catalog, 'every object is the same');
same(rows('updated'), $first_rows, 'every row is the same');

# What check-source says of the next version's SQL.
make_next_version();
is(findings(), '', 'the next version has one definition of each object');
write_file("$sources/src/sql/register/api/98-again.sql", <<'SQL');
CREATE OR REPLACE FUNCTION policies_api.diff_policy(policy_id text, from_version pg_catalog.text, to_version text DEFAULT ', (',
    context_lines int4 DEFAULT 3, tenant_id text DEFAULT policies.current_tenant_id(), is_terse boolean DEFAULT false)
    RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT NULL; END;
CREATE OR REPLACE TRIGGER policies_check BEFORE INSERT ON policies.policies FOR EACH ROW EXECUTE FUNCTION policies.check_policy();
SQL
my @findings = split /\n/, findings();
is(@findings, 2, 'an object that is defined twice is found');
like($findings[0],
	qr/98-again\.sql:1: a second definition of function policies_api\.diff_policy\(text, text, text, integer, text, boolean\)/,
	'a function');
like($findings[1], qr/98-again\.sql:4: a second definition of trigger policies_check on policies\.policies/, 'a trigger');
unlink "$sources/src/sql/register/api/98-again.sql";
my $frozen = "$sources/src/sql/updates/register/001-first.sql";
write_file($frozen, "SELECT;\n");
append_to_file("$sources/src/sql/updates/released.sha256",
	run('sh', '-c', "cd $sources && sha256sum src/sql/updates/register/001-first.sql") . "\n");
is(findings(), '', 'a released update is as it was');
write_file($frozen, "SELECT;\n create  VIEW policies_api.again AS SELECT;\n");
write_file("$sources/src/sql/updates/register/000-late.sql", "SELECT;\n");
@findings = sort split /\n/, findings();
is(@findings, 3, 'what must not be in updates is found');
like($findings[0], qr/000-late\.sql: stands before .*001-first\.sql, which is released/, 'an update before one that is released');
like($findings[1], qr/001-first\.sql: CREATE VIEW: /, 'an update that creates what is replaced');
like($findings[2], qr/001-first\.sql: a released update has changed/, 'a released update that is not as it was');
unlink $frozen, "$sources/src/sql/updates/register/000-late.sql";
run('cp', "$scratch/src/sql/updates/released.sha256", "$sources/src/sql/updates/");

# The library and the scripts of the next version, under the extension and the register of this one.
install_next_version();
(undef, $stdout, $stderr) = as_caller($node, 'updated', $ann, <<'SQL');
SELECT count(*) FROM policies_api.policies;
UPDATE policies_api.policies SET body = body || 'more' WHERE name = 'document 1';
SELECT policies_api.publish_policy(id, 'major') IS NULL FROM policies_api.policies WHERE name = 'document 1' AND app_id IS NULL;
SELECT count(*) FROM policies_api.review_due()
SQL
is($stdout, "48\nf\n18", 'under the SQL of the version before, the new library serves callers') or diag($stderr);
like(refusal('SELECT policies.create_register()'),
	qr/the\ extension\ is\ at\ version\ \Q$version\E,\ and\ its\ library\ at\ version\ \Q$next\E.*
		HINT:\ \ Run\ ALTER\ EXTENSION\ policies\ UPDATE\ first\./sx,
	'create_register() refuses until the extension is updated');
is(audit('updated'), "extension_outdated $first_audit register_outdated", 'audit() tells what is due');

# Updates that fail change nothing.
my ($catalog, $rows) = (report($node, 'updated', 'catalog_report'), rows('updated'));
ask('CREATE VIEW helpdesk.differences AS SELECT policies.unified_diff(name, description) FROM policies_api.policies');
like(refusal('ALTER EXTENSION policies UPDATE'),
	qr/cannot drop function policies\.unified_diff.* because other objects depend on it/s,
	'the update of the extension fails where a view needs what goes');
ask('DROP VIEW helpdesk.differences');
same(report($node, 'updated', 'catalog_report'), $catalog, 'and leaves every object as it was');
is(ask("ALTER EXTENSION policies UPDATE; SELECT extversion FROM pg_extension WHERE extname = 'policies'"), $next,
	'without it, it succeeds');
$catalog = report($node, 'updated', 'catalog_report');
as_caller($node, 'updated', $ann, q{UPDATE policies_api.policies SET description = repeat('x', 101) WHERE name = 'document 2'});
like(refusal('SELECT policies.create_register()'), qr/violates check constraint "policies_summary_check"/,
	'the update of the register fails where a row does not fit');
same(report($node, 'updated', 'catalog_report'), $catalog, 'and leaves every object as it was');
as_caller($node, 'updated', $ann, q{UPDATE policies_api.policies SET description = 'shorter' WHERE name = 'document 2'});
$rows = rows('updated');

# And those that succeed: with claims in the session, which are nobody's here.
is(ask("SET request.jwt.claims = '$ann'; SELECT policies.create_register() = policies.latest_register_version()"), 't',
	'create_register() brings the register to the next version');
same(join("\n", sort map { s/, "summary": (?:null|"(?:[^"\\]|\\.)*")//r } split /\n/, rows('updated')), $rows,
	'every row is the same, but for the new column');
is(ask(<<'SQL'), '0', 'which has what was to be moved there');
SELECT count(*) FROM (SELECT summary, description FROM policies.policies UNION ALL SELECT summary, description
    FROM policies.policies_history) r
WHERE summary IS DISTINCT FROM description
SQL
is(audit('updated'), $first_audit, 'audit() has nothing more to say');
is(ask($invariants), '', 'every invariant holds');

create_register($node, 'fresh');
fill_register($node, 'fresh');
$catalog = report($node, 'updated', 'catalog_report');
same($catalog, report($node, 'fresh', 'catalog_report'), 'updated and fresh: every object is the same');
my $steps = 'SELECT name, digest FROM policies.register_steps WHERE name <> $$tables$$ ORDER BY name';
is(ask($steps), ask($steps, 'fresh'), 'the same steps are recorded');
is(audit('fresh'), $first_audit, 'and audit() says the same');
my $dump = "$scratch/updated.dump";
command_ok([ 'pg_dump', '-Fc', '-d', $node->connstr('updated'), '-f', $dump ], 'the updated database is dumped');
command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), $dump ], 'and restored');
same(report($node, 'restored'), report($node, 'updated'), 'updated and restored: every object and row is the same');
(undef, $stdout, $stderr) = as_caller($node, 'updated', $ann, <<'SQL');
UPDATE policies_api.policies SET summary = 'after the update' WHERE name = 'document 2' AND app_id IS NULL;
SELECT summary FROM policies_api.policies WHERE name = 'document 2' AND app_id IS NULL;
SELECT summary FROM policies_api.policies_history WHERE name = 'document 2' AND app_id IS NULL ORDER BY valid_from DESC LIMIT 1
SQL
is($stdout, "after the update\nshorter", 'a caller writes the new column, and its history is kept') or diag($stderr);

# Again, there is nothing to do, even where the API is applied once more.
$rows = rows('updated');
my $applied_at = ask('SELECT max(applied_at) FROM policies.register_steps');
ask('SELECT policies.create_register(); ALTER EXTENSION policies UPDATE');
is(ask('SELECT max(applied_at) FROM policies.register_steps'), $applied_at, 'create_register() again applies nothing');
my $due = "BEGIN; UPDATE policies.register_steps SET digest = repeat('0', 64) WHERE name = 'api';";
ask("$due SELECT policies.create_register(); COMMIT");
same(rows('updated'), $rows, 'nor is an update applied twice');
same(report($node, 'updated', 'catalog_report'), $catalog, 'and every object is the same');
like(refusal("$due UPDATE policies.register_steps SET digest = repeat('1', 64) WHERE name = '990-summary';
	SELECT policies.create_register()"),
	qr/the\ update\ "990-summary"\ was\ applied\ with\ another\ text\ than\ the\ library\ has.*
		HINT:\ \ .*\ set\ its\ digest\ in\ policies\.register_steps\ to\ [0-9a-f]{64}\./sx,
	'an update of another text is refused');
like(refusal("$due INSERT INTO policies.register_steps VALUES ('005-gone', '$next', ''); SELECT policies.create_register()"),
	qr/the update "005-gone" was applied .* take it out of policies\.register_steps\./s, 'and one that the library does not have');
like(refusal("$due UPDATE policies.register_steps SET version = '999.0.0' WHERE name = 'api'; SELECT policies.create_register()"),
	qr/the register is at version 999\.0\.0, and the library at version \Q$next\E.*HINT:  Install version 999\.0\.0/s,
	'a register of a later version is refused');
done_testing();
