CREATE TABLE policies.register_steps (
    name text COLLATE "C" PRIMARY KEY,
    version text NOT NULL,
    digest text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE policies.register_steps IS
'What create_register() has applied: the tables, the updates of the tables, and the API, which is applied again whenever its text has changed.';
COMMENT ON COLUMN policies.register_steps.name IS
'tables, api, or the name of an update; the tables of a new register contain the updates that there are.';
COMMENT ON COLUMN policies.register_steps.version IS 'The version of the extension that brought it.';
COMMENT ON COLUMN policies.register_steps.digest IS 'The SHA-256 of its text; for the API, of the updates as well.';
COMMENT ON COLUMN policies.register_steps.applied_at IS 'When it was applied.';
COMMENT ON COLUMN policies.register_steps.applied_by IS 'The login role that applied it.';
GRANT SELECT ON policies.register_steps TO policies_auditor;
