#include "pg/row_security.hpp"

#include "pg/compatibility.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "access/table.h"
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "nodes/nodeFuncs.h"
#include "rewrite/rowsecurity.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/syscache.h"
}

namespace policies::pg {

namespace {

constexpr std::array<std::string_view, 3> scope_functions{"current_tenant_id", "current_app_id",
                                                          "in_app_scope"};

/// Whether it is the library's function: one of that name in another language may ask for anything.
bool is_scope_function(Oid function) {
    const HeapTuple row = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(row)) {
        return false;
    }
    const auto* const form = reinterpret_cast<Form_pg_proc>(GETSTRUCT(row));
    const bool is_ours = form->prolang == ClanguageId &&
                         form->pronamespace == get_namespace_oid("policies", true) &&
                         std::ranges::find(scope_functions, NameStr(form->proname)) != scope_functions.end();
    ReleaseSysCache(row);
    return is_ours;
}

bool depends_on_scope_alone(Oid function, void*) {
    return (function < FirstNormalObjectId && func_volatile(function) == PROVOLATILE_IMMUTABLE) ||
           is_scope_function(function);
}

bool depends_on_more(Oid function, void* context) {
    return !depends_on_scope_alone(function, context);
}

/// Null stands for true. A kind of node that is not listed here may read anything.
bool depends_on_scope_alone(Node* node) {
    if (node == nullptr) {
        return true;
    }
    if (check_functions_in_node(node, depends_on_more, nullptr)) {
        return false;
    }
    switch (nodeTag(node)) {
    case T_Var:
    case T_Const:
        return true;
    case T_List: {
        ListCell* cell = nullptr;
        foreach (cell, reinterpret_cast<List*>(node)) {
            if (!depends_on_scope_alone(static_cast<Node*>(lfirst(cell)))) {
                return false;
            }
        }
        return true;
    }
    case T_BoolExpr:
        return depends_on_scope_alone(reinterpret_cast<Node*>(reinterpret_cast<BoolExpr*>(node)->args));
    case T_OpExpr:
    case T_DistinctExpr:
        return depends_on_scope_alone(reinterpret_cast<Node*>(reinterpret_cast<OpExpr*>(node)->args));
    case T_ScalarArrayOpExpr:
        return depends_on_scope_alone(
            reinterpret_cast<Node*>(reinterpret_cast<ScalarArrayOpExpr*>(node)->args));
    case T_FuncExpr:
        return depends_on_scope_alone(reinterpret_cast<Node*>(reinterpret_cast<FuncExpr*>(node)->args));
    case T_ArrayExpr:
        return depends_on_scope_alone(reinterpret_cast<Node*>(reinterpret_cast<ArrayExpr*>(node)->elements));
    case T_NullTest:
        return depends_on_scope_alone(reinterpret_cast<Node*>(reinterpret_cast<NullTest*>(node)->arg));
    case T_BooleanTest:
        return depends_on_scope_alone(reinterpret_cast<Node*>(reinterpret_cast<BooleanTest*>(node)->arg));
    case T_RelabelType:
        return depends_on_scope_alone(reinterpret_cast<Node*>(reinterpret_cast<RelabelType*>(node)->arg));
    default:
        return false;
    }
}

bool depends_on_scope_alone(const RowSecurityDesc* row_security) {
    if (row_security == nullptr) {
        return true;
    }
    ListCell* cell = nullptr;
    foreach (cell, row_security->policies) {
        const auto* const policy = static_cast<RowSecurityPolicy*>(lfirst(cell));
        if (!depends_on_scope_alone(reinterpret_cast<Node*>(policy->qual))) {
            return false;
        }
    }
    return true;
}

} // namespace

bool shows_rows_by_scope_alone(Oid relation) {
    return call([&] {
        const Relation opened = table_open(relation, AccessShareLock);
        // Rows of inheritance children are shown as well, and nobody announces a change of theirs.
        const bool is_so = !opened->rd_rel->relhassubclass && depends_on_scope_alone(opened->rd_rsdesc);
        table_close(opened, NoLock);
        return is_so;
    });
}

bool has_row_security_off() noexcept {
    return !row_security;
}

} // namespace policies::pg
