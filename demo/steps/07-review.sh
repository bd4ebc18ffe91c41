# shellcheck shell=bash disable=SC2154
step "what is due for review, in one tenant"
as ann "INSERT INTO policies_api.policies (name, category, review_cadence, next_review_at) VALUES
    ('Access control', 'security', '1 year', now() - interval '10 days'),
    ('Emergency contacts', 'hr', '3 months', now() + interval '20 days');"
answers 'INSERT 0 2'
due_columns="tenant_id, name, next_review_at::date AS due, next_review_at < now() AS overdue"
as ann "SELECT $due_columns FROM policies_api.review_due();"
answers 'acme | Access control | ????-??-?? | t'
as ann "SELECT $due_columns FROM policies_api.review_due('30 days');"
answers 'acme | Access control | ????-??-?? | t' 'acme | Emergency contacts | ????-??-?? | f'

step "and for an auditor, in all tenants, the longest overdue first"
as olga "SELECT $due_columns FROM policies_api.review_due('30 days');"
answers 'acme | Access control | ????-??-?? | t' 'globex | Debian Perl Policy | ????-??-?? | t' \
    'acme | Emergency contacts | ????-??-?? | f'
tell "An auditor reads, and writes nothing."
as olga "SELECT tenant_id, count(*) AS policies FROM policies_api.policies GROUP BY tenant_id ORDER BY tenant_id;"
answers 'acme | 6' 'globex | 4'
as olga "UPDATE policies_api.policies SET name = 'Corrected';"
refused 42501 'permission denied'
as olga "SELECT FROM policies_api.complete_policy('$manual');"
refused 42501 'permission denied'
