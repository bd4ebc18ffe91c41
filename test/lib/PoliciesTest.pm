package PoliciesTest;

# What the TAP suites share: servers with a register in them, sessions of its callers, and reports to compare databases by.

use strict;
use warnings;
use Exporter 'import';
use Fcntl qw(:flock);
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT_OK = qw(new_server server_from server_with_register create_register fill_register icalendar as_caller
  report caller_settings interrupt open_session ask close_session);

# A running server, with the lines given added to its configuration.
sub new_server {
	my ($name, @settings) = @_;
	return server_from('empty', sub { }, $name, @settings);
}

# The same, with a register and its login roles in the database postgres.
sub server_with_register {
	my ($name, @settings) = @_;
	return server_from('register', sub { create_register($_[0], 'postgres') }, $name, @settings);
}

# A running server that is a copy of a template, which the first suite that asks for it makes: by a function of a server.
sub server_from {
	my ($template, $make, $name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);
	mkdir $_ for $node->backup_dir, $node->archive_dir;
	system_or_bail('cp', '-a', '--reflink=auto', template($template, $make), $node->data_dir);
	$node->append_conf('postgresql.conf', join("\n", 'port = ' . $node->port, "unix_socket_directories = '" . $node->host . "'",
		@settings, ''));
	$node->start;
	return $node;
}

# The data folder of a stopped server. Suites run side by side: the others wait for the one that makes it.
sub template {
	my ($name, $make) = @_;
	my $folder = "$ENV{TESTDATADIR}/template_$name";
	open my $lock, '>', "$folder.lock" or die "no lock: $!";
	flock $lock, LOCK_EX or die "no lock: $!";
	return $folder if -d $folder;
	my $node;
	if ($name eq 'empty') {
		$node = PostgreSQL::Test::Cluster->new("template_$name");
		$node->init(extra => [ '--encoding=UTF8', '--locale=C' ], allows_streaming => 1);
		$node->append_conf('postgresql.conf', "fsync = off\n");
	} else {
		$node = new_server("template_$name");
		$make->($node);
		$node->stop;
	}
	rename $node->data_dir, $folder or die "no template: $!";
	return $folder;
}

# The extension (of a version, or its latest), the register, and its login roles in a database.
sub create_register {
	my ($node, $database, $version) = @_;
	$node->safe_psql($database, 'CREATE EXTENSION policies' . ($version ? " VERSION '$version'" : ''));
	$node->safe_psql($database, <<'SQL');
SELECT policies.create_register();
DO $$
BEGIN
    IF to_regrole('gateway') IS NULL THEN
        CREATE ROLE gateway LOGIN NOINHERIT;
        GRANT policies_gateway, policies_caller, policies_auditor TO gateway;
        CREATE ROLE stranger LOGIN;
        GRANT policies_caller TO stranger;
        CREATE ROLE auditor LOGIN;
        GRANT policies_auditor TO auditor;
        CREATE ROLE administrator LOGIN;
        GRANT policies_admin TO administrator;
    END IF;
END
$$;
SQL
	return;
}

# The settings that PostgREST makes at the start of each request's transaction.
sub caller_settings {
	my ($claims, $role) = @_;
	$role //= 'policies_caller';
	return "SELECT set_config('role', '$role', true), set_config('request.jwt.claims', \$claims\$$claims\$claims\$,
		true) \\g /dev/null\n";
}

