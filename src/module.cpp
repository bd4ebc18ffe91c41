#include "pg/context.hpp"
#include "pg/lock_guard.hpp"
#include "pg/postgres.hpp"

extern "C" {

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void _PG_init(void) {
    policies::pg::define_context_settings();
    policies::pg::guard_locks();
}
}
