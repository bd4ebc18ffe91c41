package PostgrestReplay;

# PostgREST's part of a request, over one pooled connection: the statements that it sends, as watched in a server's log, and the
# HTTP status that it makes of what comes back. Each statement is prepared once, and executed for whoever asks.

use strict;
use warnings;
use DBI;
use JSON::PP;

# What PostgREST makes of a SQLSTATE, the longest prefix first; PTnnn is nnn, and all else 400.
my %status_of = (
	'08' => 503, '09' => 500, '0L' => 403, '0P' => 403, '21000' => 400, '23503' => 409, '23505' => 409, '25' => 500, '25006' => 405,
	'28' => 403, '2D' => 500,
	'38' => 500, '39' => 500, '3B' => 500, '40' => 500, '53' => 503, '53400' => 500, '54' => 500, '55' => 500, '57' => 500,
	'58' => 500, 'F0' => 500,
	'HV' => 500, 'P0' => 500, 'P0001' => 400, 'XX' => 500, '42501' => 403, '42883' => 404, '42P01' => 404, '42P17' => 500,
);

sub status_of_sqlstate {
	my ($sqlstate) = @_;
	return $1 if $sqlstate =~ /^PT(\d{3})$/;
	my ($prefix) = grep { exists $status_of{$_} } map { substr $sqlstate, 0, $_ } reverse 2 .. 5;
	return defined $prefix ? $status_of{$prefix} : 400;
}

# Connects as the pool does.
sub new {
	my ($class, $connection, $login) = @_;
	my $connected = DBI->connect("dbi:Pg:$connection", $login, '',
		{ RaiseError => 1, PrintError => 0, AutoCommit => 1, pg_enable_utf8 => 0 });
	# Prepared on the server at the first execution.
	$connected->{pg_switch_prepared} = 1;
	my $self = bless { connected => $connected, prepared => {}, executed_for => {}, reached => {} }, $class;
	my $catalog = $connected->selectall_arrayref(<<'SQL', { Slice => {} });
SELECT c.relname AS name, a.attname AS field, format_type(a.atttypid, a.atttypmod) AS type
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'policies_api'::regnamespace AND c.relkind = 'v'
UNION ALL
SELECT p.proname, n.name, format_type(t.type, NULL)
FROM pg_proc p, unnest(p.proargnames) WITH ORDINALITY n (name, number), unnest(p.proargtypes::oid[]) WITH ORDINALITY t (type,
    number)
WHERE p.pronamespace = 'policies_api'::regnamespace AND t.number = n.number
SQL
	$self->{type}{ $_->{name} }{ $_->{field} } = $_->{type} for @$catalog;
	$self->{returns} = $connected->selectall_hashref(<<'SQL', 'name');
SELECT p.proname AS name, p.proretset AS is_set, (p.proargmodes IS NOT NULL OR t.typtype = 'c') AS is_composite,
    t.typname AS type, p.provolatile <> 'v' AS only_reads
FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype WHERE p.pronamespace = 'policies_api'::regnamespace
SQL
	return $self;
}

sub _execute {
	my ($self, $sql, @values) = @_;
	my $statement = $self->{prepared}{$sql} //= $self->{connected}->prepare($sql);
	$statement->execute(@values);
	return $statement;
}

