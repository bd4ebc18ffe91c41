-- Least privilege: nothing to PUBLIC, and to each role what stands with each function. Those of the extension are not ours.
DO $$
DECLARE
    function regprocedure;
BEGIN
    FOR function IN
        SELECT p.oid FROM pg_proc p
        WHERE p.pronamespace IN ('policies'::regnamespace, 'policies_api'::regnamespace)
            AND p.proowner = 'policies_admin'::regrole
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', function);
    END LOOP;
END
$$;
