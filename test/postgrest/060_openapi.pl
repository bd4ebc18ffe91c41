# The OpenAPI document is true: every operation is done over HTTP, and its answer, filters and errors are what the document says.
use strict;
use warnings;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;
use HttpApi;
use OpenapiCheck qw(operations violations);

my $api = HttpApi->new;
my $json = JSON::PP->new->canonical->utf8;
mkdir "$api->{folder}/www";
my $copy = slurp_file("$ENV{SCRATCH}/docs/openapi.json");
append_to_file("$api->{folder}/www/openapi.json", $copy);
my %ann = (token => $api->token('acme', 'per_ann'));
my %ben = (token => $api->token('acme', 'per_ben'));
my %nobody = (token => $api->sign({ role => 'policies_caller', sub => 'per_ann', aud => 'policies', exp => time + 600 }));
is($api->answers(200, undef, GET => 'openapi.json')->{content}, $copy, 'the copy, without a token');
my $document = $api->answers(200, undef, GET => '', %ann)->{body};
is($json->encode($document), $json->encode($json->decode($copy)), 'the live document is the same');
$api->answers(401, undef, GET => '');
$api->answers(200, undef, GET => '', token => $api->sign({ role => 'policies_auditor', aud => 'policies', exp => time + 60 }));

my %operations = map { $_->{operation}{operationId} => $_ } operations($document);
my %done;

