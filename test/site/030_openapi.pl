# What is made of the register's catalog: docs/openapi.json and docs/reference.md are current, and the OpenAPI document is what
# openapi() returns, sound, and true of the register and of deploy/nginx.conf.
use strict;
use warnings;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;
use OpenapiCheck qw(problems operations);
use PoliciesTest qw(server_with_register as_caller);

my $json = JSON::PP->new->canonical->utf8;
my $node = server_with_register('server');
my $ann = '{"tenant_id": "acme", "sub": "per_ann"}';

# What make openapi and make reference would write.
sub made {
	my ($name) = @_;
	my ($stdout, $stderr) = run_command([ 'psql', '-X', '-d', $node->connstr('postgres'), '-f',
		"$ENV{SCRATCH}/tools/openapi/$name.sql" ]);
	die $stderr if $stderr;
	return "$stdout\n";
}

# The document as somebody gets it.
sub document {
	my (%options) = @_;
	my ($status, $stdout, $stderr) = as_caller($node, 'postgres', $options{claims} // $ann, 'SELECT policies_api.openapi()',
		role => $options{role});
	die $stderr if $status;
	return $stdout;
}
my $text = document();
my $document = $json->decode($text);
my $copy = slurp_file("$ENV{SCRATCH}/docs/openapi.json");
my $made = made('openapi');
sub order_of { return join ' ', $_[0] =~ /"operationId"\s*:\s*"(\w+)"/g }
is($json->encode($json->decode($copy)), $json->encode($json->decode($made)), 'docs/openapi.json is current')
	or diag('renew it: make openapi');
