# Updates: a register whose API is of another text, and then of the library's, is the same database.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use PoliciesTest qw(new_server create_register fill_register report as_caller);

my $node = new_server('server');
create_register($node, 'postgres');
fill_register($node, 'postgres');
my $fresh = report($node, 'postgres') =~ s/^policies\.register_steps\|.*\n//gmr;

$node->safe_psql('postgres', <<'SQL');
UPDATE policies.register_steps SET digest = repeat('0', 64) WHERE name = 'api';
CREATE OR REPLACE FUNCTION policies_api.diff_policy(
    policy_id text, from_version text, to_version text DEFAULT 'draft', context_lines integer DEFAULT 3,
    tenant_id text DEFAULT policies.current_tenant_id()) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT NULL; END;
SQL
my ($status, $stdout, $stderr) = as_caller($node, 'postgres', '{"tenant_id": "acme", "sub": "per_9"}', 'SELECT count(*) FROM policies_api.policies');
is($stdout, 48, 'a caller goes on') or diag($stderr);
is($node->safe_psql('postgres', q{SELECT string_agg(name, ' ') FROM policies.audit()}), 'owner_can_log_in owner_can_log_in register_outdated', 'audit() tells that it is due');
is($node->safe_psql('postgres', 'SELECT policies.create_register() = policies.latest_register_version()'), 't', 'create_register() brings it up to date');
is(report($node, 'postgres') =~ s/^policies\.register_steps\|.*\n//gmr, $fresh, 'every object and row is the same');
is($node->safe_psql('postgres', slurp_file("$ENV{SCRATCH}/test/lib/invariants.sql")), '', 'every invariant holds');

$node->psql('postgres', "BEGIN; UPDATE pg_extension SET extversion = '0.9.0' WHERE extname = 'policies'; SELECT policies.create_register()",
	stderr => \$stderr);
like($stderr, qr/the extension is at version 0\.9\.0, and its library at version .*HINT:  Run ALTER EXTENSION policies UPDATE first\./s,
	'create_register() refuses under the SQL of another version');
done_testing();