# Does an operation and compares its answer with the document. Options: in (what stands in the path), query, and those of a
# request. Whoever has no tenant gets 403 for what the others may. Returns the body, or the content where that is no JSON.
sub does {
	my ($status, $id, %options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $operation = $operations{$id} or die "no operation $id";
	my $path = $operation->{path} =~ s{^/}{}r =~ s/\{(\w+)\}/$options{in}{$1}/gr;
	my %query = %{ $options{query} // {} };
	$path .= '?' . join '&', map { "$_=" . $query{$_} =~ s/([^\w.-])/sprintf '%%%02X', ord $1/ger } sort keys %query if %query;
	if (exists $options{body} && $status < 300) {
		my $sent = $operation->{operation}{requestBody}{content}{'application/json'}{schema};
		is(join("\n", violations($document, $sent, $options{body}, $id)), '', "$id: what is sent is what the document says");
	}
	is($api->request($operation->{method}, $path, %options, %nobody)->{status}, 403, "$id: not without a tenant") if $status < 300;
	my $answer = $api->request($operation->{method}, $path, %ann, %options);
	is($answer->{status}, $status, "$status: $id $path") or diag($answer->{content});
	my $response = $operation->{operation}{responses}{ $answer->{status} };
	ok($response, "$id: the document knows $answer->{status}");
	$response = $document->{components}{responses}{ $response->{'$ref'} =~ s{.*/}{}r } if $response->{'$ref'};
	my ($type) = ($answer->{headers}{'content-type'} // '') =~ /^([^;]*)/;
	if ($answer->{content} ne '') {
		my $schema = $response->{content}{$type}{schema};
		ok($schema, "$id: and its type $type");
		my $value = $type =~ /json/ ? $json->allow_nonref->decode($answer->{content}) : $answer->{content};
		is(join("\n", violations($document, $schema // {}, $value, $id)), '', "$id: the answer is what the document says");
		$done{$id}++ if $status < 300;
		return $value;
	}
	ok(!$response->{content} || $status == 201, "$id: and that there may be nothing in it");
	$done{$id}++;
	return;
}
my %represented = (headers => { 'Content-Type' => 'application/json', Prefer => 'return=representation' });

# A life of a policy and a calendar.
my ($office) = @{ does(201, 'createBusinessCalendars', %represented,
	body => [ { name => 'office', time_zone => 'Europe/Berlin',
		opening_hours => [ { weekdays => [ 1 .. 5 ], opens => '09:00', closes => '17:00' } ] } ]) };
my %office = (in => { id => $office->{id} });
does(200, 'importHolidays', %office,
	body => { icalendar => join("\r\n", 'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', 'BEGIN:VEVENT', 'UID:1',
		'DTSTAMP:20260101T000000Z', 'DTSTART;VALUE=DATE:20261225', 'SUMMARY:Christmas', 'END:VEVENT', 'END:VCALENDAR', '') });
does(200, 'updateBusinessCalendar', %office, %represented,
	body => { holidays => [ { name => 'Christmas', first_date => '2026-12-25', last_date => '2026-12-26', yearly => JSON::PP::true,
		except => ['2028-12-25'] } ] });
does(204, 'deleteBusinessCalendar', %office);
does(204, 'restoreBusinessCalendar', %office);
does(200, 'getBusinessCalendar', %office);
my ($policy) = @{ does(201, 'createPolicies', %represented, body => { name => 'Clean desk', description => 'For everybody',
	body => "# Desk\n\nThe *desk* is clean.", category => 'security', status => 'draft', tags => ['gdpr'],
	owner_id => 'per_ann', review_cadence => '1 year', next_review_at => '2026-01-01T00:00:00Z', source_type => 'backend' }) };
my %policy = (in => { id => $policy->{id} });
does(201, 'createPolicies',
	body => [ { name => 'Incidents', applies_to => ['incident'], priority => 'urgent', first_response_minutes => 60,
		resolution_minutes => 600, business_hours_only => JSON::PP::true }, { name => 'second' } ], in => {},
		query => { columns => 'name,applies_to,priority,first_response_minutes,resolution_minutes,business_hours_only' });
my $hash = does(200, 'getPolicyContentHash', %policy, %ben);
does(200, 'approvePolicy', %policy, %ben, body => { content_hash => $hash, note => 'fine' });
does(200, 'publishPolicy', %policy, body => { version => '1.0.0', change_note => 'first' });
does(204, 'updatePolicy', %policy, body => { body => "# Desk\n\nNobody minds.", tags => { kind => ['rule'] } });
does(200, 'requestAcknowledgements', %policy,
	body => { person_ids => [ 'per_ann', 'per_ben' ], due_at => '2027-01-01T00:00:00Z' });
does(200, 'acknowledgePolicy', %policy, body => { version => '1.0.0' });
does(200, 'completePolicy', %policy, body => { note => 'right', outcome => 'changed', next_review_at => '2026-12-01T00:00:00Z' });
does(200, 'deletePolicy', %policy, %represented);
does(200, 'listDeletedPolicies');
does(200, 'restorePolicy', %policy, %represented);

# Whatever is read; and no list is empty, for that would prove nothing.
my %ticket = (ticket_type => 'incident', priority => 'urgent', opened_at => '2026-11-24T10:00:00Z');
my %queries = (
	searchPolicies => { query => 'desk' }, reviewDue => { within => '10 years' }, reviewCalendar => { from_time => '2026-01-01' },
	diffPolicy => { from_version => '1.0.0' },
	slaDeadlines => { %ticket, pauses => '{[2026-11-24T11:00:00Z,2026-11-24T12:00:00Z)}' }, slaStatus => \%ticket);
for my $id (sort grep { $operations{$_}{method} eq 'GET'
	&& !/^getOpenapi|Business(?!Calendars)|^listDeleted/ } keys %operations) {
	my $answer = does(200, $id, in => { id => $policy->{id}, version => '1.0.0' }, query => $queries{$id});
	cmp_ok(scalar @$answer, '>', 0, "$id has rows") if ref $answer eq 'ARRAY';
	for my $filter (grep { ($_->{example} // '') =~ /^(?:eq|lt|gte|is|in|cs|ilike|not)\./ } @{ $operations{$id}{parameters} }) {
		does(200, $id, in => { id => $policy->{id}, version => '1.0.0' },
			query => { %{ $queries{$id} // {} }, $filter->{name} => $filter->{example} });
	}
}
does(200, 'listPolicies', query => { search => 'desk', tag => 'kind' });
does(200, 'listPolicies', query => { or => '(status.eq.draft,owner_id.is.null)', order => 'name.asc.nullslast,id', limit => 1,
	offset => 1 });
does(206, 'listPolicies', query => { limit => 1 }, headers => { Prefer => 'count=exact' });
does(206, 'listPolicies', headers => { Range => '0-0', Prefer => 'count=exact' });
does(206, 'slaStatus', query => { %ticket, limit => 1 }, headers => { Prefer => 'count=exact' });

# Errors.
does(416, 'listPolicies', query => { offset => 100 }, headers => { Prefer => 'count=exact' });
does(416, 'reviewDue', query => { offset => 100 }, headers => { Prefer => 'count=exact' });
does(400, 'listPolicies', query => { no_such_field => 'eq.1' });
does(406, 'listPolicies', headers => { Accept => 'image/png' });
does(401, 'listPolicies', token => undef);
does(403, 'listPolicies', %nobody);
does(404, 'slaStatus', query => { ticket_type => 'incident' });
does(404, 'getPolicy', in => { id => 'pol_01J9Z3NDEKTSV4RRFFQ69G5FAV' });
does(400, 'createPolicies', body => { category => 'magic' });
does(409, 'createPolicies', body => { applies_to => ['incident'], priority => 'urgent', first_response_minutes => 1 });
does(409, 'updatePolicy', %policy, query => { updated_at => 'eq.2020-01-01T00:00:00Z' }, body => { name => 'late' });
does(409, 'acknowledgePolicy', %policy, body => {});
does(403, 'approvePolicy', %policy, body => { content_hash => does(200, 'getPolicyContentHash', %policy) });
does(413, 'completePolicy', %policy, body => { note => 'x' x 70000 });
is(join(' ', grep { !$done{$_} } sort keys %operations), 'getOpenapi getOpenapiFile', 'every operation was done');
done_testing();
