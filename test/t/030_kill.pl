# Killed in the middle of concurrent writes: every acknowledged write is there, and every invariant holds.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use PoliciesTest qw(server_with_register icalendar);

my $rounds = $ENV{KILL_ROUNDS} // 4;
my @tenants = map { "tenant$_" } 1 .. 4;

# The point is what the disk holds: this server syncs, and starts again by itself after a backend was killed.
# A name of its own, since it is by this name that its processes are found.
my $name = "killed_$$";
my $node = server_with_register($name, 'fsync = on', 'restart_after_crash = on');
$node->safe_psql('postgres', 'CREATE EXTENSION amcheck');

# One request after another as one tenant: each transaction creates, updates, completes or deletes, and after its commit
# prints what it acknowledged: "created ID", "updated ID NAME", "deleted ID"; "calendar ID NAME" for one with its two holidays.
my $writer = <<'SQL';
\set QUIET 1
\pset tuples_only on
\pset format unaligned
\set ON_ERROR_STOP 1
SQL
my $request = <<'SQL';
BEGIN;
SELECT set_config('role', 'policies_caller', true),
    set_config('request.jwt.claims', '{"tenant_id": "TENANT", "sub": "per_SUB_TENANT"}', true) \g /dev/null
INSERT INTO policies_api.policies (name, priority, applies_to, review_cadence, next_review_at)
    VALUES ('NAME', 'pPRIORITY', '["incident", "request", "change"]', '1 month', now()) RETURNING id \gset
UPDATE policies_api.policies SET description = 'updated in the same transaction' WHERE id = :'id';
COMMIT;
\echo created :id
BEGIN;
SELECT set_config('role', 'policies_caller', true),
    set_config('request.jwt.claims', '{"tenant_id": "TENANT", "sub": "per_SUB_TENANT"}', true) \g /dev/null
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, is_default)
    VALUES ('NAME', 'Europe/Berlin', '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', false)
        RETURNING id AS calendar \gset
SELECT policies_api.import_holidays(:'calendar', HOLIDAYS) \g /dev/null
-- Whoever comes first has the default.
DO $$ BEGIN UPDATE policies_api.business_calendars SET is_default = NOT is_default
    WHERE id = (SELECT id FROM policies_api.business_calendars ORDER BY is_default DESC, random() LIMIT 1);
EXCEPTION WHEN unique_violation THEN NULL; END $$;
SELECT policies_api.add_business_minutes(now(), 60) \g /dev/null
COMMIT;
\echo calendar :calendar NAME
BEGIN;
SELECT set_config('role', 'policies_caller', true),
    set_config('request.jwt.claims', '{"tenant_id": "TENANT", "sub": "per_SUB_TENANT"}', true) \g /dev/null
UPDATE policies_api.policies SET name = 'NAME-again', applies_to = '["incident", "problem"]' WHERE id = :'id';
SELECT policies_api.complete_policy(:'id') \g /dev/null
COMMIT;
\echo updated :id NAME-again
BEGIN;
SELECT set_config('role', 'policies_caller', true),
    set_config('request.jwt.claims', '{"tenant_id": "TENANT", "sub": "per_SUB_TENANT"}', true) \g /dev/null
DELETE FROM policies_api.policies WHERE id = :'id';
COMMIT;
\echo deleted :id
SQL
my $holidays = icalendar([ 'New Year', '20270101', "RRULE:FREQ=YEARLY\n" ],
	[ 'Shutdown', '20261228', "DTEND;VALUE=DATE:20270101\n" ]);
$request =~ s/HOLIDAYS/$holidays/;

sub start_writer {
	my ($number) = @_;
	my $tenant = $tenants[ $number % @tenants ];
	my $script = "$ENV{SCRATCH}/writer$number.sql";
	my $text = $writer;
	for my $turn (1 .. 200) {
		$text .= $request =~ s/per_SUB_TENANT/per_${number}_$tenant/gr =~ s/TENANT/$tenant/gr =~ s/NAME/w$number-$turn/gr
		  =~ s/PRIORITY/${number}_$turn/gr;
	}
	unlink $script;
	append_to_file($script, $text);
	my %run = (out => '', err => '', number => $number);
	$run{handle} = IPC::Run::start([ 'psql', '-X', '-d', $node->connstr('postgres') . ' user=gateway', '-f', $script ],
		'>', \$run{out}, '2>', \$run{err}, IPC::Run::timeout(120));
	return \%run;
}

