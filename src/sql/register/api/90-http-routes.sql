-- The public routes, as deploy/nginx.conf serves them, and what an OpenAPI document tells of them that no catalog knows.
CREATE OR REPLACE VIEW policies.http_routes WITH (security_invoker = true) AS
SELECT row_number() OVER () AS position, v.* FROM (VALUES
    ('/policies', 'get', 'listPolicies', 'Policies', 'list', 'policies', NULL, 'List policies',
     'The live policies of the caller''s tenant, for an auditor those of all. With search= only what is found, the best first.'),
    ('/policies', 'post', 'createPolicies', 'Policies', 'create', 'policies', NULL, 'Create one policy or many',
     'An object makes one policy, an array as many: all or none. Nothing is required; what the server manages is ignored.'),
    ('/policies/search', 'get', 'searchPolicies', 'Policies', 'ask', 'search_policies', 'policies.policies', NULL, NULL),
    ('/policies/in-force', 'get', 'listPoliciesInForce', 'Policies', 'list', 'policies_in_force', NULL, 'List policies in force',
     'The latest published version of each active policy, whatever its draft says meanwhile.'),
    ('/policies/deleted', 'get', 'listDeletedPolicies', 'Policies', 'list', 'deleted_policies', NULL, 'List deleted policies',
     'The policies that were deleted, until they are restored or purged.'),
    ('/policies/{id}', 'get', 'getPolicy', 'Policies', 'get', 'policies', NULL, 'Get a policy', 'The policy as it is now, draft and all.'),
    ('/policies/{id}', 'patch', 'updatePolicy', 'Policies', 'update', 'policies', NULL, 'Update a policy',
     'Changes the fields that the body names. What the server manages is ignored.'),
    ('/policies/{id}', 'delete', 'deletePolicy', 'Policies', 'delete', 'policies', NULL, 'Delete a policy',
     'A soft delete: the policy is gone from the lists, and can be restored.'),
    ('/policies/{id}/restore', 'post', 'restorePolicy', 'Policies', 'restore', 'deleted_policies', NULL, 'Restore a policy',
     'Undoes the deletion of a policy.'),
    ('/policies/{id}/history', 'get', 'listPolicyHistory', 'Policies', 'list', 'policies_history', NULL, 'List the history of a policy',
     'What the policy was before each write, each with the time it was so.'),
    ('/policies/{id}/publish', 'post', 'publishPolicy', 'Versions', 'do', 'publish_policy', NULL, NULL, NULL),
    ('/policies/{id}/versions', 'get', 'listPolicyVersions', 'Versions', 'list', 'policy_versions', NULL, 'List the versions of a policy',
     'Who published which version when, with what note; the newest first unless order= says otherwise.'),
    ('/policies/{id}/versions/{version}', 'get', 'getPolicyVersion', 'Versions', 'ask', 'policy_version', NULL, NULL, NULL),
    ('/policies/{id}/content-hash', 'get', 'getPolicyContentHash', 'Versions', 'ask', 'policy_content_hash', NULL, NULL, NULL),
    ('/policies/{id}/approve', 'post', 'approvePolicy', 'Versions', 'do', 'approve_policy', 'policies.policy_approvals', NULL, NULL),
    ('/policies/{id}/approvals', 'get', 'listPolicyApprovals', 'Versions', 'list', 'policy_approvals', NULL,
     'List the approvals of a policy',
     'Who approved which content, and whether it was not edited since.'),
    ('/policies/{id}/diff', 'get', 'diffPolicy', 'Versions', 'ask', 'diff_policy', NULL, NULL, NULL),
    ('/policies/{id}/markdown', 'get', 'getPolicyMarkdown', 'Reading', 'ask', 'policy_markdown', NULL, NULL, NULL),
    ('/policies/{id}/html', 'get', 'getPolicyHtml', 'Reading', 'ask', 'policy_html', NULL, NULL, NULL),
    ('/policies/{id}/table-of-contents', 'get', 'getPolicyTableOfContents', 'Reading', 'ask', 'policy_table_of_contents', NULL, NULL, NULL),
    ('/policies/acknowledgements', 'get', 'listAcknowledgements', 'Acknowledgements', 'list', 'policy_acknowledgements', NULL,
     'List acknowledgements', 'Of all policies: who is to confirm having read which version, who has, who has not, and who is late.'),
    ('/policies/{id}/acknowledgements', 'get', 'listPolicyAcknowledgements', 'Acknowledgements', 'list', 'policy_acknowledgements', NULL,
     'List the acknowledgements of a policy', 'Who is to confirm having read it, who has, who has not, and who is late.'),
    ('/policies/{id}/acknowledgements', 'post', 'requestAcknowledgements', 'Acknowledgements', 'do', 'request_acknowledgements',
     'policies.policy_acknowledgements', NULL, NULL),
    ('/policies/{id}/acknowledge', 'post', 'acknowledgePolicy', 'Acknowledgements', 'do', 'acknowledge_policy', NULL, NULL, NULL),
    ('/policies/review-due', 'get', 'reviewDue', 'Reviews', 'ask', 'review_due', NULL, NULL, NULL),
    ('/policies/review-calendar', 'get', 'reviewCalendar', 'Reviews', 'ask', 'review_calendar', NULL, NULL, NULL),
    ('/policies/review-calendar.ics', 'get', 'reviewCalendarIcalendar', 'Reviews', 'ask', 'review_calendar_icalendar', NULL, NULL, NULL),
    ('/policies/{id}/complete', 'post', 'completePolicy', 'Reviews', 'do', 'complete_policy', 'policies.policy_reviews', NULL, NULL),
    ('/policies/{id}/reviews', 'get', 'listPolicyReviews', 'Reviews', 'list', 'policy_reviews', NULL, 'List the reviews of a policy',
     'The completed ones: who reviewed which version when, what was due, and what came of it.'),
    ('/policies/sla-deadlines', 'get', 'slaDeadlines', 'SLA clock', 'ask', 'sla_deadlines', NULL, NULL, NULL),
    ('/policies/sla-status', 'get', 'slaStatus', 'SLA clock', 'ask', 'sla_status', NULL, NULL, NULL),
    ('/business-calendars', 'get', 'listBusinessCalendars', 'Business calendars', 'list', 'business_calendars', NULL,
     'List business calendars',
     'The calendars of the caller''s tenant.'),
    ('/business-calendars', 'post', 'createBusinessCalendars', 'Business calendars', 'create', 'business_calendars', NULL,
     'Create one business calendar or many', 'An object makes one calendar, an array as many: all or none.'),
    ('/business-calendars/{id}', 'get', 'getBusinessCalendar', 'Business calendars', 'get', 'business_calendars', NULL,
     'Get a business calendar', 'The calendar as it is now.'),
    ('/business-calendars/{id}', 'patch', 'updateBusinessCalendar', 'Business calendars', 'update', 'business_calendars', NULL,
     'Update a business calendar', 'Changes the fields that the body names. The SLA clock goes by it at once.'),
    ('/business-calendars/{id}', 'delete', 'deleteBusinessCalendar', 'Business calendars', 'delete', 'business_calendars', NULL,
     'Delete a business calendar', 'A soft delete: it can be restored.'),
    ('/business-calendars/{id}/restore', 'post', 'restoreBusinessCalendar', 'Business calendars', 'restore',
     'deleted_business_calendars', NULL,
     'Restore a business calendar', 'Undoes the deletion of a calendar.'),
    ('/business-calendars/{id}/holidays', 'post', 'importHolidays', 'Business calendars', 'do', 'import_holidays', NULL, NULL, NULL),
    ('/', 'get', 'getOpenapi', 'This document', 'ask', 'openapi', NULL, NULL, NULL),
    ('/openapi.json', 'get', 'getOpenapiFile', 'This document', 'file', 'openapi', NULL, 'This document, of the release',
     'As it was when this version was released. Needs no token.')
) AS v (path, method, operation_id, tag, action, source, checked_by, summary, description);
COMMENT ON VIEW policies.http_routes IS
'HTTP route
The public routes, each with the view or function behind it.';
COMMENT ON COLUMN policies.http_routes.position IS 'Their order in the document.';
COMMENT ON COLUMN policies.http_routes.path IS 'The path below /api/v1, with {id} and {version} for what varies.';
COMMENT ON COLUMN policies.http_routes.method IS 'The method, in lower case. HEAD goes wherever GET does.';
COMMENT ON COLUMN policies.http_routes.operation_id IS 'What clients call it.';
COMMENT ON COLUMN policies.http_routes.tag IS 'The group that it stands in.';
COMMENT ON COLUMN policies.http_routes.action IS
'What it does to the view (list, get, create, update, delete, restore) or with the function (ask, do); file is the copy of the document.';
COMMENT ON COLUMN policies.http_routes.source IS 'The view or function of policies_api behind it.';
COMMENT ON COLUMN policies.http_routes.checked_by IS 'The table whose CHECKs hold for the function''s arguments.';
COMMENT ON COLUMN policies.http_routes.summary IS 'What it does, in a few words; for a function the first line of its comment.';
COMMENT ON COLUMN policies.http_routes.description IS 'What it does; for a function the rest of its comment.';

