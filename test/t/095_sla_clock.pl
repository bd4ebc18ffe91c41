# The SLA clock against another implementation of business time, and in every backend after every change: committed, not
# yet committed, rolled back, by whomever, replayed on a standby or applied by a subscription.
use strict;
use warnings;
use Business::Hours;
use JSON::PP;
use POSIX qw(tzset);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::Local qw(timelocal_nocheck);
use PoliciesTest qw(server_with_register as_caller open_session ask close_session);

my $node = server_with_register('clock', 'wal_level = logical', 'max_prepared_transactions = 2', "timezone = 'UTC'");

my $acme = '{"tenant_id": "acme", "sub": "per_1"}';
my $office = '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]';
my $early = '[{"weekdays": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "12:00"}]';

sub run_as {
	my ($claims, $sql, %options) = @_;
	my ($status, $stdout, $stderr) = as_caller($options{node} // $node, 'postgres', $claims, $sql, %options);
	die $stderr if $status;
	return $stdout;
}

sub answer {
	my ($session, $sql) = @_;
	return ask($session, "$sql;");
}

sub session_of {
	my ($claims, %options) = @_;
	my $session = open_session(($options{node} // $node)->connstr('postgres') . ' user=' . ($options{login} // 'gateway'));
	become($session, $claims, $options{role});
	return $session;
}

sub become {
	my ($session, $claims, $role) = @_;
	$role //= 'policies_caller';
	return answer($session, "SET ROLE $role; SET request.jwt.claims = '$claims';");
}

# Sends a statement whose answer will come before that of the next one.
sub start {
	my ($session, $sql) = @_;
	$session->{in} .= "$sql\n";
	$session->{run}->pump_nb while length $session->{in};
	return;
}

### Another implementation: Business::Hours, which Request Tracker runs on. Its between() counts the seconds from the first
### to the last one, both included, and its add_seconds() tells the second after so many others, which may be the next
### morning's first: the end of the one before is our due time. It keeps to these limits, where it is wrong by our
### definition or knows no better:
###  - a holiday is a midnight and the 86400 seconds after it, and one more: no holiday here is a day of 23 or 25 hours, and
###    no calendar with holidays opens at midnight (all of these days are working days, on which no clock changes);
###  - a yearly holiday counts only in the first and the last year of a period: every period lies in two years at most;
###  - opening and closing that a clock skips or repeats: timelocal() picks either. None of ours opens or closes in an hour
###    that changes, but nights are open across it; these show how long such a night really is;
###  - west of Greenwich a night that closes on the next day closes an hour late when the clock is put forward in it, at an
###    hour 30 that timelocal() takes for one that was skipped: New York's nights are days with a long break;
###  - add_seconds() looks no more than 30 days ahead, and makes a list of all seconds: it is asked for small numbers only,
###    and the larger ones are counted in its set of open seconds.
my @calendars = (
	[ 'Europe/Berlin', [ [ [ 1 .. 5 ], '09:00', '17:00' ] ], [ '01-01', '05-01', '10-03', '12-25', '12-26', '2024-04-01',
		'2025-04-18', '2025-05-29' ] ],
	[ 'Europe/London', [ [ [ 1 .. 5 ], '08:30', '18:15', [ '12:00', '13:00' ], [ '15:45', '16:00' ] ], [ [6], '10:00', '14:00' ] ],
		[ '12-25', '2024-08-26' ] ],
	[ 'America/New_York', [ [ [ 0 .. 6 ], '00:00', '23:59', [ '06:00', '22:00' ] ] ], [] ],
	[ 'America/St_Johns', [ [ [ 0, 6 ], '00:30', '23:45' ], [ [3], '07:10', '07:11' ] ], [] ],
	[ 'Asia/Kolkata', [ [ [ 1 .. 6 ], '10:00', '19:30', [ '13:30', '14:15' ] ] ], [ '01-26', '08-15', '10-02' ] ],
	[ 'Australia/Lord_Howe', [ [ [ 0 .. 6 ], '18:00', '09:00', [ '20:00', '20:30' ] ] ], [] ],
	[ 'Pacific/Chatham', [ [ [ 1 .. 5 ], '09:00', '17:00', [ '12:30', '13:00' ] ], [ [0], '00:00', '12:00' ] ], [] ],
	[ 'America/Santiago', [ [ [ 1 .. 5 ], '09:00', '18:00' ], [ [ 0, 6 ], '11:00', '13:00' ] ], [ '05-21', '2025-06-20' ] ],
);

# Weekdays from Sunday, 0; breaks as intervals between their neighbours.
sub opening_hours {
	my @intervals;
	for my $hours (@_) {
		my ($weekdays, $opens, $closes, @breaks) = @$hours;
		my $from = $opens;
		for my $part (@breaks, [$closes]) {
			my ($until, $next) = @$part;
			push @intervals, { weekdays => [ map { $_ || 7 } @$weekdays ], opens => $from, closes => $until,
				$until le $from ? (closes_next_day => JSON::PP::true) : () };
			$from = $next;
		}
	}
	return encode_json(\@intervals);
}

sub business_hours {
	my ($hours, $holidays) = @_;
	my %days = map { $_ => {} } 0 .. 6;
	for my $part (@$hours) {
		my ($weekdays, $opens, $closes, @breaks) = @$part;
		$days{$_} = { Start => $opens, End => $closes, Breaks => [ map { +{ Start => $_->[0], End => $_->[1] } } @breaks ] }
			for @$weekdays;
	}
	my $business = Business::Hours->new;
	$business->business_hours(%days, holidays => $holidays);
	return $business;
}

srand(20261124);
for my $number (0 .. $#calendars) {
	my ($zone, $hours, $holidays) = @{ $calendars[$number] };
	my $days = encode_json(
		[ map { { name => $_, length == 5 ? (date => "2020-$_", yearly => JSON::PP::true) : (date => $_) } } @$holidays ]);
	run_as(qq({"tenant_id": "zone$number", "sub": "per_1"}),
		"INSERT INTO policies_api.business_calendars (time_zone, opening_hours, holidays) VALUES ('$zone', '"
		. opening_hours(@$hours) . "', '$days')");
	local $ENV{TZ} = $zone;
	tzset();
	my $business = business_hours($hours, $holidays);
	my (@between, @sums);
	for my $year (2023 .. 2026) {
		# Two years in local time, the first and the last second's intervals left out.
		my ($first, $last) = map { timelocal_nocheck(0, 0, 0, 3, 0, $_) } $year, $year + 2;
		$last -= 10 * 86400;
		my @spans = $business->for_timespan(Start => $first, End => $last)->spans;
		for (1 .. 130) {
			my ($from, $until) = sort { $a <=> $b } map { $first + int(rand($last - $first)) } 1, 2;
			# Often the very second of an opening or a closing.
			$from = $spans[ rand @spans ][0] + int(rand(3)) - 1 if rand() < 0.3;
			$until = $spans[ rand @spans ][1] + int(rand(3)) if rand() < 0.3;
			next if $from < $first || $until > $last || $from >= $until;
			push @between, [ $from, $until, $business->between($from, $until - 1) ];
		}
		for (1 .. 130) {
			my $from = rand() < 0.3 ? $spans[ rand @spans ][ rand() < 0.5 ? 0 : 1 ] + int(rand(3)) - 1
				: $first + int(rand($last - $first));
			my $minutes = 1 + int(rand(rand() < 0.7 ? 3000 : 60000));
			next if $from < $first;
			my $rest = $minutes * 60;
			for my $span (@spans) {
				my $start = $span->[0] < $from ? $from : $span->[0];
				next if $span->[1] < $start;
				if ($span->[1] - $start + 1 >= $rest) {
					push @sums, [ $from, $minutes, $start + $rest ];
					last;
				}
				$rest -= $span->[1] - $start + 1;
			}
		}
	}
	for (1 .. 12) {
		my $from = timelocal_nocheck(0, 0, 0, 1, 0, 2024) + int(rand(2 * 366 * 86400));
		my $minutes = 1 + int(rand(60));
		my $second = $business->add_seconds($from, $minutes * 60 - 1);
		push @sums, [ $from, $minutes, $second + 1 ] if defined $second && $second > 0;
	}
	my $claims = qq({"tenant_id": "zone$number", "sub": "per_1"});
	my $rows = sub { join ', ', map { '(' . join(', ', @$_) . ')' } @_ };
	my $wrong = run_as($claims, <<SQL);
SELECT 'from ' || a || ' until ' || b || ': ' || 60 * policies_api.business_minutes_between(to_timestamp(a),
    to_timestamp(b)) || ', not ' || seconds
    FROM (VALUES ${\$rows->(@between)}) AS t (a, b, seconds)
    WHERE round((60 * policies_api.business_minutes_between(to_timestamp(a), to_timestamp(b)))::numeric, 3) <> seconds;
SELECT a || ' and ' || minutes || ' minutes: ' || extract(epoch
    FROM policies_api.add_business_minutes(to_timestamp(a), minutes)) || ', not ' || due
    FROM (VALUES ${\$rows->(@sums)}) AS t (a, minutes, due)
    WHERE policies_api.add_business_minutes(to_timestamp(a), minutes) <> to_timestamp(due)
SQL
	is($wrong, '', "$zone: as Business::Hours in " . @between . ' periods and ' . @sums . ' due times');
	cmp_ok(@between, '>', 300, 'and these were enough periods');
	cmp_ok(@sums, '>', 300, 'and enough due times');
}
delete $ENV{TZ};
tzset();

### Every backend follows every change. Each is made by session A, first undone and then committed, while B works with a
### prepared statement, C in a transaction that sees what is committed, and D in one that keeps its snapshot.
run_as($acme, <<SQL);
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours) VALUES ('Office', 'UTC', '$office');
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, business_hours_only)
    VALUES ('High', 'high', '["incident"]', 60, true)
SQL
my $due = <<'SQL';
PREPARE due AS SELECT concat_ws(', ', to_char(d.first_response_due_at, 'DD HH24:MI'), p.policy_name, d.calendar_name)
    FROM policies_api.sla_deadlines('incident', 'high', '2026-11-30 07:00+00') d,
        policies_api.sla_policy_for('incident', 'high') p;
SQL
my %session = map { $_ => session_of($acme) } qw(A B C D);
$session{superuser} = open_session($node->connstr('postgres'));
answer($session{$_}, $due) for qw(A B C D);
my $now = '30 10:00, High, Office';
is(answer($session{$_}, 'EXECUTE due'), $now, "session $_ at first") for qw(B C D);

# What all three see, in a word when it is the same.
sub seen {
	return join ' / ', map { answer($session{$_}, 'EXECUTE due') } @_;
}

sub follows {
	my ($what, $by, $sql, $then) = @_;
	my $before = $now;
	answer($session{C}, 'BEGIN');
	answer($session{D}, 'BEGIN ISOLATION LEVEL REPEATABLE READ');
	is(seen(qw(B C D)), "$before / $before / $before", "before $what");
	is(answer($session{$by}, "BEGIN;\n$sql;"), '', "$what: no error");
	is(answer($session{A}, 'EXECUTE due'), $then, "$what: who changes it sees it") if $by eq 'A';
	is(seen(qw(B C D)), "$before / $before / $before", "$what: not before it is committed");
	answer($session{$by}, 'ROLLBACK');
	is(seen(qw(B C D A)), "$before / $before / $before / $before", "$what: not when it is undone");
	is(answer($session{$by}, "BEGIN;\n$sql;\nCOMMIT;"), '', "$what: committed");
	is(seen(qw(B C D A)), "$then / $then / $before / $then",
		"$what: from the next statement on, but for a transaction with a snapshot");
	answer($session{$_}, 'COMMIT') for qw(C D);
	is(seen(qw(C D)), "$then / $then", "$what: after these transactions");
	$now = $then;
	return;
}

my $calendars = 'UPDATE policies_api.business_calendars SET';
my $policies = 'UPDATE policies_api.policies SET';
my $holiday = '[{"name": "Monday", "date": "2026-11-30"}]';
follows('other opening hours', 'A', "$calendars opening_hours = '$early'", '30 09:00, High, Office');
follows('another time zone', 'A', "$calendars time_zone = 'Europe/Berlin'", '30 08:00, High, Office');
follows('a holiday', 'A', "$calendars holidays = '$holiday'", '01 08:00, High, Office');
follows('another name of the calendar', 'A', "$calendars name = 'Bureau'", '01 08:00, High, Bureau');
follows('no default calendar', 'A', "$calendars is_default = false", '30 08:00, High, Around the clock');
follows('a new calendar', 'A', "INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours)
	VALUES ('New', 'UTC', '$office')", '30 10:00, High, New');
follows('a deleted calendar', 'A', "$calendars is_default = false WHERE name = 'New';
	DELETE FROM policies_api.business_calendars WHERE name = 'New'",
	'30 08:00, High, Around the clock');
follows('a restored calendar', 'A', "UPDATE policies_api.deleted_business_calendars SET is_deleted = false, is_default = true
	WHERE name = 'New'",
	'30 10:00, High, New');
follows('imported holidays', 'A', <<'SQL', '01 10:00, High, New');
SELECT policies_api.import_holidays(id,
    E'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261130\r\nSUMMARY:Monday\r\n'
    'END:VEVENT\r\nEND:VCALENDAR\r\n')
    FROM policies_api.business_calendars WHERE name = 'New' \g /dev/null
SQL
follows('no holidays', 'A', "$calendars holidays = '[]'", '30 10:00, High, New');
follows('other minutes', 'A', "$policies first_response_minutes = 90", '30 10:30, High, New');
follows('a clock that does not stop', 'A', "$policies business_hours_only = false", '30 08:30, High, Around the clock');
follows('another name of the policy', 'A', "$policies name = 'Urgent'", '30 08:30, Urgent, Around the clock');
follows('a clock that stops', 'A', "$policies business_hours_only = true", '30 10:30, Urgent, New');
for my $pair ([ "priority = 'low'", "priority = 'high'" ], [ "status = 'inactive'", "status = 'active'" ],
	[ q(applies_to = '["request"]'), q(applies_to = '["request", "incident"]') ]) {
	follows($pair->[0], 'A', "$policies $pair->[0]", '');
	follows($pair->[1], 'A', "$policies $pair->[1]", '30 10:30, Urgent, New');
}
follows('a deleted policy', 'A', 'DELETE FROM policies_api.policies', '');
follows('a restored policy', 'A', 'UPDATE policies_api.deleted_policies SET is_deleted = false', '30 10:30, Urgent, New');
follows('a write without stamps', 'superuser', "UPDATE policies.policies SET first_response_minutes = 60
	WHERE tenant_id = 'acme'", '30 10:00, Urgent, New');
# As a subscription writes, whose triggers do not run unless they always do; the policies' table alone, and any order.
for my $role (qw(replica origin)) {
	my $set = "SET LOCAL session_replication_role = $role";
	my ($name, $hours, $minutes, $at) = $role eq 'replica' ? ('Replica', $early, 30, '30 08:30')
		: ('Origin', $office, 45, '30 09:45');
	follows("a policy and a calendar written as $role", 'superuser', <<SQL, "$at, $name, $name");
$set;
UPDATE policies.policies SET first_response_minutes = $minutes, name = '$name' WHERE tenant_id = 'acme';
UPDATE policies.business_calendars SET opening_hours = '$hours', name = '$name' WHERE tenant_id = 'acme' AND is_default
SQL
	follows("an inactive policy written as $role", 'superuser',
		"$set; UPDATE policies.policies SET status = 'inactive' WHERE tenant_id = 'acme'", '');
	follows("an active policy written as $role", 'superuser',
		"$set; UPDATE policies.policies SET status = 'active' WHERE tenant_id = 'acme'", "$at, $name, $name");
	$node->safe_psql('postgres', "CREATE TABLE kept_$role AS SELECT * FROM policies.policies WHERE tenant_id = 'acme'");
	follows("a policy removed as $role", 'superuser', "$set; DELETE FROM policies.policies WHERE tenant_id = 'acme'", '');
	# As a replica nothing has removed its coverage.
	follows("a policy written as $role", 'superuser', <<SQL, "$at, $name, $name");
$set;
DELETE FROM policies.sla_coverage WHERE tenant_id = 'acme';
INSERT INTO policies.policies SELECT * FROM kept_$role
SQL
}
follows('no policies at all', 'superuser', 'SET client_min_messages = warning; TRUNCATE policies.policies CASCADE', '');
follows('a policy again', 'superuser', 'INSERT INTO policies.policies SELECT * FROM kept_origin', '30 09:45, Origin, Origin');
follows('no calendars at all', 'superuser', 'TRUNCATE policies.business_calendars', '30 07:45, Origin, Around the clock');
follows('a calendar again', 'A', "INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours)
	VALUES ('Office', 'UTC', '$office')", '30 09:45, Origin, Office');

# In two phases.
is(answer($session{A}, "BEGIN; $policies first_response_minutes = 15; PREPARE TRANSACTION 'later'"), '', 'a change is prepared');
is(seen(qw(A B)), "$now / $now", 'and nobody sees it');
answer($session{superuser}, "COMMIT PREPARED 'later'");
$now = '30 09:15, Origin, Office';
is(seen(qw(A B)), "$now / $now", 'until it is committed');

# A savepoint undone, and one kept.
answer($session{A}, "BEGIN; SAVEPOINT one; $policies first_response_minutes = 20");
is(seen('A'), '30 09:20, Origin, Office', 'a change after a savepoint');
answer($session{A}, "ROLLBACK TO one; $calendars opening_hours = '$early'; RELEASE one");
is(seen('A'), '30 08:15, Origin, Office', 'that one undone, another kept');
answer($session{A}, 'ROLLBACK');
is(seen(qw(A B)), "$now / $now", 'and all of it undone');

# A statement that began before a change, and reads the rules after it, leaves none behind that are out of date. Nor does a
# transaction whose snapshot is from before a change that it first asks after; and one block of PL/pgSQL follows as well.
my $slow = "SELECT count(d.policy_id) FROM (SELECT pg_sleep(3) OFFSET 0) s,
    LATERAL policies_api.sla_deadlines('incident', 'high', CASE WHEN s IS NULL THEN now() ELSE '2026-11-30 07:00+00' END) d";
answer($session{D}, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 \\g /dev/null\n");
answer($session{E} = session_of($acme), $due);    # has read no rules yet
for my $name (qw(B E)) {
	start($session{$name}, "$slow;");
}
start($session{C}, <<'SQL');
DO $$
DECLARE
    at timestamptz;
BEGIN
    FOR i IN 1..200 LOOP
        at := (SELECT first_response_due_at FROM policies_api.sla_deadlines('incident', 'high', '2026-11-30 07:00+00'));
        EXIT WHEN at = '2026-11-30 09:40+00';
        PERFORM pg_sleep(0.05);
    END LOOP;
    PERFORM set_config('test.seen', to_char(at, 'HH24:MI'), false);
END
$$;
SQL
$node->poll_query_until('postgres', "SELECT count(*) = 3 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
	or die 'no statement is under way';
answer($session{A}, "$policies first_response_minutes = 40");
is(answer($session{D}, 'EXECUTE due'), $now, 'a snapshot from before a change shows the rules from before it');
is(answer($session{D}, "COMMIT; EXECUTE due"), '30 09:40, Origin, Office', 'and its transaction leaves none behind');
is(answer($session{$_}, 'EXECUTE due'), "1\n30 09:40, Origin, Office", "nor does a statement of session $_ from before a change")
	for qw(B E);
is(answer($session{C}, q(SELECT current_setting('test.seen'))), '09:40', 'and a block of PL/pgSQL sees the change on its way');
$now = '30 09:40, Origin, Office';

# One connection for many: tenants in turn, applications and persons, callers and auditors.
my $globex = '{"tenant_id": "globex", "sub": "per_1"}';
my $app = '{"tenant_id": "acme", "app_id": "app_one", "sub": "svc_1"}';
for my $pair ([ $globex, 'Globex', 5 ], [ $app, 'App', 10 ]) {
	my ($claims, $name, $minutes) = @$pair;
	run_as($claims, <<SQL);
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours)
    VALUES ('$name', 'Asia/Kolkata', '[{"weekdays": [1], "opens": "18:00", "closes": "20:00"}]');
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, business_hours_only)
    VALUES ('$name', 'high', '["incident"]', $minutes, true)
SQL
}
my %expected = ($acme => $now, $globex => '30 12:35, Globex, Globex', $app => '30 12:40, App, App',
	'{"tenant_id": "nobody"}' => '');
my @wrong;
for my $turn (1 .. 10) {
	for my $claims (sort keys %expected) {
		for my $role (qw(policies_caller policies_auditor)) {
			become($session{B}, $claims, $role);
			my $got = answer($session{B}, 'EXECUTE due');
			push @wrong, "$role $claims: $got" if $got ne $expected{$claims};
		}
	}
}
is("@wrong", '', 'each caller on one connection has its own rules, in any role');
become($session{B}, $acme);
answer($session{A}, "$policies name = 'Of acme' WHERE app_id IS NULL");
my %seen;
for my $claims (sort keys %expected) {
	become($session{B}, $claims);
	$seen{$claims} = answer($session{B}, 'EXECUTE due');
}
$expected{$acme} = '30 09:40, Of acme, Office';
is_deeply(\%seen, \%expected, 'also after a change by one of them');
like(answer($session{B}, 'SET request.jwt.claims = \'\'; EXECUTE due'), qr/no tenant/, 'and without claims there are none');
become($session{B}, $acme);

### What else row security decides. A policy of the user's own may look at the person, at a setting or at another table: every
### answer is then the one that a fresh connection gives, in every kind of transaction.
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE trusted (person text);
GRANT SELECT ON trusted TO PUBLIC;
SQL
run_as($acme, "$policies first_response_minutes = 25, name = 'Mine'");
my $mine = '30 09:25, Mine, Office';
my $around = '30 07:25, Mine, Around the clock';
my %person = map { $_ => qq({"tenant_id": "acme", "sub": "per_$_"}) } 1, 2;

sub fresh {
	my ($claims, $setup) = @_;
	my $session = session_of($claims);
	answer($session, $setup) if $setup;
	answer($session, $due);
	my $answer = answer($session, 'EXECUTE due');
	close_session($session);
	return $answer;
}

# Each turn is a person, and what a session does first; B keeps its connection, its plan and its cache, in a transaction or not.
sub as_fresh {
	my ($what, @turns) = @_;
	my %differing;
	for my $mode ('', 'BEGIN', 'BEGIN ISOLATION LEVEL REPEATABLE READ') {
		for my $turn (@turns, reverse @turns) {
			my ($claims, $setup) = @$turn;
			answer($session{B}, $mode) if $mode;
			become($session{B}, $claims);
			answer($session{B}, $setup // 'RESET probe.person; RESET row_security');
			my ($kept, $wanted) = (answer($session{B}, 'EXECUTE due'), fresh($claims, $setup));
			# The program's name and place stand before an error.
			s/^.*?(?=ERROR)//s for $kept, $wanted;
			$differing{"$kept, not $wanted"} = 1 if $kept ne $wanted;
			$differing{"no error"} = 1 if ($setup // '') =~ /row_security = off/ && $kept !~ /row-level security/;
			answer($session{B}, 'ROLLBACK') if $mode;
			answer($session{B}, 'RESET probe.person; RESET row_security');
		}
	}
	is(join("\n", sort keys %differing), '', $what);
	return;
}

as_fresh('row_security = off is an error on a warm connection, too', [ $acme ], [ $acme, 'SET row_security = off' ]);
my %policies = (
	"policies.policies|policies.current_person_id() = 'per_1'" => [ $mine, '' ],
	"policies.business_calendars|policies.current_person_id() = 'per_1'" => [ $mine, $around ],
	"policies.policies|EXISTS (SELECT FROM trusted t WHERE t.person = policies.current_person_id())" => [ $mine, '' ],
	"policies.policies|updated_by <> coalesce(nullif(current_setting('probe.person', true), ''), 'x')" => [ $mine, $mine ],
);
$node->safe_psql('postgres', "INSERT INTO trusted VALUES ('per_1')");
for my $policy (sort keys %policies) {
	my ($table, $condition) = split /\|/, $policy;
	$node->safe_psql('postgres', "CREATE POLICY own ON $table AS RESTRICTIVE TO policies_caller USING ($condition)");
	is(fresh($person{$_}), $policies{$policy}[$_ - 1], "person $_ under a policy of one's own on $table") for 1, 2;
	as_fresh("warm connections under $condition on $table", [ $person{1} ], [ $person{2} ], [ $person{1},
		q(SET probe.person = 'per_1') ], [ $person{1}, q(SET row_security = off) ]);
	become($session{B}, $acme);
	is(answer($session{B}, 'EXECUTE due'), $mine, 'before the policy is dropped');
	$node->safe_psql('postgres', "DROP POLICY own ON $table");
	become($session{B}, $person{2});
	is(answer($session{B}, 'EXECUTE due'), $mine, 'and after it');
}
# Our own policy altered, and a table that only the policy reads changed under an open connection.
$node->safe_psql('postgres',
	'ALTER POLICY policies_tenant_scope ON policies.policies USING (tenant_id = policies.current_tenant_id() AND EXISTS (SELECT
		FROM trusted))');
become($session{B}, $acme);
is(answer($session{B}, 'EXECUTE due'), $mine, 'under our own policy, altered');
$node->safe_psql('postgres', 'DELETE FROM trusted');
is(answer($session{B}, 'EXECUTE due'), '', 'which shows nothing any more');
$node->safe_psql('postgres',
	'ALTER POLICY policies_tenant_scope ON policies.policies USING (tenant_id = policies.current_tenant_id()
		AND policies.in_app_scope(app_id))');
is(answer($session{B}, 'EXECUTE due'), $mine, 'and now shows it again');
# A restriction that reads nothing but the row is kept in mind like our own: a change of the row is announced.
$node->safe_psql('postgres',
	q(CREATE POLICY own ON policies.policies AS RESTRICTIVE TO policies_caller USING (name IS DISTINCT FROM 'Hidden'
		AND status = ANY (ARRAY['active', 'draft']))));
as_fresh('under a policy on the row alone', [ $person{1} ], [ $person{2} ]);
run_as($acme, "$policies first_response_minutes = 26");
is(answer($session{B}, 'EXECUTE due'), '30 09:26, Mine, Office', 'a change of the row arrives');
$node->safe_psql('postgres', 'DROP POLICY own ON policies.policies');
is(answer($session{B}, 'EXECUTE due'), '30 09:26, Mine, Office', 'without that policy');
# Rights to the schema.
$node->safe_psql('postgres', 'REVOKE USAGE ON SCHEMA policies FROM policies_caller');
like(answer($session{B}, q(SELECT policies_api.sla_deadlines('incident', 'high', now()))), qr/permission denied/,
	'without rights to the schema as on a fresh connection');
$node->safe_psql('postgres', 'GRANT USAGE ON SCHEMA policies TO policies_caller');
is(answer($session{B}, 'EXECUTE due'), '30 09:26, Mine, Office', 'and with them again');
run_as($acme, "$policies first_response_minutes = 40, name = 'Of acme'");

# A hundred tenants on one connection, more than a backend remembers.
sub claims_of {
	return sprintf '{"tenant_id": "tenant%02d", "sub": "per_1"}', shift;
}
answer($session{E}, 'BEGIN');
for my $number (0 .. 99) {
	become($session{E}, claims_of($number));
	answer($session{E}, "INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours)
		VALUES ('$number', 'UTC', '[{\"weekdays\": [1], \"opens\": \"09:"
		. sprintf('%02d', $number % 60) . "\", \"closes\": \"17:00\"}]')");
}
answer($session{E}, 'COMMIT; PREPARE opening AS SELECT calendar_name || policies_api.next_business_opening(\'2026-11-30 '
	. '07:00+00\')::time FROM policies_api.current_business_calendar()');
my @hours = map { sprintf '%d09:%02d:00', $_, $_ % 60 } 0 .. 99;
for my $order ([ 0 .. 99 ], [ reverse 0 .. 99 ], [ map { $_ * 37 % 100 } 0 .. 99 ]) {
	my $sql = join ";\n", map { "SET request.jwt.claims = '" . claims_of($_) . "';\nEXECUTE opening" } @$order;
	is(answer($session{E}, $sql), join("\n", @hours[@$order]), 'a hundred tenants on one connection');
	run_as(claims_of(37), "UPDATE policies_api.business_calendars SET name = 'x' || name");
	$hours[37] = "x$hours[37]";
}

# Parallel workers compute the same, also by what only their leader has changed so far.
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE tickets AS SELECT n, timestamptz '2024-01-01' + n * interval '11 minutes 7 seconds' AS opened_at
    FROM generate_series(1, 100000) n;
ALTER TABLE tickets SET (parallel_workers = 2);
ANALYZE tickets;
GRANT SELECT ON tickets TO policies_caller;
SQL
my $all = <<'SQL';
SELECT count(*), md5(string_agg(t.n || ' ' || d.first_response_due_at || ' ' || policies_api.business_minutes_between(t.opened_at,
    '2026-11-30'), ',' ORDER BY t.n))
    FROM tickets t, LATERAL policies_api.sla_deadlines('incident', 'high', t.opened_at) d
SQL
answer($session{B}, 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; BEGIN');
my %answers;
for my $state (qw(committed uncommitted)) {
	is(answer($session{B}, "$calendars opening_hours = '$early'"), '', 'an application\'s default calendar beside one\'s own')
		if $state eq 'uncommitted';
	for my $workers (0, 2) {
		answer($session{B}, "SET max_parallel_workers_per_gather = $workers");
		$answers{$state}{$workers} = answer($session{B}, $all);
	}
	like(answer($session{B}, "EXPLAIN $all"), qr/Workers Planned: 2/, 'workers take part');
	like($answers{$state}{0}, qr/^100000\|/, 'all deadlines');
	is($answers{$state}{2}, $answers{$state}{0}, "workers compute the same by $state rules");
}
isnt($answers{uncommitted}{0}, $answers{committed}{0}, 'and these differ');
answer($session{B}, 'ROLLBACK');

### A hot standby, and a subscriber to the two tables that the clock reads.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
answer($session{S} = session_of($acme, node => $standby), $due);
is(answer($session{S}, 'EXECUTE due'), '30 09:40, Of acme, Office', 'the standby computes the same');
is(answer($session{S}, 'SELECT count(*) FROM tickets, LATERAL policies_api.sla_deadlines(\'incident\', \'high\', opened_at) d
	WHERE d.first_response_due_at > opened_at'),
	100000, 'and for many');
answer($session{S}, 'BEGIN');
is(answer($session{S}, 'EXECUTE due'), '30 09:40, Of acme, Office', 'in a transaction as well');
answer($session{A}, "$policies first_response_minutes = 50; $calendars opening_hours = '$early'");
$node->wait_for_catchup($standby);
is(answer($session{S}, 'EXECUTE due'), '30 08:50, Of acme, Office', 'which follows a change on the primary');
answer($session{S}, 'COMMIT');
answer($session{D}, "BEGIN; $policies status = 'inactive'");
$node->safe_psql('postgres', 'SELECT pg_switch_wal()');
$node->wait_for_catchup($standby);
is(answer($session{S}, 'EXECUTE due'), '30 08:50, Of acme, Office', 'not one that is not committed');
answer($session{D}, 'COMMIT');
$node->wait_for_catchup($standby);
is(answer($session{S}, 'EXECUTE due'), '', 'and then it is');
$standby->stop;

my $subscriber = server_with_register('subscriber', "timezone = 'UTC'");
$node->safe_psql('postgres', 'CREATE PUBLICATION register FOR TABLE policies.policies, policies.business_calendars');
# From PostgreSQL 16 on, rows arrive with the rights of the table's owner, whom row security stops, unless the subscription says
# otherwise.
my $rights = $subscriber->safe_psql('postgres', 'SHOW server_version_num') >= 160000 ? ' WITH (run_as_owner = true)' : '';
$subscriber->safe_psql('postgres', 'CREATE SUBSCRIPTION register CONNECTION $$' . $node->connstr('postgres')
	. '$$ PUBLICATION register' . $rights);
$subscriber->wait_for_subscription_sync($node, 'register');
answer($session{R} = session_of($acme, node => $subscriber), $due);
is(answer($session{R}, 'EXECUTE due'), '', 'the subscriber has the inactive policy');
for my $change ([ "$policies status = 'active'", '30 08:50, Of acme, Office' ],
	[ "$policies first_response_minutes = 55", '30 08:55, Of acme, Office' ],
	[ "$calendars opening_hours = '$office'", '30 09:55, Of acme, Office' ], [ 'DELETE FROM policies_api.policies', '' ]) {
	answer($session{A}, $change->[0]);
	$node->wait_for_catchup('register');
	is(answer($session{R}, 'EXECUTE due'), $change->[1], "the subscriber follows $change->[0]");
}
close_session($_) for values %session;
done_testing();
