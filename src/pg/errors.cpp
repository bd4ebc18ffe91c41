#include "pg/errors.hpp"

#include "pg/guard.hpp"

namespace policies::pg {

namespace {

template <std::size_t Size>
void copy_text(std::array<char, Size>& target, std::string_view text) noexcept {
    std::size_t length = std::min(text.size(), Size - 1);
    // The encoding is UTF-8 (the install script insists): a continuation byte never begins a character.
    while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) {
        --length;
    }
    std::copy_n(text.data(), length, target.data());
    target[length] = '\0';
}

} // namespace

int sqlstate_of(core::ErrorCode code) noexcept {
    using core::ErrorCode;
    switch (code) {
    case ErrorCode::invalid_text:
        return ERRCODE_INVALID_TEXT_REPRESENTATION;
    case ErrorCode::invalid_argument:
        return ERRCODE_INVALID_PARAMETER_VALUE;
    case ErrorCode::out_of_range:
        return ERRCODE_DATETIME_FIELD_OVERFLOW;
    case ErrorCode::check_violation:
        return ERRCODE_CHECK_VIOLATION;
    case ErrorCode::missing_argument:
        return ERRCODE_NULL_VALUE_NOT_ALLOWED;
    case ErrorCode::missing_value:
        return ERRCODE_NOT_NULL_VIOLATION;
    case ErrorCode::not_permitted:
        return ERRCODE_INSUFFICIENT_PRIVILEGE;
    case ErrorCode::not_found:
        return MAKE_SQLSTATE('P', 'T', '4', '0', '4');
    case ErrorCode::conflict:
        return MAKE_SQLSTATE('P', 'T', '4', '0', '9');
    case ErrorCode::already_covered:
        return ERRCODE_UNIQUE_VIOLATION;
    case ErrorCode::wrong_object:
        return ERRCODE_WRONG_OBJECT_TYPE;
    case ErrorCode::wrong_type:
        return ERRCODE_DATATYPE_MISMATCH;
    case ErrorCode::undefined_table:
        return ERRCODE_UNDEFINED_TABLE;
    case ErrorCode::undefined_column:
        return ERRCODE_UNDEFINED_COLUMN;
    case ErrorCode::not_a_trigger:
        return ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED;
    case ErrorCode::duplicate_object:
        return ERRCODE_DUPLICATE_OBJECT;
    case ErrorCode::not_supported:
        return ERRCODE_FEATURE_NOT_SUPPORTED;
    case ErrorCode::internal:
        break;
    }
    return ERRCODE_INTERNAL_ERROR;
}

void Report::set_exception() noexcept {
    try {
        throw;
    } catch (const PostgresError& error) {
        postgres_error = error.data;
        if (error.data == nullptr) {
            set_out_of_memory();
        }
    } catch (const Failure& failure) {
        set(failure.error, failure.column);
    } catch (const std::bad_alloc&) {
        set_out_of_memory();
    } catch (const std::exception& error) {
        set_internal(error.what());
    } catch (...) {
        set_internal("an exception of unknown type");
    }
}

void Report::set(const core::Error& error, std::string_view column_name) noexcept {
    sqlstate = sqlstate_of(error.code);
    copy_text(message, error.message);
    copy_text(detail, error.detail);
    copy_text(hint, error.hint);
    copy_text(column, column_name);
}

void Report::set_out_of_memory() noexcept {
    sqlstate = ERRCODE_OUT_OF_MEMORY;
    copy_text(message, "out of memory");
}

void Report::set_internal(const char* what) noexcept {
    sqlstate = ERRCODE_INTERNAL_ERROR;
    copy_text(message, "internal error in extension \"policies\"");
    copy_text(detail, what);
}

void raise(const Report& report) {
    if (report.postgres_error != nullptr) {
        ReThrowError(report.postgres_error);
    }
    ereport(ERROR,
            (errcode(report.sqlstate), errmsg("%s", report.message.data()),
             report.detail[0] != '\0' ? errdetail("%s", report.detail.data()) : 0,
             report.hint[0] != '\0' ? errhint("%s", report.hint.data()) : 0,
             report.column[0] != '\0' ? err_generic_string(PG_DIAG_COLUMN_NAME, report.column.data()) : 0));
    pg_unreachable();
}

} // namespace policies::pg
