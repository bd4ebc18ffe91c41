# shellcheck shell=bash disable=SC2154
step "an SLA policy: incidents and outages of high priority"
as ann "INSERT INTO policies_api.policies
    (name, category, applies_to, priority, first_response_minutes, resolution_minutes, business_hours_only)
VALUES ('Fast lane', 'operations', '[\"incident\", \"outage\"]', 'high', 30, 480, true)
RETURNING id, name, applies_to, priority, first_response_minutes, resolution_minutes, status;"
answers 'pol_* | Fast lane | ["incident", "outage"] | high | 30 | 480 | active' 'INSERT 0 1'
sla=$(cell 1)

step "a second active SLA policy for the same tickets is refused"
rival="INSERT INTO policies_api.policies (name, applies_to, priority, first_response_minutes, status)
VALUES ('Faster lane', '[\"outage\", \"question\"]', 'high', 10"
as ann "$rival, 'active');"
refused 23505 "policy \"Fast lane\" ($sla)" 'Policy "Faster lane" (pol_' '"outage"' 'HINT:'
tell "As a draft it may wait; and it takes over when the first one ends."
as ann "$rival, 'draft') RETURNING id, status;"
answers 'pol_* | draft' 'INSERT 0 1'
rival=$(cell 1)
as ann "UPDATE policies_api.policies SET status = 'active' WHERE id = '$rival';"
refused 23505 "policy \"Fast lane\" ($sla)"
as ann "UPDATE policies_api.policies SET status = 'inactive' WHERE id = '$sla';
UPDATE policies_api.policies SET status = 'active' WHERE id = '$rival' RETURNING name, status;"
answers 'UPDATE 1' 'Faster lane | active' 'UPDATE 1'
