# Cancelled, timed out, or out of disk in the middle of a function: an error, no crash, nothing half done, and the backend
# goes on.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(server_with_register icalendar as_caller caller_settings interrupt);

my $node = server_with_register('interrupted');
my $claims = '{"tenant_id": "acme", "sub": "per_1"}';
as_caller($node, 'postgres', $claims, <<'SQL');
INSERT INTO policies_api.policies (name, next_review_at, version)
    SELECT 'policy ' || n, '2020-01-01', '1.' || n FROM generate_series(1, 1000) n;
INSERT INTO policies_api.policies (name, priority, applies_to) SELECT 'sla ' || n, 'p' || n, '["a", "b"]'
    FROM generate_series(1, 500) n;
UPDATE policies_api.policies SET first_response_minutes = 30, resolution_minutes = 480, business_hours_only = true
    WHERE name = 'sla 1';
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours) VALUES
    ('office', 'Europe/Berlin', '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]');
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, holidays, is_default)
    SELECT 'branch ' || n, 'America/New_York',
        '[{"weekdays": [1, 2, 3, 4, 5], "opens": "22:00", "closes": "06:00", "closes_next_day": true}]',
           (SELECT jsonb_agg(jsonb_build_object('name', 'day ' || d, 'date', date '2027-01-01' + 3 * d))
               FROM generate_series(1, 300) d), false
    FROM generate_series(1, 100) n
SQL
my $many_holidays = icalendar(
	map { [ "day $_", sprintf('%04d%02d%02d', 2030 + $_ / 300, $_ / 25 % 12 + 1, $_ % 25 + 1), '' ] } 1 .. 2000);
my $postmaster = slurp_file($node->data_dir . '/postmaster.pid');
my $invariants = slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql");

# Each statement runs long enough to be interrupted somewhere inside a function of ours; a time limit grows until it passes.
my %statements = (
	'stamped inserts' => "INSERT INTO policies_api.policies (name) SELECT 'new' FROM generate_series(1, 1000)",
	'updates with history' => "UPDATE policies_api.policies SET description = 'changed'",
	'soft deletes' => 'DELETE FROM policies_api.policies',
	'SLA coverage' => "UPDATE policies_api.policies SET applies_to = '[\"c\", \"d\", \"e\"]' WHERE priority IS NOT NULL",
	'completed reviews' => "SELECT count(policies_api.complete_policy(id, next_review_at => 'infinity')) FROM policies_api.policies
		WHERE next_review_at IS NOT NULL",
	'ids' => "SELECT count(policies.new_id('pol')) FROM generate_series(1, 100000)",
	'versions' => 'SELECT count(policies.version_sort_key(version)) FROM policies_api.policies, generate_series(1, 100)',
	'calendar changes' => "UPDATE policies_api.business_calendars SET name = name || '!'",
	'new calendars' => "INSERT INTO policies_api.business_calendars (time_zone, opening_hours, holidays, is_default)
		SELECT time_zone, opening_hours, holidays, false FROM policies_api.business_calendars",
	'deleted calendars' => 'DELETE FROM policies_api.business_calendars WHERE NOT is_default',
	'calendars\' values' => 'SELECT count(*) FROM policies_api.business_calendars, generate_series(1, 100)
		WHERE policies.is_valid_opening_hours(opening_hours) AND policies.is_valid_holidays(holidays)',
	'imported holidays' => "SELECT sum(policies_api.import_holidays(id, $many_holidays))
		FROM (SELECT id FROM policies_api.business_calendars LIMIT 30) c",
	'compiled calendars' => 'SELECT count(policies_api.is_business_time(now(), id)) FROM policies_api.business_calendars',
	'current_business_calendar()' => 'SELECT count(c) FROM generate_series(1, 100000) n,
		LATERAL policies_api.current_business_calendar(CASE WHEN n % 1000 = 0 THEN now() - n * interval \'1 s\' END) c',
	'add_business_minutes()' => "SELECT count(policies_api.add_business_minutes('2026-11-27 16:30+01', n))
		FROM generate_series(1, 100000) n",
	'business_minutes_between()' => "SELECT count(policies_api.business_minutes_between('2026-11-27 16:30+01',
		'2026-11-27 16:30+01'::timestamptz + n * interval '1 min')) FROM generate_series(1, 100000) n",
	'is_business_time()' => "SELECT count(policies_api.is_business_time('2026-11-27 16:30+01'::timestamptz + n * interval '1 min'))
		FROM generate_series(1, 100000) n",
	'next_business_opening()' => "SELECT count(policies_api.next_business_opening('2026-11-27 16:30+01'::timestamptz
		+ n * interval '1 min')) FROM generate_series(1, 100000) n",
	'sla_policy_for()' => "SELECT count(p) FROM generate_series(1, 100000) n, LATERAL policies_api.sla_policy_for('a', 'p' || n) p",
	'sla_deadlines()' => "SELECT count(d) FROM generate_series(1, 100000) n,
		LATERAL policies_api.sla_deadlines('a', 'p1', '2026-11-27 16:30+01'::timestamptz + n * interval '1 min') d",
	'sla_deadlines() as of many instants' => "SELECT count(d) FROM generate_series(1, 300) n,
		LATERAL policies_api.sla_deadlines('a', 'p1', '2026-11-27 16:30+01', as_of => now() - n * interval '1 s') d",
	'sla_status()' => "SELECT count(s) FROM generate_series(1, 100000) n,
		LATERAL policies_api.sla_status('a', 'p1', '2026-11-27 16:30+01',
			at_instant => '2026-11-27 16:30+01'::timestamptz + n * interval '1 min') s",
	'review_due()' => "SELECT count(*) FROM generate_series(1, 200) n, LATERAL policies_api.review_due(n * interval '1 day')",
);
for my $name (sort keys %statements) {
	my ($interrupted, $other) = interrupt($node, 'postgres', $claims, $statements{$name});
	is($other, '', "$name: nothing but interrupted");
	cmp_ok($interrupted, '>=', 1, "$name: interrupted $interrupted times");
}
is($node->safe_psql('postgres', $invariants), '', 'every invariant holds');

