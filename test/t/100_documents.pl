# Documents over real connections: notices that reach who listens and wait for who does not, a scheduler, servers killed and
# statements interrupted in the middle, dumps, and a standby.
use strict;
use warnings;
use IPC::Run;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use PoliciesTest qw(server_with_register fill_register as_caller report caller_settings interrupt open_session ask close_session);
use DocumentsTest qw(fill_documents document_violations unverified_versions @document_tenants);

my $invariants = slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql");

# A scheduler. It is set up first: pg_cron before 1.5 knows no shorter schedule than a minute, which passes meanwhile.
my ($libraries) = run_command([ 'pg_config', '--pkglibdir' ]);
my $has_cron = -e "$libraries/pg_cron.so";
my ($scheduled, $listener);
if ($has_cron) {
	$scheduled = server_with_register('scheduled', q(shared_preload_libraries = 'pg_cron'), q(cron.database_name = 'postgres'));
	# As a client, over the server's socket.
	$scheduled->append_conf('postgresql.conf', "cron.host = '@{[ $scheduled->host ]}'\n");
	$scheduled->restart;
	$scheduled->safe_psql('postgres', <<'SQL');
CREATE EXTENSION pg_cron;
CREATE ROLE scheduler LOGIN;
GRANT policies_admin TO scheduler;
INSERT INTO policies.policies (tenant_id, name, next_review_at) VALUES ('acme', 'overdue', '2020-01-01'),
    ('globex', 'soon', now() + interval '29 days'), ('acme', 'later', now() + interval '40 days');
SELECT cron.schedule_in_database('reviews', CASE WHEN string_to_array(extversion, '.')::text[] >= ARRAY['1', '5'] THEN '2 seconds'
    ELSE '* * * * *' END,
    $$SELECT policies.notify_reviews_due('30 days')$$, 'postgres', 'scheduler') FROM pg_extension WHERE extname = 'pg_cron';
SQL
	$listener = open_session($scheduled->connstr('postgres'));
	ask($listener, 'LISTEN policies_review_due;');
}

my $node = server_with_register('documents');
fill_register($node, 'postgres');
fill_documents($node, 'postgres');
is(document_violations($node, 'postgres'), '', 'every document is as it should be');
my ($broken, $verified) = unverified_versions($node, 'postgres', @document_tenants);
is($broken, '', 'every history is intact');
cmp_ok($verified, '>=', 40, "of $verified versions");

# What a notification says: one line each, after "Asynchronous notification".
sub notifications {
	my ($answer) = @_;
	my $heard = qr/Asynchronous notification "policies_review_due" with payload "(.*)"/;
	return map { decode_json($_) } $answer =~ /^$heard received from server process with PID \d+\.$/mg;
}

sub as_administrator {
	my ($sql) = @_;
	return open_session($node->connstr('postgres') . ' user=administrator') unless defined $sql;
	my ($stdout, $stderr) = run_command([ 'psql', '-XAtq', '-v', 'VERBOSITY=verbose', '-U', 'administrator', '-d',
		$node->connstr('postgres'), '-c', $sql ]);
	return $stdout . $stderr;
}

