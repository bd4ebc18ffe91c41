# The statements that PostgREST sends, over one pooled connection, for every operation and tenant, and the HTTP status that each
# answer becomes. For machines without PostgREST.
use strict;
use warnings;
use JSON::PP;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server icalendar);
use PostgrestReplay;

my $node = new_server('replayed');
# As deploy/README.md sets it up.
$node->safe_psql('postgres', slurp_file("$ENV{SCRATCH}/deploy/roles.sql"));
is($node->safe_psql('postgres', q(SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = 'authenticator'::regrole)),
	'{statement_timeout=30s,idle_in_transaction_session_timeout=10s}', 'requests that hang are ended');
$node->safe_psql('postgres', <<'SQL');
ALTER ROLE authenticator RESET ALL; -- Nothing in a test is timed.
INSERT INTO policies.policy_settings (tenant_id, required_approvals) VALUES ('strict', 1);
SQL
my $api = PostgrestReplay->new("dbname=postgres host=@{[ $node->host ]} port=@{[ $node->port ]}", 'authenticator');

# Verified tokens' payloads.
sub token {
	return { role => 'policies_caller', exp => 4000000000, @_ };
}
my %ann = (claims => token(tenant_id => 'acme', sub => 'per_ann'));
my %ben = (claims => token(tenant_id => 'acme', sub => 'per_ben'));
my %gus = (claims => token(tenant_id => 'globex', sub => 'per_gus'));
my %app = (claims => token(tenant_id => 'acme', app_id => 'app_1', sub => 'svc_1'));
my %nobody = (claims => token(sub => 'per_x'));
my %auditor = (claims => token(sub => 'per_audit', role => 'policies_auditor'));

