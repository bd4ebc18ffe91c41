-- A function, since its settings are read from the catalog's caches, without a query, and since a dump keeps them.
CREATE FUNCTION policies.claim_settings() RETURNS void LANGUAGE sql
BEGIN ATOMIC
END;
COMMENT ON FUNCTION policies.claim_settings() IS
'Holds the names of the claims that this register reads, as its settings: ALTER FUNCTION policies.claim_settings() SET policies.tenant_claim = ''…'', by a superuser. Those that it does not have are the standard ones. Nobody calls it.';
REVOKE ALL ON FUNCTION policies.claim_settings() FROM PUBLIC;
