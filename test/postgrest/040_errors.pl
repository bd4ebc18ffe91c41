# Each kind of error, with its status and in PostgREST's JSON, and what a client is asked to do about it.
use strict;
use warnings;
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;
use HttpApi;

my $api = HttpApi->new;
my %ann = (token => $api->token('acme', 'per_ann'));
my %represented = (headers => { Prefer => 'return=representation' });
my $id = $api->answers(201, undef, POST => 'policies', %ann, %represented,
	body => { name => 'Acceptable use', body => 'text', applies_to => ['incident'], priority => 'high',
		first_response_minutes => 5 })->{body}[0]{id};

# 400: what the message names is what was sent.
my @bad = (
	[ { category => 'magic' }, qr/category.*"magic"/ ], [ { status => 'gone' }, qr/status.*"gone"/ ],
	[ { source_type => 'magic' }, undef ], [ { version => '1..2' }, qr/1\.\.2/ ],
	[ { applies_to => 'incident' }, qr/applies_to/ ], [ { applies_to => [1] }, qr/applies_to/ ],
	[ { priority => '' }, qr/priority/ ], [ { first_response_minutes => 0 }, qr/first_response_minutes/ ],
	[ { first_response_minutes => 'soon' }, qr/soon/ ], [ { first_response_minutes => 3_000_000_000 }, qr/3000000000/ ],
	[ { first_response_minutes => 60, resolution_minutes => 30 }, qr/resolution/ ],
	[ { next_review_at => 'yesterweek' }, qr/yesterweek/ ], [ { next_review_at => 'infinity' }, undef ],
	[ { review_cadence => 'often' }, qr/often/ ], [ { review_cadence => '-1 year' }, qr/-12 months/ ],
	[ { tags => 'gdpr' }, qr/tags/ ], [ { business_hours_only => 'maybe' }, qr/maybe/ ], [ { surprise => 1 }, qr/surprise/ ],
	[ { name => "nul \0" }, undef ],
);
$api->answers(400, $_->[1], POST => 'policies', %ann, body => { name => 'bad', %{ $_->[0] } }) for @bad;
$api->answers(400, $_->[1], PATCH => "policies/$id", %ann, body => $_->[0]) for @bad;
$api->answers(400, undef, POST => 'policies', %ann, content => $_) for '{', 'name', '{"name": "x"', '[{"name": "x"}, 1]',
	'{"name": }', "\xff\xfe";
$api->answers(400, undef, GET => "policies?$_", %ann) for 'category=security', 'next_review_at=lt.yesterweek', 'name=magic.x',
	'surprise=eq.1', 'order=surprise', 'select=surprise', 'or=(a', 'search=a&surprise=1', 'search=';
$api->answers(400, qr/rubbish/, POST => "policies/$id/publish", %ann, body => { version => 'rubbish' });
$api->answers(400, undef, POST => "policies/$id/publish", %ann, content => $_) for '["minor"]', '"minor"', '{';
$api->answers(400, undef, GET => 'policies/review-due?within=soon', %ann);
$api->answers(400, undef, POST => 'business-calendars', %ann,
	body => { name => 'x', time_zone => 'Mars/Olympus', opening_hours => [] });

# 401, 403, 404, 405, 406.
$api->answers(401, undef, GET => 'policies');
$api->answers(403, qr/tenant/, GET => 'policies', token => $api->token(undef, 'per_ann'));
$api->answers(404, undef, GET => $_, %ann) for 'nothing', 'policies/rubbish', 'policies/pol_01J9Z3NDEKTSV4RRFFQ69G5FAV',
	"policies/$id/nothing", "policies/$id/versions/9.9.9", 'policies/cal_01J9Z3NDEKTSV4RRFFQ69G5FAV';
$api->answers(404, undef, GET => $_, %ann, what => ' without an argument:') for 'policies/search',
	'policies/sla-deadlines?ticket_type=incident', 'policies/search?query=x&surprise=1';
