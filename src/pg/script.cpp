#include "pg/script.hpp"

#include "pg/guard.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "tcop/tcopprot.h"
}

namespace policies::pg {

namespace {

/// The schema of a name in parts, null without one.
const char* schema_of(const List* name) {
    return list_length(name) == 2 ? strVal(linitial(name)) : nullptr;
}

/// Whether an ALTER TABLE adds a constraint that an index keeps.
bool adds_index(const AlterTableStmt* alter) {
    for (int i = 0; i < list_length(alter->cmds); ++i) {
        const auto* const command = static_cast<const AlterTableCmd*>(list_nth(alter->cmds, i));
        if (command->subtype == AT_AddConstraint) {
            const auto type = reinterpret_cast<const Constraint*>(command->def)->contype;
            if (type == CONSTR_PRIMARY || type == CONSTR_UNIQUE || type == CONSTR_EXCLUSION) {
                return true;
            }
        }
    }
    return false;
}

/// Where a statement makes an object, null where it makes none.
const char* created_in(const Node* statement) {
    switch (nodeTag(statement)) {
    case T_CreateStmt:
        return reinterpret_cast<const CreateStmt*>(statement)->relation->schemaname;
    case T_ViewStmt:
        return reinterpret_cast<const ViewStmt*>(statement)->view->schemaname;
    case T_IndexStmt:
        return reinterpret_cast<const IndexStmt*>(statement)->relation->schemaname;
    case T_CreateFunctionStmt:
        return schema_of(reinterpret_cast<const CreateFunctionStmt*>(statement)->funcname);
    case T_CreateDomainStmt:
        return schema_of(reinterpret_cast<const CreateDomainStmt*>(statement)->domainname);
    case T_RenameStmt: {
        const RangeVar* const relation = reinterpret_cast<const RenameStmt*>(statement)->relation;
        return relation == nullptr ? nullptr : relation->schemaname;
    }
    case T_AlterTableStmt: {
        const auto* const alter = reinterpret_cast<const AlterTableStmt*>(statement);
        return adds_index(alter) ? alter->relation->schemaname : nullptr;
    }
    default:
        return nullptr;
    }
}

} // namespace

std::vector<ScriptStatement> statements_of(const std::string& script) {
    const List* const parsed = call([&] { return pg_parse_query(script.c_str()); });
    std::vector<ScriptStatement> statements;
    for (int i = 0; i < list_length(parsed); ++i) {
        const auto* const raw = static_cast<const RawStmt*>(list_nth(parsed, i));
        const char* const schema = created_in(raw->stmt);
        // A length of 0 says: to the end.
        statements.push_back(
            {.text = script.substr(static_cast<std::size_t>(raw->stmt_location),
                                   raw->stmt_len == 0 ? std::string::npos
                                                      : static_cast<std::size_t>(raw->stmt_len)),
             .creates_in = schema == nullptr ? "" : schema});
    }
    return statements;
}

} // namespace policies::pg
