#include "pg/spelling.hpp"

#include "pg/guard.hpp"

extern "C" {
#include "access/relation.h"
#include "catalog/pg_proc.h"
#include "executor/functions.h"
#include "nodes/makefuncs.h"
#include "parser/analyze.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"
}

namespace policies::pg {

namespace {

// Below, nothing has a destructor: PostgreSQL's errors may jump over it.

Node* parsed_statement(const char* text) {
    List* const statements = raw_parser(text, RAW_PARSE_DEFAULT);
    if (list_length(statements) != 1) {
        ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("one statement is expected"));
    }
    return linitial_node(RawStmt, statements)->stmt;
}

/// The expressions of "SELECT text", analyzed where the state's tables are in scope.
List* analyzed_expressions(ParseState* state, const char* text) {
    List* expressions = NIL;
    ListCell* cell;
    foreach (cell, castNode(SelectStmt, parsed_statement(psprintf("SELECT %s", text)))->targetList) {
        Node* const expression = transformExpr(state, lfirst_node(ResTarget, cell)->val, EXPR_KIND_POLICY);
        assign_expr_collations(state, expression);
        expressions = lappend(expressions, expression);
    }
    return expressions;
}

/// Brings a table into the scope of expressions, under its own name or another.
void add_table(ParseState* state, Relation table, const char* alias) {
    ParseNamespaceItem* const item = addRangeTableEntryForRelation(
        state, table, AccessShareLock, alias == nullptr ? nullptr : makeAlias(alias, NIL), false, false);
    addNSItemToQuery(state, item, false, true, true);
}

char* print_expressions(const char* text, Oid table) {
    ParseState* const state = make_parsestate(nullptr);
    List* context = NIL;
    if (OidIsValid(table)) {
        const Relation relation = relation_open(table, AccessShareLock);
        add_table(state, relation, nullptr);
        context = deparse_context_for(RelationGetRelationName(relation), table);
        relation_close(relation, NoLock);
    }
    List* const expressions = analyzed_expressions(state, text);
    return deparse_expression(list_length(expressions) == 1 ? static_cast<Node*>(linitial(expressions))
                                                            : reinterpret_cast<Node*>(expressions),
                              context, false, false);
}

char* print_trigger_condition(const char* text, Oid table) {
    ParseState* const state = make_parsestate(nullptr);
    const Relation relation = relation_open(table, AccessShareLock);
    add_table(state, relation, "old");
    add_table(state, relation, "new");
    relation_close(relation, NoLock);
    Node* const condition = static_cast<Node*>(linitial(analyzed_expressions(state, text)));
    Query* const query = makeNode(Query);
    query->commandType = CMD_SELECT;
    query->rtable = state->p_rtable;
    query->jointree = makeFromExpr(NIL, nullptr);
    query->targetList = list_make1(makeTargetEntry(reinterpret_cast<Expr*>(condition), 1, nullptr, false));
    return pg_get_querydef(query, false) + std::strlen(" SELECT ");
}

char* print_query(const char* text) {
    RawStmt* const statement = makeNode(RawStmt);
    statement->stmt = parsed_statement(text);
    // pg_get_viewdef() ends it so.
    return psprintf("%s;",
                    pg_get_querydef(parse_analyze_fixedparams(statement, text, nullptr, 0, nullptr), false));
}

/// The queries of a body, whose arguments are printed as $1, $2 and so on.
char* print_queries(List* queries) {
    StringInfoData text;
    initStringInfo(&text);
    ListCell* cell;
    foreach (cell, queries) {
        appendStringInfo(&text, "%s;", pg_get_querydef(lfirst_node(Query, cell), false));
    }
    return text.data;
}

/// As a body is kept: a list of one list of statements, or a single RETURN.
List* statements_of(Node* body) {
    return IsA(body, List) ? linitial_node(List, reinterpret_cast<List*>(body)) : list_make1(body);
}

char* print_body(const char* text, Oid function) {
    const HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) {
        return nullptr;
    }
    const SQLFunctionParseInfoPtr arguments = prepare_sql_fn_parse_info(tuple, nullptr, InvalidOid);
    ReleaseSysCache(tuple);
    const char* const declaration = psprintf("CREATE FUNCTION f() RETURNS void %s", text);
    Node* const body = castNode(CreateFunctionStmt, parsed_statement(declaration))->sql_body;
    List* queries = NIL;
    ListCell* cell;
    foreach (cell, statements_of(body)) {
        ParseState* const state = make_parsestate(nullptr);
        state->p_sourcetext = declaration;
        sql_fn_parser_setup(state, arguments);
        queries = lappend(queries, transformStmt(state, static_cast<Node*>(lfirst(cell))));
    }
    return print_queries(queries);
}

char* print_own_body(Oid function) {
    const HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) {
        return nullptr;
    }
    bool is_null;
    const Datum stored = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosqlbody, &is_null);
    char* const printed =
        is_null ? nullptr
                : print_queries(statements_of(static_cast<Node*>(stringToNode(TextDatumGetCString(stored)))));
    ReleaseSysCache(tuple);
    return printed;
}

/// What a printer returns; nothing where it fails, or returns null.
template <typename Printer>
std::optional<std::string> spelling(const Printer& printer) {
    const char* text = nullptr;
    const bool is_printed = attempt([&] { text = printer(); });
    return is_printed && text != nullptr ? std::optional<std::string>(text) : std::nullopt;
}

} // namespace

std::optional<std::string> spelling_of_expressions(const std::string& text, Oid table) {
    return spelling([&] { return print_expressions(text.c_str(), table); });
}

std::optional<std::string> spelling_of_trigger_condition(const std::string& text, Oid table) {
    return spelling([&] { return print_trigger_condition(text.c_str(), table); });
}

std::optional<std::string> spelling_of_query(const std::string& text) {
    return spelling([&] { return print_query(text.c_str()); });
}

std::optional<std::string> spelling_of_body(const std::string& text, Oid function) {
    return spelling([&] { return print_body(text.c_str(), function); });
}

std::optional<std::string> spelling_of_own_body(Oid function) {
    return spelling([&] { return print_own_body(function); });
}

} // namespace policies::pg
