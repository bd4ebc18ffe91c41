# On a hot standby every reading function works, and every write is refused as read-only.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(server_with_register fill_register icalendar report as_caller open_session ask close_session);

my $primary = server_with_register('primary');
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
my $night = $primary->safe_psql('postgres', q(SELECT id FROM policies.business_calendars
	WHERE tenant_id = 'acme' AND app_id IS NULL AND name = 'night'));
my $as_of = $primary->safe_psql('postgres', 'SELECT now()');
as_caller($primary, 'postgres', $claims, q(UPDATE policies_api.business_calendars SET name = 'head office'
	WHERE name = 'office' AND app_id IS NULL));
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
	'the context' => [ 'SELECT policies.current_tenant_id(), policies.current_person_id(), policies.context_problem() IS NULL',
		'acme|per_1|t' ],
	'ids' => [ "SELECT policies.id_time('$id') > '2020-01-01', policies.is_valid_id(policies.new_id('pol'))", 't|t' ],
	'versions' => [ "SELECT policies.compare_versions('1.2', '1.10'),
		policies.version_sort_key('1.2') < policies.version_sort_key('1.10')", '-1|t' ],
	'calendars' => [ 'SELECT count(*), count(*) FILTER (WHERE jsonb_array_length(holidays) = 2)
		FROM policies_api.business_calendars', '8|4' ],
	'deleted calendars' => [ 'SELECT count(*) FROM policies_api.deleted_business_calendars', 2 ],
	'the calendars\' history' => [ 'SELECT count(*), count(DISTINCT id) FROM policies_api.business_calendars_history', '9|7' ],
	'current_business_calendar()' => [ 'SELECT calendar_id IS NOT NULL, calendar_name, time_zone
		FROM policies_api.current_business_calendar()', 't|head office|Europe/Berlin' ],
	'current_business_calendar() as of an instant' => [ "SELECT calendar_name FROM policies_api.current_business_calendar('$as_of')",
		'office' ],
	'add_business_minutes()' => [ "SELECT policies_api.add_business_minutes('2026-12-24 16:30+01', 60) = '2026-12-28 09:30+01',
		policies_api.add_business_minutes('2026-11-30 09:30+01', -60, pauses => '{[2026-11-30 09:10+01,2026-11-30 09:20+01)}')
			= '2026-11-27 16:20+01'", 't|t' ],
	'add_business_minutes() on another calendar' => [
		"SELECT policies_api.add_business_minutes('2026-11-27 16:30+01', 60, '$night') = '2026-11-27 23:00-05'", 't' ],
	'business_minutes_between()' => [ "SELECT policies_api.business_minutes_between('2026-11-27 16:30+01', '2026-11-30 09:30+01'),
		policies_api.business_minutes_between('2026-11-27 16:30+01', '2026-11-30 09:30+01', '$night')", '60|480' ],
	'is_business_time()' => [ "SELECT policies_api.is_business_time('2026-11-27 16:30+01'),
		policies_api.is_business_time('2026-11-27 16:30+01', '$night')", 't|f' ],
	'next_business_opening()' => [ "SELECT policies_api.next_business_opening('2026-12-24 17:00+01') = '2026-12-28 09:00+01',
		policies_api.next_business_opening('2026-12-27 12:00-05', '$night') = '2027-01-02 00:00-05'", 't|t' ],
	'sla_policy_for()' => [ "SELECT policy_name, first_response_minutes, resolution_minutes, business_hours_only
		FROM policies_api.sla_policy_for('incident', 'p3')", 'sla 3|3|30|t' ],
	'sla_policy_for() as of an instant' => [ "SELECT policy_name FROM policies_api.sla_policy_for('incident', 'p3', '$as_of')",
		'sla 3' ],
	'sla_deadlines()' => [ "SELECT policies.is_valid_id(policy_id), first_response_due_at = '2026-11-27 16:48+01',
		resolution_due_at = '2026-11-30 09:15+01', calendar_name
			FROM policies_api.sla_deadlines('incident', 'p3', '2026-11-27 16:45+01')", 't|t|t|head office' ],
	'sla_deadlines() as of an instant' => [
		"SELECT calendar_name FROM policies_api.sla_deadlines('incident', 'p3', '2026-11-27 16:45+01', '{}', '$as_of')", 'office' ],
	'sla_status()' => [ "SELECT string_agg(target || ' ' || state || ' ' || minutes_left, ', ')
		FROM policies_api.sla_status('incident', 'p3', '2026-11-27 16:45+01', '2026-11-27 16:46+01',
			at_instant => '2026-11-30 09:20+01')", 'first_response met 2, resolution breached -5' ],
	'the checks of calendars' => [
		q(SELECT policies.is_valid_opening_hours('[{"weekdays": [1], "opens": "09:00", "closes": "24:00"}]'),
			policies.is_valid_holidays('[]')), 't|t' ],
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
is($standby->safe_psql('postgres', 'SELECT policies.register_version() = policies.latest_register_version()'), 't',
	'on the standby: register_version()');

for my $write ("INSERT INTO policies_api.policies (name) VALUES ('x')", "UPDATE policies_api.policies SET name = 'x'",
	'DELETE FROM policies_api.policies', "UPDATE policies_api.business_calendars SET name = 'x'",
	'DELETE FROM policies_api.business_calendars',
	q(INSERT INTO policies_api.business_calendars (time_zone, opening_hours, is_default)
		VALUES ('UTC', '[{"weekdays": [1], "opens": "09:00", "closes": "10:00"}]', false)),
	"SELECT policies_api.import_holidays('$night', 'BEGIN:VCALENDAR')", "SELECT policies_api.complete_policy('$id')") {
	my ($write_status, undef, $error) = as_caller($standby, 'postgres', $claims, $write);
	like($error, qr/ERROR:  25006: cannot execute/, "on the standby refused: $write");
}

# A session that stays open on the standby keeps the rules it has read until a change arrives from the primary.
my $watcher = open_session($standby->connstr('postgres') . ' user=gateway');
my $due = "SELECT calendar_name, first_response_due_at AT TIME ZONE 'UTC'
	FROM policies_api.sla_deadlines('incident', 'p3', '2026-11-28 12:00+00');";
ask($watcher, "SET ROLE policies_caller; SET request.jwt.claims = '$claims';");
is(ask($watcher, $due), 'head office|2026-11-30 08:03:00', 'on the standby: an open session has its deadlines');
for my $change ([ q(UPDATE policies_api.business_calendars SET time_zone = 'Asia/Kolkata'
	WHERE name = 'head office'), 'head office|2026-11-30 03:33:00', 'a changed calendar' ],
	[ q(UPDATE policies_api.policies SET first_response_minutes = 2 WHERE name = 'sla 3' AND app_id IS NULL),
		'head office|2026-11-30 03:32:00', 'a changed policy' ],
	[ q(UPDATE policies_api.business_calendars SET is_default = false WHERE name = 'head office'),
		'Around the clock|2026-11-28 12:02:00', 'no default calendar' ],
	[ q(DELETE FROM policies_api.policies WHERE name = 'sla 3' AND app_id IS NULL), '|', 'a deleted policy' ]) {
	my (undef, undef, $error) = as_caller($primary, 'postgres', $claims, $change->[0]);
	$primary->wait_for_catchup($standby);
	is(ask($watcher, $due), $change->[1], "on the standby: and after $change->[2] others") or diag($error);
}
close_session($watcher);

$standby->promote;
($status, $stdout, $stderr) = as_caller($standby, 'postgres', $claims,
	"SELECT (policies_api.complete_policy('$id', NULL, '2999-01-01')).next_review_at");
is($status, 0, 'after its promotion it takes writes') or diag($stderr);
($status, $stdout, $stderr) = as_caller($standby, 'postgres', $claims,
	"SELECT policies_api.import_holidays('$night', @{[ icalendar([ 'Jubilee', '20270601', '' ]) ]})");
is($stdout, 1, 'after its promotion it imports holidays') or diag($stderr);
done_testing();
