#include "pg/sql.hpp"

#include "pg/call.hpp"
#include "pg/guard.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/snapmgr.h"
}

namespace policies::pg {

namespace {

void check_result(int code, const char* what) {
    if (code < 0) {
        fail({.code = core::ErrorCode::internal,
              .message = std::string(what) + " failed: " + SPI_result_code_string(code)});
    }
}

/// Parameters as SPI takes them.
struct Arguments {
    std::vector<Oid> types;
    std::vector<Datum> values;
    std::vector<char> nulls;

    explicit Arguments(std::span<const Parameter> parameters) {
        types.reserve(parameters.size());
        values.reserve(parameters.size());
        nulls.reserve(parameters.size());
        for (const auto& parameter : parameters) {
            types.push_back(parameter.type);
            values.push_back(parameter.value);
            nulls.push_back(parameter.is_null ? 'n' : ' ');
        }
    }

    int count() const { return static_cast<int>(types.size()); }
};

void prepare(Statement& statement, Arguments& arguments) {
    const int options = statement.planning == Planning::once ? CURSOR_OPT_GENERIC_PLAN : 0;
    const SPIPlanPtr plan = call([&] {
        return SPI_prepare_cursor(statement.sql, arguments.count(), arguments.types.data(), options);
    });
    check_result(plan == nullptr ? SPI_result : 0, "SPI_prepare_cursor");
    check_result(call([&] { return SPI_keepplan(plan); }), "SPI_keepplan");
    statement.plan = plan;
}

void run_kept(Statement& statement, Arguments& arguments, bool only_reads) {
    if (statement.plan == nullptr) {
        prepare(statement, arguments);
    }
    check_result(call([&] {
                     return SPI_execute_plan(statement.plan, arguments.values.data(), arguments.nulls.data(),
                                             only_reads, 0);
                 }),
                 "SPI_execute_plan");
}

void run_text(const std::string& sql, Arguments& arguments, bool only_reads) {
    check_result(call([&] {
                     return SPI_execute_with_args(sql.c_str(), arguments.count(), arguments.types.data(),
                                                  arguments.values.data(), arguments.nulls.data(), only_reads,
                                                  0);
                 }),
                 "SPI_execute_with_args");
}

} // namespace

SpiSession::SpiSession() : exceptions_at_start_(std::uncaught_exceptions()) {
    check_result(call([] { return SPI_connect(); }), "SPI_connect");
}

SpiSession::~SpiSession() {
    // After an error the abort of the (sub)transaction ends the session, as it does for any C function.
    if (std::uncaught_exceptions() == exceptions_at_start_) {
        SPI_finish();
    }
}

StatementSnapshot::StatementSnapshot() : exceptions_at_start_(std::uncaught_exceptions()) {
    call([] {
        CommandCounterIncrement();
        PushCopiedSnapshot(GetActiveSnapshot());
        UpdateActiveSnapshotCommandId();
    });
}

StatementSnapshot::~StatementSnapshot() {
    // After an error PostgreSQL's clean-up does it.
    if (std::uncaught_exceptions() == exceptions_at_start_) {
        PopActiveSnapshot();
    }
}

Execution::Execution(const Sql& sql, std::span<const Parameter> parameters) {
    if (sql.has_fixed_search_path()) {
        search_path_.emplace();
    }
    const bool only_reads = sql.is_of_statement() || Call::innermost().only_reads();
    Arguments arguments(parameters);
    std::optional<StatementSnapshot> snapshot;
    if (sql.is_of_statement()) {
        snapshot.emplace();
    }
    session_.emplace();
    if (sql.kept() != nullptr) {
        run_kept(*sql.kept(), arguments, only_reads);
    } else {
        run_text(sql.text(), arguments, only_reads);
    }
    rows_ = SPI_tuptable;
    count_ = SPI_processed;
}

std::optional<TypedValue> Execution::field(std::uint64_t row, std::size_t column) const {
    if (rows_ == nullptr || row >= count_) {
        fail({.code = core::ErrorCode::internal,
              .message = "a query returned no row where there must be one"});
    }
    const int number = static_cast<int>(column) + 1;
    return call([&]() -> std::optional<TypedValue> {
        bool is_null = false;
        const Datum value = SPI_getbinval(rows_->vals[row], rows_->tupdesc, number, &is_null);
        if (is_null) {
            return std::nullopt;
        }
        const Oid type = SPI_gettypeid(rows_->tupdesc, number);
        return TypedValue{.value = value, .type = type < FirstNormalObjectId ? type : getBaseType(type)};
    });
}

void Execution::require_columns(std::size_t count) const {
    const int found = rows_ == nullptr ? 0 : rows_->tupdesc->natts;
    if (found != static_cast<int>(count)) {
        fail({.code = core::ErrorCode::internal,
              .message =
                  "a query returned " + std::to_string(found) + " columns, not " + std::to_string(count)});
    }
}

AnyValue Execution::kept(AnyValue value) {
    return call([&] {
        int16 length = 0;
        bool is_by_value = false;
        get_typlenbyval(value.type, &length, &is_by_value);
        return AnyValue{.value = SPI_datumTransfer(value.value, is_by_value, length), .type = value.type};
    });
}

void fail_for_null_column(std::size_t column) {
    fail({.code = core::ErrorCode::internal,
          .message = "column " + std::to_string(column + 1) + " of a query's result is NULL"});
}

std::string identifier(std::string_view name) {
    const std::string terminated(name);
    return call([&] { return quote_identifier(terminated.c_str()); });
}

std::string qualified(std::string_view schema, std::string_view name) {
    return identifier(schema) + "." + identifier(name);
}

std::string literal(std::string_view text) {
    const std::string terminated(text);
    const char* const quoted = call([&] { return quote_literal_cstr(terminated.c_str()); });
    return quoted;
}

} // namespace policies::pg
