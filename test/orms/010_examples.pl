# The examples of docs/orms.md, each run as it stands there, on the table that is made there.
use strict;
use warnings;
use IPC::Run;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register);

# Debian's packages are those of Debian's interpreters.
my $python = '/usr/bin/python3';
my $ruby = '/usr/bin/ruby';

my $guide = slurp_file("$ENV{SCRATCH}/docs/orms.md");
my ($setup) = $guide =~ /^## The table\n.*?^```sql\n(.*?)^```$/ms or die 'no table';
my ($expected) = $guide =~ /^## The table\n.*?^```text\n(.*?)^```$/ms or die 'no answers';
my %sections = $guide =~ /^## (\w+)\n(.*?)(?=^## |\z)/msg;

my $node = new_server('orms');
create_register($node, 'postgres');
$node->safe_psql('postgres', $setup);

# Where the packages of npm are found from.
chdir "$ENV{SCRATCH}/examples/orms";

# Whether a command succeeds, and what it prints.
sub runs {
	my ($output, @command) = @_;
	return IPC::Run::run(\@command, '<', \undef, '>&', $output // \my $unread);
}

sub check_example {
	my ($name, $language, $is_installed, $interpreter, $file) = @_;
	my ($program) = $sections{$name} =~ /^```$language\n(.*?)^```$/ms or die "no example of $name";
  SKIP: {
		if (!$is_installed) {
			diag("NOT RUN: the example of $name, which could not be installed");
			skip "$name is not installed", 2;
		}
		unlink $file;
		append_to_file($file, $program);
		$node->safe_psql('postgres', 'TRUNCATE purchasing.suppliers');
		local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGUSER => 'application', PGDATABASE => 'postgres');
		my $output;
		ok(runs(\$output, $interpreter, $file), "the example of $name comes to its end");
		is($output, $expected, "$name does what the guide says");
	}
	return;
}

check_example('SQLAlchemy', 'python', runs(undef, $python, '-c', 'import sqlalchemy, psycopg2'),
	$python, 'sqlalchemy_example.py');
check_example('Django', 'python', runs(undef, $python, '-c', 'import django, psycopg2'), $python, 'django_example.py');
check_example('ActiveRecord', 'ruby', -x $ruby && runs(undef, $ruby, '-e', 'require "active_record"; require "pg"'),
	$ruby, 'activerecord_example.rb');
check_example($_->[0], 'js', -d "node_modules/$_->[1]", 'node', "$_->[1]_example.js")
  for [ Sequelize => 'sequelize' ], [ Drizzle => 'drizzle-orm' ], [ TypeORM => 'typeorm' ];

my $has_prisma = -d 'node_modules/prisma' && -d 'node_modules/@prisma/client';
if ($has_prisma) {
	my ($schema) = $sections{Prisma} =~ /^```prisma\n(.*?)^```$/ms or die 'no schema';
	append_to_file('schema.prisma', $schema);
	local %ENV = (%ENV, DATABASE_URL => 'postgresql://', PRISMA_SCHEMA_ENGINE_BINARY => '/bin/true', CHECKPOINT_DISABLE => 1);
	my $output;
	ok(runs(\$output, 'node', 'node_modules/prisma/build/index.js', 'generate', '--schema', 'schema.prisma'),
		'Prisma makes its client') or diag($output);
}
check_example('Prisma', 'js', $has_prisma, 'node', 'prisma_example.js');

done_testing();
