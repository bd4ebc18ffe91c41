package OpenapiCheck;

# Whether a document is sound by the OpenAPI 3.1 specification, as far as ours uses it, and complete: what is unknown here is a
# problem too.

use strict;
use warnings;
use Exporter 'import';
use JSON::PP ();

our @EXPORT_OK = qw(problems operations violations);

my @methods = qw(get put post delete options head patch trace);

# Of each kind of object: the members that it must have, those that it may have, and the kinds of what is in some. A kind in
# brackets is a list of such, one in braces a map from names.
my %kinds = (
	document => { must => [qw(openapi info paths)], may => [qw(servers security tags
		components)], in => { info => 'info', paths => '{path}', servers => '[server]', tags => '[tag]', components => 'components',
		security => '[requirement]' } },
	info => { must => [qw(title version)], may => [qw(summary description license)], in => { license => 'license' } },
	license => { must => [qw(name)], may => [qw(identifier)] },
	server => { must => [qw(url)], may => [qw(description)] },
	tag => { must => [qw(name description)] },
	requirement => { may => [qw(bearer)] },
	components => { may => [qw(securitySchemes parameters headers responses
		schemas)], in => { securitySchemes => '{scheme}', parameters => '{parameter}', headers => '{header}', responses => '{response}',
		schemas => '{schema}' } },
	scheme => { must => [qw(type scheme description)], may => [qw(bearerFormat)] },
	path => { may => \@methods, in => { map { $_ => 'operation' } @methods } },
	operation => { must => [qw(operationId tags summary description responses)], may => [qw(parameters requestBody
		security)], in => { parameters => '[parameter]', requestBody => 'body', responses => '{response}',
		security => '[requirement]' } },
	parameter => { must => [qw(name in description schema)], may => [qw(required example)], in => { schema => 'schema' } },
	header => { must => [qw(description schema)], in => { schema => 'schema' } },
	body => { must => [qw(content)], may => [qw(required)], in => { content => '{media}' } },
	response => { must => [qw(description)], may => [qw(headers content)], in => { headers => '{header}', content => '{media}' } },
	media => { must => [qw(schema)], in => { schema => 'schema' } },
	schema => { may => [qw($ref type format description enum default examples pattern minLength maxLength minimum maximum minItems
		uniqueItems items properties required additionalProperties readOnly anyOf oneOf)],
		in => { items => 'schema', properties => '{property}', anyOf => '[schema]', oneOf => '[schema]' } },
);
# Every property says what it is, or what it refers to does.
$kinds{property} = $kinds{schema};
my %types = map { $_ => 1 } qw(string integer number boolean array object null);