# Notifications, to whoever listens, once the notice is committed.
{
	$node->safe_psql('postgres', q(SELECT policies.notify_reviews_due('100 years')));
	as_administrator('SELECT policies.take_review_notices(10000)');
	$node->safe_psql('postgres', q(INSERT INTO policies.policies (tenant_id, name, next_review_at)
		VALUES ('docs \\ '' "', 'due one', '2020-01-01 00:00+00'), ('docs_de', 'due two', '2020-01-02 00:00+00')));
	# The other one may connect, and nothing else.
	$node->safe_psql('postgres', 'CREATE ROLE outsider LOGIN');
	my @listeners = map { open_session($node->connstr('postgres') . " user=$_") } qw(administrator outsider);
	ask($_, 'LISTEN policies_review_due;') for @listeners;
	my $notifier = as_administrator();
	is(ask($notifier, 'BEGIN; SELECT policies.notify_reviews_due();'), 2, 'two notices are written');
	is_deeply([ notifications(ask($listeners[0], 'SELECT 1;')) ], [], 'nobody hears of what is not committed');
	ask($notifier, 'ROLLBACK;');
	is_deeply([ notifications(ask($listeners[0], 'SELECT 1;')) ], [], 'nor of what is rolled back');
	is(ask($notifier, 'SELECT policies.notify_reviews_due();'), 2, 'they are written once more');
	for my $number (0, 1) {
		my $answer = ask($listeners[$number], 'SELECT 1;');
		my @heard = notifications($answer);
		is_deeply([ map { join ' ', sort keys %$_ } @heard ], [ ('due_at notice_id') x 2 ],
			"listener $number hears of each, and no more of it than its id and when it is due");
		unlike($answer, qr/docs|pol_|per_|due (?:one|two)/, 'nothing of its tenant, its policy or anybody');
		for my $heard (@heard) {
			is($node->safe_psql('postgres', "SELECT count(*) FROM policies.review_notices n
				JOIN policies.policies p ON (p.tenant_id, p.id) = (n.tenant_id, n.policy_id)
				WHERE n.id = '$heard->{notice_id}' AND n.due_at = '$heard->{due_at}' AND p.next_review_at = n.due_at AND n.taken_at IS NULL"),
				1, 'which are those of the notice');
		}
	}
	is(ask($notifier, 'SELECT policies.notify_reviews_due();'), 0, 'the same due dates are not noticed again');
	is_deeply([ notifications(ask($listeners[0], 'SELECT 1;')) ], [], 'nor heard of again');
	like(ask($listeners[1], 'SELECT * FROM policies.review_notices;'), qr/ERROR:  permission denied/,
		'what the notice is about, the outbox tells those who may read it');
	close_session($_) for @listeners, $notifier;

	# A consumer that was down, and one that dies.
	my $consumer = as_administrator();
	is(ask($consumer, 'BEGIN; SELECT count(*) FROM policies.take_review_notices();'), 2,
		'a consumer that did not listen finds both in the outbox');
	my $pid = ask($consumer, 'SELECT pg_backend_pid();');
	$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid, 10000)");
	eval { close_session($consumer) };
	is(as_administrator('SELECT string_agg(taken_by, \' \') FROM policies.take_review_notices()'), 'administrator administrator',
		'what it took when it died, the next one takes');
	is(as_administrator('SELECT count(*) FROM policies.take_review_notices()'), 0, 'and nobody after that');
	$node->safe_psql('postgres', q(INSERT INTO policies.policies (tenant_id, name, next_review_at) SELECT 'docs_de', 'due ' || n,
		'2020-01-02 00:00+00' FROM generate_series(1, 9) n));
	as_administrator('SELECT policies.notify_reviews_due()');
	is(as_administrator("SET $_ = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SELECT count(*)
		FROM policies.take_review_notices(2)"), 2, "no more than asked for, without $_")
		for qw(enable_material enable_sort enable_indexscan enable_seqscan);
}

# As a job of the operating system's cron calls it.
{
	$node->safe_psql('postgres', q(INSERT INTO policies.policies (tenant_id, name, next_review_at)
		VALUES ('docs_de', 'by psql', now() + interval '10 days')));
	is(as_administrator(q(SELECT policies.notify_reviews_due('30 days'))), '1', 'psql -c writes a notice');
	is(as_administrator(q(SELECT policies.notify_reviews_due('30 days'))), '0', 'and none the second time');
	like(as_administrator(q(SELECT policies.notify_reviews_due('-1 day'))), qr/ERROR:  22023/, 'not for a time that is over');
	my (undef, undef, $error) = as_caller($node, 'postgres', '{"tenant_id": "docs_de", "sub": "per_1"}',
		'SELECT policies.notify_reviews_due()');
	like($error, qr/ERROR:  42501/, 'nor for a caller');
	like(as_administrator('SELECT policies.take_review_notices(0)'), qr/ERROR:  22023/, 'nobody takes less than one');
}

# Interrupted anywhere: an error, and nothing of it is there.
{
	my $large = '{"tenant_id": "large", "sub": "per_1"}';
	my $reader = '{"tenant_id": "large", "sub": "per_2"}';
	as_caller($node, 'postgres', $large, <<'SQL');
INSERT INTO policies_api.policies (name, body, description, tags, next_review_at)
    SELECT 'large ' || n, repeat('common word' || n || ' ', 200) || repeat(md5(n::text) || ' ', 100), 'common', '["common"]',
        '2020-01-01' FROM generate_series(1, 500) n;
SELECT count(policies_api.publish_policy(id, '1.0')) FROM (SELECT id FROM policies_api.policies LIMIT 200) p;
SQL
	my $all = q(SELECT md5(string_agg(d, ' ' ORDER BY d)) FROM (SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) AS d
		FROM policies.policies t UNION ALL SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM policies.policy_versions t
		UNION ALL SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM policies.policy_approvals t
			UNION ALL SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM policies.policy_acknowledgements t
		UNION ALL SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM policies.review_notices t
			UNION ALL SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM policies.policy_search t
		UNION ALL SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM policies.policy_drafts t) s);
	my $before = $node->safe_psql('postgres', $all);
	my %statements = (
		'publish_policy()' => [ $large, q(SELECT count(policies_api.publish_policy(id, 'major')) FROM policies_api.policies) ],
		'approve_policy()' => [ $reader, q(SELECT count(policies_api.approve_policy(id, policies_api.policy_content_hash(id)))
			FROM policies_api.policies) ],
		'request_acknowledgements()' => [
			$large, q(SELECT count(policies_api.request_acknowledgements(id, ARRAY(SELECT 'per_' || n FROM generate_series(1, 100) n)))
				FROM policies_api.policies WHERE published_at IS NOT NULL) ],
		'acknowledge_policy()' => [ $reader, q(SELECT count(*) FROM policies_api.policies p, policies_api.acknowledge_policy(p.id)
			WHERE p.published_at IS NOT NULL) ],
		'complete_policy()' => [
			$large, q(SELECT count(policies_api.complete_policy(id, outcome => 'changed', next_review_at => '2999-01-01'))
				FROM policies_api.policies) ],
		'verify_policy_history()' => [ $large, q(SELECT count(*) FROM policies_api.policies p,
			policies_api.verify_policy_history(p.id)) ],
		'search_policies()' => [ $large, q(SELECT count(*) FROM policies_api.search_policies('common -word7', max_results => 1000)) ],
		'search_policies() many times' => [ $large, q(SELECT count(*) FROM generate_series(1, 20) n,
			policies_api.search_policies('common or word' || n, max_results => 1)) ],
		'unified_diff()' => [
			$large, q(SELECT length(policies.unified_diff(string_agg(md5(n::text), E'\n'), string_agg(md5((n % 7 + n / 2)::text), E'\n')))
				FROM generate_series(1, 60000) n) ],
		'markdown_to_html()' => [
			$large, q(SELECT sum(length(policies.markdown_to_html(repeat(E'* a [b](c) `d`\n\n> e\n\n', 300) || n)))
				FROM generate_series(1, 300) n) ],
		'the trigger for words' => [ $large, q(UPDATE policies_api.policies SET body = body || ' changed') ],
		'hand_over_policies()' => [ $large, q(UPDATE policies_api.policies SET owner_id = 'per_1';
			SELECT policies_api.hand_over_policies('per_1', 'per_2')) ],
		'policy_content_hash()' => [ $large, q(SELECT count(policies_api.policy_content_hash(id)) FROM policies_api.policies,
			generate_series(1, 5)) ],
	);
	for my $name (sort keys %statements) {
		my ($claims, $sql) = @{ $statements{$name} };
		my ($interrupted, $other) = interrupt($node, 'postgres', $claims, $sql);
		is($other, '', "$name is interrupted, and nothing else");
		cmp_ok($interrupted, '>=', 1, "in $interrupted places");
	}
	for my $sql ('SELECT policies.notify_reviews_due()', q(SELECT policies.rebuild_search('large')),
		q(SELECT count(policies.export_policy(tenant_id, id)) FROM policies.policies WHERE tenant_id = 'large')) {
		like(as_administrator("BEGIN; SET LOCAL statement_timeout = 5; $sql; COMMIT"), qr/ERROR:  57014/, "interrupted: $sql");
	}
	# By another session.
	my $busy = open_session($node->connstr('postgres') . ' user=gateway');
	my $pid = ask($busy, 'SELECT pg_backend_pid();');
	$busy->{in} .= "BEGIN;\n" . caller_settings($large)
		. "SELECT count(policies_api.publish_policy(id, 'major')) FROM policies_api.policies, pg_sleep(0.2);\n";
	$busy->{run}->pump_nb;
	$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE pid = $pid AND query LIKE '%publish_policy%'
		AND state = 'active'");
	$node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)");
	like(ask($busy, 'COMMIT;'), qr/ERROR:  canceling statement due to user request/, 'publications are cancelled');
	is(ask($busy, 'SELECT pg_backend_pid();'), $pid, 'and the backend goes on');
	close_session($busy);
	is($node->safe_psql('postgres', $all), $before, 'and no row is there of what was interrupted');
	is(document_violations($node, 'postgres'), '', 'every document is as it should be');
	unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal|TRAP/, 'no backend crashed');
	$node->safe_psql('postgres', q(UPDATE policies.policies SET is_deleted = true WHERE tenant_id = 'large';
		SELECT policies.purge_deleted('0', 'large')));
	is($node->safe_psql('postgres', q(SELECT count(*) FROM policies.policy_search WHERE tenant_id = 'large')), 0,
		'purged policies leave no words');
}

