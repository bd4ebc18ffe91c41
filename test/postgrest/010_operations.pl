# Every operation of the public API over HTTP, from the request to the row and back.
use strict;
use warnings;
use Test::More;
use HttpApi;

my $api = HttpApi->new;
my %as_ann = (token => $api->token('acme', 'per_ann'));
my %as_ben = (token => $api->token('acme', 'per_ben'));
my %represented = (headers => { Prefer => 'return=representation' });

# Create: the resource's own example, one, several, ten thousand.
my $example = $api->answers(201, undef, POST => 'policies', %as_ann, %represented,
	body => { id => 'rec_01HXEXAMPLE', tenant_id => 'example tenant_id', created_at => '2026-01-01T00:00:00Z',
		updated_at => '2026-01-01T00:00:00Z', app_id => 'example app_id', created_by => 'rec_01HXEXAMPLE' })->{body}[0];
is_deeply([ @{$example}{qw(tenant_id app_id created_by source source_type)} ], [ 'acme', undef, 'per_ann', 'edm', 'api' ],
	'what the server manages is the server\'s');
like($example->{id}, qr/^pol_[0-9A-Z]{26}$/, 'the id too');
my $created = $api->answers(201, undef, POST => 'policies', %as_ann, headers => { Prefer => 'return=headers-only' },
	body => { name => 'Acceptable use', category => 'security', body => "# Use\n\nEvery *visitor* wears a badge.",
		review_cadence => '1 year' });
like($created->{headers}{location}, qr{^/api/v1/policies/pol_[0-9A-Z]{26}$}, 'where it is');
my ($id) = $created->{headers}{location} =~ /(pol_\w+)$/;
$api->answers(201, undef, POST => 'policies', %as_ann,
	body => [ { name => 'Data handling', tags => ['gdpr'], category => 'privacy' },
		{ name => 'Clean desk', tags => undef, category => 'security' } ]);
{
	my %bulk = (token => $api->token('bulk', 'per_1'));
	my $rows = $api->answers(201, undef, POST => 'policies', %bulk, %represented,
		body => [ map { { name => "bulk $_", body => 'x' x 1000 } } 1 .. 10000 ])->{body};
	is(@$rows, 10000, '10,000 policies in one request');
	my $page = $api->answers(206, undef, GET => 'policies?select=name&order=created_at,id&limit=7&offset=9990', %bulk,
		headers => { Prefer => 'count=exact' });
	is($page->{headers}{'content-range'}, '9990-9996/10000', 'a page and the total');
	is(@{ $api->answers(200, undef, GET => 'policies?select=id', %bulk)->{body} }, 1000, 'no answer has more than 1,000 rows');
	$api->answers(400, qr/magic/, POST => 'policies', %bulk, body => [ (map { { name => "more $_", category => 'hr' } } 1 .. 100),
		{ name => 'wrong', category => 'magic' } ]);
	is($api->answers(200, undef, GET => 'policies?category=eq.hr', %bulk)->{content}, '[]', 'of a refused request nothing is there');
}

# List, filter, sort, get.
sub names {
	my ($query, %caller) = @_;
	return join ', ', map { $_->{name} // 'none' } @{ $api->answers(200, undef, GET => "policies?$query",
		%caller ? %caller : %as_ann)->{body} };
}
is(names('order=name.desc.nullslast'), 'Data handling, Clean desk, Acceptable use, none', 'all of them, sorted');
is(names('category=eq.security&status=eq.active&order=name'), 'Acceptable use, Clean desk', 'by category and status');
is(names('tags=cs.%5B%22gdpr%22%5D'), 'Data handling', 'by tag');
is(names('or=(category.eq.privacy,name.is.null)&order=id'), 'none, Data handling', 'by either of two');
is(names('search=visitor'), 'Acceptable use', 'by words');
is(names('search=visitor&category=eq.hr'), '', 'by words and category');
my $got = $api->answers(200, undef, GET => "policies/$id", %as_ann)->{body};
is($got->{name}, 'Acceptable use', 'one of them is an object');
is(keys %$got, 29, 'with all fields');
$api->answers(200, undef, HEAD => "policies/$id", %as_ann);
my $search = $api->answers(200, undef, GET => 'policies/search?query=badge', %as_ann)->{body};
like($search->[0]{snippet}, qr/<mark>badge<\/mark>/, 'a snippet');