sub resolve {
	my ($document, $reference) = @_;
	my $at = $document;
	for my $name (split m{/}, $reference =~ s{^#/}{}r) {
		$at = ref $at eq 'HASH' ? $at->{$name} : undef;
	}
	return $at;
}

sub schema_problems {
	my ($schema, $where) = @_;
	my @problems;
	my @types = ref $schema->{type} ? @{ $schema->{type} } : $schema->{type} // ();
	my %is = map { $_ => 1 } @types;
	push @problems, map { "$where: unknown type $_" } grep { !$types{$_} } @types;
	push @problems, map { "$where: requires $_, which is no property" } grep {
		!exists $schema->{properties}{$_} } @{ $schema->{required} // [] };
	push @problems, "$where: a list without items" if $is{array} && !$schema->{items};
	if (my $enum = $schema->{enum}) {
		my %values;
		push @problems, "$where: a value twice in enum" if grep { $values{ $_ // "\0" }++ } @$enum;
		push @problems, "$where: null in enum or type alone" if exists $values{"\0"} xor $is{null};
		push @problems, "$where: the default is not in enum" if exists $schema->{default} && !$values{ $schema->{default} };
	}
	push @problems, "$where: no regular expression" if exists $schema->{pattern} && !eval { qr/$schema->{pattern}/ };
	return @problems;
}

sub object_problems {
	my ($document, $kind, $object, $where, $used) = @_;
	return "$where is no object" if ref $object ne 'HASH';
	if (my $reference = $object->{'$ref'}) {
		$used->{$reference}++;
		my $target = resolve($document, $reference);
		return "$where: $reference leads nowhere" unless ref $target eq 'HASH';
		return "$where: $reference beside other members" if $kind !~ /^(?:schema|property)$/ && keys %$object > 1;
		return $kind eq 'property' && !exists $target->{description} ? "$where: no description" : ();
	}
	my $known = $kinds{$kind};
	my %allowed = map { $_ => 1 } @{ $known->{must} // [] }, @{ $known->{may} // [] };
	my @problems = map { "$where: no $_" } grep { !defined $object->{$_} || $object->{$_} eq '' } @{ $known->{must} // [] },
		$kind eq 'property' ? 'description' : ();
	push @problems, map { "$where: unknown member $_" } grep { !$allowed{$_} } sort keys %$object;
	push @problems, schema_problems($object, $where) if $kind =~ /^(?:schema|property)$/;
	for my $member (grep { exists $object->{$_} } sort keys %{ $known->{in} // {} }) {
		my ($value, $inner) = ($object->{$member}, $known->{in}{$member});
		my %parts = $inner =~ /^\[/ ? map { $_ => $value->[$_] } 0 .. $#$value : $inner =~ /^\{/ ? %$value : ('' => $value);
		push @problems, map { object_problems($document, $inner =~ s/\W//gr, $parts{$_}, "$where/$member/$_", $used) } sort keys %parts;
	}
	return @problems;
}

# Every operation of a document: method, path, the operation itself, and its parameters with references followed.
sub operations {
	my ($document) = @_;
	my @operations;
	for my $path (sort keys %{ $document->{paths} }) {
		for my $method (sort keys %{ $document->{paths}{$path} }) {
			my $operation = $document->{paths}{$path}{$method};
			my @parameters = map { exists $_->{'$ref'} ? resolve($document, $_->{'$ref'}) // {} : $_ } @{ $operation->{parameters} // [] };
			push @operations, { method => uc $method, path => $path, operation => $operation, parameters => \@parameters };
		}
	}
	return @operations;
}

sub operation_problems {
	my ($document) = @_;
	my (@problems, %ids);
	my %tags = map { $_->{name} => 1 } @{ $document->{tags} };
	for my $operation (operations($document)) {
		my $id = $operation->{operation}{operationId} // '';
		push @problems, "$id: no name of an operation" if $id !~ /^[a-z]+(?:[A-Z][a-z]+)*$/;
		push @problems, "$id twice" if $ids{$id}++;
		push @problems, map { "$id: unknown tag $_" } grep { !$tags{$_} } @{ $operation->{operation}{tags} };
		my $in_path = join ' ', sort $operation->{path} =~ /\{(\w+)\}/g;
		my $declared = join ' ', sort map { $_->{name} } grep { $_->{in} eq 'path' && $_->{required} } @{ $operation->{parameters} };
		push @problems, "$id: '$in_path' in the path, '$declared' declared" if $in_path ne $declared;
		my %seen;
		push @problems, map { "$id: parameter $_->{name} twice" } grep { $seen{"$_->{in} $_->{name}"}++ } @{ $operation->{parameters} };
		push @problems, map { "$id: unknown status $_" } grep { !/^[2-5]\d\d$/ } keys %{ $operation->{operation}{responses} };
	}
	return @problems;
}

sub is_of_type {
	my ($value, $type) = @_;
	return !defined $value if $type eq 'null';
	return ref $value eq { array => 'ARRAY', object => 'HASH' }->{$type} if $type =~ /^(?:array|object)$/;
	return JSON::PP::is_bool($value) if $type eq 'boolean';
	return defined $value && !ref $value && $value =~ /^-?\d+$/ if $type eq 'integer';
	return defined $value && !ref $value && $value =~ /^-?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i if $type eq 'number';
	return defined $value && !ref $value;
}

sub object_violations {
	my ($document, $schema, $value, $where) = @_;
	my $properties = $schema->{properties} // return;
	my @problems = map { "$where: no $_" } grep { !exists $value->{$_} } @{ $schema->{required} // [] };
	push @problems, map { "$where: unknown $_" } grep { !$properties->{$_} } sort keys %$value;
	return @problems, map { violations($document, $properties->{$_}, $value->{$_}, "$where.$_") } grep {
		$properties->{$_} } sort keys %$value;
}

# Where a value is not what a schema of a document says; members that the schema does not name count as well.
sub violations {
	my ($document, $schema, $value, $where) = @_;
	return violations($document, resolve($document, $schema->{'$ref'}), $value, $where) if $schema->{'$ref'};
	if (my $choices = $schema->{anyOf} // $schema->{oneOf}) {
		return if grep { !violations($document, $_, $value, $where) } @$choices;
		return "$where: none of the choices";
	}
	my @types = ref $schema->{type} ? @{ $schema->{type} } : $schema->{type} // ();
	return "$where: not @types" if @types && !grep { is_of_type($value, $_) } @types;
	return unless defined $value;
	return "$where: $value is not in enum" if $schema->{enum} && !grep { defined && $_ eq $value } @{ $schema->{enum} };
	return "$where: $value does not match" if $schema->{pattern} && $value !~ /$schema->{pattern}/;
	return "$where: $value is no time" if ($schema->{format} // '') eq 'date-time'
		&& $value !~ /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
	return map { violations($document, $schema->{items}, $value->[$_], "$where\[$_]") } 0 .. $#$value if ref $value eq 'ARRAY';
	return object_violations($document, $schema, $value, $where) if ref $value eq 'HASH';
	return;
}

# What is wrong with a document; nothing when it is sound.
sub problems {
	my ($document) = @_;
	my %used;
	my @problems = (object_problems($document, 'document', $document, '', \%used), operation_problems($document));
	for my $kind (qw(parameters headers responses schemas)) {
		push @problems, map { "$kind/$_ is used nowhere" } grep { my $name = "#/components/$kind/$_";
			!grep { m{^\Q$name\E(?:/|$)} } keys %used } sort keys %{ $document->{components}{$kind} };
	}
	return @problems;
}

1;