# Interrupted while it reads the rules, a backend has none that are half read: what it says afterwards is the same.
my $due = "SELECT policies_api.add_business_minutes('2026-11-27 16:30+01', 60) = '2026-11-30 09:30+01',
	(policies_api.sla_policy_for('b', 'p500')).policy_name;\n";
my $readings = '';
for my $limit (1 .. 40) {
	$readings .= "BEGIN;\n" . caller_settings($claims)
		. "UPDATE policies_api.business_calendars SET name = 'office' WHERE name = 'office';\n"
	  . "SET LOCAL statement_timeout = @{[ 1 + $limit % 5 ]};\nSELECT policies_api.is_business_time(now() - $limit * interval '1 s',
	  	NULL), (policies_api.sla_policy_for('a', 'p' || $limit)).policy_name \\g /dev/null\nROLLBACK;\n"
	  . "BEGIN;\n" . caller_settings($claims) . "${due}COMMIT;\n";
}
my ($readings_out, $readings_err);
$node->psql('postgres', $readings, stdout => \$readings_out, stderr => \$readings_err, on_error_stop => 0,
	extra_params => [ '-U', 'gateway' ]);
is($readings_out, join("\n", ('t|sla 500') x 40), 'after readings that were interrupted the clock is right');
note scalar(() = $readings_err =~ /canceling statement/g) . ' of 40 readings were interrupted';

# One backend, interrupted a hundred times, is as it was: the same process, the same memory.
my $turn = "BEGIN;\n" . caller_settings($claims)
	. "SET LOCAL statement_timeout = 3;\n$statements{'updates with history'};\nROLLBACK;\n";
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
	skip 'NOT RUN: no small file system is mounted (tools/in_scratch.sh mounts one when it runs as root)', 6
		unless -e "$disk/mounted";
	mkdir "$disk/space";
	$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$disk/space'");
	$node->safe_psql('postgres', 'ALTER TABLE policies.policies SET TABLESPACE small; ALTER TABLE policies.policies_history
		SET TABLESPACE small');
	$node->safe_psql('postgres', 'ALTER TABLE policies.business_calendars SET TABLESPACE small;
		ALTER TABLE policies.business_calendars_history SET TABLESPACE small');
	# One mebibyte is left to fill.
	my ($free) = (run_command([ 'df', '--output=avail', '-k', $disk ]))[0] =~ /(\d+)\s*\z/;
	system_or_bail('fallocate', '--length', ($free - 1024) . 'KiB', "$disk/ballast");
	my %filling = (
		'stamped inserts' => "INSERT INTO policies_api.policies (name, body) SELECT 'new', repeat(md5(n::text), 200)
			FROM generate_series(1, 5000) n",
		'updates with history' => "UPDATE policies_api.policies SET body = repeat(md5(random()::text), 50)",
		'calendar changes' => "UPDATE policies_api.business_calendars SET name = repeat(md5(random()::text), 50)",
		'imported holidays' => "SELECT policies_api.import_holidays(id, replace($many_holidays, 'day ', md5(random()::text)))
			FROM policies_api.business_calendars WHERE name <> 'office'",
	);
	for my $name ('stamped inserts', 'updates with history', 'calendar changes', 'imported holidays') {
		my $error = '';
		for (1 .. 200) {
			my (undef, undef, $stderr) = as_caller($node, 'postgres', $claims, $filling{$name});
			if ($stderr) { $error = $stderr; last; }
		}
		like($error, qr/ERROR:  53100: could not (?:extend|write)/, "$name: the disk is full");
	}
	is($node->safe_psql('postgres', $invariants), '', 'every invariant holds on a full disk');
	is(slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/ && $1, $postmaster =~ /^(\d+)/ && $1,
		'the server never went down');
}
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|TRAP/, 'no backend crashed');
done_testing();