# Update, also only if it is as it was read.
my $updated = $api->answers(200, undef, PATCH => "policies/$id", %as_ben, %represented,
	body => { description => 'For everybody', id => 'pol_x', created_by => 'me' })->{body};
is_deeply([ @{$updated}{qw(id description created_by updated_by)} ], [ $id, 'For everybody', 'per_ann', 'per_ben' ],
	'what the server manages is not written');
my $read_at = $updated->{updated_at} =~ s/\+/%2B/r;
$api->answers(200, undef, PATCH => "policies/$id?updated_at=eq.$read_at", %as_ann, %represented,
	body => { description => 'For all' });
$api->answers(409, qr/changed or deleted/, PATCH => "policies/$id?updated_at=eq.$read_at", %as_ben, %represented,
	body => { description => 'lost' });
is($api->request(GET => "policies/$id", %as_ann)->{body}{description}, 'For all', 'no update is lost');

# Publish, read, compare.
$api->answers(200, undef, POST => "policies/$id/publish", %as_ann, body => { version => '1.0.0', change_note => 'first' });
$api->answers(400, qr/1\.0\.0/, POST => "policies/$id/publish", %as_ann, body => { version => '1.0.0' });
$api->answers(200, undef, PATCH => "policies/$id", %as_ann, %represented, body => { body => "# Use\n\nNobody wears a badge." });
is($api->answers(200, undef, GET => 'policies/in-force', %as_ann)->{body}[0]{body} =~ /Every/ ? 'published' : 'draft',
	'published', 'in force is what was published');
my $html = $api->answers(200, undef, GET => "policies/$id/html", %as_ann);
like($html->{headers}{'content-type'}, qr{^text/html}, 'as HTML');
like($html->{content}, qr{<em>visitor</em>}, 'rendered');
like($api->answers(200, undef, GET => "policies/$id/markdown?version=draft", %as_ann)->{content}, qr/^# Use\n\nNobody/,
	'the draft as Markdown');
is($api->answers(200, undef, GET => "policies/$id/table-of-contents", %as_ann)->{body}[0]{title}, 'Use', 'its headings');
like($api->answers(200, undef, GET => "policies/$id/diff?from_version=1.0.0", %as_ann)->{content}, qr/-Every .*\\n\+Nobody/,
	'what changed since');
$api->answers(200, undef, POST => "policies/$id/publish", %as_ann, body => { version => 'major', change_note => 'second' });
is(join(' ', map { $_->{version} } @{ $api->answers(200, undef, GET => "policies/$id/versions", %as_ann)->{body} }),
	'2.0.0 1.0.0', 'its versions, the newest first');
like($api->answers(200, undef, GET => "policies/$id/versions/1.0.0", %as_ann)->{content}, qr/Every \*visitor/, 'one of them');
$api->answers(200, undef, POST => "policies/$id/publish", %as_ann, body => { version => '2.0.1+build.7' });
is($api->answers(200, undef, GET => "policies/$id/versions/2.0.1%2Bbuild.7", %as_ann)->{body}{version}, '2.0.1+build.7',
	'one with a build part');

# Acknowledge.
$api->answers(200, undef, POST => "policies/$id/acknowledgements", %as_ann,
	body => { person_ids => [ 'per_ann', 'per_ben' ], due_at => '2099-01-01T00:00:00Z' });
$api->answers(200, undef, POST => "policies/$id/acknowledge", %as_ben, body => { version => '2.0.1' });
$api->answers(409, qr/already/, POST => "policies/$id/acknowledge", %as_ben, content => '');
is(join(' ', map { "$_->{person_id}=$_->{state}" } @{ $api->answers(200, undef,
	GET => "policies/$id/acknowledgements?order=person_id", %as_ann)->{body} }), 'per_ann=outstanding per_ben=acknowledged',
	'who has and who has not');
is(join(' ', map { $_->{person_id} } @{ $api->answers(200, undef, GET => 'policies/acknowledgements?state=neq.acknowledged',
	%as_ann)->{body} }), 'per_ann', 'of all policies');

