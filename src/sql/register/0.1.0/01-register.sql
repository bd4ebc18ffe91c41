CREATE TABLE policies.register_steps (
    step integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE policies.register_steps IS 'The steps by which create_register() built the register, each applied once.';
COMMENT ON COLUMN policies.register_steps.step IS 'The number of the step; the highest is register_version().';
COMMENT ON COLUMN policies.register_steps.name IS 'The name of the step''s SQL file.';
COMMENT ON COLUMN policies.register_steps.applied_at IS 'When the step was applied.';
COMMENT ON COLUMN policies.register_steps.applied_by IS 'The login role that applied the step.';
GRANT SELECT ON policies.register_steps TO policies_auditor;