my %acknowledged;    # id => last acknowledged state
my %acknowledged_calendars;    # id => name
sub note_acknowledged {
	my ($out) = @_;
	for my $line (split /\n/, $out) {
		$acknowledged{$2} = { state => $1, name => $3 } if $line =~ /^(created|updated|deleted) (pol_\w{26})(?: (\S+))?$/;
		$acknowledged_calendars{$1} = $2 if $line =~ /^calendar (cal_\w{26}) (\S+)$/;
	}
	return;
}

# The writers' work of one round, so that a slow machine is not killed before it did anything.
sub wait_until_acknowledged {
	my ($count, @writers) = @_;
	for (1 .. 600) {
		for my $run (@writers) { $run->{handle}->pump_nb if $run->{handle}->pumpable }
		return if $count <= grep { /^calendar / } map { split /\n/, $_->{out} } @writers;
		usleep(50_000);
	}
	die "the writers acknowledged nothing: " . join "\n", map { $_->{err} } @writers;
}

# By -c: a psql that is refused ends before it reads a statement from its input.
sub wait_until_up {
	for (1 .. 300) {
		return 1 if (run_command([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', 'SELECT 1' ]))[0] eq '1';
		usleep(100_000);
	}
	return 0;
}

sub backend_pids {
	return split /\n/, $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE usename = 'gateway'");
}

my %kill = (
	'kill -9 of a backend' => sub { kill 'KILL', (backend_pids())[0]; },
	'kill -9 of the whole server' => sub {
		my $postmaster = $node->{_pid};
		kill 'KILL', $postmaster;
		# The cluster's name stands in the title of every backend, of those too that were forked in this moment.
		usleep(50_000) while system('pkill', '-9', '-f', "^postgres: $name: ") == 0;
		# Nobody may have reaped the postmaster; a zombie would pass for a running one.
		for (1 .. 50) {
			last unless kill 0, $postmaster;
			usleep(100_000);
		}
		unlink $node->data_dir . '/postmaster.pid';
		$node->{_pid} = undef;
		$node->start;
	},
	'pg_ctl stop -m immediate' => sub { $node->stop('immediate'); $node->start; },
);

my $kills = 0;
for my $round (1 .. $rounds) {
	for my $name (sort keys %kill) {
		my @writers = map { start_writer($_) } 1 .. 8;
		wait_until_acknowledged(12, @writers);
		usleep(int rand 500_000);
		$kill{$name}->();
		++$kills;
		for my $run (@writers) {
			eval { $run->{handle}->finish; };
			note_acknowledged($run->{out});
		}
		# Before the last of them ended, it may not have gone down yet.
		ok(wait_until_up(), "round $round: the server is back after $name");
		is($node->safe_psql('postgres', slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql")), '', 'every invariant holds');
	}
}

my %found = map { my ($id, $deleted, $name, $completed) = split /\|/;
	$id => { deleted => $deleted, name => $name, completed => $completed } }
  split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT p.id, p.is_deleted, p.name, EXISTS (SELECT FROM policies.policy_reviews r WHERE r.tenant_id = p.tenant_id
    AND r.policy_id = p.id)
FROM policies.policies p
SQL
my (@lost, @stale);
for my $id (keys %acknowledged) {
	my ($promised, $row) = ($acknowledged{$id}, $found{$id});
	push @lost, $id unless $row;
	next unless $row;
	push @stale, $id if $promised->{state} eq 'deleted' && $row->{deleted} ne 't';
	push @stale, $id if $promised->{state} eq 'updated' && ($row->{name} ne $promised->{name} || $row->{completed} ne 't');
}
note scalar(keys %acknowledged) . " acknowledged policies over $kills kills";
cmp_ok(scalar(keys %acknowledged), '>=', 100, 'enough was acknowledged to mean something');
is_deeply(\@lost, [], 'every acknowledged policy is there');
is_deeply(\@stale, [], 'in the state that was acknowledged, or a later one');

my %calendars = map { split /\|/, $_, 2 } split /\n/, $node->safe_psql('postgres', 'SELECT id, name, jsonb_array_length(holidays)
	FROM policies.business_calendars');
cmp_ok(scalar(keys %acknowledged_calendars), '>=', 100, 'and enough calendars');
is_deeply([ grep { ($calendars{$_} // '') ne "$acknowledged_calendars{$_}|2" } sort keys %acknowledged_calendars ], [],
	'every acknowledged calendar is there, with its holidays');

$node->command_ok([ 'pg_amcheck', '--heapallindexed', '--rootdescend', '-d', 'postgres' ], 'pg_amcheck is clean');

done_testing();
