# The nginx site of deploy/ in front of a stub that tells what arrived: how each public route is rewritten, and what is refused.
use strict;
use warnings;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);
use NginxSite qw(start_site stop_stub request connect_from arrived error_log);
use OpenapiCheck qw(operations);

my $document = slurp_file("$ENV{SCRATCH}/docs/openapi.json");
start_site('openapi.json' => $document);

my $id = 'pol_01J9Z3NDEKTSV4RRFFQ69G5FAV';
my $calendar = 'cal_01J9Z3NDEKTSV4RRFFQ69G5FAV';
my $policies = '/api/v1/policies';
my $one = 'application/vnd.pgrst.object+json';

# Public method and path; what arrives: method, target, Accept (the client's when undefined).
my @routes = (
	[ GET => $policies, GET => '/policies' ],
	[ GET => "$policies?category=eq.security&status=eq.active&order=name.desc&limit=2&offset=4",
		GET => '/policies?category=eq.security&status=eq.active&order=name.desc&limit=2&offset=4' ],
	[ GET => "$policies?name=ilike.*%C3%A4%26b*&or=(a.eq.1,b.eq.2)", GET => '/policies?name=ilike.*%C3%A4%26b*&or=(a.eq.1,b.eq.2)' ],
	[ POST => $policies, POST => '/policies' ],
	[ POST => "$policies?columns=name,category", POST => '/policies?columns=name,category' ],
	[ GET => "$policies?search=data%20%22at+rest%22", GET => '/rpc/search_policies?query=data%20%22at+rest%22' ],
	[ GET => "$policies?search=0", GET => '/rpc/search_policies?query=0' ],
	[ GET => "$policies?status=eq.active&search=badge&category=eq.hr&owner_id=eq.per_1&tag=x%26y&limit=5&after_rank=0.5"
			. "&after_id=$id",
		GET => '/rpc/search_policies?query=badge&category=hr&status=active&owner_id=per_1&tag=x%26y&max_results=5&after_rank=0.5'
			. "&after_id=$id" ],
	[ GET => "$policies/search?query=badge&category=hr", GET => '/rpc/search_policies?query=badge&category=hr' ],
	[ GET => "$policies/review-due?within=30%20days", GET => '/rpc/review_due?within=30%20days' ],
	[ GET => "$policies/review-calendar?from_time=2026-01-01", GET => '/rpc/review_calendar?from_time=2026-01-01' ],
	[ GET => "$policies/review-calendar.ics?from_time=2026-01-01", GET => '/rpc/review_calendar_icalendar?from_time=2026-01-01',
		'text/calendar' ],
	[ GET => "$policies/sla-deadlines?ticket_type=incident&priority=high&opened_at=2026-11-28T12:00:00Z",
		GET => '/rpc/sla_deadlines?ticket_type=incident&priority=high&opened_at=2026-11-28T12:00:00Z' ],
	[ GET => "$policies/sla-status?ticket_type=incident", GET => '/rpc/sla_status?ticket_type=incident' ],
	[ GET => "$policies/in-force", GET => '/policies_in_force' ],
	[ GET => "$policies/deleted?limit=1", GET => '/deleted_policies?limit=1' ],
	[ GET => "$policies/acknowledgements?state=eq.late", GET => '/policy_acknowledgements?state=eq.late' ],
	[ GET => '/api/v1/?select=x', GET => '/', 'application/json' ],
	[ GET => "$policies/$id", GET => "/policies?id=eq.$id", $one ],
	[ GET => "$policies/$id?select=id,name", GET => "/policies?id=eq.$id&select=id,name", $one ],
	[ PATCH => "$policies/$id?updated_at=eq.2026-11-24T10:00:00.1%2B00:00",
		PATCH => "/policies?id=eq.$id&updated_at=eq.2026-11-24T10:00:00.1%2B00:00", $one ],
	[ DELETE => "$policies/$id", DELETE => "/policies?id=eq.$id", $one ],
	[ POST => "$policies/$id/restore?id=eq.other", PATCH => "/deleted_policies?id=eq.$id", $one ],
	[ GET => "$policies/$id/versions", GET => "/policy_versions?policy_id=eq.$id&order=version_sort_key.desc" ],
	[ GET => "$policies/$id/versions?order=published_at", GET => "/policy_versions?policy_id=eq.$id&order=published_at" ],
	[ GET => "$policies/$id/versions/1.2.0-rc.1", GET => "/rpc/policy_version?policy_id=$id&version=1.2.0-rc.1" ],
	(map { [ GET => "$policies/$id/versions/1.2.0-rc.1${_}build.7",
		GET => "/rpc/policy_version?policy_id=$id&version=1.2.0-rc.1%2Bbuild.7" ] } '+', '%2B', '%2b'),
	[ GET => "$policies/$id/versions/" . '9' x 255, GET => "/rpc/policy_version?policy_id=$id&version=" . '9' x 255 ],
	[ GET => "$policies/$id/versions/1.2.0?version=1.1.0&policy_id=other",
		GET => "/rpc/policy_version?version=1.1.0&policy_id=other&policy_id=$id&version=1.2.0" ],
	[ GET => "$policies/$id/reviews", GET => "/policy_reviews?policy_id=eq.$id" ],
	[ GET => "$policies/$id/history", GET => "/policies_history?id=eq.$id" ],
	[ GET => "$policies/$id/approvals", GET => "/policy_approvals?policy_id=eq.$id" ],
	[ GET => "$policies/$id/acknowledgements?state=eq.late", GET => "/policy_acknowledgements?policy_id=eq.$id&state=eq.late" ],
	[ GET => "$policies/$id/content-hash", GET => "/rpc/policy_content_hash?policy_id=$id" ],
	[ GET => "$policies/$id/markdown?version=draft", GET => "/rpc/policy_markdown?version=draft&policy_id=$id", 'text/markdown' ],
	(map { [ GET => "$policies/$id/$_->[0]?policy_id=other&policy%5Fid=other",
		GET => "/rpc/$_->[1]?policy_id=other&policy%5Fid=other&policy_id=$id", $_->[2] ] } [ 'content-hash', 'policy_content_hash' ],
		[ 'markdown', 'policy_markdown', 'text/markdown' ], [ 'html', 'policy_html', 'text/html' ],
		[ 'table-of-contents', 'policy_table_of_contents' ], [ 'diff', 'diff_policy' ]),
	[ GET => "$policies/$id/html", GET => "/rpc/policy_html?policy_id=$id", 'text/html' ],
	[ GET => "$policies/$id/table-of-contents", GET => "/rpc/policy_table_of_contents?policy_id=$id" ],
	[ GET => "$policies/$id/diff?from_version=1.0", GET => "/rpc/diff_policy?from_version=1.0&policy_id=$id" ],
	(map { [ POST => "$policies/$id/$_", POST => "/rpc/${_}_policy" ] } qw(complete publish approve acknowledge)),
	[ POST => "$policies/$id/acknowledgements", POST => '/rpc/request_acknowledgements' ],
	[ GET => '/api/v1/business-calendars?name=eq.office', GET => '/business_calendars?name=eq.office' ],
	[ POST => '/api/v1/business-calendars', POST => '/business_calendars' ],
	[ GET => "/api/v1/business-calendars/$calendar", GET => "/business_calendars?id=eq.$calendar", $one ],
	[ PATCH => "/api/v1/business-calendars/$calendar", PATCH => "/business_calendars?id=eq.$calendar", $one ],
	[ DELETE => "/api/v1/business-calendars/$calendar", DELETE => "/business_calendars?id=eq.$calendar", $one ],
	[ POST => "/api/v1/business-calendars/$calendar/restore", PATCH => "/deleted_business_calendars?id=eq.$calendar", $one ],
	[ POST => "/api/v1/business-calendars/$calendar/holidays", POST => '/rpc/import_holidays' ],
);
my %methods;
for my $route (@routes) {
	my ($method, $path, $to_method, $target, $accept) = @$route;
	push @{ $methods{ $path =~ s/\?.*//r } }, $method;
	my $arrived = arrived($method, $path, headers => [ 'Accept: application/json', 'Content-Type: application/json' ],
		$method =~ /POST|PATCH/ ? (body => '{"name":"x"}') : ());
	is("$arrived->{method} $arrived->{target}", "$to_method $target", "$method $path");
	is($arrived->{headers}{accept}, $accept // 'application/json', 'with the right Accept');
	is($arrived->{headers}{authorization}, 'Bearer x.y.z', 'and the token');
	is((request('HEAD', $path))[0], 200, 'HEAD as well') if $method eq 'GET';
}

# Any other method is refused, on each path.
for my $path (sort keys %methods) {
	my %allowed = map { $_ => 1, $_ eq 'GET' ? (HEAD => 1) : () } @{ $methods{$path} };
	for my $method (grep { !$allowed{$_} } qw(GET POST PATCH PUT DELETE OPTIONS TRACE PROPFIND)) {
		my ($status, $headers, $content) = request($method, $path, $method =~ /^P/ ? (body => '{}') : ());
		is($status, 405, "$method $path is refused");
		like($content, qr/"code":"405"/, 'in JSON') if $method ne 'TRACE';
	}
}

# Any other path is none, whatever PostgREST has there.
for my $path ('/', '/policies', '/rpc/complete_policy', '/api/v1', '/api/v1/openapi.json/', "$policies/", "$policies/pol_short",
	"$policies/rec_01HXEXAMPLE", "$policies/$id/", "$policies/$id/unknown", "$policies/$id/complete/x",
	"/policies-request-acknowledgements/$id", '/api/v1/policy_settings', "$policies/../../policies", "$policies/%2e%2e/%2e%2e/rpc/x",
	"$policies/$id%0a", "$policies/$id/versions/x%26y", "$policies/$id/versions/1%2F2", "$policies/$id/versions/1%20a",
	"$policies/$id/versions/" . '9' x 256)
{
	my ($status, $headers, $content) = request('GET', $path);
	is($status, 404, "GET $path is not there");
	is(decode_json($content)->{message}, 'there is no such path', 'says JSON');
	like($headers->{'content-type'}, qr{^application/json}, 'by its type');
}

# The OpenAPI document, without a token; and each of its operations is there.
{
	my ($status, $headers, $content) = request('GET', '/api/v1/openapi.json', anonymous => 1);
	is($status, 200, 'the document needs no token');
	like($headers->{'content-type'}, qr{^application/json}, 'is JSON');
	ok($content eq $document, 'and all of it');
	is((request('HEAD', '/api/v1/openapi.json'))[0], 200, 'HEAD as well');
	is((request($_, '/api/v1/openapi.json', body => '{}'))[0], 405, "$_ /api/v1/openapi.json is refused")
		for qw(POST PUT PATCH DELETE OPTIONS);
	for my $operation (operations(decode_json($document))) {
		my $path = $operation->{path} =~ s/\{version\}/1.2.0/r =~ s/\{id\}/$operation->{path} =~ m{^.business} ? $calendar : $id/er;
		my ($status, undef, $content) = request($operation->{method}, "/api/v1$path", $operation->{method} =~ /^P/ ? (body => '{}')
			: ());
		is($status, 200, "$operation->{method} $operation->{path} of the document is there") or diag($content);
	}
}

# The id in the body.
for my $case (
	[ undef, qq({"id":"$id"}) ], [ '', qq({"id":"$id"}) ], [ " \n", qq({"id":"$id"}) ], [ '{}', qq({"id":"$id"}) ],
	[ " {\n } \r\n", qq({"id":"$id"}) ], [ '{"note":"x"}', qq({"note":"x","id":"$id"}) ],
	[ qq({"note": "a }\\" {",\n "outcome": {"a": [1]}}\n), qq({"note": "a }\\" {",\n "outcome": {"a": [1]},"id":"$id"}) ],
	[ '{"id":"pol_other","note":"x"}', qq({"id":"pol_other","note":"x","id":"$id"}) ],
	[ qq({"note":"\xc3\xa4\xe2\x82\xac \$id \\u0000"}), qq({"note":"\xc3\xa4\xe2\x82\xac \$id \\u0000","id":"$id"}) ],
	[ '[{"note":"x"}]', 'the body must be a JSON object' ], [ 'note=x', 'the body must be a JSON object' ],
	[ '"x"', 'the body must be a JSON object' ], [ '{"a":1}   ', 'the body must be a JSON object' ],
	[ '{"note":"' . 'x' x 60000 . '"}', '{"note":"' . 'x' x 60000 . qq(","id":"$id"}) ])
{
	my ($body, $expected) = @$case;
	my $arrived = arrived('POST', "$policies/$id/complete", headers => [ 'Content-Type: text/plain' ],
		defined $body ? (body => $body) : ());
	my $name = substr($body // 'no body', 0, 40) =~ s/\s/ /gr;
	is($arrived->{body}, $expected, "the id is added to $name");
	is($arrived->{headers}{'content-type'}, 'application/json', 'which is JSON');
	is(decode_json($arrived->{body})->{id}, $id, 'with the id of the path') if $expected =~ /^\{/;
}
for my $case ([ 7, 65000, "$policies/$id/complete", 'id', $id ], [ 4096, 1000000, "/api/v1/business-calendars/$calendar/holidays",
	'calendar_id', $calendar ]) {
	my ($size, $length, $path, $argument, $value) = @$case;
	my $body = '{"note":"' . 'x' x $length . '"}';
	my $chunked = join '', map { sprintf("%x\r\n", length) . "$_\r\n" } unpack("(a$size)*", $body), '';
	is(arrived('POST', $path, headers => [ 'Transfer-Encoding: chunked' ], unframed => $chunked)->{length},
		length($body) + length(qq(,"$argument":"$value")), "$length bytes in chunks of $size arrive whole");
}
my $persons = '{"person_ids":["' . join('","', map { "per_$_" } 1 .. 50000) . '"]}';
is(arrived('POST', "$policies/$id/acknowledgements", body => $persons)->{length}, length($persons) + length(qq(,"id":"$id")),
	'a long list of persons arrives whole');
is(arrived('POST', "/api/v1/business-calendars/$calendar/holidays", body => '{"icalendar":"BEGIN"}')->{body},
	qq({"icalendar":"BEGIN","calendar_id":"$calendar"}), 'a calendar\'s id likewise');
is(arrived('POST', "$policies/$id/restore", body => '{"name":"sneaked in"}')->{body}, '{"is_deleted":false}',
	'a restoration restores, and does no more');
is(arrived('POST', $policies, body => "[$_->[0]]")->{length}, length("[$_->[0]]"), $_->[1])
	for [ join(',', ('{"name":"x","body":"' . 'y' x 300 . '"}') x 10000), '10,000 policies in one request' ];
{
	# The expressions must not take quadratic time: this took minutes if they did.
	my $started = time;
	request('POST', "$policies/$id/complete", body => '{"' . "} \t" x 20000 . 'x') for 1 .. 20;
	request('GET', "$policies?" . 'tag=x&' x 1200 . 'search') for 1 .. 20;
	cmp_ok(time - $started, '<', 60, 'hostile bodies and queries cost little');
}

# Headers, both ways.
{
	my $arrived = arrived('GET', $policies, headers => [ 'Cookie: secret=1', 'Accept-Profile: policies', 'X-Forwarded-For: 1.2.3.4',
		"User-Agent: \xff", 'Origin: https://example.org', 'X-HTTP-Method-Override: DELETE', 'Prefer: count=exact, timezone=UTC',
		'Accept: text/csv', 'Range: 0-9' ], from => '127.9.9.9');
	is(join(' ', sort keys %{ $arrived->{headers} }),
		'accept authorization connection host prefer range x-forwarded-for x-forwarded-proto', 'no other header arrives');
	is_deeply([ @{ $arrived->{headers} }{qw(cookie accept-profile x-forwarded-for prefer accept range host
		connection)} ], [ undef, undef, '127.9.9.9', 'count=exact, timezone=UTC', 'text/csv', '0-9', 'api.example.org', 'close' ],
		'what arrives of the headers');
	is(arrived('POST', $policies, headers => [ 'Content-Profile: policies' ], body => '{}')->{headers}{'content-profile'}, undef,
		'no other schema is asked for');
	my (undef, $headers) = request('POST', $policies, body => '{}');
	is($headers->{location}, "$policies/$id", 'Location is the public one');
	is($headers->{'content-range'}, '0-0/1', 'the range comes back');
	is($headers->{server}, 'nginx', 'no version is told');
	is($headers->{'content-location'}, undef, 'no inner path');
	is(join(' ', grep { /^access-control/ } sort keys %$headers), '', 'nothing for pages of other origins');
	for my $answer ([ GET => $policies ], [ GET => '/nowhere' ], [ PUT => $policies ]) {
		my (undef, $headers) = request(@$answer);
		is_deeply([ @{$headers}{qw(x-content-type-options x-frame-options referrer-policy
			cache-control)} ], [ 'nosniff', 'DENY', 'no-referrer', 'private, no-store' ], "@$answer: headers for security");
		like($headers->{'content-security-policy'}, qr/default-src 'none'/, 'nothing is to be loaded');
	}
	for my $prefer ('count=planned', 'return=minimal, count=estimated', 'COUNT = planned', 'count="estimated"') {
		my ($status, undef, $content) = request('GET', $policies, headers => [ "Prefer: $prefer" ]);
		is($status, 400, "Prefer: $prefer is refused");
		like($content, qr/count=exact/, 'and told what to use');
	}
	my ($status, undef, $content) = request('GET', $policies, headers => [ 'Prefer: return=minimal', 'Prefer: count=planned' ]);
	ok($status == 400 || decode_json($content)->{headers}{prefer} eq 'return=minimal', 'nor in a second header');
	is((request('GET', $policies, headers => [ 'Accept: application/vnd.pgrst.plan+json' ]))[0], 400, 'no plans');
}

# A search that would not be what was asked for.
is((request('GET', "$policies?$_"))[0], 400, "?$_ is refused") for 'search=x&priority=eq.high', 'search=x&category=neq.hr',
	'search=x&limit=ten', 'search=', 'search=x&search=y', 'order=name&search=x',
	'category=eq.&search=x', 'search=x&status=eq.', 'search=x&tag=', 'search=x&after_rank=', 'search=x&limit=1&limit=2',
	'category=eq.hr&search=x&category=eq.other', 'tag=a&tag=b&search=x';
is((request('GET', "$policies?tag=a&tag=b"))[0], 200, 'what is given twice without a search is not for nginx to judge');
is((request('POST', "$policies?search=x", body => '{}'))[0], 400, 'nobody creates by searching');

# Fields are named, each once: what else select can say multiplies the cost of a request.
is((request('GET', "$policies?limit=1&select=$_"))[0], 200, "select=$_ passes") for '', '*', '%2A', 'id', 'id,name,owner_id',
	'id%2Cname%2cbody', 'name,id,name_snippet', join ',', map { "field_$_" } 1 .. 80;
for my $select ('policy_reviews(*)', 'id,policy_reviews%28*%29', 'id,...policy_reviews(note)', 'a:body,b:body', 'body::xml',
	'tags-%3Ea', 'body,body', 'body%2Cid%2cbody', '*,body', '%62ody', 'count()', join ',', map { "field_$_" } 1 .. 120) {
	for my $name ('select', '%73elect', 's%65l%65ct', 'id=eq.1&select') {
		my ($status, undef, $content) = request('GET', "$policies?$name=$select");
		is($status, 400, "$name=" . substr($select, 0, 40) . ' is refused');
		like($content, qr/select is malformed/, 'and told why') if $status == 400;
	}
}
is((request($_->[0], "$_->[1]?select=policies(*)", body => '{}'))[0], 400, "nor in $_->[0] $_->[1]") for [ POST => $policies ],
	[ PATCH => "$policies/$id" ], [ POST => "$policies/$id/restore" ], [ GET => "$policies/$id/acknowledgements" ],
	[ GET => "$policies/in-force" ];
is((request('GET', "$policies?name=eq.select=(&nselect=x()"))[0], 200, 'what only looks so passes');

# What is not UTF-8.
for my $bytes ("\xff", "\x80", "\xc3", "\xc3(", "\xc0\x80", "\xe2\x82", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
	"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3\xa4\xa4") {
	my $encoded = $bytes =~ s/([^(])/sprintf '%%%02x', ord $1/ger;
	is((request('GET', "$policies?name=eq.$_"))[0], 400, "$encoded is no text") for $encoded, uc $encoded, "x$bytes";
	is((request('GET', $policies, headers => [ "$_: $bytes" ]))[0], 400, "nor in $_") for qw(Prefer Accept Range Content-Type);
}
for my $text ("\xc3\xa4", "\xdf\xbf", "\xe0\xa0\x80", "\xe2\x82\xac", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
	"\xf0\x90\x80\x80", "\xf1\x80\x80\x80", "\xf4\x8f\xbf\xbf", 'x%') {
	my $encoded = $text =~ s/([\x80-\xff])/sprintf '%%%02x', ord $1/ger;
	is((request('GET', "$policies?name=eq.$_"))[0], 200, "$encoded is") for $encoded, uc $encoded, $text;
}

# An address as long as it may be, which PostgREST's answer repeats; what nginx cannot read is refused in JSON.
is((request('GET', "$policies?id=in.(" . join(',', ($id) x 230) . ')'))[0], 200, 'a long query');
for my $case ([ 414, "GET $policies?" . 'x' x 9000 . ' HTTP/1.1', 'Host: x' ],
	[ 400, "GET $policies HTTP/1.1", 'Host: x', 'Host: y' ], [ 400, "GET $policies%00 HTTP/1.1", 'Host: x' ],
	[ 400, "GET $policies HTTP/1.1", 'Host: x', 'X: ' . 'x' x 9000 ],
	[ 501, "POST $policies HTTP/1.1", 'Host: x', 'Transfer-Encoding: x' ]) {
	my ($expected, @lines) = @$case;
	my $connection = connect_from('127.2.0.1');
	print $connection join "\r\n", @lines, 'Connection: close', '', '';
	my ($head, $content) = split /\r\n\r\n/, do { local $/; <$connection> }, 2;
	my $what = substr($lines[0], 0, 50);
	like($head, qr{^HTTP/1\.1 $expected }, "$expected: $what");
	is(eval { decode_json($content)->{code} }, $expected, "in JSON: $what");
}

# An update of nothing.
is((request('PATCH', "$policies/$id", headers => [ 'X-Stub-Status: 406' ], body => $_))[0], 400, "a body without a field: $_")
	for '{}', '[]', ' [ { } , {} ] ';

# PostgREST's errors pass as they are, but for the one that says that there is not exactly one row.
for my $status (400, 401, 403, 404, 409) {
	my ($got, undef, $content) = request('GET', "$policies/$id", headers => [ "X-Stub-Status: $status" ]);
	is($got, $status, "$status passes");
	like($content, qr/"target"/, 'with its body');
}
is((request('GET', $policies, headers => [ 'X-Stub-Status: 406', 'Accept: image/png' ]))[0], 406,
	'406 passes where the client chose the type');
is((request($_, "$policies/$id", headers => [ 'X-Stub-Status: 406' ], body => '{"name":"x"}'))[0], 404,
	"$_ of what is not there: 404") for qw(GET PATCH DELETE);
is((request($_, "$policies/$id?updated_at=eq.2026-01-01", headers => [ 'X-Stub-Status: 406' ], body => '{"name":"x"}'))[0], 409,
	"$_ of what was changed: 409") for qw(PATCH DELETE);
is((request('POST', "$policies/$id/restore", headers => [ 'X-Stub-Status: 406' ]))[0], 404, 'restore what is not there: 404');

# Too much.
for my $case ([ 33 * 1024 * 1024, POST => $policies ], [ 65 * 1024, POST => "$policies/$id/complete" ],
	[ 2 * 1024 * 1024, PATCH => "$policies/$id" ], [ 2 * 1024 * 1024, POST => "$policies/$id/acknowledgements" ]) {
	my ($length, $method, $path) = @$case;
	my ($status, undef, $content) = request($method, $path, body => '{', length => $length);
	is($status, 413, "$length bytes for $method $path");
	is(decode_json($content)->{code}, '413', 'in JSON');
}
is((request('GET', "$policies?x=" . 'y' x 9000))[0], 414, 'a query of 9,000 characters');
{
	my %count;
	my $last;
	for (1 .. 150) {
		my ($status, $headers, $content) = request('GET', $policies, from => '127.8.8.8');
		$count{$status}++;
		$last = [ $headers, $content ] if $status == 429;
	}
	cmp_ok($count{200} // 0, '>=', 41, 'a burst passes');
	SKIP: {
		skip 'this machine is too slow for the limit', 3 unless $last;
		is_deeply([ sort keys %count ], [ 200, 429 ], 'and more is refused');
		is($last->[0]{'retry-after'}, 1, 'with when to come again');
		is(decode_json($last->[1])->{code}, '429', 'in JSON');
	}
	is((request('GET', $policies, from => '127.8.8.9'))[0], 200, 'others are not held up');
}

{
	my ($pool) = slurp_file("$ENV{SCRATCH}/deploy/postgrest.conf") =~ /^db-pool = (\d+)$/m;
	my ($most) = slurp_file("$ENV{SCRATCH}/deploy/nginx.conf") =~ /limit_conn policies_connections (\d+);/;
	cmp_ok(2 * $most, '<=', $pool, 'one address holds half of the connections to the database at most');
	my @held = map { connect_from('127.8.8.10') } 1 .. $most;
	print $_ "POST $policies HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{" for @held;
	my $status;
	for (1 .. 100) {
		($status) = request('GET', $policies, from => '127.8.8.10');
		last if $status == 429;
		usleep(50_000);
	}
	is($status, 429, 'one more at a time is refused');
	is((request('GET', $policies, from => '127.8.8.11'))[0], 200, 'but to others');
}

# Without PostgREST.
stop_stub();
my ($status, undef, $content) = request('GET', $policies);
is($status, 503, 'without PostgREST there is no service');
is(decode_json($content)->{code}, '503', 'in JSON');
unlike(error_log(), qr/\[(emerg|alert|crit)\] (?!.*postgrest\.sock)/, 'nothing is wrong in the log');
done_testing();