# Approve, where that is required.
$api->sql(q(INSERT INTO policies.policy_settings (tenant_id, required_approvals) VALUES ('strict', 1)));
{
	my %author = (token => $api->token('strict', 'per_1'));
	my %other = (token => $api->token('strict', 'per_2'));
	my $strict = $api->answers(201, undef, POST => 'policies', %author, %represented,
		body => { name => 'Strict', body => 'text', status => 'draft' })->{body}[0]{id};
	$api->answers(409, qr/approv/, POST => "policies/$strict/publish", %author, body => { version => '1.0.0' });
	my $hash = $api->answers(200, undef, GET => "policies/$strict/content-hash", %other)->{body};
	$api->answers(403, qr/author/, POST => "policies/$strict/approve", %author, body => { content_hash => $hash });
	$api->answers(409, undef, POST => "policies/$strict/approve", %other, body => { content_hash => '0' x 64 });
	$api->answers(200, undef, POST => "policies/$strict/approve", %other, body => { content_hash => $hash, note => 'fine' });
	is($api->answers(200, undef, GET => "policies/$strict/approvals", %author)->{body}[0]{approved_by}, 'per_2', 'who approved');
	$api->answers(200, undef, POST => "policies/$strict/publish", %author, body => { version => '1.0.0' });
}

# Complete the review.
$api->answers(200, undef, POST => "policies/$id/complete", %as_ann,
	body => { note => 'still right', next_review_at => '2027-11-01T00:00:00Z' });
is($api->answers(200, undef, GET => "policies/$id/reviews", %as_ann)->{body}[0]{note}, 'still right', 'the review is logged');
like($api->answers(200, undef, GET => "policies/review-due?within=10%20years", %as_ann)->{content}, qr/Acceptable use/,
	'when it is due next');
is(@{ $api->answers(200, undef, GET => 'policies/review-calendar?from_time=2027-10-01&until_time=2027-12-01', %as_ann)->{body} },
	1, 'the calendar of reviews');
my $calendar = $api->answers(200, undef, GET => 'policies/review-calendar.ics?from_time=2027-10-01&until_time=2027-12-01',
	%as_ann);
like($calendar->{headers}{'content-type'}, qr{^text/calendar}, 'for calendar programs');
like($calendar->{content}, qr/^BEGIN:VCALENDAR\r\n.*SUMMARY:[^\r]*Acceptable use.*END:VCALENDAR\r\n$/s, 'with the event');

# Delete and restore.
$api->answers(200, undef, DELETE => "policies/$id", %as_ann, %represented);
$api->answers(404, qr/does not exist/, GET => "policies/$id", %as_ann);
is($api->answers(200, undef, GET => 'policies/deleted?select=id,deleted_by', %as_ann)->{body}[0]{deleted_by}, 'per_ann',
	'among the deleted');
$api->answers(200, undef, POST => "policies/$id/restore", %as_ben, %represented);
$api->answers(200, undef, GET => "policies/$id", %as_ann);
cmp_ok(@{ $api->answers(200, undef, GET => "policies/$id/history", %as_ann)->{body} }, '>=', 6, 'every state that it had');

# Deadlines by an SLA policy and a business calendar.
$api->answers(201, undef, POST => 'business-calendars', %as_ann, body => { name => 'office', time_zone => 'Europe/Berlin',
	is_default => \1, opening_hours => [ { weekdays => [ 1, 2, 3, 4, 5 ], opens => '09:00', closes => '17:00' } ] });
my $office = $api->answers(200, undef, GET => 'business-calendars', %as_ann)->{body}[0]{id};
$api->answers(200, undef, POST => "business-calendars/$office/holidays", %as_ann,
	body => { icalendar => join("\r\n", 'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:1',
		'DTSTAMP:20260101T000000Z', 'DTSTART;VALUE=DATE:20261225', 'SUMMARY:Christmas', 'END:VEVENT', 'END:VCALENDAR', '') });
$api->answers(201, undef, POST => 'policies', %as_ann, body => { name => 'Urgent', applies_to => ['incident'],
	priority => 'urgent', first_response_minutes => 60, resolution_minutes => 600, business_hours_only => \1 });
my $deadlines = $api->answers(200, undef,
	GET => 'policies/sla-deadlines?ticket_type=incident&priority=urgent&opened_at=2026-12-24T15:30:00Z', %as_ann)->{body};
$deadlines = $deadlines->[0] if ref $deadlines eq 'ARRAY';
is($deadlines->{first_response_due_at}, '2026-12-28T08:30:00+00:00', 'not on Christmas, nor at the weekend')
	or diag(explain($deadlines));
$api->answers(200, undef, GET => 'policies/sla-status?ticket_type=incident&priority=urgent&opened_at=2026-12-24T15:30:00Z',
	%as_ann);
$api->answers(409, qr/incident/, POST => 'policies', %as_ann, body => { name => 'Second', applies_to => ['incident'],
	priority => 'urgent', first_response_minutes => 5 });

done_testing();
