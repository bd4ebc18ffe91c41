# Nobody reaches another tenant's rows over HTTP, by any route, filter, header or body.
use strict;
use warnings;
use Test::More;
use HttpApi;

my $api = HttpApi->new;
my %ann = (token => $api->token('acme', 'per_ann'));
my %gus = (token => $api->token('globex', 'per_gus'));
my %app = (token => $api->token('acme', 'svc_1', app_id => 'app_1'));
my %auditor = (token => $api->token(undef, 'per_audit', role => 'policies_auditor'));
my %represented = (headers => { Prefer => 'return=representation' });

# One of everything, for both.
my (%policy, %calendar);
for my $owner ([ acme => %ann ], [ globex => %gus ]) {
	my ($tenant, %caller) = @$owner;
	$policy{$tenant} = $api->answers(201, undef, POST => 'policies', %caller, %represented,
		body => { name => "secret of $tenant", body => "secret of $tenant", category => 'security', review_cadence => '1 year',
			next_review_at => '2020-01-01' })->{body}[0]{id};
	$api->answers(200, undef, POST => "policies/$policy{$tenant}/publish", %caller,
		body => { version => '1.0.0', change_note => "secret of $tenant" });
	$api->answers(200, undef, POST => "policies/$policy{$tenant}/acknowledgements", %caller,
		body => { person_ids => ["person of $tenant"] });
	$api->answers(200, undef, POST => "policies/$policy{$tenant}/complete", %caller, body => { note => "secret of $tenant" });
	$calendar{$tenant} = $api->answers(201, undef, POST => 'business-calendars', %caller, %represented,
		body => { name => "secret of $tenant", time_zone => 'UTC',
			opening_hours => [ { weekdays => [1], opens => '09:00', closes => '17:00' } ] })->{body}[0]{id};
	my $deleted = $api->answers(201, undef, POST => 'policies', %caller, %represented,
		body => { name => "secret of $tenant, deleted" })->{body}[0]{id};
	$policy{"deleted of $tenant"} = $deleted;
	$api->answers(200, undef, DELETE => "policies/$deleted", %caller, %represented);
}

# What lists shows one's own and nothing of the other, whatever is asked for.
my @lists = ('policies', 'policies/in-force', 'policies/deleted', 'policies/review-due?within=100%20years',
	'policies/review-calendar?from_time=2019-01-01&until_time=2030-01-01',
	'policies/review-calendar.ics?from_time=2019-01-01&until_time=2030-01-01', 'policies/search?query=secret',
	'policies?search=secret', 'policies/acknowledgements', 'business-calendars');
for my $list (@lists) {
	my $mine = $api->answers(200, undef, GET => $list, %ann);
	like($mine->{content}, qr/acme/, "$list shows one's own");
	unlike($mine->{content}, qr/globex/, 'and nothing else');
	like($api->answers(200, undef, GET => $list, %gus)->{content}, qr/globex/, 'the other sees its own');
}
my $foreign = $policy{globex};
for my $query ('tenant_id=eq.globex', "id=eq.$foreign", 'or=(tenant_id.eq.globex,tenant_id.eq.acme)', 'tenant_id=neq.acme',
	'name=like.*globex*', 'not.and=(id.is.null)', 'select=*,tenant_id', 'order=tenant_id.desc') {
	unlike($api->request(GET => "policies?$query", %ann)->{content}, qr/secret of globex/, "?$query shows nothing of another");
}
for my $embedded ('select=*,policies_history(*)', 'select=*,policy_versions(*)', 'select=*,business_calendars(*)',
	'select=name,policy_reviews!inner(note)') {
	unlike($api->request(GET => "policies?$embedded", %ann)->{content}, qr/globex/, "?$embedded neither");
}

# What names another's row finds nothing: 404, as for a row that never was.
my $never = 'pol_01J9Z3NDEKTSV4RRFFQ69G5FAV';
my %written = (complete => {}, publish => { version => 'major' }, approve => { content_hash => 'x' }, acknowledge => {},
	acknowledgements => { person_ids => ['per_1'] }, restore => {});
for my $id ($foreign, $policy{'deleted of globex'}, $never) {
	my @of = (what => $id eq $never ? ' never there:' : " another's:");
	$api->answers(404, undef, $_ => "policies/$id", @of, %ann, $_ eq 'PATCH' ? (body => { name => 'taken' }) : ())
		for qw(GET PATCH DELETE);
	$api->answers(404, undef, POST => "policies/$id/$_", @of, %ann, body => $written{$_}) for sort keys %written;
	$api->answers(404, undef, GET => "policies/$id/$_", @of, %ann) for qw(markdown html table-of-contents content-hash versions/1.0.0
		diff?from_version=1.0.0);
	is($api->answers(200, undef, GET => "policies/$id/$_", @of, %ann)->{content}, '[]', "no $_")
		for qw(versions reviews history approvals acknowledgements);
}
$api->answers(404, undef, $_ => "business-calendars/$calendar{globex}", %ann, $_ eq 'PATCH' ? (body => { name => 'taken' }) : ())
	for qw(GET PATCH DELETE);