CREATE OR REPLACE VIEW policies.http_tags WITH (security_invoker = true) AS
SELECT row_number() OVER () AS position, v.* FROM (VALUES
    ('Policies', 'To list, find, write and delete policies.'),
    ('Versions', 'What was published, what is to be, and who approved it.'),
    ('Reading', 'A policy as a text to read.'),
    ('Acknowledgements', 'Who is to confirm having read a policy, and who has.'),
    ('Reviews', 'What is due for review, and what came of it.'),
    ('SLA clock', 'When a ticket is due, and how it stands.'),
    ('Business calendars', 'When a business is open: what the SLA clock runs on.'),
    ('This document', 'What you are reading.')
) AS v (tag, description);
COMMENT ON VIEW policies.http_tags IS
'HTTP tag
The groups of routes.';
COMMENT ON COLUMN policies.http_tags.position IS 'Their order in the document.';
COMMENT ON COLUMN policies.http_tags.tag IS 'The name.';
COMMENT ON COLUMN policies.http_tags.description IS 'What the group is for.';

CREATE OR REPLACE VIEW policies.http_schemas WITH (security_invoker = true) AS
SELECT v.* FROM (VALUES
    ('Policy', 'policies_api.policies', ARRAY['policies.policies'], NULL),
    ('DeletedPolicy', 'policies_api.deleted_policies', ARRAY['policies.policies'], 'A policy that was deleted.'),
    ('PolicyHistoryEntry', 'policies_api.policies_history', ARRAY['policies.policies', 'policies.policies_history'],
     'What a policy was, with the time it was so.'),
    ('PolicyInForce', 'policies_api.policies_in_force', ARRAY['policies.policies', 'policies.policy_versions'], NULL),
    ('PolicyVersion', 'policies_api.policy_versions', ARRAY['policies.policy_versions'],
     'Who published which version of a policy when, with what note.'),
    ('PolicyVersionWithContent', 'policies.policy_versions', ARRAY['policies.policy_versions'],
     'A published version with its content, exactly as it was published.'),
    ('PolicyApproval', 'policies_api.policy_approvals', ARRAY['policies.policy_approvals'], NULL),
    ('PolicyAcknowledgement', 'policies_api.policy_acknowledgements', ARRAY['policies.policy_acknowledgements'], NULL),
    ('PolicyReview', 'policies_api.policy_reviews', ARRAY['policies.policy_reviews'], NULL),
    ('SearchResult', 'policies_api.search_policies', ARRAY['policies.policies'], 'A policy that a search found.'),
    ('ReviewCalendarEntry', 'policies_api.review_calendar', ARRAY['policies.policies'], 'A review that is due.'),
    ('SlaDeadline', 'policies_api.sla_deadlines', '{}', 'When the targets of the policy for a ticket are due.'),
    ('SlaStatus', 'policies_api.sla_status', '{}', 'How a ticket stands against a target.'),
    ('BusinessCalendar', 'policies_api.business_calendars', ARRAY['policies.business_calendars'], NULL)
) AS v (name, source, checked_by, description);
COMMENT ON VIEW policies.http_schemas IS
'HTTP schema
What answers consist of: each schema with the relation that it describes, or the function whose result.';
COMMENT ON COLUMN policies.http_schemas.name IS 'The name in the document.';
COMMENT ON COLUMN policies.http_schemas.source IS 'The relation, or the function whose result it is.';
COMMENT ON COLUMN policies.http_schemas.checked_by IS 'The tables whose CHECKs and NOT NULLs hold for the fields of the same name.';
COMMENT ON COLUMN policies.http_schemas.description IS 'What it is, where the comment of the relation does not tell a client.';

GRANT SELECT ON policies.http_routes, policies.http_tags, policies.http_schemas TO policies_caller, policies_auditor;
