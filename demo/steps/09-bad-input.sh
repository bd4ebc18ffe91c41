# shellcheck shell=bash disable=SC2154
step "bad input is refused with a clear error"
as ann "INSERT INTO policies_api.policies (name, version) VALUES ('Two dots', '1..2');"
refused 23514 '1..2'
as ann "INSERT INTO policies_api.policies (name, category) VALUES ('Unknown category', 'legal');"
refused 23514 'legal'
as ann "INSERT INTO policies_api.policies (name, first_response_minutes) VALUES ('In no time', 0);"
refused 23514 'first_response_minutes'
as ann "INSERT INTO policies_api.policies (name, first_response_minutes, resolution_minutes)
VALUES ('Solved before answered', 60, 30);"
refused 23514 'resolution_minutes'
as ann "INSERT INTO policies_api.policies (name, priority, applies_to) VALUES ('Twice the same', 'low', '[\"bug\", \"bug\"]');"
refused 23514 'applies_to' 'bug'
as ann "INSERT INTO policies_api.policies (name, next_review_at) VALUES ('Never reviewed', 'infinity');"
refused 23514 'next_review_at'
as ann "SELECT FROM policies_api.complete_policy('pol_01J9Z3NDEKTSV4RRFFQ69G5FIL');"
refused 22P02 'pol_01J9Z3NDEKTSV4RRFFQ69G5FIL'
as ann "SELECT FROM policies_api.complete_policy(
    (SELECT id FROM policies_api.policies WHERE name = 'Access control'), next_review_at => '2001-01-01');"
refused 22023 'next_review_at'

step "claims that say nothing sound give nothing"
caller nobody policies_caller '{"role": "policies_caller", "sub": "per_ann"}'
caller broken policies_caller '{"tenant_id": "acme"'
caller number policies_caller '{"role": "policies_caller", "tenant_id": 7}'
look="SELECT count(*) AS policies, policies.context_problem() FROM policies_api.policies;"
as nobody "$look"
answers '0 | ?*'
as broken "$look"
answers '0 | ?*'
as number "$look"
answers '0 | ?*'
as nobody "INSERT INTO policies_api.policies (name) VALUES ('Whose?');"
refused 42501 'HINT:'
