# Functions and operators of users: leaky ones in conditions, ones with another's rights, and ones that stand in the way of
# ours on a search_path.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use AttackTest qw(attacked_server victim_id calendar_id ask attack as_superuser $acme $acme_app $globex $victim);

my $node = attacked_server('functions');
as_superuser('GRANT USAGE ON SCHEMA helpdesk TO policies_caller; CREATE ROLE other_gateway LOGIN;
	GRANT policies_gateway, policies_caller TO other_gateway');
my $id = victim_id(q(name = 'classified 1'));
my $calendar = calendar_id('victim');

# Leaky functions and operators say what they are shown. An operator also has a planner's estimate: with rights to the
# statistics, it would be shown the most common values
# (CVE-2017-7484, CVE-2019-10130, CVE-2025-8713).
as_superuser(<<'SQL');
CREATE FUNCTION probe.leak(text) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'leaked %', $1;
RETURN true; END $$;
CREATE FUNCTION probe.leak(text, text) RETURNS boolean COST 0.0000001
    LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'leaked %, %', $1, $2; RETURN $1 = $2; END $$;
CREATE FUNCTION probe.leak(jsonb) RETURNS boolean COST 0.0000001 LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'leaked %', $1;
RETURN true; END $$;
CREATE OPERATOR probe.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = probe.leak, RESTRICT = eqsel, JOIN = eqjoinsel,
    COMMUTATOR = OPERATOR(probe.===));
CREATE OPERATOR probe.<<< (LEFTARG = text, RIGHTARG = text, FUNCTION = probe.leak, RESTRICT = scalarltsel,
    JOIN = scalarltjoinsel);
CREATE OPERATOR probe.~~~ (LEFTARG = text, RIGHTARG = text, FUNCTION = probe.leak, RESTRICT = matchingsel,
    JOIN = matchingjoinsel);
CREATE STATISTICS helpdesk.together (mcv) ON subject, tenant_id FROM helpdesk.tickets;
CREATE STATISTICS helpdesk.expression ON (upper(subject)), (weight + 1) FROM helpdesk.tickets;
ANALYZE;
SQL
my %columns = (
	'policies.policies' => 'body', 'policies_api.policies' => 'body', 'policies_api.deleted_policies' => 'name',
	'policies_api.policies_history' => 'body',
	'policies_api.policy_reviews' => 'note', 'helpdesk.tickets' => 'subject', 'policies_api.tickets' => 'subject',
	'helpdesk.tickets_history' => 'subject',
	'helpdesk.notes' => 'note', 'policies_api.notes' => 'note', 'helpdesk.labels' => 'meaning',
	'policies.business_calendars' => 'name', 'policies_api.business_calendars' => 'name',
	'policies_api.deleted_business_calendars' => 'name',
	'policies_api.business_calendars_history' => 'name',
);
for my $relation (sort keys %columns) {
	my $column = $columns{$relation};
	my @statements = ("SELECT count(*) FROM $relation WHERE probe.leak($column)", "SELECT count(*) FROM $relation r
		WHERE probe.leak(to_jsonb(r))",
		"SELECT count(*) FROM (SELECT DISTINCT ON (probe.leak($column)) 1 FROM $relation) s",
		"SELECT count(*) FILTER (WHERE probe.leak($column)) FROM $relation",
		"SELECT count(*) FROM $relation a JOIN $relation b ON a.$column OPERATOR(probe.===) b.$column",
		"SELECT count(*) FROM $relation WHERE CASE WHEN probe.leak($column) THEN true END",
		map({ ("SELECT count(*) FROM $relation WHERE $column OPERATOR(probe.$_) 'x'", "EXPLAIN SELECT * FROM $relation
			WHERE $column OPERATOR(probe.$_) 'x'",
			"EXPLAIN SELECT * FROM $relation a JOIN $relation b ON a.$column OPERATOR(probe.$_) b.$column") } qw(=== <<< ~~~)),
		"EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM $relation WHERE $column > 'c' AND $column < 'd'",
		"SELECT count(*) FROM $relation WHERE $column = 'x' OR 1 / (length($column) - length($column)) = 0");
	push @statements, "SELECT count(*) FROM $relation TABLESAMPLE SYSTEM (100) WHERE probe.leak($column)"
		unless $relation =~ /^policies_api/;
	# One's own rows may be leaked to oneself; the division says that there are some.
	attack("leaky functions on $relation, for $_", join(";\n", @statements) . ';', role => 'policies_caller',
		claims => $_ eq 'acme' ? $acme : '',
		errors => $_ eq 'acme' ? '22012' : '', output => qr/./) for qw(acme nobody);
	# Of what people write in the register there are no statistics, and nothing to ask about.
	next if $relation =~ /policy_reviews|deleted|history|labels|calendars|\.policies$/;
	like((ask('postgres', "EXPLAIN SELECT * FROM $relation WHERE $column OPERATOR(probe.===) 'x'"))[1], qr/leaked classified/,
		"the planner does ask the operator about $relation, for one who may see the statistics");
}
attack('a leaky operator, with the statistics of a partitioned table and an app key',
	<<"SQL", claims => $acme_app, never => 'restricted', output => qr/./);
