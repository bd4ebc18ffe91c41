# The border between C++ and PostgreSQL: every kind of failure through every layer, with test/shim's functions.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server);

my $node = new_server('shim');

my $library = "$ENV{SCRATCH}/build/shim_test.so";
$node->safe_psql('postgres', <<"SQL");
CREATE FUNCTION shim_throw(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_throw';
CREATE FUNCTION shim_fail(int) RETURNS void LANGUAGE c AS '$library', 'policies_shim_fail';
CREATE FUNCTION shim_ereport(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_ereport';
CREATE FUNCTION shim_throw_in_call(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_throw_in_call';
CREATE FUNCTION shim_execute(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_execute';
CREATE FUNCTION shim_execute_as(regrole, text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_execute_as';
CREATE FUNCTION shim_execute_qualified(text) RETURNS void LANGUAGE c AS '$library', 'policies_shim_execute_qualified';
CREATE FUNCTION shim_live_objects() RETURNS int LANGUAGE c AS '$library', 'policies_shim_live_objects';
CREATE FUNCTION shim_arguments("boolean" bool, number int, fraction float8, "text" text, id text, instant timestamptz,
    cadence interval, "json" jsonb, texts text[], day date) RETURNS text LANGUAGE c AS '$library', 'policies_shim_arguments';
CREATE FUNCTION shim_query(sql text) RETURNS TABLE (name text, number int, note text)
    LANGUAGE c AS '$library', 'policies_shim_query';
CREATE FUNCTION shim_query_row(sql text, OUT name text, OUT number int, OUT note text)
    LANGUAGE c AS '$library', 'policies_shim_query_row';
CREATE FUNCTION shim_query_text(sql text) RETURNS text LANGUAGE c AS '$library', 'policies_shim_query_text';
CREATE FUNCTION shim_query_number(sql text) RETURNS int LANGUAGE c AS '$library', 'policies_shim_query_number';
CREATE FUNCTION shim_query_number_stable(sql text) RETURNS int LANGUAGE c STABLE AS '$library', 'policies_shim_query_number';
CREATE FUNCTION shim_parameters("text" text, sql text) RETURNS text LANGUAGE c AS '$library', 'policies_shim_parameters';
CREATE FUNCTION shim_trigger() RETURNS trigger LANGUAGE c AS '$library', 'policies_shim_trigger';

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
my @sqlstates = qw(22P02 22023 22008 23514 22004 23502 42501 PT404 PT409 23505 42809 42804 42P01 42703 39P01 42710 0A000 XX000);
for my $code (0 .. $#sqlstates) {
	outcome_is("SELECT shim_fail($code)", "$sqlstates[$code]|a message|A detail.|A hint.|a_column|live 0",
		"core error code $code is $sqlstates[$code]");
}

# PostgreSQL errors keep what they say, whichever way they pass.
for my $sqlstate (qw(22012 40001 42501 53300 XX001)) {
	outcome_is("SELECT shim_ereport('$sqlstate')", "$sqlstate|raised by PostgreSQL|Some detail.|Some hint.||live 0",
		"$sqlstate through C++ frames");
}
outcome_is("SELECT shim_execute('SELECT 1/0')", '22012|division by zero||||live 0', 'an error of SQL below C++');
outcome_is("SELECT shim_execute('SELECT public.shim_fail(7)')", 'PT404|a message|A detail.|A hint.|a_column|live 0',
	'an error of ours below SQL below C++');
outcome_is("SELECT shim_execute('SELECT public.shim_execute(''SELECT public.shim_ereport(''''40001'''')'')')",
	'40001|raised by PostgreSQL|Some detail.|Some hint.||live 0', 'an error of PostgreSQL below twice C++ and SQL');
outcome_is("SELECT shim_execute('DO \$x\$ BEGIN PERFORM public.shim_throw(''unknown_type'');
	EXCEPTION WHEN OTHERS THEN NULL; END \$x\$')",
	'no error', 'an exception of ours caught by SQL below C++');

# The rights of another role end with the scope, by return and by error.
$node->safe_psql('postgres', 'CREATE TABLE strong_only (x int)');
outcome_is("SELECT shim_execute_as('weak', 'SELECT FROM public.strong_only')",
	'42501|permission denied for table strong_only||||live 0', 'another role has no more rights than its own');
is($node->safe_psql('postgres', <<'SQL'), "postgres\npostgres", 'the role is back after a return and after an error');
DO $$ BEGIN PERFORM shim_execute_as('weak', 'SELECT 1'); END $$;
SELECT current_user;
DO $$ BEGIN PERFORM shim_execute_as('weak', 'SELECT 1/0'); EXCEPTION WHEN OTHERS THEN NULL; END $$;
SELECT current_user;
SQL
like($node->safe_psql('postgres', q{SELECT outcome($x$SELECT shim_execute_as('weak', 'SET ROLE postgres')$x$)}),
	qr/^42501\|cannot set parameter "role"/, 'the role cannot be changed inside');

# Arguments are read as what they are, and refused by name.
my $arguments = q{true, 7, 0.5, 'a text', 'pol_01j9z3ndektsv4rrffq69g5fav', '2000-01-01 00:00:01+00', '14 months', '{"a": 1}',
	'{x,NULL}', };
is($node->safe_psql('postgres', "SELECT shim_arguments($arguments '1970-01-03')"),
	'1 7 0.500000 a text pol_01J9Z3NDEKTSV4RRFFQ69G5FAV 1000000 14 {"a": 1} x NULL 1970-01-03', 'arguments of every type');
like($node->safe_psql('postgres', "SELECT shim_arguments($arguments NULL)"), qr/ NULL$/, 'an argument that may be NULL');
outcome_is('SELECT shim_arguments(' . ($arguments =~ s/0\.5/NULL/r) . 'NULL)', '22004|fraction must not be NULL||||live 0',
	'NULL for one that may not');
outcome_is('SELECT shim_arguments(' . ($arguments =~ s/pol_01/pol_91/r) . 'NULL)',
	'22P02|invalid id: "pol_91j9z3ndektsv4rrffq69g5fav"|The first character must be 0 to 7, because a ULID has 128 bits.|||live 0',
	'an id that is none');
outcome_is('SELECT shim_arguments(' . ($arguments =~ s/2000-01-01 00:00:01\+00/-infinity/r) . 'NULL)',
	'22023|instant must be a finite time, not -infinity||||live 0', 'an infinite time');
outcome_is("SELECT shim_arguments($arguments 'infinity')", '22023|day must be a finite date, not infinity||||live 0',
	'an infinite date');

# Rows are read as the C++ types that a function asks for, and never as others.
is($node->safe_psql('postgres', q{SELECT *
	FROM shim_query('SELECT x::text, x, nullif(x, 2)::text FROM generate_series(1, 3) x')}),
	"1|1|1\n2|2|\n3|3|3", 'a set of rows');
is($node->safe_psql('postgres', q{SELECT * FROM shim_query_row($x$SELECT 'a'::name, count(*), '{"b":2}'::jsonb
	FROM pg_class LIMIT 0$x$)}),
	'||', 'no row');
is($node->safe_psql('postgres', q{SELECT name, note FROM shim_query_row($x$SELECT 'a'::name, count(*), '{"b":2}'::jsonb
	FROM pg_class$x$)}),
	'a|{"b": 2}', 'a name, a count and JSON');
is($node->safe_psql('postgres', q{SELECT shim_query_text('SELECT relkind FROM pg_class LIMIT 0') IS NULL,
	shim_query_text('SELECT NULL::text') IS NULL,
	shim_query_text($x$SELECT relkind FROM pg_class WHERE relname = 'pg_class'$x$)}), 't|t|r', 'a value that may be absent');
my %mistakes = (
	"SELECT shim_query_number('SELECT 1 WHERE false')" => 'a query returned no row where there must be one',
	"SELECT shim_query_number('SELECT NULL::int')" => q{column 1 of a query's result is NULL},
	"SELECT shim_query_number('SELECT 1, 2')" => 'a query returned 2 columns, not 1',
	"SELECT shim_query_number('DO \$x\$ BEGIN END \$x\$')" => 'a query returned 0 columns, not 1',
	"SELECT shim_query_number('SELECT 1.5')" => 'a value is of type numeric, not integer',
	"SELECT shim_query_text('SELECT 1')" => 'a value is of type integer, not text',
	"SELECT shim_query_number('SELECT 1 +')" => undef);
for my $statement (sort keys %mistakes) {
	outcome_is($statement, defined $mistakes{$statement} ? "XX000|$mistakes{$statement}||||live 0"
		: '42601|syntax error at end of input||||live 0', "not what it must be: $statement");
}
is($node->safe_psql('postgres', q{SELECT shim_parameters('>', $x$SELECT 'a & b'::tsquery$x$),
	shim_parameters('>', $x$SELECT 'c'::tsquery$x$)}),
	">tsquery'a' & 'b'|>tsquery'c'", 'parameters of a kept statement, of any type');

# A function that only reads sees what its statement sees; another one what it has itself written.
is($node->safe_psql('postgres', <<'SQL'), "0,0,0\n3,4,5", 'snapshots as in PL/pgSQL');
CREATE TABLE counted (number int);
INSERT INTO counted SELECT shim_query_number_stable('SELECT count(*) FROM public.counted') FROM generate_series(1, 3);
SELECT string_agg(number::text, ',') FROM counted;
INSERT INTO counted SELECT shim_query_number('SELECT count(*) FROM public.counted') FROM generate_series(1, 3);
SELECT string_agg(number::text, ',' ORDER BY number) FROM counted WHERE number > 0;
SQL

# Operators are PostgreSQL's own, whatever the caller's search_path.
is($node->safe_psql('postgres', <<'SQL'), "t\n2\n1\nyes\nplanted, pg_catalog", 'the search_path of a caller decides nothing');
CREATE SCHEMA planted;
CREATE FUNCTION planted.one(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE OPERATOR planted.+ (LEFTARG = int, RIGHTARG = int, FUNCTION = planted.one);
SET search_path = planted, pg_catalog;
SELECT 1 + 1 = 1;
SELECT public.shim_query_number('SELECT 1 + 1');
DO $$
BEGIN
    PERFORM public.shim_execute_qualified('CREATE TEMP TABLE made AS SELECT 1 + 1 AS sum');
    PERFORM public.shim_execute($x$SET LOCAL my.setting = 'yes'$x$);
    PERFORM set_config('my.seen', current_setting('my.setting'), false);
    BEGIN
        PERFORM public.shim_execute('SELECT 1/0');
    EXCEPTION WHEN division_by_zero THEN
    END;
END
$$;
SELECT sum FROM made;
SELECT current_setting('my.seen');
SELECT current_setting('search_path');
SQL

# Triggers read and change rows by typed columns.
is($node->safe_psql('postgres', <<'SQL'), "ann|2\nann|20", 'a trigger that changes rows and passes over one');
CREATE DOMAIN label AS text;
CREATE TABLE labelled (dropped int, number int, other text, name label);
ALTER TABLE labelled DROP COLUMN dropped;
CREATE TRIGGER shim BEFORE INSERT OR UPDATE ON labelled FOR EACH ROW EXECUTE FUNCTION shim_trigger();
INSERT INTO labelled (name, number) VALUES ('ann', 1), ('bob', NULL);
SELECT name, number FROM labelled;
UPDATE labelled SET name = 'eve', number = 10;
SELECT name, number FROM labelled;
SQL
$node->safe_psql('postgres', 'CREATE TABLE unlabelled (number text); CREATE TABLE numbered (name text, number text);
	CREATE TRIGGER shim BEFORE INSERT ON unlabelled FOR EACH ROW EXECUTE FUNCTION shim_trigger();
	CREATE TRIGGER shim BEFORE INSERT ON numbered FOR EACH ROW EXECUTE FUNCTION shim_trigger();
	CREATE TRIGGER shim_statement BEFORE UPDATE ON numbered EXECUTE FUNCTION shim_trigger();');
outcome_is('INSERT INTO unlabelled DEFAULT VALUES',
	'42703|protected table "unlabelled" has no column "name"||Restore the column with policies.add_base_columns().||live 0',
	'a column that is missing');
outcome_is('INSERT INTO numbered DEFAULT VALUES',
	'42804|column "number" of protected table "numbered" must be integer, not text||||live 0', 'a column of another type');
outcome_is('UPDATE numbered SET name = NULL', '39P01|function "policies.shim_trigger" works only as a row trigger||||live 0',
	'a trigger of statements');

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