$api->answers(404, undef, POST => "business-calendars/$calendar{globex}/holidays", %ann,
	body => { icalendar => "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n" });

# A body or an address cannot name another's row beside the path.
$api->answers(404, undef, POST => "policies/$never/complete", %ann, content => qq({"id":"$policy{acme}"}));
$api->answers(400, undef, POST => "policies/$never/complete?id=$policy{acme}", %ann, body => {});
is($api->request(PATCH => "policies/$policy{acme}?id=eq.$foreign", %ann, body => { name => 'both' })->{status}, 404,
	'a second condition only narrows');
$api->answers(200, undef, PATCH => "policies/$policy{acme}", %ann, %represented,
	body => { tenant_id => 'globex', id => $foreign, app_id => 'app_1', name => 'secret of acme' });
is($api->sql("SELECT tenant_id || coalesce(app_id, '-') FROM policies.policies WHERE id = '$policy{acme}'"), 'acme-',
	'no row is moved to another tenant');
is($api->answers(201, undef, POST => 'policies', %ann, %represented,
	body => { id => $foreign, tenant_id => 'globex', name => 'mine' })->{body}[0]{tenant_id}, 'acme',
	'no row is made in another tenant');
$api->answers(400, undef, POST => 'policies?on_conflict=id', %ann, headers => { Prefer => 'resolution=merge-duplicates' },
	body => { id => $foreign, name => 'merged' });

# An application sees its own rows, a person all of its tenant's; an auditor all, and writes nothing.
my $of_app = $api->answers(201, undef, POST => 'policies', %app, %represented,
	body => { name => 'secret of the app' })->{body}[0]{id};
unlike($api->answers(200, undef, GET => 'policies', %app)->{content}, qr/secret of acme/,
	'an application sees no person\'s rows');
$api->answers(404, undef, GET => "policies/$policy{acme}", %app);
$api->answers(200, undef, GET => "policies/$of_app", %ann);
like($api->answers(200, undef, GET => 'policies?order=name', %auditor)->{content}, qr{secret of acme.*secret of globex}s,
	'an auditor sees every tenant');
$api->answers(403, undef, @$_, %auditor) for [ POST => 'policies', body => { name => 'audited' } ],
	[ PATCH => "policies/$policy{acme}", body => { name => 'audited' } ], [ DELETE => "policies/$policy{acme}" ],
	[ POST => "policies/$policy{acme}/complete", body => {} ];

# Headers that choose a schema, a role, a plan or an estimate.
for my $header ([ 'Accept-Profile' => 'policies' ], [ 'Accept-Profile' => 'public' ],
	[ 'Accept' => 'application/vnd.pgrst.plan+json' ], [ 'Prefer' => 'count=planned' ], [ 'Prefer' => 'count=estimated' ],
	[ 'X-Tenant-Id' => 'globex' ], [ 'Cookie' => 'role=policies_admin' ]) {
	my $answer = $api->request(GET => 'policies', %ann, headers => {@$header});
	unlike($answer->{content}, qr/globex|Plan/, "@$header shows nothing of another");
	unlike($answer->{headers}{'content-range'} // '', qr{/[0-9]}, 'nor its number');
}
$api->answers(400, qr/estimate/, GET => 'policies', %ann, headers => { Prefer => 'count=planned' });
is($api->request(POST => 'policies', %ann, headers => { 'Content-Profile' => 'policies', Prefer => 'return=representation' },
	body => { name => 'x' })->{body}[0]{tenant_id}, 'acme', 'Content-Profile is passed over');

# Pages of other origins read nothing: no answer is for them, nor may they ask with a token.
{
	my %from = (Origin => 'https://elsewhere.example.org');
	is(join(' ', grep { /^access-control/ } keys %{ $api->answers(200, undef, GET => $_, %ann, headers => \%from)->{headers} }), '',
		"$_ is for no other origin") for 'policies', "policies/$policy{acme}", 'policies/search?query=secret';
	$api->answers(405, undef, OPTIONS => 'policies', headers => { %from, 'Access-Control-Request-Method' => 'GET',
		'Access-Control-Request-Headers' => 'authorization' });
}

# PostgREST's own paths are not reached from outside, in whatever spelling.
for my $path (qw(rpc/complete_policy rpc/search_policies?query=secret policy_versions policies_history deleted_policies
	../policies ../rpc/openapi %2e%2e/rpc/openapi policies/..;/rpc policies%2f..%2f..%2frpc//)) {
	is($api->request(GET => $path, %ann)->{status}, 404, "no such path: $path");
}

# Nothing of globex's has changed by all of it.
is($api->sql(q(SELECT string_agg(name, ', ' ORDER BY name) FROM policies.policies WHERE tenant_id = 'globex')),
	'secret of globex, secret of globex, deleted', 'the other tenant\'s rows are as they were');
is($api->sql(q(SELECT count(*) FROM policies.policies_history WHERE tenant_id = 'globex' AND updated_by <> 'per_gus')), 0,
	'and nobody else wrote them');

done_testing();