sub answers {
	my ($answer, $status, $what, $message) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	is($answer->{status}, $status, "$status: $what") or diag(join ' ', map { $_ // '' } @{$answer}{qw(sqlstate message)});
	like($answer->{message}, $message, "$what: the message tells") if $message;
	return $answer->{body};
}

sub names {
	my ($answer) = @_;
	return join ' ', map { $_->{name} } @{ answers($answer, 200, 'a list') // [] };
}

# The status of each SQLSTATE: the table itself.
is(PostgrestReplay::status_of_sqlstate($_->[0]), $_->[1], "$_->[0] becomes $_->[1]")
	for [ '42501', 403 ], [ '22023', 400 ], [ '22P02', 400 ], [ '22004', 400 ], [ '22008', 400 ], [ '23502', 400 ], [ '23514', 400 ],
	[ '23505', 409 ], [ 'PT404', 404 ],
	[ 'PT409', 409 ], [ 'PT412', 412 ], [ '25006', 405 ], [ 'P0002', 500 ], [ 'P0001', 400 ], [ 'XX000', 500 ], [ '55000', 500 ],
	[ '53400', 500 ], [ '42883', 404 ];

# Create: the resource's own example, whose server-managed fields are ignored.
{
	my $example = { id => 'rec_01HXEXAMPLE', tenant_id => 'example tenant_id', created_at => '2026-01-01T00:00:00Z',
		updated_at => '2026-01-01T00:00:00Z',
		app_id => 'example app_id', created_by => 'rec_01HXEXAMPLE' };
	my $created = answers($api->create('policies', $example, %ann, is_singular => 1), 201, q(the resource's own example));
	like($created->{id}, qr/^pol_[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'its id is the server\'s');
	is_deeply([ @{$created}{qw(tenant_id app_id created_by updated_by source source_type is_deleted schema_version status)} ],
		[ 'acme', undef, 'per_ann', 'per_ann', 'edm', 'api', JSON::PP::false, 1, 'active' ], 'and so are its stamps');
	unlike($created->{created_at}, qr/^2026-01-01T00:00:00/, 'and its times');
	is(keys %$created, 29, 'all fields come back');
	answers($api->create('policies', {}, %ann), 201, 'no field at all');
	answers($api->remove('policies', %ann, filters => [ name => 'is.null' ]), 200, 'what has no name is deleted');
}

# One row, several, and ten thousand in one request.
my %id;
for my $who ([ 'acme', %ann ], [ 'globex', %gus ], [ 'app', %app ]) {
	my ($owner, %caller) = @$who;
	my $created = answers(
		$api->create('policies',
			[ map { { name => "$owner $_", category => $_ eq 'c' ? 'hr' : 'security', status => $_ eq 'a' ? 'draft' : 'active',
				body => "# Title of $owner $_\n\nEvery visitor wears a badge.",
		version => '0.9', review_cadence => '1 year', next_review_at => "2020-01-01", tags => [ 'x', { deep => 1.50 } ] } } qw(a b c) ],
		%caller), 201, "three policies of $owner in one request");
	is(join(' ', map { $_->{name} } @$created), "$owner a $owner b $owner c", 'in order');
	$id{ $_->{name} } = $_->{id} for @$created;
}
is_deeply(answers($api->create('policies', { name => 'globex tagged', tags => { a => [ 1 ] }, category => 'other' }, %gus,
	is_singular => 1), 201, 'one policy')->{tags}, { a => [ 1 ] }, 'with an object of tags');
{
	my $bulk = answers($api->create('policies',
		[ map { { name => "bulk $_", category => 'operations', source => undef, source_type => undef, status => undef,
			is_deleted => undef } } 1 .. 10000 ],
		claims => token(tenant_id => 'bulk', sub => 'per_1')), 201, '10,000 policies in one request');
	is(@$bulk, 10000, 'all of them');
	my %ids = map { $_->{id} => 1 } @$bulk;
	is(keys %ids, 10000, 'each with an id of its own');
	is(join(' ', map { $_->{id} } @$bulk), join(' ', sort map { $_->{id} } @$bulk), 'in the order of the request');
	is_deeply([ @{ $bulk->[9999] }{qw(name source source_type status is_deleted
		tenant_id)} ], [ 'bulk 10000', 'edm', 'api', 'active', JSON::PP::false, 'bulk' ],
		'a field that is missing, and comes as null, gets its default');
	my $failed = $api->create('policies', [ (map { { name => "more $_", category => 'hr' } } 1 .. 999),
		{ name => 'wrong', category => 'magic' } ], claims => token(tenant_id => 'bulk', sub => 'per_1'));
	answers($failed, 400, 'one bad row among a thousand', qr/category.*"magic"/);
	my $counted = $api->list('policies', claims => token(tenant_id => 'bulk', sub => 'per_1'),
		filters => [ category => 'in.(hr,operations)' ], count => 1, order => '"name" DESC', limit => 7, offset => 9);
	is(@{ answers($counted, 200, 'a page') }, 7, 'of seven');
	is($counted->{total}, 10000, 'of ten thousand: nothing of the refused request is there');
}

# List, filter, order, page, count; the same prepared statement for every caller, beyond the five custom plans.
my @active = (filters => [ category => 'eq.security', status => 'eq.active' ], order => '"name" ASC');
for my $round (1 .. 7) {
	is(names($api->list('policies', %ann, @active)), 'acme b app b', "round $round: acme lists its own and its application's");
	is(names($api->list('policies', %gus, @active)), 'globex b', 'globex its own');
	is(names($api->list('policies', %app, @active)), 'app b', 'the application its own');
	answers($api->list('policies', %nobody, @active), 403, 'and nobody anything without a tenant', qr/tenant/);
	is(names($api->list('policies', %auditor, @active)), 'acme b app b globex b', 'an auditor those of all');
}
{
	my $page = $api->list('policies', %ann, order => '"name" DESC', limit => 2, offset => 1, count => 1);
	is(names($page), 'app b app a', 'the second page from the end');
	is($page->{total}, 6, 'with the total');
	is($api->list('policies', %gus, order => '"name" DESC', limit => 2, offset => 1, count => 1)->{total}, 4,
		'which is another for globex');
	is(names($api->list('policies', %ann, filters => [ name => 'ilike.%ACME%', tags => 'cs.["x"]' ], order => '"id" ASC')),
		'acme a acme b acme c', 'by a pattern and a tag');
	is(names($api->list('policies', %ann, filters => [ next_review_at => 'lt.2026-01-01', category => 'neq.security' ],
		order => '"id" ASC')), 'acme c app c', 'by a time');
	answers($api->list('policies', %ann, filters => [ next_review_at => 'lt.yesterweek' ]), 400, 'a time that is none',
		qr/yesterweek/);
	answers($api->list('policies', %ann, filters => [ is_deleted => 'eq.perhaps' ]), 400, 'a boolean that is none', qr/perhaps/);
}

# Get: what is another's is not there.
my @rows = (acme => \%ann, globex => \%gus, app => \%app);
while (my ($owner, $caller) = splice @rows, 0, 2) {
	for my $of (qw(acme globex app)) {
		my $visible = $owner eq $of || $owner eq 'acme' && $of eq 'app';
		my $got = answers($api->list('policies', %$caller, filters => [ id => 'eq.' . $id{"$of a"} ], is_singular => 1),
			$visible ? 200 : 406, "$owner gets a policy of $of");
		is($got->{name}, "$of a", 'the policy') if $visible;
		next if $visible;
		my %call = (id => $id{"$of a"});
		my @of_another = ([ 'complete_policy', \%call ], [ 'publish_policy', { %call, version => 'major' } ],
			[ 'approve_policy', { %call, content_hash => 'x' } ],
			[ 'acknowledge_policy', \%call ], [ 'request_acknowledgements', { %call, person_ids => [ 'per_1' ] } ],
			[ 'policy_version', { policy_id => $call{id}, version => '1.0' } ],
			[ 'policy_as_of', { policy_id => $call{id} } ], (map { [ $_, { policy_id => $call{id}, version => 'draft' } ] } qw(policy_html
				policy_markdown policy_table_of_contents)),
			[ 'policy_content_hash', { policy_id => $call{id} } ], [ 'verify_policy_history', { policy_id => $call{id} } ],
			[ 'diff_policy', { policy_id => $call{id}, from_version => 'draft' } ]);
		answers($api->call(@$_, %$caller), 404, "$_->[0] of a policy of $of by $owner",
			qr/does not exist|not in force|no published version/) for @of_another;
		is_deeply(answers($api->update('policies', { name => 'taken' }, %$caller, filters => [ id => "eq.$call{id}" ]), 200,
			'an update'), [], 'changes nothing');
		is_deeply(answers($api->remove('policies', %$caller, filters => [ id => "eq.$call{id}" ]), 200, 'a deletion'), [],
			'deletes nothing');
		is_deeply(answers($api->list($_, %$caller, filters => [ policy_id => "eq.$call{id}" ]), 200, $_), [], 'shows nothing')
			for qw(policy_versions policy_reviews policy_approvals policy_acknowledgements);
	}
}
answers($api->call('complete_policy', { id => 'rubbish' }, %ann), 400, 'an id that is none', qr/rubbish/);
is_deeply(answers($api->list('policies', %ann, filters => [ id => 'eq.rubbish' ]), 200, 'a list by an id that is none'), [],
	'is empty');

# Update, with the row in return; and only what is still as it was read.
{
	my $seen = $api->list('policies', %ann, filters => [ id => 'eq.' . $id{'acme b'} ], is_singular => 1)->{body};
	my @if_unchanged = (filters => [ id => "eq.$seen->{id}", updated_at => "eq.$seen->{updated_at}" ], is_singular => 1);
	my $changed = answers(
		$api->update('policies', { description => 'first', id => 'pol_x', tenant_id => 'globex', created_by => 'me',
			updated_at => '2020-01-01' }, %ben, @if_unchanged), 200, 'an update of what was read');
	is_deeply([ @{$changed}{qw(description id tenant_id created_by
		updated_by)} ], [ 'first', $seen->{id}, 'acme', 'per_ann', 'per_ben' ], 'returns the row as it is, its stamps the server\'s');
	cmp_ok($changed->{updated_at}, 'gt', $seen->{updated_at}, 'later than before');
	answers($api->update('policies', { description => 'second' }, %ann, @if_unchanged), 406,
		'an update of what was changed meanwhile');
	answers($api->update('policies', { description => 'third' }, %ann,
		filters => [ id => "eq.$seen->{id}", updated_at => "eq.$changed->{updated_at}" ], is_singular => 1), 200,
		'and of what was read again');
	is($api->list('policies', %ann, filters => [ id => "eq.$seen->{id}" ], is_singular => 1,
		time_zone => 'Asia/Kolkata')->{body}{updated_at} =~ /\+05:30$/ ? 1 : 0, 1, 'a client\'s time zone');
	is(@{ answers($api->list('policies_history', %ann, filters => [ id => "eq.$seen->{id}" ]), 200, 'its history') }, 2,
		'has both versions before');
	is_deeply(answers($api->list('policies_history', %gus, filters => [ id => "eq.$seen->{id}" ]), 200, 'for globex'), [],
		'and none');
	is(@{ answers($api->update('policies', { description => 'all' }, %ann, filters => [ name => 'like.a%' ]), 200, 'an update '
		. 'of many') }, 6, 'the six that the caller sees');
}

# Bad values, and what they become.
for my $bad (
	[ { category => 'magic' }, 400, qr/category/ ], [ { status => 'on' }, 400, qr/status/ ],
	[ { version => '1.02' }, 400, qr/version/ ], [ { first_response_minutes => 0 }, 400, qr/first_response_minutes/ ],
	[ { first_response_minutes => 9, resolution_minutes => 8 }, 400, qr/resolution/ ],
	[ { resolution_minutes => 'soon' }, 400, qr/soon/ ], [ { resolution_minutes => 3000000000 }, 400, qr/range/ ],
	[ { tags => 'x' }, 400, qr/tags/ ], [ { applies_to => [ 'a', 'a' ] }, 400, qr/applies_to/ ],
	[ { next_review_at => 'infinity' }, 400, qr/next_review_at/ ], [ { next_review_at => '2026-02-30' }, 400, qr/2026-02-30/ ],
	[ { review_cadence => '-1 day' }, 400, qr/cadence/ ], [ { review_cadence => 'often' }, 400, qr/often/ ],
	[ { source_type => 'mail' }, 400, qr/source_type/ ], [ { name => "a\0b" }, 400, qr/Unicode|0000/ ],
	[ { priority => ' ' }, 400, qr/priority/ ])
{
	my ($field) = sort keys %{ $bad->[0] };
	answers($api->create('policies', $bad->[0], %ann), $bad->[1], "create with a bad $field", $bad->[2]);
	answers($api->update('policies', $bad->[0], %ann, filters => [ id => 'eq.' . $id{'acme b'} ]), $bad->[1],
		"update with a bad $field", $bad->[2]);
}

# Without a tenant, or with another role.
answers($api->create('policies', { name => 'x' }, %nobody), 403, 'create without a tenant', qr/tenant/);
answers($api->update('policies', { name => 'x' }, %nobody, filters => [ id => 'eq.' . $id{'acme b'} ]), 403,
	'update without a tenant', qr/tenant/);
answers($api->call('complete_policy', { id => $id{'acme b'} }, %nobody), 403, 'complete without a tenant', qr/tenant/);
answers($api->create('business_calendars',
	{ name => 'x', time_zone => 'UTC', opening_hours => [ { weekdays => [ 1 ], opens => '09:00', closes => '17:00' } ] }, %nobody),
	403, 'a calendar without a tenant');
answers($api->create('policies', { name => 'x' }, claims => token(tenant_id => $_)), 403, 'create for a tenant that is none')
	for '', undef, [ 'acme' ], { a => 1 }, 7;
answers($api->create('policies', { name => 'x' }, %auditor), 403, 'create as an auditor', qr/permission denied/);
answers($api->call('complete_policy', { id => $id{'acme b'} }, %auditor), 403, 'complete as an auditor', qr/permission denied/);
for my $role (qw(policies_admin postgres)) {
	my $denied = $api->list('policies', claims => token(tenant_id => 'acme', role => $role));
	answers($denied, 403, "the role $role, which the pool is no member of", qr/permission denied to set role/);
}
answers($api->list('policies', claims => token(tenant_id => 'acme', role => 'nobody_at_all')), 400, 'a role that is not there',
	qr/role/);
answers($api->list('policies', claims => token(tenant_id => 'acme', role => $_)), 403, "the role $_ reads nothing",
	qr/permission denied/) for qw(policies_gateway authenticator);

# Publish, versions, acknowledge, complete; each for its own tenant.
for my $who ([ 'acme', %ann ], [ 'globex', %gus ], [ 'app', %app ]) {
	my ($owner, %caller) = @$who;
	my $id = $id{"$owner a"};
	my $is_person = $owner ne 'app';
	answers($api->call('acknowledge_policy', { id => $id }, %caller), 409, "$owner acknowledges what was never published");
	answers($api->call('policy_html', { policy_id => $id }, %caller), 404, 'nor is it in force', qr/not in force/);
	is(answers($api->call('publish_policy', { id => $id, version => '1.0.0', change_note => 'first' }, %caller), 200,
		"$owner publishes")->{status}, 'active', 'which makes it active');
	answers($api->call('publish_policy', { id => $id, version => '0.9' }, %caller), 400, 'a version that is not higher', qr/0\.9/);
	answers($api->call('publish_policy', { id => $id, version => 'huge' }, %caller), 400, 'a version that is none', qr/huge/);
	$api->update('policies', { body => "# Title\n\nOther <script>alert(1)</script> words" }, %caller, filters => [ id => "eq.$id" ]);
	is(answers($api->call('publish_policy', { id => $id, version => 'minor' }, %caller), 200, 'a second version')->{version},
		'1.1.0', 'the next one');
	my $versions = answers($api->list('policy_versions', %caller, filters => [ policy_id => "eq.$id" ],
		order => '"version_sort_key" DESC'), 200, 'its versions');
	is_deeply([ map { "$_->{version} $_->{change}" } @$versions ], [ '1.1.0 minor', '1.0.0 major' ], 'newest first');
	my $version = answers($api->call('policy_version', { policy_id => $id, version => '1.0' }, %caller), 200, 'a version');
	like($version->{content}{body}, qr/^# Title of $owner a\n/, 'as it was published');
	answers($api->call('policy_version', { policy_id => $id, version => '7.0' }, %caller), 404, 'a version that is not there',
		qr/"7\.0"/);
	answers($api->call('policy_version', { policy_id => $id, version => 'x' }, %caller), 400, 'a version that is none', qr/"x"/);
	is(answers($api->call('policy_as_of', { policy_id => $id, as_of => '2999-01-01' }, %caller), 200, 'as of a time')->{version},
		'1.1.0', 'the version in force');
	answers($api->call('policy_as_of', { policy_id => $id, as_of => '2001-01-01' }, %caller), 404, 'before the first');
	like(answers($api->call('policy_markdown', { policy_id => $id, version => '1.0.0' }, %caller), 200, 'as Markdown'),
		qr/^# Title of $owner a\n/, 'the body');
	my $html = answers($api->call('policy_html', { policy_id => $id }, %caller), 200, 'as HTML');
	like($html, qr{<h1[^>]*>.*Title.*</h1>}s, 'the body');
	unlike($html, qr/<script/, 'safe to show');
	is(answers($api->call('policy_table_of_contents', { policy_id => $id }, %caller), 200, 'its table of contents')->[0]{title},
		'Title', 'its headings');
	like(answers($api->call('diff_policy', { policy_id => $id, from_version => '1.0.0', to_version => '1.1.0' }, %caller), 200,
		'a diff'), qr/^\+Other/m, 'line by line');
	like(answers($api->call('policy_content_hash', { policy_id => $id }, %caller), 200, 'the hash of its content'),
		qr/^[0-9a-f]{64}$/, 'in hexadecimal');
	is_deeply([ map { $_->{is_intact} } @{ answers($api->call('verify_policy_history', { policy_id => $id }, %caller), 200,
		'its history') } ], [ (JSON::PP::true) x 2 ], 'is intact');
	is(names($api->list('policies_in_force', %caller, filters => [ id => "eq.$id" ])), "$owner a", 'it is in force');

	is(answers($api->call('request_acknowledgements', { id => $id, person_ids => [ "per_$owner", 'per_2' ], due_at => '2999-01-01' },
		%caller), 200, 'acknowledgements are asked for'), 2, 'of two');
	answers($api->call('request_acknowledgements', { id => $id, person_ids => [] }, %caller), 400, 'of nobody');
	if ($is_person) {
		answers($api->call('acknowledge_policy', { id => $id, version => '1.0.0' }, %caller), 409, 'a version that is not the latest');
		is(answers($api->call('acknowledge_policy', { id => $id, version => '1.1.0' }, %caller), 200, 'acknowledged')->[0]{state},
			'acknowledged', 'by the caller');
		answers($api->call('acknowledge_policy', { id => $id }, %caller), 409, 'but not twice');
	}
	is(@{ answers($api->list('policy_acknowledgements', %caller, filters => [ policy_id => "eq.$id", state => 'eq.outstanding' ]),
		200, 'who has yet to') }, 2, 'two');

	my $completed = answers($api->call('complete_policy', { id => $id, note => 'fine', next_review_at => '2999-01-01T00:00:00Z' },
		%caller), 200, 'a review is completed');
	like($completed->{next_review_at}, qr/^2999-01-01/, 'with the next date');
	answers($api->call('complete_policy', { id => $id }, %caller), 409, 'but not twice');
	answers($api->call('complete_policy', { id => $id{"$owner b"}, next_review_at => '2001-01-01' }, %caller), 400,
		'nor with a next date that is over');
	answers($api->call('complete_policy', { id => $id{"$owner b"}, outcome => 'lost' }, %caller), 400,
		'nor with an outcome that is none', qr/lost/);
	is(answers($api->list('policy_reviews', %caller, filters => [ policy_id => "eq.$id" ], is_singular => 1), 200,
		'the review')->{note}, 'fine', 'is on record');

	my $due = $owner eq 'acme' ? 'acme b acme c app b app c' : "$owner b $owner c";
	is(join(' ', sort map { $_->{name} } @{ answers($api->call('review_due', {}, %caller), 200, 'what is due') }), $due, 'its own');
	is(join(' ', sort map { $_->{name} } @{ $api->call('review_calendar', { from_time => '2019-01-01', until_time => '2021-01-01' },
		%caller)->{body} }), $due, 'the review calendar');
	my $calendar = answers($api->call('review_calendar_icalendar', { from_time => '2019-01-01', until_time => '2021-01-01' },
		%caller), 200, 'for calendar programs');
	like($calendar, qr/\ABEGIN:VCALENDAR\r\n.*SUMMARY:[^\r]*$owner b.*END:VCALENDAR\r\n\z/s, 'as iCalendar');
	unlike($calendar, $owner eq 'globex' ? qr/acme/ : qr/globex/, 'of its own');
	is($api->call('overdue_reviews', {}, %caller)->{status}, 200, 'what is overdue');
	answers($api->call('review_calendar', { from_time => 'soon' }, %caller), 400, 'from a time that is none', qr/soon/);
}
# The id comes behind what the client sent, where a gateway adds it: the later one counts.
is(answers($api->call('complete_policy', qq({"id":"$id{'globex a'}","note":"by the path","id":"$id{'acme c'}"}), %ann,
	keys => [ 'id', 'note' ]), 200, 'two ids in one body')->{name}, 'acme c', 'the last one counts');

# Approvals.
{
	my %one = (claims => token(tenant_id => 'strict', sub => 'per_1'));
	my %two = (claims => token(tenant_id => 'strict', sub => 'per_2'));
	my %draft = (name => 'four eyes', body => 'text', status => 'draft');
	my $id = $api->create('policies', \%draft, %one, is_singular => 1)->{body}{id};
	answers($api->call('publish_policy', { id => $id, version => 'major' }, %one), 409, 'publish without the approval',
		qr/approvals/);
	my $textless = $api->create('policies', { name => 'textless', body => "\x{200B}" }, %one, is_singular => 1)->{body}{id};
	answers($api->call('publish_policy', { id => $textless, version => 'major' }, %one), 409, 'nor without a text',
		qr/"$textless" has no text to publish/);
	my $hash = $api->call('policy_content_hash', { policy_id => $id }, %two)->{body};
	answers($api->call('approve_policy', { id => $id, content_hash => $hash }, %one), 403, 'approved by its author');
	answers($api->call('approve_policy', { id => $id, content_hash => 'stale' }, %two), 409, 'approved as it is not');
	is(answers($api->call('approve_policy', { id => $id, content_hash => $hash, note => 'read' }, %two), 200, 'approved'), 1,
		'once');
	is(@{ answers($api->list('policy_approvals', %one, filters => [ is_current => 'eq.true' ]), 200, 'approvals') }, 1, 'one');
	answers($api->call('publish_policy', { id => $id, version => 'major' }, %one), 200, 'published then');
	is($api->list('policy_settings', %one)->{body}[0]{required_approvals}, 1, 'the settings are read');
	answers($api->create('policy_settings', { required_approvals => 0 }, %one), 403, 'but not written');
}

# Search.
is(join(' ', sort map { $_->{name} } @{ answers($api->call('search_policies', { query => 'badge visitor' }, @$_[1 .. $#$_]), 200,
	'search') }), $_->[0], "finds $_->[0]")
	for [ 'acme b acme c app b app c', %ann ], [ 'globex b globex c', %gus ], [ 'app b app c', %app ],
	[ 'acme b acme c app b app c', %ann ];
answers($api->call('search_policies', { query => 'badge' }, %nobody), 403, 'search without a tenant', qr/tenant/);
is(join(' ', map { $_->{name} } @{ $api->call('search_policies', { query => 'badge', category => 'hr', max_results => 1 },
	%ann)->{body} }) =~ /^(acme|app) c$/ ? 1 : 0, 1, 'by category, the first');
answers($api->call('search_policies', { query => 'badge', max_results => 0 }, %ann), 400, 'no results wanted');
answers($api->call('search_policies', { query => $_ }, %ann), 400, "a query of '$_'", qr/blank/) for '', ' ';
answers($api->call('search_policies', { query => $_ }, %ann), 200, "a query of $_") for '"', '!!! & | (', 'or', "\\'";

# Calendars and the SLA clock.
{
	my %calendar = (name => 'office', time_zone => 'Europe/Berlin',
		opening_hours => [ { weekdays => [ 1 .. 5 ], opens => '09:00', closes => '17:00' } ]);
	my %zone = (acme => 'Europe/Berlin', globex => 'America/New_York', app => 'Asia/Kolkata');
	my %due = (acme => '2026-11-30T08:30:00', globex => '2026-11-30T14:30:00', app => '2026-11-30T04:00:00');
	my %caller = (acme => \%ann, globex => \%gus, app => \%app);
	my %calendar_id;
	for my $owner (qw(acme globex app)) {
		my @caller = %{ $caller{$owner} };
		$calendar_id{$owner} = answers($api->create('business_calendars', { %calendar, time_zone => 'UTC' }, @caller, is_singular => 1),
			201, "a calendar of $owner")->{id};
		answers($api->create('business_calendars', \%calendar, @caller), 409, 'a second default one');
		is(answers($api->update('business_calendars', { time_zone => $zone{$owner} }, @caller,
			filters => [ id => "eq.$calendar_id{$owner}" ], is_singular => 1), 200, 'its zone is changed')->{time_zone}, $zone{$owner},
			'to another');
		answers($api->update('business_calendars', { time_zone => 'Mars/Base' }, @caller,
			filters => [ id => "eq.$calendar_id{$owner}" ]), 400, 'a zone that is none', qr{Mars/Base});
		answers($api->create('business_calendars',
			{ %calendar, is_default => JSON::PP::false, opening_hours => [ { weekdays => [ 8 ], opens => '09:00', closes => '17:00' } ] },
			@caller), 400, 'a day that is none', qr/8/);
		is(@{ $api->list('business_calendars_history', @caller, filters => [ id => "eq.$calendar_id{$owner}" ])->{body} }, 1,
			'its history');
		answers($api->create('policies', { name => "sla of $owner", priority => 'high', applies_to => [ 'incident', 'request' ],
			first_response_minutes => 30, resolution_minutes => 480, business_hours_only => JSON::PP::true }, @caller), 201,
			"an SLA policy of $owner");
		answers($api->create('policies', { name => 'second', priority => 'high', applies_to => [ 'request' ],
			first_response_minutes => 5 }, @caller), 409, 'a second one for the same tickets', qr/sla of $owner/);
	}
	my %ticket = (ticket_type => 'incident', priority => 'high', opened_at => '2026-11-28T12:00:00Z');
	for my $round (1 .. 7) {
		for my $owner (qw(acme globex app)) {
			my @caller = (%{ $caller{$owner} }, time_zone => 'UTC');
			my $deadlines = answers($api->call('sla_deadlines', \%ticket, @caller), 200, "round $round: deadlines for $owner");
			is($deadlines->{first_response_due_at}, "$due{$owner}+00:00", 'on its own clock');
			is($api->call('add_business_minutes', { start_at => $ticket{opened_at}, minutes => 30 }, @caller)->{body},
				"$due{$owner}+00:00", 'as by minutes');
		}
	}
	is(answers($api->call('sla_deadlines', { %ticket, pauses => '{[2026-11-30T08:00:00Z,2026-11-30T09:00:00Z)}' }, %ann,
		time_zone => 'UTC', method => 'POST'), 200, 'with a pause, by POST')->{first_response_due_at}, '2026-11-30T09:30:00+00:00',
		'later');
	is_deeply([ map { "$_->{target} "
		. "$_->{state}" } @{ answers(
			$api->call('sla_status', { %ticket, first_responded_at => '2026-11-30T08:10:00Z', at_instant => '2026-12-15T00:00:00Z' },
				%ann), 200, 'how a ticket stands') } ],
		[ 'first_response met', 'resolution breached' ], 'against both targets');
	is($api->call('sla_policy_for', { ticket_type => 'incident', priority => 'high' }, %$_)->{body}{policy_name},
		'sla of ' . ($_->{claims}{app_id} ? 'app' : $_->{claims}{tenant_id}), 'the policy for a ticket') for \%ann, \%gus, \%app;
	is(answers($api->call('sla_deadlines', { %ticket, priority => 'unheard of' }, %ann), 200,
		'a priority without a policy')->{policy_id}, undef, 'has no deadlines');
	answers($api->call('sla_deadlines', { %ticket, opened_at => 'then' }, %ann), 400, 'opened at no time', qr/then/);
	answers($api->call('sla_deadlines', \%ticket, %nobody), 403, 'deadlines without a tenant');
	is($api->call('current_business_calendar', {}, %gus)->{body}{time_zone}, 'America/New_York', 'the calendar in use');
	is($api->call('business_minutes_between', { start_at => '2026-11-30T08:00:00Z', end_at => '2026-11-30T09:00:00Z' },
		%ann)->{body}, 60, 'minutes between');
	is($api->call('is_business_time', { instant => '2026-11-28T12:00:00Z' }, %ann)->{body}, JSON::PP::false,
		'Saturday is no business time');
	is($api->call('next_business_opening', { instant => '2026-11-28T12:00:00Z' }, %ann, time_zone => 'UTC')->{body},
		'2026-11-30T08:00:00+00:00', 'Monday is');

	my $icalendar = icalendar([ 'New Year', '20270101', '' ], [ 'Founding day', '20270203', "RRULE:FREQ=YEARLY\n"
		. "" ]) =~ s/\AE'|'\z//gr =~ s/\\r\\n/\r\n/gr;
	is(answers($api->call('import_holidays', { calendar_id => $calendar_id{acme}, icalendar => $icalendar }, %ann), 200,
		'holidays are imported'), 2, 'two');
	is(answers($api->call('import_holidays', { calendar_id => $calendar_id{acme}, icalendar => $icalendar }, %ann), 200,
		'and again'), 0, 'none');
	answers($api->call('import_holidays', { calendar_id => $calendar_id{acme}, icalendar => 'BEGIN:NONSENSE' }, %ann), 400,
		'from what is no iCalendar text');
	my $elsewhere = $api->call('import_holidays', { calendar_id => $calendar_id{acme}, icalendar => $icalendar }, %gus);
	my $nowhere = $api->call('import_holidays', { calendar_id => $calendar_id{acme} =~ s/.{8}\z/00000000/r,
		icalendar => $icalendar }, %gus);
	is_deeply([ map { $_->{status} . $_->{message} =~ s/cal_\w+/ID/gr } $elsewhere ],
		[ map { $_->{status} . $_->{message} =~ s/cal_\w+/ID/gr } $nowhere ],
		'to a calendar of another tenant as to one that is not there');
	is($elsewhere->{status}, 404, 'which is not there');
	my @calendar = (filters => [ id => "eq.$calendar_id{app}" ], is_singular => 1);
	answers($api->remove('business_calendars', %app, @calendar), 409, 'a default calendar that a policy runs on is not deleted');
	answers($api->update('business_calendars', { is_default => JSON::PP::false }, %app, @calendar), 200,
		'it is the default no more');
	answers($api->remove('business_calendars', %app, @calendar), 200, 'a calendar is deleted');
	is(@{ $api->list('deleted_business_calendars', %app)->{body} }, 1, 'softly');
}

# Delete is soft, and can be undone.
{
	is(answers($api->remove('policies', %ann, filters => [ id => 'eq.' . $id{'acme b'} ], is_singular => 1), 200,
		'a policy is deleted')->{id}, $id{'acme b'}, 'and returned');
	answers($api->list('policies', %ann, filters => [ id => 'eq.' . $id{'acme b'} ], is_singular => 1), 406, 'it is not there');
	answers($api->remove('policies', %ann, filters => [ id => 'eq.' . $id{'acme b'} ], is_singular => 1), 406,
		'nor to be deleted twice');
	is(answers($api->list('deleted_policies', %ann, filters => [ id => 'eq.' . $id{'acme b'} ], is_singular => 1), 200,
		'among the deleted')->{deleted_by}, 'per_ann', 'with who deleted it');
	is_deeply(answers($api->list('deleted_policies', %gus, filters => [ id => 'eq.' . $id{'acme b'} ]), 200, 'for globex'), [],
		'it is not');
	answers($api->update('deleted_policies', { is_deleted => JSON::PP::false }, %ann, filters => [ id => 'eq.' . $id{'acme b'} ]),
		200, 'restored');
	is($api->list('policies', %ann, filters => [ id => 'eq.' . $id{'acme b'} ], is_singular => 1)->{body}{deleted_at}, undef,
		'it is there');
}
is(answers($api->call('hand_over_policies', { from_person => 'per_old', to_person => 'per_new' }, %ann), 200,
	'policies are handed over'), 0, 'none of that person');

# A volatile function by GET, as by a link, changes nothing.
{
	my $id = $id{'acme b'};
	my $answer = eval { $api->{returns}{complete_policy}{only_reads} = 1; $api->call('complete_policy', { id => $id }, %ann) };
	answers($answer, 405, 'complete by GET', qr/read-only/);
	$api->{returns}{complete_policy}{only_reads} = 0;
}

# An auditor reads whatever a caller can, in a transaction that only reads.
answers($api->list($_, %auditor), 200, "an auditor lists $_")
	for qw(policies deleted_policies policies_history policy_versions policies_in_force policy_approvals policy_acknowledgements
		policy_reviews policy_settings business_calendars deleted_business_calendars business_calendars_history);
answers($api->call('review_due', {}, %auditor), 200, 'and what is due');
answers($api->call('policy_version', { policy_id => $id{'globex a'}, version => '1.0.0', tenant_id => 'globex' }, %auditor), 200,
	'and a version of a tenant that it names');

is_deeply([ $api->unreached ], [], 'every view and function of the API was reached');
my ($kept, $shared) = $api->prepared_statements;
cmp_ok($kept, '>=', 60, "$kept statements are prepared");
cmp_ok($shared, '>=', 40, "$shared of them were executed for more than one caller");
done_testing();
