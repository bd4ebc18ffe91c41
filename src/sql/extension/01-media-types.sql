-- Named as media types: PostgREST serves what a function returns by the name of its type.
CREATE DOMAIN policies_api."text/markdown" AS pg_catalog.text;
COMMENT ON DOMAIN policies_api."text/markdown" IS 'A text in Markdown (RFC 7763).';
REVOKE ALL ON TYPE policies_api."text/markdown" FROM PUBLIC;
GRANT USAGE ON TYPE policies_api."text/markdown" TO policies_caller, policies_auditor, policies_admin;

CREATE DOMAIN policies_api."text/html" AS pg_catalog.text;
COMMENT ON DOMAIN policies_api."text/html" IS 'A text in HTML.';
REVOKE ALL ON TYPE policies_api."text/html" FROM PUBLIC;
GRANT USAGE ON TYPE policies_api."text/html" TO policies_caller, policies_auditor, policies_admin;

CREATE DOMAIN policies_api."text/calendar" AS pg_catalog.text;
COMMENT ON DOMAIN policies_api."text/calendar" IS 'An iCalendar text (RFC 5545).';
REVOKE ALL ON TYPE policies_api."text/calendar" FROM PUBLIC;
GRANT USAGE ON TYPE policies_api."text/calendar" TO policies_caller, policies_auditor, policies_admin;