# Dumps. What is searched comes back as it was, though the triggers would make it anew.
{
	my $original = report($node, 'postgres');
	my $drafts = q(SELECT d FROM policies.policy_drafts d ORDER BY d.tenant_id, d.id);
	my $known = $node->safe_psql('postgres', $drafts);
	is($node->safe_psql('postgres', q(SELECT (count(*) FILTER (WHERE cardinality(author_ids) > 1) > 0,
		count(*) FILTER (WHERE author_ids = '{}' AND published_hash IS NOT NULL) > 0,
		count(*) FILTER (WHERE author_ids <> '{}' AND published_hash IS NULL) > 0) FROM policies.policy_drafts)), '(t,t,t)',
		'drafts are of each kind');
	my $folder = "$ENV{SCRATCH}/document_dumps";
	mkdir $folder;
	my $number = 0;
	my $restore = sub {
		my ($name, @restores) = @_;
		my $database = 'restored_' . ++$number;
		$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
		command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr($database), @$_ ], "$name: restored") for @restores;
		# ENABLE TRIGGER ALL, with which pg_restore --disable-triggers ends, makes a trigger that fires always an ordinary one.
		my $restored = report($node, $database) =~ s/^(trigger\|.*CREATE TRIGGER policies_clock(?:_\w+)? .*)\|O\|/$1|A|/mgr;
		ok($restored eq $original, "$name: every object and row is the same") or do {
			append_to_file("$folder/$_->[0]", $_->[1]) for [ "original$number", $original ], [ "restored$number", $restored ];
			diag(`diff $folder/original$number $folder/restored$number | cut -c 1-300 | head -n 20`);
		};
		is($node->safe_psql($database, $drafts), $known, "$name: authors and last versions of drafts are the same");
		is(document_violations($node, $database), '', "$name: every document is as it should be");
		is_deeply([ unverified_versions($node, $database, @document_tenants) ], [ '', $verified ], "$name: every history is intact");
		return $database;
	};
	my @source = ('-d', $node->connstr('postgres'));
	command_ok([ 'pg_dump', @source, '-Fc', '-f', "$folder/all" ], 'dumped');
	command_ok([ 'pg_dump', @source, '-Fc', '--data-only', '-f', "$folder/data" ], 'data alone is dumped');
	my $database = $restore->('custom', [ "$folder/all" ]);
	$restore->('schema, then data without triggers', [ '--schema-only', "$folder/all" ], [ '--disable-triggers', "$folder/data" ]);
	$restore->('schema, then data with triggers', [ '--schema-only', "$folder/all" ], ["$folder/data"]);
	my (undef, $found, $error) = as_caller($node, $database, '{"tenant_id": "docs_en", "sub": "per_9"}', <<'SQL');
