#include "pg/spi.hpp"

#include "pg/guard.hpp"
#include "pg/values.hpp"

extern "C" {
#include "utils/array.h"
}

namespace policies::pg {

namespace {

void check_result(int code, const char* what) {
    if (code < 0) {
        fail({.code = core::ErrorCode::internal,
              .message = std::string(what) + " failed: " + SPI_result_code_string(code)});
    }
}

Row read_row(std::uint64_t number) {
    const TupleDesc descriptor = SPI_tuptable->tupdesc;
    const HeapTuple tuple = SPI_tuptable->vals[number];
    Row row;
    for (int column = 1; column <= descriptor->natts; ++column) {
        const char* const value = call([&] { return SPI_getvalue(tuple, descriptor, column); });
        row.add(value == nullptr ? std::nullopt : std::optional<std::string>(value));
    }
    return row;
}

} // namespace

Parameter text_parameter(std::optional<std::string_view> text) {
    return {.type = TEXTOID, .value = text ? text_datum(*text) : Datum{0}, .is_null = !text.has_value()};
}

Parameter text_array_parameter(const std::vector<std::string>& texts) {
    std::vector<Datum> elements;
    for (const auto& text : texts) {
        elements.push_back(text_datum(text));
    }
    const auto array = call([&] {
        return construct_array(elements.data(), static_cast<int>(elements.size()), TEXTOID, -1, false,
                               TYPALIGN_INT);
    });
    return {.type = TEXTARRAYOID, .value = PointerGetDatum(array)};
}

Parameter oid_parameter(Oid oid) {
    return {.type = OIDOID, .value = ObjectIdGetDatum(oid)};
}

Parameter timestamp_parameter(std::optional<TimestampTz> instant) {
    return {.type = TIMESTAMPTZOID,
            .value = TimestampTzGetDatum(instant.value_or(0)),
            .is_null = !instant.has_value()};
}

namespace {

/// Parameters as SPI takes them.
struct Arguments {
    std::vector<Oid> types;
    std::vector<Datum> values;
    std::vector<char> nulls;

    explicit Arguments(std::initializer_list<Parameter> parameters) {
        for (const auto& parameter : parameters) {
            types.push_back(parameter.type);
            values.push_back(parameter.value);
            nulls.push_back(parameter.is_null ? 'n' : ' ');
        }
    }
};

std::uint64_t execute_with(const std::string& sql, std::initializer_list<Parameter> parameters,
                           bool read_only) {
    Arguments arguments(parameters);
    check_result(call([&] {
                     return SPI_execute_with_args(sql.c_str(), static_cast<int>(arguments.types.size()),
                                                  arguments.types.data(), arguments.values.data(),
                                                  arguments.nulls.data(), read_only, 0);
                 }),
                 "SPI_execute_with_args");
    return SPI_processed;
}

std::uint64_t execute_kept(KeptStatement& statement, std::initializer_list<Parameter> parameters,
                           bool read_only) {
    Arguments arguments(parameters);
    if (statement.plan == nullptr) {
        const int options = statement.planning == Planning::once ? CURSOR_OPT_GENERIC_PLAN : 0;
        const SPIPlanPtr plan = call([&] {
            return SPI_prepare_cursor(statement.sql, static_cast<int>(arguments.types.size()),
                                      arguments.types.data(), options);
        });
        check_result(plan == nullptr ? SPI_result : 0, "SPI_prepare_cursor");
        check_result(call([&] { return SPI_keepplan(plan); }), "SPI_keepplan");
        statement.plan = plan;
    }
    check_result(call([&] {
                     return SPI_execute_plan(statement.plan, arguments.values.data(), arguments.nulls.data(),
                                             read_only, 0);
                 }),
                 "SPI_execute_plan");
    return SPI_processed;
}

std::vector<Row> read_rows(std::uint64_t count) {
    std::vector<Row> rows;
    for (std::uint64_t number = 0; number < count; ++number) {
        rows.push_back(read_row(number));
    }
    return rows;
}

} // namespace

std::uint64_t execute(const std::string& sql, std::initializer_list<Parameter> parameters) {
    return execute_with(sql, parameters, false);
}

std::vector<Row> query(const std::string& sql, std::initializer_list<Parameter> parameters) {
    return read_rows(execute_with(sql, parameters, false));
}

std::uint64_t execute(KeptStatement& statement, std::initializer_list<Parameter> parameters) {
    return execute_kept(statement, parameters, false);
}

std::uint64_t read(KeptStatement& statement, std::initializer_list<Parameter> parameters) {
    return execute_kept(statement, parameters, true);
}

std::vector<Row> read(const std::string& sql, std::initializer_list<Parameter> parameters) {
    return read_rows(execute_with(sql, parameters, true));
}

Field result_value(std::uint64_t row, int column) {
    Field field{};
    field.value = call([&] {
        return SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &field.is_null);
    });
    return field;
}

std::optional<std::string> result_text(std::uint64_t row, int column) {
    const auto value = result_value(row, column);
    return value.is_null ? std::nullopt : std::optional<std::string>(text_view(value.value));
}

RunAs::RunAs(Oid role) noexcept {
    GetUserIdAndSecContext(&previous_role_, &previous_context_);
    SetUserIdAndSecContext(role, previous_context_ | SECURITY_LOCAL_USERID_CHANGE |
                                     SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
}

RunAs::~RunAs() {
    SetUserIdAndSecContext(previous_role_, previous_context_);
}

} // namespace policies::pg
