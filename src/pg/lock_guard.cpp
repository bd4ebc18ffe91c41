#include "pg/lock_guard.hpp"

#include "pg/compatibility.hpp"
#include "pg/rights.hpp"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/partition.h"
#include "catalog/pg_class.h"
#include "commands/policy.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "storage/lockdefs.h"
#include "tcop/utility.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

// Whoever holds DELETE on a view may LOCK it, and CREATE RULE, CREATE TRIGGER, a foreign key and a new or attached
// partition lock what they name before they ask for any right at all. Nothing here has a destructor: errors
// jump freely.

namespace policies::pg {

namespace {

ProcessUtility_hook_type next_hook = nullptr;

bool has_own_policy(Oid relation) {
    return OidIsValid(get_relation_policy_oid(relation, "policies_tenant_scope", true));
}

bool is_partition_of_protected(Oid partition) {
    ListCell* cell = nullptr;
    foreach (cell, get_partition_ancestors(partition)) {
        if (has_own_policy(lfirst_oid(cell))) {
            return true;
        }
    }
    return false;
}

/// Whether it is the register's, or protected.
bool is_guarded(Oid relation) {
    const HeapTuple row = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(row)) {
        return false;
    }
    const auto* const form = reinterpret_cast<Form_pg_class>(GETSTRUCT(row));
    const bool is_of_administrators = form->relowner == get_role_oid(admin_role, true);
    const bool has_row_security = form->relrowsecurity;
    const bool is_partition = form->relispartition;
    ReleaseSysCache(row);
    return is_of_administrators || (has_row_security && has_own_policy(relation)) ||
           (is_partition && is_partition_of_protected(relation));
}

bool has_role(const char* name) {
    const Oid role = get_role_oid(name, true);
    return OidIsValid(role) && has_privs_of_role(GetUserId(), role);
}

/// Also a login that does not inherit: a view of the role's locks with the role's rights.
bool may_become(const char* name) {
    const Oid role = get_role_oid(name, true);
    return OidIsValid(role) && (has_privs_of_role(GetUserId(), role) || may_act_as(GetSessionUserId(), role));
}

bool may_lock(Oid relation, AclMode right) {
    return has_role(admin_role) || owns_relation(relation) ||
           (right != ACL_NO_RIGHTS && pg_class_aclcheck(relation, GetUserId(), right) == ACLCHECK_OK) ||
           (right == ACL_REFERENCES &&
            pg_attribute_aclcheck_all(relation, GetUserId(), right, ACLMASK_ANY) == ACLCHECK_OK);
}

/// Refuses a relation that the current role may not lock in any mode; where it has a right, it may.
void guard(const RangeVar* name, AclMode right) {
    const Oid relation = name == nullptr ? InvalidOid : RangeVarGetRelid(name, NoLock, true);
    if (!OidIsValid(relation) || !is_guarded(relation) || may_lock(relation, right)) {
        return;
    }
    ereport(ERROR,
            (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must be owner of relation %s", name->relname),
             errdetail("The statement would wait for a lock of it, and everybody behind it.")));
}

void guard_all(List* names) {
    ListCell* cell = nullptr;
    foreach (cell, names) {
        guard(lfirst_node(RangeVar, cell), ACL_NO_RIGHTS);
    }
}

/// A lock of a view is one of all that it shows: from a caller, none is taken.
void guard_locked(List* names) {
    guard_all(names);
    if (has_role(admin_role) || !(may_become(caller_role) || may_become(auditor_role))) {
        return;
    }
    ListCell* cell = nullptr;
    foreach (cell, names) {
        const RangeVar* const name = lfirst_node(RangeVar, cell);
        const Oid relation = RangeVarGetRelid(name, NoLock, true);
        if (OidIsValid(relation) && get_rel_relkind(relation) == RELKIND_VIEW) {
            ereport(ERROR,
                    (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("must not lock view %s", name->relname),
                     errdetail("It may show relations of the register, which would be locked as well."),
                     errhint("Lock the tables behind it that are yours.")));
        }
    }
}

/// What foreign keys among constraints refer to.
void guard_referenced(List* constraints) {
    ListCell* cell = nullptr;
    foreach (cell, constraints) {
        auto* const node = static_cast<Node*>(lfirst(cell));
        if (IsA(node, Constraint) && castNode(Constraint, node)->contype == CONSTR_FOREIGN) {
            guard(castNode(Constraint, node)->pktable, ACL_REFERENCES);
        } else if (IsA(node, ColumnDef)) {
            guard_referenced(castNode(ColumnDef, node)->constraints);
        }
    }
}

void guard_alteration(const AlterTableStmt* statement) {
    ListCell* cell = nullptr;
    foreach (cell, statement->cmds) {
        auto* const node = static_cast<Node*>(lfirst(cell));
        if (!IsA(node, AlterTableCmd) || castNode(AlterTableCmd, node)->def == nullptr) {
            continue;
        }
        Node* const definition = castNode(AlterTableCmd, node)->def;
        if (IsA(definition, PartitionCmd)) {
            guard(castNode(PartitionCmd, definition)->name, ACL_NO_RIGHTS);
        } else if (IsA(definition, RangeVar)) {
            guard(castNode(RangeVar, definition), ACL_NO_RIGHTS);
        } else {
            guard_referenced(list_make1(definition));
        }
    }
}

void guard_statement(Node* statement) {
    switch (nodeTag(statement)) {
    case T_LockStmt:
        if (castNode(LockStmt, statement)->mode > RowExclusiveLock) {
            guard_locked(castNode(LockStmt, statement)->relations);
        }
        return;
    case T_RuleStmt:
        return guard(castNode(RuleStmt, statement)->relation, ACL_NO_RIGHTS);
    case T_CreateTrigStmt:
        guard(castNode(CreateTrigStmt, statement)->constrrel, ACL_REFERENCES);
        return guard(castNode(CreateTrigStmt, statement)->relation, ACL_TRIGGER);
    case T_CreateStmt:
        guard_all(castNode(CreateStmt, statement)->inhRelations);
        guard_referenced(castNode(CreateStmt, statement)->tableElts);
        return guard_referenced(castNode(CreateStmt, statement)->constraints);
    case T_AlterObjectDependsStmt:
        return guard(castNode(AlterObjectDependsStmt, statement)->relation, ACL_NO_RIGHTS);
    case T_AlterTableStmt:
        return guard_alteration(castNode(AlterTableStmt, statement));
    case T_CreateForeignTableStmt:
        return guard_all(reinterpret_cast<CreateForeignTableStmt*>(statement)->base.inhRelations);
    default:
        return;
    }
}

void run_guarded(PlannedStmt* statement, const char* query, bool is_read_only_tree,
                 ProcessUtilityContext context, ParamListInfo parameters, QueryEnvironment* environment,
                 DestReceiver* destination, QueryCompletion* completion) {
    guard_statement(statement->utilityStmt);
    (next_hook != nullptr ? next_hook : standard_ProcessUtility)(
        statement, query, is_read_only_tree, context, parameters, environment, destination, completion);
}

} // namespace

void guard_locks() {
    next_hook = ProcessUtility_hook;
    ProcessUtility_hook = run_guarded;
}

} // namespace policies::pg