# Runs SQL in one transaction as a caller of the gateway. Returns what $node->psql does: (status, stdout, stderr).
sub as_caller {
	my ($node, $database, $claims, $sql, %options) = @_;
	my $script = "BEGIN;\n" . caller_settings($claims, $options{role}) . "$sql;\nCOMMIT;\n";
	my ($stdout, $stderr);
	my $status = $node->psql($database, $script, stdout => \$stdout, stderr => \$stderr, on_error_stop => 1,
		extra_params => [ '-U', $options{login} // 'gateway', '-v', 'VERBOSITY=verbose' ]);
	return ($status, $stdout, $stderr);
}

# Runs SQL as a caller, rolled back, under a time limit that grows until it passes; each time in a backend that has cached
# nothing.
# Returns how often it was interrupted, and what it met but that.
sub interrupt {
	my ($node, $database, $claims, $sql) = @_;
	my $script = "\\set interrupted true\n";
	for (my $limit = 1; $limit < 60_000; $limit = int(1.5 * $limit) + 1) {
		$script .= "\\if :interrupted\n\\connect\nBEGIN;\n" . caller_settings($claims)
		  . "SET LOCAL statement_timeout = $limit;\n$sql;\n\\set interrupted :ERROR\nROLLBACK;\n\\endif\n";
	}
	my $stderr;
	my $status = $node->psql($database, $script, stderr => \$stderr, on_error_stop => 0,
		extra_params => [ '-U', 'gateway', '-v', 'VERBOSITY=verbose' ]);
	# What follows an error in the same transaction is refused for that alone.
	my @errors = grep { !/ERROR:  25P02/ } $stderr =~ /^.*(?:ERROR|FATAL|PANIC|connection).*$/mg;
	my @others = grep { !/ERROR:  57014: canceling statement due to statement timeout$/ } @errors;
	return (@errors - @others, join "\n", @others, $status ? "psql ended with status $status" : ());
}

# An iCalendar text of holidays, as a quoted SQL string.
sub icalendar {
	my (@events) = @_;
	my $text = join '', map { "BEGIN:VEVENT\nUID:$_->[0]\@example.org\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:$_->[1]\n"
		. "$_->[2]SUMMARY:$_->[0]\nEND:VEVENT\n" } @events;
	$text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example.org//Holidays//EN\n${text}END:VCALENDAR\n";
	return q(E') . $text =~ s/\n/\\r\\n/gr . q(');
}

# Business calendars of each kind: a default, one over midnight, one to 24:00, one with holidays imported, one changed twice,
# one deleted.
my $calendars = <<"SQL";
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, holidays) VALUES ('office', 'Europe/Berlin',
    '[{"weekdays": [1, 2, 3, 4, 5], "opens": "09:00", "closes": "17:00"}]',
    '[{"name": "Christmas", "first_date": "2026-12-25", "last_date": "2026-12-26", "yearly": true, "except": ["2028-12-25"]},
        {"name": "Move \\u00fc", "date": "2027-03-01"}]');
INSERT INTO policies_api.business_calendars (name, time_zone, opening_hours, is_default) VALUES
    ('night', 'America/New_York', '[{"weekdays": [1, 2, 3, 4, 5], "opens": "22:00", "closes": "06:00", "closes_next_day": true}]',
        false),
    ('round the clock', 'Pacific/Apia', '[{"weekdays": [1, 2, 3, 4, 5, 6, 7], "opens": "00:00", "closes": "24:00"}]', false),
    ('changed', 'UTC', '[{"weekdays": [1], "opens": "08:00", "closes": "08:00:01"}]', false),
    (NULL, 'Asia/Kolkata', '[{"weekdays": [7], "opens": "20:00", "closes": "24:00"}]', false);
SELECT policies_api.import_holidays(id,
    @{[ icalendar([ 'New Year', '20260101', "RRULE:FREQ=YEARLY\n" ],
        [ 'Shutdown', '20261228', "DTEND;VALUE=DATE:20270101\n" ]) ]})
    FROM policies_api.business_calendars WHERE name = 'night';
UPDATE policies_api.business_calendars SET opening_hours = '[{"weekdays": [1, 3], "opens": "08:00", "closes": "12:00"}]'
    WHERE name = 'changed';
UPDATE policies_api.business_calendars SET time_zone = 'Australia/Lord_Howe',
    holidays = '[{"name": "Leap day", "date": "2028-02-29", "yearly": true}]' WHERE name = 'changed';
DELETE FROM policies_api.business_calendars WHERE name IS NULL;
SQL

# Tenants with documents, SLA policies, business calendars (where the register's version has them), reviews, history, deleted
# rows, and a protected table of their own.
sub fill_register {
	my ($node, $database) = @_;
	$node->safe_psql($database, <<'SQL');
CREATE SCHEMA helpdesk;
CREATE TABLE helpdesk.tickets (number bigint GENERATED ALWAYS AS IDENTITY, subject text NOT NULL, due_at timestamptz);
INSERT INTO helpdesk.tickets (subject) VALUES ('before protection');
SELECT policies.protect_table('helpdesk.tickets', 'tkt', existing_rows_tenant_id => 'acme');
CREATE TABLE helpdesk.notes (id text, tenant_id text COLLATE "C", note text) PARTITION BY LIST (tenant_id);
CREATE TABLE helpdesk.notes_acme PARTITION OF helpdesk.notes FOR VALUES IN ('acme');
CREATE TABLE helpdesk.notes_other PARTITION OF helpdesk.notes DEFAULT;
SELECT policies.protect_table('helpdesk.notes', 'not');
SQL
	my $has_calendars = $node->safe_psql($database, q(SELECT to_regclass('policies_api.business_calendars') IS NOT NULL)) eq 't';
	for my $tenant (qw(acme globex), "\x{fc}ml\x{e4}ut '\"") {
		my $name = $tenant =~ s/(["\\])/\\$1/gr;
		utf8::encode($name);
		for my $claims (qq({"tenant_id": "$name", "sub": "per_1"}), qq({"tenant_id": "$name", "sub": "per_2", "app_id": "app_1"})) {
			my ($status, undef, $stderr) = as_caller($node, $database, $claims, ($has_calendars ? $calendars : '') . <<'SQL');
INSERT INTO policies_api.policies (name, body, version, category, tags, review_cadence, next_review_at)
    SELECT 'document ' || n, repeat(E'# Title\n', n), '1.' || n || '.0-rc.1', 'security', '["a", {"b": 1.50}]', '1 month 2 days',
        '2026-01-31'
    FROM generate_series(1, 20) n;
INSERT INTO policies_api.policies (name, priority, applies_to, first_response_minutes, resolution_minutes, business_hours_only)
    SELECT 'sla ' || n, 'p' || n, '["incident", "request"]', n, n * 10, true FROM generate_series(1, 5) n;
UPDATE policies_api.policies SET description = E'changed\t\u00e4' WHERE version < '1.5';
UPDATE policies_api.policies SET description = 'changed again' WHERE version < '1.3';
SELECT count(policies_api.complete_policy(id, 'fine', '2999-01-01')) FROM policies_api.policies WHERE name LIKE 'document 1%';
DELETE FROM policies_api.policies WHERE name IN ('document 3', 'sla 5');
UPDATE policies_api.deleted_policies SET is_deleted = false WHERE name = 'document 3';
INSERT INTO policies_api.tickets (subject) VALUES ('first'), ('second');
UPDATE policies_api.tickets SET due_at = 'infinity' WHERE subject = 'first';
DELETE FROM policies_api.tickets WHERE subject = 'second';
INSERT INTO policies_api.notes (note) VALUES ('noted');
UPDATE policies_api.notes SET note = 'noted again';
SQL
			die "cannot fill the register: $stderr" if $status;
		}
	}
	return;
}

# A psql session that stays open, for as long as it takes: each answer has a minute.
sub open_session {
	my ($connection) = @_;
	my %session = (in => '', out => '', err => '', answers => 0, timer => IPC::Run::timeout(60));
	$session{run} = IPC::Run::start([ 'psql', '-XAtq', '-d', $connection ],
		'<', \$session{in}, '>', \$session{out}, '2>', \$session{err}, $session{timer});
	return \%session;
}

# Sends statements and returns all that came back, errors first.
sub ask {
	my ($session, $sql) = @_;
	my $end = 'end of answer ' . ++$session->{answers};
	$session->{in} .= "$sql\n\\echo $end\n";
	$session->{timer}->start;
	$session->{run}->pump until $session->{out} =~ /\Q$end\E\n/;
	my $answer = $session->{err} . ($session->{out} =~ s/\Q$end\E\n//r);
	$session->{out} = $session->{err} = '';
	return $answer =~ s/\s+\z//r;
}

sub close_session {
	my ($session) = @_;
	$session->{in} .= "\\q\n";
	$session->{timer}->start;
	$session->{run}->finish;
	return;
}

# The catalog and all rows of a database as one text, or one of them.
sub report {
	my ($node, $database, @parts) = @_;
	my $text = '';
	for my $file (@parts ? @parts : qw(catalog_report data_report)) {
		my ($stdout, $stderr) = run_command([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($database),
			'-f', "$ENV{SCRATCH}/test/upgrade/$file.sql" ]);
		die "$file.sql failed: $stderr" if $stderr =~ /ERROR/;
		$text .= "$stdout\n";
	}
	return $text;
}

1;
