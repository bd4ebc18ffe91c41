#pragma once

// All that a file of functions/ needs of the shim, and the only header of it that such a file includes:
// behind it stands no header of PostgreSQL, whose errors would jump over C++ objects and whose macros would
// change C++. The compiler sees to it: postgres.h is refused before this header and after it.

#ifdef POSTGRES_H
#error "functions/ calls PostgreSQL through src/pg alone: include pg/function.hpp, not postgres.h"
#endif

#include "pg/call.hpp"
#include "pg/changes.hpp"
#include "pg/context.hpp"
#include "pg/interrupts.hpp"
#include "pg/locks.hpp"
#include "pg/new_id.hpp"
#include "pg/planner.hpp"
#include "pg/rights.hpp"
#include "pg/row_security.hpp"
#include "pg/row_trigger.hpp"
#include "pg/script.hpp"
#include "pg/settings.hpp"
#include "pg/spelling.hpp"
#include "pg/sql.hpp"
#include "pg/statistics.hpp"
#include "pg/table.hpp"
#include "pg/table_statements.hpp"
#include "pg/text_search.hpp"
#include "pg/time.hpp"
#include "pg/time_zone.hpp"

#pragma GCC poison POSTGRES_H