is(order_of($copy), order_of($made), 'in its order');
is($copy =~ s/\n\s*//gr, $text, 'it is what openapi() returns');
my $reference = slurp_file("$ENV{SCRATCH}/docs/reference.md");
is($reference, made('reference'), 'docs/reference.md is current') or diag('renew it: make reference');
is(document(role => 'policies_auditor', claims => '{"sub": "per_olga"}'), $text, 'an auditor gets the same');
is(document(claims => '{"tenant_id": "globex", "sub": "x", "app_id": "y"}'), $text, 'and everybody else');
{
	my ($status, undef, $stderr) = as_caller($node, 'postgres', $ann, 'SELECT policies_api.openapi()', role => 'none',
		login => 'gateway');
	like($stderr, qr/permission denied/, 'nobody without a role');
}
$node->safe_psql('postgres', <<'SQL');
CREATE TABLE public.sla_status (planted text);
COMMENT ON TABLE public.sla_status IS 'planted';
CREATE FUNCTION public.complete_policy(planted text DEFAULT 'planted') RETURNS text LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION public.format(text, VARIADIC text[]) RETURNS text LANGUAGE sql AS $$ SELECT 'planted' $$;
SQL
{
	local $ENV{PGOPTIONS} = '-c search_path=public,pg_catalog,policies,policies_api -c intervalstyle=iso_8601 -c '
		. 'quote_all_identifiers=on -c timezone=Asia/Tokyo';
	is(made('openapi'), $made, 'it is the same under any settings, and without what is planted');
	is(made('reference'), $reference, 'and so is the reference');
}

# Sound and complete; and the check finds what is not.
is(join("\n", problems($document)), '', 'the document is sound');
for my $case (
	[ 'leads nowhere', sub {
		$_[0]{paths}{'/policies'}{post}{requestBody}{content}{'application/json'}{schema}{oneOf}[0]{'$ref'} .= 'x' } ],
	[ 'twice', sub { $_[0]{paths}{'/policies'}{post}{operationId} = 'listPolicies' } ],
	[ q('id' in the path, '' declared), sub { shift @{ $_[0]{paths}{'/policies/{id}'}{get}{parameters} } } ],
	[ 'Policy/properties/name: no description', sub { delete $_[0]{components}{schemas}{Policy}{properties}{name}{description} } ],
	[ 'unknown type text', sub { $_[0]{components}{schemas}{Policy}{properties}{name}{type} = 'text' } ],
	[ 'unknown member summary', sub { $_[0]{components}{schemas}{Policy}{summary} = 'x' } ],
	[ 'no summary', sub { delete $_[0]{paths}{'/policies'}{get}{summary} } ],
	[ 'unknown tag', sub { $_[0]{paths}{'/policies'}{get}{tags} = ['Other'] } ],
	[ 'used nowhere', sub { $_[0]{components}{schemas}{Unused} = { type => 'object' } } ],
	[ 'which is no property', sub { push @{ $_[0]{components}{schemas}{Policy}{required} }, 'x' } ],
	[ 'null in enum', sub { push @{ $_[0]{components}{schemas}{Policy}{properties}{status}{enum} }, undef } ])
{
	my ($problem, $spoil) = @$case;
	my $spoilt = $json->decode($text);
	$spoil->($spoilt);
	like(join("\n", problems($spoilt)), qr/\Q$problem\E/, "the check finds: $problem");
}
my @words = map { $_->{operation}{description}, $_->{operation}{summary},
	map { $_->{description} } @{ $_->{parameters} } } operations($document);
is(join("\n", grep { /\bNULL\b|\w\(\)|SELECT|policies_api|LATERAL/ } @words), '', 'nothing reads like SQL');
unlike($copy, qr/\\n/, 'no line breaks in what is said');

# Every enum is what the register accepts, and gives.
my %schemas = %{ $document->{components}{schemas} };
my %enums;
for my $schema (keys %schemas) {
	my $properties = $schemas{$schema}{properties};
	$enums{"$schema.$_"} = [ grep { defined } @{ $properties->{$_}{enum} } ] for grep { $properties->{$_}{enum} } keys %$properties;
}
my @all_words = sort keys %{ { map { $_ => 1 } 'nonsense', map { @$_ } values %enums } };

# Which of all the words, each in %s of a statement, are accepted.
sub accepted {
	my ($sql) = @_;
	my @accepted;
	for my $word (@all_words) {
		my ($status, undef, $stderr) = as_caller($node, 'postgres', $ann, $sql =~ s/%s/'$word'/r);
		push @accepted, $word unless $status;
		like($stderr, qr/ERROR:  (?:22|23)/, "$word is refused as a bad value") if $status;
	}
	return "@accepted";
}
my $calendar = q(INSERT INTO policies_api.business_calendars (time_zone, opening_hours, is_default, source_type)
	VALUES ('UTC', '[{"weekdays": [1], "opens": "09:00", "closes": "17:00"}]', false, %s));
for my $case (
	[ 'Policy.category', 'INSERT INTO policies_api.policies (category) VALUES (%s)' ],
	[ 'Policy.status', 'INSERT INTO policies_api.policies (status) VALUES (%s)' ],
	[ 'Policy.source_type', 'INSERT INTO policies_api.policies (source_type) VALUES (%s)' ],
	[ 'BusinessCalendar.source_type', $calendar ],
	[ 'PolicyReview.outcome', 'WITH p AS (INSERT INTO policies_api.policies (name, review_cadence) VALUES (%s, NULL)) SELECT;
		SELECT policies_api.complete_policy(id, outcome => name, next_review_at => CASE name WHEN \'retired\' THEN NULL
			ELSE \'2999-01-01\'::timestamptz END) FROM policies_api.policies WHERE created_at = date_trunc(\'milliseconds\', now())' ])
{
	my ($field, $sql) = @$case;
	is(accepted($sql), join(' ', sort @{ $enums{$field} }), "$field is what is accepted");
}

# What is not written by a word: the values that come out of all cases there are.
my ($status, $stdout, $stderr) = as_caller($node, 'postgres', $ann, <<'SQL');
INSERT INTO policies_api.policies (name, body) VALUES ('versions', 'text');
SELECT policies_api.publish_policy(id, '1.0') FROM policies_api.policies WHERE name = 'versions' \g /dev/null
SELECT policies_api.publish_policy(p.id, c.change) FROM policies_api.policies p, unnest('{patch,minor,major}'::text[])
    AS c (change) WHERE name = 'versions' \g /dev/null
SELECT 'PolicyVersion.change', string_agg(DISTINCT change, ' ' ORDER BY change) FROM policies_api.policy_versions;
INSERT INTO policies_api.policies (name, applies_to, priority, first_response_minutes, resolution_minutes)
    VALUES ('sla', '["incident"]', 'high', 60, 600);
CREATE TEMP TABLE status AS SELECT s.* FROM (VALUES (NULL::timestamptz, NULL::tstzmultirange), ('2026-11-24 10:10', NULL),
    (NULL, '{[2026-11-24 10:10,)}'), ('2026-11-25', NULL)) AS t (responded_at, pauses),
    policies_api.sla_status('incident', 'high', '2026-11-24 10:00', t.responded_at, NULL, t.pauses, '2026-11-24 10:30') s;
INSERT INTO status SELECT s.* FROM policies_api.sla_status('incident', 'high', '2026-11-24 10:00', NULL, NULL, NULL,
    '2026-12-24') s;
SELECT 'SlaStatus.target', string_agg(DISTINCT target, ' ' ORDER BY target) FROM status;
SELECT 'SlaStatus.state', string_agg(DISTINCT state, ' ' ORDER BY state) FROM status
SQL
is($status, 0, 'every state can be made') or diag($stderr);
my %given = map { split /\|/ } split /\n/, $stdout;
$given{'PolicyAcknowledgement.state'} = $node->safe_psql('postgres', <<'SQL');
BEGIN;
INSERT INTO policies.policy_acknowledgements (id, tenant_id, policy_id, version, person_id, due_at, acknowledged_at,
    superseded_at)
    SELECT policies.new_id('ack'), p.tenant_id, p.id, '1.0', c.* FROM policies.policies p, (VALUES
        ('per_1', '2999-01-01'::timestamptz, NULL::timestamptz, NULL::timestamptz), ('per_2', '2026-01-01', NULL, NULL),
            ('per_3', '2026-01-01', '2025-12-31', NULL),
        ('per_4', '2026-01-01', '2026-01-02', NULL), ('per_5', '2026-01-01', NULL, '2026-01-02')) c WHERE p.name = 'versions';
SELECT string_agg(DISTINCT state, ' ' ORDER BY state) FROM policies_api.policy_acknowledgements;
ROLLBACK
SQL
is($given{$_}, join(' ', sort @{ $enums{$_} }), "$_ is what is given") for sort keys %given;
my %same = (category => 'Policy', status => 'Policy', source_type => 'Policy', change => 'PolicyVersion');
for my $field (grep { !$given{$_} && !/^(?:Policy|BusinessCalendar|PolicyReview)\./ } sort keys %enums) {
	my ($name) = $field =~ /\.(\w+)$/;
	is_deeply($enums{$field}, $enums{"$same{$name}.$name"}, "$field is $same{$name}.$name");
}
my ($outcome) = map { $_->{operation}{requestBody}{content}{'application/json'}{schema}{properties}{outcome} } grep {
	$_->{operation}{operationId} eq 'completePolicy' } operations($document);
is_deeply([ $outcome->{enum}, $outcome->{default} ], [ $enums{'PolicyReview.outcome'}, 'confirmed' ],
	'so are the outcomes to complete with, and the default');

# What is read-only is not written, and all else is.
my %values = (
	boolean => 'true', integer => '7', 'date-time' => q('2031-01-01T00:00:00Z'), applies_to => q('["x"]'), tags => q('["x"]'),
	opening_hours => q('[{"weekdays": [2], "opens": "01:00", "closes": "02:00"}]'),
	holidays => q('[{"name": "x", "date": "2031-01-01"}]'), time_zone => q('Europe/Rome'), version => q('7.7'),
	review_cadence => q('7 days'), source_type => q('system'), status => q('draft'), category => q('hr'), is_default => 'false');
# A draft, which may lack what an active policy needs.
for my $case ([ Policy => 'policies', { status => q('draft') } ],
	[ BusinessCalendar => 'business_calendars', { time_zone => q('UTC'), opening_hours => $values{opening_hours},
		is_default => 'false' } ]) {
	my ($schema, $view, $others) = @$case;
	my $properties = $schemas{$schema}{properties};
	for my $field (sort keys %$properties) {
		my $property = $properties->{$field};
		my ($type) = grep { $_ ne 'null' } ref $property->{type} ? @{ $property->{type} } : $property->{type};
		my $value = $values{$field} // $values{ $property->{format} // '' } // $values{$type} // q('pol_01J9Z3NDEKTSV4RRFFQ69G5FAV');
		my %given = (%$others, $field => $value);
		my $columns = join ', ', sort keys %given;
		my ($status, $kept, $stderr) = as_caller($node, 'postgres', $ann, "INSERT INTO policies_api.$view ($columns) VALUES ("
			. join(', ', map { $given{$_} } sort keys %given) . ") RETURNING $field IS NOT DISTINCT FROM $value");
		is($kept, exists $schemas{"${schema}Create"}{properties}{$field} ? 't' : 'f',
			"$schema.$field: whether it is kept on creation is what the document says") or diag($stderr);
		is(exists $schemas{"${schema}Update"}{properties}{$field}, !$property->{readOnly}, 'what is read-only is not updated');
		(undef, $kept, $stderr) = as_caller($node, 'postgres', $ann, "UPDATE policies_api.$view SET $field = $value
			WHERE id = (SELECT max(id) FROM policies_api.$view) RETURNING $field IS NOT DISTINCT FROM $value");
		is($kept, $property->{readOnly} ? 'f' : 't', 'an update does as it says') or diag($stderr);
	}
}
is_deeply($schemas{BusinessCalendarCreate}{required}, [qw(time_zone opening_hours)], 'what has no default is required');
my ($longest) = $schemas{Policy}{properties}{priority}{maxLength};
is((as_caller($node, 'postgres', $ann, "INSERT INTO policies_api.policies (priority) VALUES (repeat('x', $longest))"))[0], 0,
	'a priority of the greatest length');
isnt((as_caller($node, 'postgres', $ann, "INSERT INTO policies_api.policies (priority) VALUES (repeat('x', $longest + 1))"))[0],
	0, 'and no longer');
for my $sample ([ qw(is_valid_version version) ], [ qw(is_valid_id id) ]) {
	my ($function, $field) = @$sample;
	for my $value (qw(1 1.2.0 1.2.0-rc.1 1.2+build v1 1..2 1.2- pol_01J9Z3NDEKTSV4RRFFQ69G5FAV pol_81J9Z3NDEKTSV4RRFFQ69G5FAV
		pol_01J9Z3NDEKTSV4RRFFQ69G5FAU Pol_01J9Z3NDEKTSV4RRFFQ69G5FAV)) {
		my $is_valid = $node->safe_psql('postgres', "SELECT policies.$function('$value')") eq 't';
		is($value =~ /$schemas{PolicyVersion}{properties}{$field}{pattern}/ ? 1 : 0, $is_valid ? 1 : 0, "$field $value is "
			. ($is_valid ? 'valid' : 'invalid'));
	}
}

# The routes of nginx and those of the document are the same. The expressions of locations are lists of paths.
my %served;
my $site = slurp_file("$ENV{SCRATCH}/deploy/nginx.conf");
while ($site =~ m{^    location (=|~) "?\^?(/api/v1/\S*?)(?:\\z)?"? \{\n(.*?)^    \}}msg) {
	my ($paths, $block) = ($2, $3);
	my ($methods) = $block =~ /request_method (?:!~ \^\(([A-Z|]+)\)\$|!= [A-Z]+)/ or die "no methods: $paths";
	($methods) = $block =~ /request_method != ([A-Z]+)/ unless $methods;
	$paths =~ s/\(\?<id>[^()]*(?:\([^()]*\)[^()]*)?\)/{id}/;
	$paths =~ s/\(\?<version>[^()]*\)/{version}/;
	my @expanded = ($paths);
	while (my ($several) = grep { $expanded[$_] =~ /\(/ } 0 .. $#expanded) {
		my ($before, $choices, $after) = $expanded[$several] =~ /^(.*?)\(\?<\w+>([a-z|-]+)\)(.*)$/
			or die "not understood: $expanded[$several]";
		splice @expanded, $several, 1, map { "$before$_$after" } split /\|/, $choices;
	}
	for my $path (@expanded) {
		$served{"$_ $path"} = 1 for grep { $_ ne 'HEAD' } split /\|/, $methods;
		is($methods =~ /HEAD/ ? 1 : 0, $methods =~ /GET/ ? 1 : 0, "$path: HEAD goes where GET does");
	}
}
cmp_ok(keys %served, '>', 30, 'nginx has routes');
is_deeply([ sort map { "$_->{method} $document->{servers}[0]{url}$_->{path}" } operations($document) ], [ sort keys %served ],
	'every route is in the document, and no other');

# What changes in the catalog is noticed, and nothing is left behind by looking.
$node->safe_psql('postgres', q(COMMENT ON COLUMN policies_api.policies.owner_id IS 'Changed.'));
like(made('openapi'), qr/Changed\./, 'a comment that changed changes the document');
like(made('reference'), qr/Changed\./, 'and the reference');
$node->safe_psql('postgres', q(ALTER TABLE policies.policies ALTER status SET DEFAULT 'draft'));
like(made('openapi'), qr/"default": ?"draft"/, 'so does a column');
is($node->safe_psql('postgres', q(SELECT count(*) FROM pg_namespace WHERE nspname = 'openapi')), '0', 'the catalog is as it was');
done_testing();
