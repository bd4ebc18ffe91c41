# The border between C++ and PostgreSQL: every kind of failure through every layer, with test/shim's functions.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('shim');
$node->init;
$node->start;

my $library = "$ENV{SCRATCH}/build/shim_test.so";
$node->safe_psql('postgres', <<"SQL");
CREATE FUNCTION shim_throw(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_throw';
CREATE FUNCTION shim_fail(int) RETURNS void LANGUAGE c AS '$library', 'policies_shim_fail';
CREATE FUNCTION shim_ereport(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_ereport';
CREATE FUNCTION shim_plain_ereport(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_plain_ereport';
CREATE FUNCTION shim_throw_in_call(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_throw_in_call';
CREATE FUNCTION shim_execute(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_execute';
CREATE FUNCTION shim_execute_as(regrole, text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_execute_as';
CREATE FUNCTION shim_live_objects() RETURNS int LANGUAGE c AS '$library', 'policies_shim_live_objects';

-- What a client would see of the error of a statement: all its parts, or 'no error'. Also what is left behind.
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS \$\$
DECLARE
    state text; message text; detail text; hint text; column_name text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        hint = PG_EXCEPTION_HINT, column_name = COLUMN_NAME;
    RETURN concat_ws('|', state, message, detail, hint, column_name) || '|live ' || shim_live_objects();
END
\$\$;
CREATE ROLE weak;
SQL

sub outcome_is {
	my ($statement, $expected, $name) = @_;
	my $quoted = $statement =~ s/'/''/gr;
	is($node->safe_psql('postgres', "SELECT outcome('$quoted')"), $expected, $name);
	return;
}

# C++ exceptions become errors, with nothing left alive.
outcome_is("SELECT shim_throw('bad_alloc')", '53200|out of memory||||live 0', 'std::bad_alloc');
outcome_is("SELECT shim_throw('runtime_error')",
	'XX000|internal error in extension "policies"|a runtime error|||live 0', 'std::runtime_error');
outcome_is("SELECT shim_throw('unknown_type')",
	'XX000|internal error in extension "policies"|an exception of unknown type|||live 0', 'an exception of no known type');
like($node->safe_psql('postgres', q{SELECT outcome('SELECT shim_throw(''long_message'')')}),
	qr/^XX000\|internal error in extension "policies"\|x{2047}\|\|\|live 0$/, 'a long message is cut');
outcome_is("SELECT shim_throw_in_call('runtime_error')",
	'XX000|internal error in extension "policies"|a runtime error|||live 0', 'an exception inside pg::call');

# Every core error code has its SQLSTATE.
my @sqlstates = qw(22P02 22023 22008 23514 22004 23502 42501 PT404 PT409 23505 42809 42804 42710 0A000 XX000);
for my $code (0 .. $#sqlstates) {
	outcome_is("SELECT shim_fail($code)", "$sqlstates[$code]|a message|A detail.|A hint.|a_column|live 0",
		"core error code $code is $sqlstates[$code]");
}

# PostgreSQL errors keep what they say, whichever way they pass.
for my $sqlstate (qw(22012 40001 42501 53300 XX001)) {
	my $expected = "$sqlstate|raised by PostgreSQL|Some detail.|Some hint.||live 0";
	outcome_is("SELECT shim_ereport('$sqlstate')", $expected, "$sqlstate through C++ frames");
	outcome_is("SELECT shim_plain_ereport('$sqlstate')", $expected, "$sqlstate from a plain body");
}
outcome_is("SELECT shim_execute('SELECT 1/0')", '22012|division by zero||||live 0', 'an error of SQL below C++');
outcome_is("SELECT shim_execute('SELECT shim_fail(7)')", 'PT404|a message|A detail.|A hint.|a_column|live 0',
	'an error of ours below SQL below C++');
outcome_is("SELECT shim_execute('SELECT shim_execute(''SELECT shim_ereport(''''40001'''')'')')",
	'40001|raised by PostgreSQL|Some detail.|Some hint.||live 0', 'an error of PostgreSQL below twice C++ and SQL');
outcome_is("SELECT shim_execute('DO \$x\$ BEGIN PERFORM shim_throw(''unknown_type''); EXCEPTION WHEN OTHERS THEN NULL; END \$x\$')",
	'no error', 'an exception of ours caught by SQL below C++');

# The rights of another role end with the scope, by return and by error.
$node->safe_psql('postgres', 'CREATE TABLE strong_only (x int)');
outcome_is("SELECT shim_execute_as('weak', 'SELECT FROM strong_only')",
	'42501|permission denied for table strong_only||||live 0', 'another role has no more rights than its own');
is($node->safe_psql('postgres', <<'SQL'), "postgres\npostgres", 'the role is back after a return and after an error');
DO $$ BEGIN PERFORM shim_execute_as('weak', 'SELECT 1'); END $$;
SELECT current_user;
DO $$ BEGIN PERFORM shim_execute_as('weak', 'SELECT 1/0'); EXCEPTION WHEN OTHERS THEN NULL; END $$;
SELECT current_user;
SQL
like($node->safe_psql('postgres', q{SELECT outcome($x$SELECT shim_execute_as('weak', 'SET ROLE postgres')$x$)}),
	qr/^42501\|cannot set parameter "role"/, 'the role cannot be changed inside');

# A backend that fails 100,000 times does not grow, in PostgreSQL's memory nor in C++'s.
my $growth = $node->safe_psql('postgres', <<'SQL');
CREATE PROCEDURE fail(times int) LANGUAGE plpgsql AS $$
DECLARE
    statements text[] := ARRAY['SELECT shim_throw(''runtime_error'')', 'SELECT shim_fail(3)', 'SELECT shim_ereport(''22012'')',
        'SELECT shim_execute(''SELECT 1/0'')', 'SELECT shim_throw_in_call(''unknown_type'')'];
BEGIN
    FOR i IN 1..times LOOP
        BEGIN
            EXECUTE statements[1 + i % 5];
        EXCEPTION WHEN OTHERS THEN
        END;
    END LOOP;
END
$$;
CREATE FUNCTION resident_pages() RETURNS bigint LANGUAGE sql AS
    $$ SELECT split_part(pg_read_file('/proc/' || pg_backend_pid() || '/statm'), ' ', 2)::bigint $$;
CREATE TEMP TABLE measured (round int, contexts bigint, pages bigint);
CREATE PROCEDURE measure(round int) LANGUAGE sql AS
    $$ INSERT INTO measured SELECT round, sum(total_bytes), resident_pages() FROM pg_backend_memory_contexts $$;
-- The first round fills the caches, those of measuring included.
CALL fail(5000);
CALL measure(1);
CALL measure(1);
CALL fail(5000);
CALL measure(2);
CALL fail(100000);
CALL measure(3);
SELECT max(contexts) - min(contexts), max(pages) - min(pages) FROM measured WHERE round > 1;
SQL
my ($context_bytes, $pages) = split /\|/, $growth;
note "memory contexts grew by $context_bytes bytes, the process by $pages pages";
cmp_ok($context_bytes, '<=', 64 * 1024, 'memory contexts do not grow over 100,000 failing calls');
cmp_ok($pages, '<=', 256, 'the process does not grow over 100,000 failing calls');

done_testing();