SELECT count(*) > 0 FROM policies_api.search_policies('house run');
INSERT INTO policies_api.policies (name, body) VALUES ('after', 'It was restored') RETURNING id \gset
SELECT name FROM policies_api.search_policies('restoring');
SELECT policies_api.publish_policy(:'id', 'major')
SQL
	is($found, "t\nafter", 'a restored register searches in its languages');
	like($error, qr/ERROR:  PT409: policy "pol_\w{26}" has 0 of 1 required approvals/, 'and requires its approvals');
}

# A hot standby.
{
	$node->backup('base');
	my $standby = PostgreSQL::Test::Cluster->new('reader');
	$standby->init_from_backup($node, 'base', has_streaming => 1);
	$standby->start;
	my $claims = '{"tenant_id": "docs_de", "sub": "per_2"}';
	my (undef, $id) = as_caller($node, 'postgres', $claims, q(INSERT INTO policies_api.policies (name, body, next_review_at)
		VALUES ('standing by', E'# Bücher\n\nHäuser', '2020-01-01') RETURNING id));
	as_caller($node, 'postgres', $claims, "SELECT policies_api.publish_policy('$id', '1.0');
		SELECT policies_api.request_acknowledgements('$id', '{per_2}')");
	$node->wait_for_catchup($standby);
	my %reads = (
		'search_policies()' => [ q(SELECT name FROM policies_api.search_policies('haus -running')), 'standing by' ],
		'what is known of drafts' => [ "SELECT count(*) FROM policies.policy_drafts WHERE id = '$id' AND author_ids = '{}'
			AND published_hash IS NOT NULL", 1 ],
		'a search in all' => [ q(SELECT count(*) >= 5 FROM policies_api.search_policies('tag')), 't' ],
		'policies_in_force' => [ "SELECT version FROM policies_api.policies_in_force WHERE id = '$id'", '1.0' ],
		'policy_version()' => [ "SELECT version FROM policies_api.policy_version('$id', '1.0')", '1.0' ],
		'policy_as_of()' => [ "SELECT version FROM policies_api.policy_as_of('$id')", '1.0' ],
		'policy_content_hash()' => [ "SELECT policies_api.policy_content_hash('$id') = content_hash FROM policies_api.policy_versions
			WHERE policy_id = '$id'", 't' ],
		'verify_policy_history()' => [ "SELECT is_intact FROM policies_api.verify_policy_history('$id')", 't' ],
		'diff_policy()' => [ "SELECT policies_api.diff_policy('$id', '1.0')", '0 lines added, 0 lines removed' ],
		'policy_html()' => [ "SELECT policies_api.policy_html('$id') LIKE '<h1%<p>H%user</p>%'", 't' ],
		'policy_markdown()' => [ "SELECT length(policies_api.policy_markdown('$id'))", 16 ],
		'policy_table_of_contents()' => [ "SELECT jsonb_array_length(policies_api.policy_table_of_contents('$id'))", 1 ],
		'acknowledgements' => [ "SELECT state FROM policies_api.policy_acknowledgements WHERE policy_id = '$id'", 'outstanding' ],
		'approvals' => [ 'SELECT count(*) > 0 FROM policies_api.policy_approvals', 't' ],
		'settings' => [ 'SELECT search_language FROM policies_api.policy_settings WHERE app_id IS NULL', 'german' ],
		'review_calendar()' => [ "SELECT count(*) FROM policies_api.review_calendar('2000-01-01', '3000-01-01')
			WHERE policy_id = '$id'", 1 ],
		'overdue_reviews()' => [ "SELECT count(*) > 0 FROM policies_api.overdue_reviews('3000-01-01')", 't' ],
		'review_calendar_icalendar()' => [
			"SELECT policies_api.review_calendar_icalendar('2000-01-01', '3000-01-01') LIKE '%review-$id\@docs_de%'", 't' ],
	);
	for my $name (sort keys %reads) {
		my ($sql, $expected) = @{ $reads{$name} };
		my (undef, $read, $error) = as_caller($standby, 'postgres', $claims, $sql);
		is($read, $expected, "on the standby: $name") or diag($error);
	}
	for my $write ("publish_policy('$id', 'major')", "approve_policy('$id', policies_api.policy_content_hash('$id'))",
		"request_acknowledgements('$id', '{x}')", "acknowledge_policy('$id')",
		"complete_policy('$id', outcome => 'changed')", "hand_over_policies('per_5', 'x')") {
		my (undef, undef, $error) = as_caller($standby, 'postgres', $claims, "SELECT policies_api.$write");
		like($error, qr/ERROR:  25006: cannot execute/, "on the standby refused: $write");
	}
	$standby->stop;
}
$node->stop;

# Killed in the middle of publications and acknowledgements of several tenants.
{
	my $name = "documents_$$";
	my $killed = server_with_register($name, 'fsync = on', 'restart_after_crash = on');
	$killed->safe_psql('postgres', 'CREATE EXTENSION amcheck');
	my @tenants = map { "tenant$_" } 1 .. 3;
	my %shared;
	for my $tenant (@tenants) {
		$shared{$tenant} = (as_caller($killed, 'postgres', qq({"tenant_id": "$tenant", "sub": "per_0_$tenant"}),
			"INSERT INTO policies_api.policies (name, body) VALUES ('of all', 'text') RETURNING id"))[1];
	}
	my $begin = "BEGIN;\n"
		. "SELECT set_config('role', 'policies_caller', true),
			set_config('request.jwt.claims', '{\"tenant_id\": \"TENANT\", \"sub\": \"per_SUB_TENANT\"}', true) \\g /dev/null\n";
	my $requests = <<"SQL";
${begin}INSERT INTO policies_api.policies (name, body, review_cadence, next_review_at)
    VALUES ('NAME', 'first body', '1 month', '2020-01-01') RETURNING id \\gset
SELECT version AS done FROM policies_api.publish_policy(:'id', '1.0', 'NAME') \\gset
COMMIT;
\\echo published :id :done
${begin}SELECT policies_api.request_acknowledgements(:'id', '{per_SUB_TENANT,per_x}') \\g /dev/null
SELECT acknowledged_version AS done FROM policies_api.acknowledge_policy(:'id') \\gset
COMMIT;
\\echo acknowledged :id :done
${begin}UPDATE policies_api.policies SET body = 'second body', description = 'changed' WHERE id = :'id';
SELECT version AS done FROM policies_api.publish_policy(:'id', 'major') \\gset
COMMIT;
\\echo published :id :done
${begin}SELECT version AS done FROM policies_api.publish_policy('SHARED', 'minor') \\gset
COMMIT;
\\echo published SHARED :done
SQL
	my $start = sub {
		my ($number, $login, $text) = @_;
		my $script = "$ENV{SCRATCH}/documents_writer$number.sql";
		unlink $script;
		append_to_file($script, "\\set QUIET 1\n\\pset tuples_only on\n\\pset format unaligned\n\\set ON_ERROR_STOP 1\n$text");
		my %run = (out => '', err => '');
		$run{handle} = IPC::Run::start([ 'psql', '-X', '-d', $killed->connstr('postgres') . " user=$login", '-f', $script ], '>',
			\$run{out}, '2>', \$run{err}, IPC::Run::timeout(120));
		return \%run;
	};
	my %kill = (
		'kill -9 of a backend' => sub { kill 'KILL', (split /\n/, $killed->safe_psql('postgres', "SELECT pid FROM pg_stat_activity
			WHERE usename = 'gateway'"))[0]; },
		'an immediate stop' => sub { $killed->stop('immediate'); $killed->start; },
	);
	# By -c: a psql that is refused ends before it reads a statement from its input.
	my $is_back = sub {
		for (1 .. 600) {
			return 1 if (run_command([ 'psql', '-XAtq', '-d', $killed->connstr('postgres'), '-c', 'SELECT 1' ]))[0] eq '1';
			usleep(100_000);
		}
		return 0;
	};
	my (%acknowledged, %published);
	for my $round (1 .. $ENV{KILL_ROUNDS} // 2) {
		for my $how (sort keys %kill) {
			my @writers = map {
				my ($number, $tenant) = ($_, $tenants[ $_ % @tenants ]);
				my $theirs = $requests =~ s/per_SUB_TENANT/per_${number}_$tenant/gr =~ s/TENANT/$tenant/gr =~ s/SHARED/$shared{$tenant}/gr;
				$start->($number, 'gateway', join '', map { $theirs =~ s/NAME/w$number-$_/gr } 1 .. 200)
			} 1 .. 6;
			push @writers, $start->('_notices', 'administrator',
				"SELECT policies.notify_reviews_due('1 year') \\g /dev/null\nSELECT count(*)
					FROM policies.take_review_notices(5) \\g /dev/null\n" x 2000);
			usleep(700_000 + int rand 700_000);
			$kill{$how}->();
			ok($is_back->(), "round $round: the server is back after $how");
			for my $run (@writers) {
				eval { $run->{handle}->finish; };
				for my $line (split /\n/, $run->{out}) {
					$published{"$1 $2"} = 1 if $line =~ /^published (pol_\w{26}) (\S+)$/;
					$acknowledged{"$1 $2"} = 1 if $line =~ /^acknowledged (pol_\w{26}) (\S+)$/;
				}
				unlike($run->{err}, qr/ERROR(?!.*(?:terminating|shut|recovery|reset))/, 'no writer met an error but the kill')
					if $run->{err} =~ /ERROR/;
			}
			is($killed->safe_psql('postgres', $invariants), '', 'every invariant holds');
			is(document_violations($killed, 'postgres'), '', 'every document is as it should be');
			is($killed->safe_psql('postgres', 'SELECT count(*) FROM policies.policies p
				FULL JOIN policies.policy_drafts d USING (tenant_id, id) WHERE p.name IS NULL OR d.content_since IS NULL'), 0,
				'and each policy has its one draft');
		}
	}
	my %there = map { $_ => 1 } split /\n/, $killed->safe_psql('postgres', "SELECT 'p ' || policy_id || ' ' || version
		FROM policies.policy_versions UNION ALL SELECT 'a ' || policy_id || ' ' || acknowledged_version
			FROM policies.policy_acknowledgements WHERE acknowledged_at IS NOT NULL");
	note scalar(keys %published) . ' publications and ' . scalar(keys %acknowledged) . ' acknowledgements were acknowledged';
	cmp_ok(scalar(keys %published), '>=', 50, 'enough was published to mean something');
	is_deeply([ grep { !$there{"p $_"} } keys %published ], [], 'every acknowledged publication is there');
	is_deeply([ grep { !$there{"a $_"} } keys %acknowledged ], [], 'and every acknowledgement');
	my ($problems, $checked) = unverified_versions($killed, 'postgres', @tenants);
	is($problems, '', 'every history is intact');
	cmp_ok($checked, '>=', scalar(keys %published), "of $checked versions");
	is($killed->safe_psql('postgres', "SELECT count(*) FROM (SELECT (content ->> 'body' = 'first body') = (v.version = '1.0') AS fits
		FROM policies.policy_versions v JOIN policies.policies p ON p.id = v.policy_id WHERE p.name <> 'of all') s WHERE NOT fits"),
		0, 'each holds the body that was published');
	$killed->command_ok([ 'pg_amcheck', '--heapallindexed', '--rootdescend', '-d', 'postgres' ], 'pg_amcheck is clean');
	$killed->stop;
}

# What the scheduler did meanwhile.
SKIP: {
	skip 'NOT RUN: pg_cron is not installed for this server (postgresql-MAJOR-cron; make check-tap installs it)', 6 unless $has_cron;
	ok($scheduled->poll_query_until('postgres', "SELECT count(*) > 0 FROM cron.job_run_details WHERE status = 'succeeded'"),
		'pg_cron ran notify_reviews_due()');
	is($scheduled->safe_psql('postgres', q(SELECT string_agg(p.name, ' ' ORDER BY p.name) FROM policies.review_notices n
		JOIN policies.policies p ON p.id = n.policy_id)), 'overdue soon', 'which noticed what is due within 30 days');
	is($scheduled->safe_psql('postgres', q(SELECT DISTINCT username FROM cron.job_run_details)), 'scheduler',
		'as a login that is an administrator of the register');
	is($scheduled->safe_psql('postgres', q(SELECT count(*) FROM cron.job_run_details WHERE status = 'failed')), 0,
		'and never failed');
	my @heard = notifications(ask($listener, 'SELECT 1;'));
	is_deeply([ sort map { $scheduled->safe_psql('postgres', "SELECT tenant_id FROM policies.review_notices
		WHERE id = '$_->{notice_id}'") } @heard ], [qw(acme globex)], 'and whoever listened heard of it once');
	is($scheduled->safe_psql('postgres', q(SELECT count(*) FROM policies.take_review_notices())), 2,
		'and whoever did not finds it in the outbox');
	close_session($listener);
}
note 'NOT RUN: pg_cron is absent' unless $has_cron;

done_testing();