EXPLAIN SELECT * FROM policies_api.notes WHERE note OPERATOR(probe.===) 'x';
EXPLAIN SELECT * FROM policies_api.tickets WHERE subject OPERATOR(probe.<<<) 'x';
SELECT count(*) FROM policies_api.policies WHERE probe.leak(name);
SQL
attack('statistics themselves', <<"SQL", claims => $acme, errors => '42501 42501 42501', output => "0\n0\n0");
SELECT count(*) FROM pg_stats WHERE schemaname IN ('policies', 'helpdesk') AND tablename NOT IN ('register_steps');
SELECT count(*) FROM pg_stats_ext WHERE schemaname = 'helpdesk';
SELECT count(*) FROM pg_stats_ext_exprs WHERE schemaname = 'helpdesk';
SELECT * FROM pg_statistic;
SELECT * FROM pg_statistic_ext_data;
SELECT pg_read_file('base/1/1259');
SQL
# An estimate tells a value from another by its statistics: of persons and of what they write there are none.
as_superuser(q(UPDATE policies.policies SET owner_id = 'per_victims' WHERE tenant_id = 'victim'));
as_superuser('ANALYZE');
for my $column (qw(owner_id name description version created_by updated_by priority)) {
	my %estimates = map { ((ask('gateway',
		"SET ROLE policies_caller; SET request.jwt.claims = '$acme'; EXPLAIN SELECT FROM policies_api.policies
			WHERE $column $_"))[0] =~ /rows=(\d+)/ ? $1 : 'none' => 1) }
		"= 'per_victims'", "= 'per_vic'", "= 'nobody'", "= 'classified'";
	is(keys %estimates, 1, "no estimate tells who or what stands in $column of others");
}
is(as_superuser(<<'SQL'), '', 'nor in any text that callers read, keys and known words apart');
SELECT string_agg(format('%s.%s', c.relname, a.attname), ' ' ORDER BY c.relname, a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_statistic s ON s.starelid = c.oid AND s.staattnum = a.attnum
WHERE c.relnamespace = 'policies'::regnamespace AND t.typcategory IN ('S', 'U', 'A')
    AND has_table_privilege('policies_caller', c.oid, 'SELECT')
    AND a.attname NOT IN ('id', 'tenant_id', 'app_id', 'policy_id', 'source_type', 'status', 'category', 'change', 'outcome')
SQL
attack('errors of conversions of others\' values', <<"SQL", claims => $globex, errors => '22P02 22P02 22007 22P02 22P02');
SELECT count(*) FROM policies.policies WHERE name::int = 1;
SELECT count(*) FROM policies.policies WHERE name::jsonb IS NOT NULL;
SELECT count(*) FROM policies_api.policies WHERE name::timestamptz > now();
SELECT count(*) FROM policies_api.policies_history WHERE body::uuid IS NOT NULL;
SELECT count(*) FROM policies_api.tickets WHERE subject::boolean;
SQL
attack('rows by their place, as documents, and through functions that run queries',
	<<"SQL", claims => $acme, errors => '42883 42501', output => qr/\A(?:(?!victim).)*\z/s);
SELECT name FROM policies.policies
    WHERE ctid = ANY (ARRAY(SELECT format('(%s,%s)', p, i)::tid FROM generate_series(0, 3) p, generate_series(1, 100) i));
SELECT table_to_xml('policies.policies', true, true, '');
SELECT schema_to_xml('policies_api', true, true, '');
SELECT query_to_xml('SELECT * FROM policies.policies', true, true, '');
SELECT * FROM ts_stat('SELECT to_tsvector(body) FROM policies.policies');
SELECT * FROM dblink('', 'SELECT 1');
SELECT table_to_xml('policies.sla_coverage', true, true, '');
SQL

# Functions with another's rights. What they see is what their owner may see: the context stays that of the login.
my $functions = <<'SQL';
CREATE FUNCTION probe.OWNER_reads() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS 'SELECT count(*) FROM policies.policies WHERE name LIKE ''%1''';
CREATE FUNCTION probe.OWNER_writes() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
    'WITH changed AS (UPDATE policies.policies SET owner_id = ''by OWNER'' RETURNING *) SELECT count(*) FROM changed';
SQL
ask($_, $functions =~ s/OWNER/$_/gr) for qw(mallory other_gateway administrator);
ask('gateway', "SET ROLE policies_caller;\n" . $functions =~ s/OWNER/caller/gr);
for my $owner (qw(mallory other_gateway caller)) {
	attack("a caller runs functions with the rights of $owner", "SELECT probe.${owner}_reads(); SELECT probe.${owner}_writes();",
		claims => $acme, mine => 'acme', output => "3\n15");
	attack("a stranger runs functions with the rights of $owner", "SET request.jwt.claims = '$victim'; SELECT probe.${owner}_reads();
		SELECT probe.${owner}_writes();", login => 'stranger', output => "0\n0");
}
attack('another gateway, without claims', 'SELECT probe.mallory_reads(); SELECT probe.caller_reads()', login => 'other_gateway',
	output => "0\n0");
# By design: such a function must apply the tenant itself, and audit() asks whether it does.
is((ask('gateway', "SET ROLE policies_caller; SET request.jwt.claims = '$acme'; SELECT probe.administrator_reads()"))[0], 5,
	'a function with an administrator\'s rights reads all');
is(as_superuser(q(SELECT count(*) FROM policies.audit() WHERE name = 'definer_function_executable_by_callers'
	AND detail LIKE '%administrator\_%')), 2, 'and audit() tells of it');
attack('a stranger writes through a function with an administrator\'s rights', "SET request.jwt.claims = '$victim';
	SELECT probe.administrator_writes();", login => 'stranger', errors => '42501');

# The clock in such a function runs for the caller, whosever rights it has: those who see all tenants included.
my $clocks = <<"SQL";
CREATE FUNCTION probe.OWNER_clock() RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS
    'SELECT concat_ws('', '', calendar_name, policy_name, first_response_minutes)
    FROM policies_api.current_business_calendar(), policies_api.sla_policy_for(''incident'', ''high'')';
CREATE FUNCTION probe.OWNER_clock_of(text) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS 'SELECT policies_api.is_business_time(now(), \$1)';
CREATE FUNCTION probe.OWNER_imports(text) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog,
    pg_temp AS 'SELECT policies_api.import_holidays(\$1, ''BEGIN:VCALENDAR'')';
SQL
ask($_, $clocks =~ s/OWNER/$_/gr) for qw(mallory other_gateway administrator postgres);
ask('gateway', "SET ROLE policies_caller;\n" . $clocks =~ s/OWNER/caller/gr);
for my $owner (qw(mallory other_gateway caller administrator postgres)) {
	attack("the clock with the rights of $owner", <<"SQL",
SELECT probe.${owner}_clock();
SELECT probe.${owner}_clock_of('$calendar');
SELECT probe.${owner}_imports('$calendar');
SET request.jwt.claims = '$globex';
SELECT probe.${owner}_clock();
SELECT probe.${owner}_clock_of('$calendar');
SET request.jwt.claims = '$acme';
SELECT calendar_name FROM policies_api.current_business_calendar();
SQL
		claims => $acme, output => "ordinary calendar acme, ordinary sla, 34\nordinary calendar globex, ordinary sla, 36\n"
			. "ordinary calendar acme", errors => 'PT404 PT404 PT404');
	attack("a stranger asks the clock with the rights of $owner", "SET request.jwt.claims = '$victim'; SELECT probe.${owner}_clock();
		SELECT probe.${owner}_clock_of('$calendar'); SELECT probe.${owner}_imports('$calendar');",
		login => 'stranger', errors => '42501 42501 42501');
}
# What a plan shows of the clock: its arguments, and nothing that it has read.
attack('EXPLAIN of the clock and of calendars',
	<<"SQL", claims => $acme, never => 'ordinary|Berlin|cal_0', output => qr/add_business_minutes/);
EXPLAIN (ANALYZE, VERBOSE, BUFFERS) SELECT policies_api.add_business_minutes(now(), 60), policies_api.is_business_time(now());
EXPLAIN (ANALYZE, VERBOSE) SELECT d.* FROM policies_api.tickets t, LATERAL policies_api.sla_deadlines('incident', 'high',
    now()) d;
EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM policies_api.sla_status('incident', 'high', now());
EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM policies_api.business_calendars;
EXPLAIN (VERBOSE, SETTINGS) SELECT * FROM policies_api.business_calendars_history WHERE is_default;
EXPLAIN (ANALYZE, VERBOSE, FORMAT json) SELECT calendar_name FROM policies_api.current_business_calendar();
SQL
attack('documents of calendars',
	<<"SQL", claims => $acme, output => qr/\A(?:(?!victim|globex).)*ordinary(?:(?!victim|globex).)*\z/s, errors => '');
SELECT table_to_xml('policies.business_calendars', true, true, '');
SELECT query_to_xml('SELECT * FROM policies_api.business_calendars_history', true, true, '');
SELECT query_to_xml('SELECT * FROM policies_api.current_business_calendar()', true, true, '');
SQL

# Our functions are nobody's to call, attach or replace.
attack('trigger functions called and attached', <<"SQL", login => 'mallory', errors => join(' ', ('42501') x 23));
SELECT policies.check_business_calendar();
SELECT policies.reset_sla_clocks();
CREATE TABLE probe.calendars (id text, tenant_id text, app_id text, name text, time_zone text, opening_hours jsonb,
    holidays jsonb, is_default boolean, is_deleted boolean);
CREATE TRIGGER t BEFORE INSERT ON probe.calendars FOR EACH ROW EXECUTE FUNCTION policies.check_business_calendar();
CREATE TRIGGER t AFTER INSERT ON probe.calendars FOR EACH ROW EXECUTE FUNCTION policies.reset_sla_clocks();
CREATE TRIGGER t AFTER INSERT ON probe.calendars EXECUTE FUNCTION policies.reset_sla_clocks();
CREATE FUNCTION probe.clock() RETURNS timestamptz LANGUAGE c AS '\$libdir/policies', 'policies_add_business_minutes';
CREATE FUNCTION policies_api.add_business_minutes(timestamptz, bigint) RETURNS timestamptz LANGUAGE sql AS 'SELECT \$1';
SELECT policies.stamp_write();
SELECT policies.record_history();
SELECT policies.soft_delete();
SELECT policies.cover_ticket_types();
CREATE TABLE probe.mine (id text, tenant_id text, app_id text, updated_at timestamptz, updated_by text, name text, status text,
    priority text, applies_to jsonb, is_deleted boolean);
CREATE TRIGGER t AFTER UPDATE ON probe.mine FOR EACH ROW EXECUTE FUNCTION policies.record_history();
CREATE TRIGGER t BEFORE INSERT ON probe.mine FOR EACH ROW EXECUTE FUNCTION policies.stamp_write('pol', '1');
CREATE TRIGGER t AFTER INSERT ON probe.mine FOR EACH ROW EXECUTE FUNCTION policies.cover_ticket_types();
CREATE TRIGGER t BEFORE INSERT ON probe.mine FOR EACH ROW EXECUTE FUNCTION policies.skip_known_coverage();
SELECT policies.protect_table('probe.mine', 'min');
SELECT policies.keep_history('probe.mine');
SELECT policies.scope_by_tenant('probe.mine');
SELECT policies.unprotect_table('helpdesk.tickets');
SELECT policies.create_register();
SELECT policies.purge_deleted('0');
SELECT policies.audit();
CREATE FUNCTION policies.mine() RETURNS int LANGUAGE sql AS 'SELECT 1';
SQL
attack('functions of the extension replaced and altered', <<"SQL", login => 'mallory', errors => join(' ', ('42501') x 7));
CREATE OR REPLACE FUNCTION policies.current_tenant_id() RETURNS text LANGUAGE sql AS \$\$ SELECT 'victim' \$\$;
ALTER FUNCTION policies.current_tenant_id() IMMUTABLE;
ALTER FUNCTION policies.current_tenant_id() LEAKPROOF;
ALTER FUNCTION policies.current_tenant_id() SET request.jwt.claims = '$victim';
DROP FUNCTION policies.current_tenant_id();
CREATE FUNCTION policies_api.mine(policies_api.policies) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION probe.leakproof(text) RETURNS boolean LANGUAGE sql LEAKPROOF AS 'SELECT true';
SQL
attack('trigger functions called by an administrator',
	<<'SQL', login => 'administrator', errors => '39P01 39P01 39P01 39P01 39P01');
SELECT policies.check_business_calendar();
SELECT policies.reset_sla_clocks();
SELECT policies.stamp_write();
SELECT policies.record_history();
SELECT policies.cover_ticket_types();
SQL

# Hostile arguments to every function there is, found in the catalog: each refusal has a SQLSTATE that names a mistake of the
# caller, never a defect of ours, and a sentence about the argument, never about the SQL inside. Whatever a call did is undone.
as_superuser(<<'SQL');
CREATE TABLE probe.arguments (type text, sort text, value text);
INSERT INTO probe.arguments SELECT type, CASE WHEN n <= 2 THEN n::text ELSE 'hostile' END, value FROM (VALUES
    -- Two ordinary values of each type, then those that are not.
    ('text', ARRAY[$q$'pol_01ARZ3NDEKTSV4RRFFQ69G5FAV'$q$, $q$(SELECT id FROM policies_api.policies ORDER BY id
        LIMIT 1)$q$, $q$''$q$, $q$' '$q$, $q$repeat('x', 60000)$q$,
        $q$repeat('é', 40000)$q$, $q$E'\x01\x02\x7f'$q$, $q$E'a\\000b'$q$, $q$'\u0000'$q$, $q$'"''\;--$$'$q$, $q$'%s %I $1'$q$,
            $q$'major'$q$, $q$'1.0.0'$q$,
        $q$repeat('(', 5000)$q$, $q$'9999999999999999999999.0'$q$, $q$'BEGIN:VCALENDAR'$q$, $q$'draft'$q$,
            $q$U&'\FFFF\+01F600'$q$, $q$repeat('a b ', 5000)$q$, $q$'acme'$q$, $q$'pol'$q$,
        $q$E'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:99999999\r\nEND:VEVENT\r\nEND:VCALENDAR'$q$]),
    ('name', ARRAY[$q$'policies_api'$q$, $q$'probe'$q$, $q$''$q$, $q$' '$q$, $q$'pg_catalog'$q$, $q$'pg_temp'$q$,
        $q$'nowhere'$q$, $q$'information_schema'$q$, $q$'a"b'$q$, $q$repeat('é', 100)$q$]),
    ('integer', ARRAY['1', '20', '0', '-1', '2147483647', '(-2147483648)', '1000']),
    ('bigint', ARRAY['1', '60', '0', '-1', '9223372036854775807', '(-9223372036854775808)']),
    ('real', ARRAY['1', '0.5', '0', $q$'NaN'$q$, $q$'infinity'$q$, $q$'-infinity'$q$, '3e38']),
    ('double precision', ARRAY['1', '0.5', '0', $q$'NaN'$q$, $q$'infinity'$q$, $q$'-infinity'$q$, '1e308']),
    ('boolean', ARRAY['true', 'false']),
    ('timestamp with time zone', ARRAY[$q$'2026-01-01'$q$, 'now()', $q$'infinity'$q$, $q$'-infinity'$q$,
        $q$'294276-12-31 23:59:59.999999+00'$q$, $q$'4713-01-01 00:00:00+00 BC'$q$,
        $q$'294275-01-01'$q$, $q$'10889-08-03'$q$]),
    ('date', ARRAY[$q$'2026-01-01'$q$, $q$'2026-12-25'$q$, $q$'infinity'$q$, $q$'-infinity'$q$, $q$'5874897-12-31'$q$,
        $q$'4713-01-01 BC'$q$]),
    ('interval', ARRAY[$q$'1 year'$q$, $q$'1 day'$q$, $q$'0'$q$, $q$'-1 year'$q$, $q$'178000000 years'$q$,
        $q$'-178000000 years'$q$, $q$'1 mon -1 day'$q$, $q$'2147483647 days'$q$,
        $q$'2147483647 hours'$q$, $q$make_interval(secs => 1e12)$q$]),
    ('jsonb', ARRAY[$q$'{}'$q$, $q$'[]'$q$, $q$'null'$q$, $q$'"x"'$q$, $q$'1e1000'$q$, $q$(repeat('[', 3000) || repeat(']',
        3000))$q$, $q$'[{"a": "\u0001"}]'$q$, $q$to_jsonb(repeat('x', 60000))$q$,
        $q$(SELECT jsonb_object_agg('k' || n, repeat('y', 10))
            FROM generate_series(1, 3000) n)$q$, $q$'{"id": null}'$q$, $q$'[1, null, {"weekdays": [99999999999999999999],
            "opens": "99:99"}]'$q$]),
    ('regclass', ARRAY[$q$'helpdesk.tickets'$q$, $q$'probe.mine'$q$, '0', '4294967295', '1', $q$'pg_class'$q$, $q$'pg_stats'$q$,
        $q$'policies.policies'$q$, $q$'policies_api.policies'$q$,
        $q$'policies.policies_pkey'$q$]),
    ('oid', ARRAY['1259', '1247', '0', '4294967295', '1']),
    ('regconfig', ARRAY[$q$'simple'$q$, $q$'english'$q$, '0', '4294967295', '1', '1259']),
    ('tsquery', ARRAY[$q$'a'$q$, $q$'b | !c'$q$, $q$''$q$, $q$(repeat('a & ', 3000) || 'a')$q$]),
    ('tsvector', ARRAY[$q$'a'$q$, $q$'b'$q$, $q$''$q$]),
    ('text[]', ARRAY[$q$'{per_1}'$q$, $q$'{a,b}'$q$, $q$'{}'$q$, $q$'{NULL}'$q$, $q$'{"",""}'$q$, $q$ARRAY[repeat('x',
        60000)]$q$, $q$ARRAY[ARRAY['a', 'b'], ARRAY['c', 'd']]$q$,
        $q$(SELECT array_agg('p' || n) FROM generate_series(1, 20000) n)$q$, $q$'[5:6]={a,b}'$q$]),
    ('jsonb[]', ARRAY[$q$'{}'$q$, $q$ARRAY['{}'::jsonb]$q$, $q$'{NULL}'$q$, $q$ARRAY['1'::jsonb]$q$,
        $q$ARRAY[ARRAY['{}'::jsonb]]$q$]),
    ('tstzmultirange', ARRAY[$q$'{}'$q$, $q$'{[2026-01-01,2026-01-02)}'$q$, $q$'{(,)}'$q$, $q$'{[infinity,]}'$q$,
        $q$'{(-infinity,2026-01-01)}'$q$])
) AS t (type, vals), unnest(vals) WITH ORDINALITY AS v (value, n);
GRANT SELECT ON probe.arguments TO PUBLIC;
CREATE TABLE IF NOT EXISTS probe.mine (note text);
-- Each function, with each value of each argument in turn, the others being ordinary.
CREATE FUNCTION probe.refusals() RETURNS TABLE (calls bigint, refusal text) LANGUAGE plpgsql AS $f$
DECLARE
    call text;
    raised text[];
    found jsonb := '{}';
    state text;
    message text;
BEGIN
    calls := 0;
    FOR call IN
        WITH functions AS (
            SELECT p.oid, format('%I.%I', n.nspname, p.proname) AS name, p.proargtypes::oid[] AS types, p.pronargs
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname IN ('policies', 'policies_api') AND p.prokind = 'f' AND has_function_privilege(p.oid, 'EXECUTE')
                AND p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype) AND 'internal'::regtype <> ALL (p.proargtypes)
                AND p.proname NOT IN ('audit', 'create_register')
        )
        SELECT DISTINCT format('SELECT FROM %s(%s)', f.name, (
            SELECT string_agg(coalesce(CASE WHEN place = a.position THEN tried ELSE
                (SELECT o.value FROM probe.arguments o WHERE o.type = format_type(a.type, NULL)
                    AND o.sort = variant::text) END, 'NULL')
                || '::' || format_type(a.type, NULL), ', ' ORDER BY a.position)
            FROM unnest(f.types) WITH ORDINALITY AS a (type, position)))
        FROM functions f, generate_series(1, greatest(f.pronargs, 1)) AS place, generate_series(1, 2) AS variant,
            LATERAL (SELECT NULL AS tried UNION ALL SELECT v.value FROM probe.arguments v
                WHERE v.type = format_type(f.types[place - 1], NULL)) AS t
    LOOP
        calls := calls + 1;
        BEGIN
            EXECUTE call;
            RAISE EXCEPTION USING ERRCODE = 'UUUUU';
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
        END;
        -- What the caller can mend, in words of ours or of PostgreSQL's about the value. 42501 is a right that it lacks.
        IF state NOT IN ('UUUUU', '22004', '22008', '22023', '22P02', '23514', '3F000', '42501', '42710', '42804', '42809',
            '55000', 'PT404', 'PT409')
            OR message ~ '::|SELECT |INSERT |cache lookup|could not open|out of range$'
                AND message !~ '^timestamp out of range' THEN
            found := found || jsonb_build_object(substring(call
                FROM 'FROM ([^(]+)') || ' ' || state || ' ' || left(message, 100), left(call, 300));
        END IF;
    END LOOP;
    RETURN QUERY SELECT calls, coalesce(string_agg(key || ' <- ' || value, E'\n'), '') FROM jsonb_each_text(found);
END
$f$;
SQL
for my $asked ([ 'gateway', "SET ROLE policies_caller; SET request.jwt.claims = '$acme'" ], [ 'postgres', '' ]) {
	my ($stdout, $stderr) = ask($asked->[0], "SET client_min_messages = error; $asked->[1]; SELECT * FROM probe.refusals()");
	my ($calls, $refusals) = split /\|/, $stdout, 2;
	is($refusals, '', "hostile arguments by $asked->[0]: " . ($calls // $stderr) . ' calls');
	cmp_ok($calls, '>', 3000, 'and these were many');
}

done_testing();