$api->answers(405, undef, @$_, %ann) for [ PUT => 'policies' ], [ DELETE => 'policies' ], [ PATCH => 'policies' ],
	[ POST => "policies/$id" ], [ GET => "policies/$id/complete" ], [ DELETE => "policies/$id/versions" ],
	[ POST => 'policies/in-force' ], [ TRACE => 'policies' ];
$api->answers(406, undef, GET => 'policies', %ann, headers => { Accept => 'image/png' });
like($api->request(GET => 'policies', %ann, headers => { Accept => 'text/csv' })->{content}, qr/^id,tenant_id,/, 'CSV is there');

# 409.
$api->answers(409, qr/incident/, POST => 'policies', %ann, body => { name => 'Second', applies_to => ['incident'],
	priority => 'high', first_response_minutes => 5 });
$api->answers(409, qr/changed or deleted/, PATCH => "policies/$id?updated_at=eq.2020-01-01", %ann, body => { name => 'late' });
$api->answers(404, qr/does not exist/, PATCH => 'policies/pol_01J9Z3NDEKTSV4RRFFQ69G5FAV', %ann, body => { name => 'late' });
is($api->request(GET => "policies/$id", %ann)->{body}{name}, 'Acceptable use', 'nothing of all this was written');

# 413 and 414.
$api->answers(413, undef, PATCH => "policies/$id", %ann, body => { body => 'x' x 1_100_000 });
$api->answers(413, undef, POST => "policies/$id/complete", %ann, body => { note => 'x' x 70_000 });
is($api->request(GET => 'policies?name=eq.' . 'x' x 40_000, %ann)->{status}, 414, '414: a long address');
$api->answers(201, undef, POST => 'policies', %ann, body => { name => 'large', body => 'x' x 5_000_000 });

# 503 is for trouble alone: whatever others ask beside, no request is sent on a connection that PostgREST has ended.
{
	my @clients = map {
		my $pid = fork // die "cannot fork: $!";
		if ($pid == 0) {
			my $lost = grep { $api->request(($_ % 2 ? 'HEAD' : 'GET') => "policies/$id", %ann)->{status} != 200 } 1 .. 600;
			POSIX::_exit($lost > 0);
		}
		$pid;
	} 1 .. 3;
	is(join(' ', map { waitpid $_, 0; $? } @clients), '0 0 0', 'every HEAD and GET is answered');
}

# 503 while PostgREST is away, and after it came back all is as before.
{
	my ($folder, $pid_file) = ($api->{folder}, "$api->{folder}/postgrest.pid");
	kill 'KILL', slurp_file($pid_file) + 0;
	sleep 1;
	$api->answers(503, undef, GET => 'policies', %ann);
	system("'$ENV{POSTGREST}' $folder/postgrest.conf >>$folder/postgrest.log 2>&1 & echo \$! >$pid_file") == 0
		or die 'PostgREST does not start';
	my $tries = 0;
	sleep 1 while $api->request(GET => 'policies', %ann)->{status} == 503 && ++$tries < 30;
	is($api->answers(200, undef, GET => "policies/$id", %ann)->{body}{name}, 'Acceptable use', 'the way is open again');
}

# 429, with the time to wait, where an address asks too often; another address is served.
my $limited = HttpApi->new(rate => 20);
my %bob = (token => $limited->token('acme', 'per_bob'));
my @statuses = map { my $answer = $limited->request(GET => 'policies', %bob);
	"$answer->{status} " . ($answer->{headers}{'retry-after'} // '-') } 1 .. 120;
is($statuses[0], '200 -', 'at first all is well');
cmp_ok((grep { $_ eq '429 1' } @statuses), '>', 20, 'then some are refused, to be tried again after a second');
is((grep { $_ ne '429 1' && $_ ne '200 -' } @statuses), 0, 'and nothing else happens');
sleep 2;
is($limited->request(GET => 'policies', %bob)->{status}, 200, 'and later all is well again');

done_testing();
