#include "functions/sla/sla_rules.hpp"
#include "pg/context.hpp"

extern "C" {

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void _PG_init(void) {
    policies::pg::define_context_settings();
    policies::watch_sla_rules();
}
}