# One request's transaction. Options: method, path, claims, prefer, role, is_singular. Returns a hash: status, body, total,
# sqlstate, message.
sub _request {
	my ($self, $options, $sql, @values) = @_;
	my $only_reads = $options->{only_reads} // $options->{method} =~ /^(GET|HEAD)$/;
	my %answer;
	eval {
		$self->{connected}->do('BEGIN ISOLATION LEVEL READ COMMITTED READ ' . ($only_reads ? 'ONLY' : 'WRITE'));
		my $claims = $options->{claims};
		$self->_execute(q(SELECT set_config('search_path', $1, true), set_config('role', $2, true),
			set_config('request.jwt.claims', $3, true), set_config('request.method', $4, true), )
				. q(set_config('request.path', $5, true), set_config('request.headers', $6, true), set_config('request.cookies', $7, true)),
			'"policies_api", "public"', $claims->{role}, JSON::PP->new->canonical->utf8->encode($claims), $options->{method},
			$options->{path},
			'{"authorization":"Bearer x.y.z","user-agent":"replay"}', '{}')->finish;
		$self->{connected}->do(q(SELECT set_config('timezone', ?, true)), undef, $options->{time_zone}) if $options->{time_zone};
		$self->{executed_for}{$sql}{ join ' ', map { $claims->{$_} // '-' } qw(tenant_id app_id sub role) } = 1;
		my $row = $self->_execute($sql, @values)->fetchrow_hashref;
		@answer{qw(total body)} = @{$row}{qw(total_result_set body)};
		if ($options->{is_singular} && $row->{page_total} != 1) {
			$self->{connected}->do('ROLLBACK');
			%answer = (status => 406, sqlstate => '', message => 'JSON object requested, multiple (or no) rows returned');
		} else {
			$self->{connected}->do('COMMIT');
			$answer{status} = $options->{path} !~ m{^/rpc/} && $options->{method} eq 'POST' ? 201 : 200;
		}
		1;
	} or do {
		my $error = $@;
		my $sqlstate = $self->{connected}->state or die $error;
		$self->{connected}->do('ROLLBACK');
		%answer = (status => status_of_sqlstate($sqlstate), sqlstate => $sqlstate,
			message => $error =~ s/^DBD::Pg::st execute failed: ERROR:\s+//r);
	};
	$answer{body} = decode_json($answer{body}) if defined $answer{body} && !$options->{is_text};
	$answer{body} = $answer{body}[0] if $options->{is_singular} && $answer{status} != 406 && ref $answer{body} eq 'ARRAY';
	return \%answer;
}

sub _quoted {
	return join ', ', map { qq("$_") } @_;
}

my $outside = q(coalesce(json_agg(_postgrest_t), '[]') AS body, pg_catalog.count(_postgrest_t) AS page_total,)
	. q( nullif(current_setting('response.headers', true), '') AS response_headers,)
	. q( nullif(current_setting('response.status', true), '') AS response_status);

# The conditions of a request, such as category => 'eq.security', as SQL with parameters.
sub _condition {
	my ($view, $values, @filters) = @_;
	my %operator = (eq => '=', neq => '<>', lt => '<', lte => '<=', gt => '>', gte => '>=', like => 'LIKE', ilike => 'ILIKE',
		cs => '@>', is => 'IS');
	my @conditions;
	while (my ($field, $filter) = splice @filters, 0, 2) {
		my ($operator, $value) = $filter =~ /^(\w+)\.(.*)$/s or die "no filter: $filter";
		my $column = qq("policies_api"."$view"."$field");
		if ($operator eq 'in') {
			push @$values, '{' . join(',', map { qq("$_") } split /,/, $value =~ s/[()]//gr) . '}';
			push @conditions, "$column = ANY (\$" . @$values . ')';
		} elsif ($operator eq 'is') {
			push @conditions, "$column IS " . uc $value;
		} else {
			push @$values, $value;
			push @conditions, "$column $operator{$operator} \$" . @$values;
		}
	}
	return @conditions ? ' WHERE ' . join(' AND ', @conditions) : '';
}

# GET of a view. Options besides those of a request: filters, order (SQL), limit, offset, count (exact).
sub list {
	my ($self, $view, %options) = @_;
	my @values;
	my $source = qq("policies_api"."$view");
	my $condition = _condition($view, \@values, @{ $options{filters} // [] });
	my $query = "SELECT $source.* FROM $source$condition";
	$query .= " ORDER BY $options{order}" if $options{order};
	push @values, $options{limit} // 1000, $options{offset} // 0;
	$query .= ' LIMIT $' . (@values - 1) . ' OFFSET $' . @values;
	my $count = $options{count} ? ", pgrst_source_count AS (SELECT 1 FROM $source$condition)" : '';
	my $total = $options{count} ? '(SELECT pg_catalog.count(*) FROM pgrst_source_count)' : 'null::bigint';
	$self->{reached}{$view} = 1;
	return $self->_request({ method => 'GET', path => "/$view", %options },
		"WITH pgrst_source AS ($query)$count SELECT $total AS total_result_set, $outside
			FROM (SELECT * FROM pgrst_source) _postgrest_t", @values);
}

# POST to a view: one row, or several at once with the keys of the first.
sub create {
	my ($self, $view, $body, %options) = @_;
	my @keys = sort keys %{ ref $body eq 'ARRAY' ? $body->[0] : $body };
	my $function = ref $body eq 'ARRAY' ? 'json_to_recordset' : 'json_to_record';
	my $columns = join ', ', map { qq("$_" ) . ($self->{type}{$view}{$_} // die "no field $_") } @keys;
	my $source = @keys ? 'SELECT ' . join(', ', map { qq(pgrst_body."$_") } @keys) . " FROM $function(\$1) AS pgrst_body($columns)"
		: 'DEFAULT VALUES';
	my $into = qq("policies_api"."$view") . (@keys ? ' (' . _quoted(@keys) . ')' : '');
	return $self->_request({ method => 'POST', path => "/$view", %options },
		qq(WITH pgrst_source AS (INSERT INTO $into $source RETURNING "policies_api"."$view".*) SELECT null AS total_result_set, $outside
			FROM (SELECT * FROM pgrst_source) _postgrest_t),
		@keys ? JSON::PP->new->canonical->utf8->encode($body) : ());
}

sub update {
	my ($self, $view, $body, %options) = @_;
	my @values = (JSON::PP->new->canonical->utf8->encode($body));
	my @keys = sort keys %$body;
	my $columns = join ', ', map { qq("$_" ) . ($self->{type}{$view}{$_} // die "no field $_") } @keys;
	my $set = join ', ', map { qq("$_" = pgrst_body."$_") } @keys;
	my $condition = _condition($view, \@values, @{ $options{filters} });
	return $self->_request({ method => 'PATCH', path => "/$view", %options },
		qq(WITH pgrst_source AS (UPDATE "policies_api"."$view" SET $set
			FROM (SELECT * FROM json_to_record(\$1) AS _($columns)) pgrst_body$condition RETURNING "policies_api"."$view".*) )
			. "SELECT '' AS total_result_set, $outside FROM (SELECT * FROM pgrst_source) _postgrest_t",
		@values);
}

sub remove {
	my ($self, $view, %options) = @_;
	my @values;
	my $condition = _condition($view, \@values, @{ $options{filters} });
	return $self->_request({ method => 'DELETE', path => "/$view", %options },
		qq(WITH pgrst_source AS (DELETE FROM "policies_api"."$view"$condition RETURNING "policies_api"."$view".*)
			SELECT '' AS total_result_set, $outside FROM (SELECT * FROM pgrst_source) _postgrest_t),
		@values);
}

# A call of a function: of the text given as it stands in a body where it is no hash. Reading ones by GET, with their arguments
# in the query, unless a method is named.
sub call {
	my ($self, $function, $arguments, %options) = @_;
	my $returns = $self->{returns}{$function} // die "no function $function";
	my $method = $options{method} // ($returns->{only_reads} ? 'GET' : 'POST');
	my @keys = @{ delete $options{keys} // [ sort keys %$arguments ] };
	my ($from, $given, @values) = ('', '');
	if ($method eq 'GET') {
		@values = map { $arguments->{$_} } @keys;
		$given = join ', ', map { qq("$keys[$_]" := \$) . ($_ + 1) } 0 .. $#keys;
	} elsif (@keys) {
		@values = ref $arguments ? JSON::PP->new->canonical->utf8->encode($arguments) : $arguments;
		$from = ' FROM json_to_record($1) AS pgrst_body('
			. join(', ', map { qq("$_" ) . ($self->{type}{$function}{$_} // die "no argument $_") } @keys) . '), LATERAL';
		$given = join ', ', map { qq("$_" := pgrst_body."$_") } @keys;
	}
	my $call = qq("policies_api"."$function"($given));
	my $query = $returns->{is_composite} ? 'SELECT pgrst_call.*' . ($from || ' FROM') . " $call pgrst_call"
		: $from ? "SELECT pgrst_call AS pgrst_scalar$from $call pgrst_call" : "SELECT $call AS pgrst_scalar";
	my $is_text = $returns->{type} =~ m{/};
	my $body = $is_text ? q(string_agg(_postgrest_t.pgrst_scalar, ''))
		: $returns->{is_composite} ? ($returns->{is_set} ? q(coalesce(json_agg(_postgrest_t), '[]')) : q(json_agg(_postgrest_t)->0))
		: q(json_agg(_postgrest_t.pgrst_scalar)->0);
	$self->{reached}{$function} = 1;
	my $scalar = !$is_text && !$returns->{is_composite};
	my $answer = $self->_request({ path => "/rpc/$function", %options, method => $method, only_reads => $returns->{only_reads},
		is_text => $is_text || $scalar },
		"WITH pgrst_source AS ($query) SELECT null AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, $body AS body, "
			. q(nullif(current_setting('response.headers', true), '') AS response_headers FROM (SELECT * FROM pgrst_source) _postgrest_t),
			@values);
	$answer->{body} = JSON::PP->new->utf8->allow_nonref->decode($answer->{body}) if $scalar && defined $answer->{body};
	return $answer;
}

# The views and functions that no request has reached.
sub unreached {
	my ($self) = @_;
	return grep { !$self->{reached}{$_} } sort keys %{ $self->{type} };
}

# How many statements the server keeps prepared, and how many of ours were executed for more than one caller.
sub prepared_statements {
	my ($self) = @_;
	my ($kept) = $self->{connected}->selectrow_array('SELECT count(*) FROM pg_prepared_statements');
	return ($kept, scalar grep { keys %$_ > 1 } values %{ $self->{executed_for} });
}

1;
