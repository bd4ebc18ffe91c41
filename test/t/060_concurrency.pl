# Many clients at once: no deadlock, no error that one statement alone would not have, and every invariant afterwards.
# CONCURRENCY_SECONDS and CONCURRENCY_CLIENTS make it longer and wider.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(server_with_register icalendar);

my $seconds = $ENV{CONCURRENCY_SECONDS} // 15;
my $clients = $ENV{CONCURRENCY_CLIENTS} // 64;

my $node = server_with_register('busy', 'max_connections = 200', 'synchronous_commit = off', 'log_statement = none',
	'log_min_error_statement = panic', 'deadlock_timeout = 200ms');

my $begin = <<'SQL';
\set tenant random(1, 6)
\set type random(1, 4)
\set other random(1, 4)
\set pick random(1, 40)
BEGIN;
SELECT set_config('role', 'policies_caller', true),
       set_config('request.jwt.claims', json_build_object('tenant_id', 'tenant' || :tenant, 'sub', 'per_' || :client_id)::text,
           true);
SQL
my %scripts = (
	create => [ 3, "INSERT INTO policies_api.policies (name, next_review_at, review_cadence)
		VALUES ('document ' || :pick, '2020-01-01', '1 month');" ],
	update => [ 4, "UPDATE policies_api.policies SET description = 'by ' || :client_id
		WHERE id = (SELECT id FROM policies_api.policies ORDER BY name, id OFFSET :pick LIMIT 1);" ],
	delete => [ 2, "DELETE FROM policies_api.policies
		WHERE id = (SELECT id FROM policies_api.policies ORDER BY id DESC OFFSET :pick LIMIT 1);" ],
	restore => [ 1, <<'SQL' ],
DO $$ BEGIN UPDATE policies_api.deleted_policies SET is_deleted = false
    WHERE id = (SELECT id FROM policies_api.deleted_policies ORDER BY id DESC LIMIT 1);
EXCEPTION WHEN unique_violation THEN NULL; END $$;
SQL
	complete => [ 2, <<'SQL' ],
DO $$ BEGIN PERFORM policies_api.complete_policy(id) FROM (SELECT id FROM policies_api.policies ORDER BY id LIMIT 1) p;
EXCEPTION WHEN SQLSTATE 'PT409' OR SQLSTATE 'PT404' THEN NULL; END $$;
SQL
	# Everybody fights for the same few SLA keys, in both orders.
	sla => [ 3, <<'SQL' ],
SELECT set_config('test.types', json_build_array('type' || :type, 'type' || (:type % 4 + :other % 3 + 1))::text, true);
DO $$ BEGIN INSERT INTO policies_api.policies (name, priority, applies_to)
    VALUES ('sla', 'high', current_setting('test.types')::jsonb);
EXCEPTION WHEN unique_violation OR check_violation THEN NULL; END $$;
SQL
	exchange => [ 3, <<'SQL' ],
SELECT set_config('test.types', json_build_array('type' || :type)::text, true);
DO $$ BEGIN UPDATE policies_api.policies SET applies_to = current_setting('test.types')::jsonb
    WHERE id = (SELECT id FROM policies_api.policies WHERE priority = 'high' ORDER BY random() LIMIT 1);
EXCEPTION WHEN unique_violation THEN NULL; END $$;
SQL
	# Everybody fights for the tenant's default, and imports into the same calendars.
	calendar => [ 1, <<'SQL' ],
DO $$ BEGIN INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours)
    VALUES ('calendar', 'Europe/Berlin', '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]');
EXCEPTION WHEN unique_violation THEN NULL; END $$;
SQL
	other_default => [ 2, <<'SQL' ],
DO $$ BEGIN UPDATE policies_api.business_calendars SET is_default = NOT is_default
    WHERE id = (SELECT id FROM policies_api.business_calendars ORDER BY random() LIMIT 1);
EXCEPTION WHEN unique_violation THEN NULL; END $$;
SQL
	change_calendar => [
		2, q(UPDATE policies_api.business_calendars
			SET time_zone = (ARRAY['UTC', 'Asia/Kolkata', 'America/New_York', 'Europe/Berlin'])[:type]
				WHERE id = (SELECT max(id) FROM policies_api.business_calendars);) ],
	delete_calendar => [ 1, <<'SQL' ],
DO $$ BEGIN DELETE FROM policies_api.business_calendars
    WHERE id = (SELECT id FROM policies_api.business_calendars ORDER BY id OFFSET 5 LIMIT 1);
EXCEPTION WHEN SQLSTATE 'PT409' THEN NULL; END $$;
SQL
	import => [ 2, <<'SQL' ],
SELECT set_config('test.holidays', replace(HOLIDAYS, 'NUMBER', lpad((:pick % 28 + 1)::text, 2, '0')), true);
DO $$ BEGIN PERFORM policies_api.import_holidays(id, current_setting('test.holidays'))
    FROM (SELECT id FROM policies_api.business_calendars ORDER BY id DESC LIMIT 1) c;
EXCEPTION WHEN SQLSTATE 'PT404' THEN NULL; END $$;
SQL
	targets => [ 2, "UPDATE policies_api.policies SET first_response_minutes = :pick, resolution_minutes = 100,
		business_hours_only = :type > 1 WHERE id = (SELECT max(id) FROM policies_api.policies WHERE priority = 'high');" ],
	deadlines => [ 6, <<'SQL' ],
SELECT count(*), max(d.first_response_due_at) FROM generate_series(1, 20) n,
    LATERAL policies_api.sla_deadlines('type' || :type, 'high', now() - n * interval '1 day') d;
SELECT count(*) FROM policies_api.sla_status('type' || :other, 'high', now() - interval '1 hour',
    as_of => now() - interval '1 second') s;
SQL
	list => [ 4, 'SELECT count(*), max(updated_at) FROM policies_api.policies WHERE status = \'active\';' ],
);
my @arguments;
for my $name (sort keys %scripts) {
	my ($weight, $sql) = @{ $scripts{$name} };
	$sql =~ s/HOLIDAYS/icalendar([ 'Day NUMBER', '202712NUMBER', "RRULE:FREQ=YEARLY\n" ]) =~ s{:}{'||chr(58)||E'}gr/e;
	append_to_file("$ENV{SCRATCH}/$name.pgbench", "$begin$sql\nCOMMIT;\n");
	push @arguments, '-f', "$ENV{SCRATCH}/$name.pgbench\@$weight";
}

# A machine that has other things to do is given more time, until enough was done to mean something.
my $done = 0;
for (1 .. 8) {
	$node->command_checks_all(
		[ 'pgbench', '-n', '-c', $clients, '-j', 2, '-T', $seconds, '-M', 'prepared', '-U', 'gateway', @arguments, 'postgres' ],
		0, [ qr/number of failed transactions: 0 / ], [ qr/^(?!.*(?:ERROR|aborted)).*$/s ],
		"$clients clients for $seconds seconds without an error");
	$done = $node->safe_psql('postgres', <<'SQL');
SELECT least((SELECT count(*) FROM policies.policies), (SELECT count(*) FROM policies.business_calendars_history))
SQL
	last if $done >= 100;
}
cmp_ok($done, '>=', 100, 'policies and changes of calendars that there are at least');

my $deadlocks = $node->safe_psql('postgres', "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'");
is($deadlocks, 0, 'no deadlock');
is($node->safe_psql('postgres', slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql")), '', 'every invariant holds');
my ($rows, $history, $reviews) = split /\|/, $node->safe_psql('postgres', <<'SQL');
SELECT (SELECT count(*) FROM policies.policies), (SELECT count(*) FROM policies.policies_history),
    (SELECT count(*) FROM policies.policy_reviews)
SQL
note "$rows policies, $history superseded versions, $reviews reviews";
my ($calendars, $changes, $holidays) = split /\|/, $node->safe_psql('postgres', <<'SQL');
SELECT (SELECT count(*) FROM policies.business_calendars), (SELECT count(*) FROM policies.business_calendars_history),
    (SELECT sum(jsonb_array_length(holidays)) FROM policies.business_calendars)
SQL
note "$calendars calendars, $changes superseded versions, $holidays holidays";
cmp_ok($holidays, '>=', 28, 'calendars got holidays');
done_testing();
