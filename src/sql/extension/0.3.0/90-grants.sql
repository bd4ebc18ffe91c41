REVOKE ALL ON FUNCTION
    policies.next_version(pg_catalog.text, pg_catalog.text),
    policies.markdown_to_html(pg_catalog.text),
    policies.markdown_contents(pg_catalog.text),
    policies.unified_diff(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.int4),
    policies.write_review_events(pg_catalog.jsonb[]),
    policies.publish_version(pg_catalog.text, pg_catalog.text, pg_catalog.text),
    policies.approve_content(pg_catalog.text, pg_catalog.text, pg_catalog.text),
    policies.add_acknowledgement_requests(pg_catalog.text, pg_catalog.text[], pg_catalog.timestamptz),
    policies.record_acknowledgement(pg_catalog.text, pg_catalog.text),
    policies.close_review_cycle(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text),
    policies.follow_content(),
    policies.replace_known_row(),
    policies.find_policies(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.float4, pg_catalog.text, pg_catalog.int4),
    policies.check_request()
FROM PUBLIC;
REVOKE ALL ON TYPE policies_api."text/markdown", policies_api."text/html", policies_api."text/calendar" FROM PUBLIC;
GRANT USAGE ON TYPE policies_api."text/markdown", policies_api."text/html", policies_api."text/calendar"
    TO policies_caller, policies_auditor, policies_admin;

GRANT EXECUTE ON FUNCTION
    policies.next_version(pg_catalog.text, pg_catalog.text),
    policies.markdown_to_html(pg_catalog.text),
    policies.markdown_contents(pg_catalog.text),
    policies.unified_diff(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.int4),
    policies.write_review_events(pg_catalog.jsonb[]),
    policies.check_request()
TO policies_caller, policies_auditor, policies_admin;

GRANT EXECUTE ON FUNCTION
    policies.publish_version(pg_catalog.text, pg_catalog.text, pg_catalog.text),
    policies.approve_content(pg_catalog.text, pg_catalog.text, pg_catalog.text),
    policies.add_acknowledgement_requests(pg_catalog.text, pg_catalog.text[], pg_catalog.timestamptz),
    policies.record_acknowledgement(pg_catalog.text, pg_catalog.text),
    policies.close_review_cycle(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text),
    policies.find_policies(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.float4, pg_catalog.text, pg_catalog.int4)
TO policies_caller, policies_admin;

GRANT EXECUTE ON FUNCTION policies.follow_content(), policies.replace_known_row() TO policies_admin;
