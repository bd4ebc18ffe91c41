#include "pg/guard.hpp"

extern "C" {
#include "access/xact.h"
#include "utils/resowner.h"
}

namespace policies::pg {

namespace {

/// Puts PostgreSQL's handler back, whether the scope is left by return, by exception or after a longjmp into
/// it.
class HandlerScope {
public:
    HandlerScope() noexcept : exception_stack_(PG_exception_stack), context_stack_(error_context_stack) {}

    ~HandlerScope() { restore(); }

    HandlerScope(const HandlerScope&) = delete;
    HandlerScope& operator=(const HandlerScope&) = delete;

    void restore() const noexcept {
        PG_exception_stack = exception_stack_;
        error_context_stack = context_stack_;
    }

private:
    sigjmp_buf* const exception_stack_;
    ErrorContextCallback* const context_stack_;
};

/// The current error, copied and cleared; null when the copy itself failed for want of memory.
ErrorData* take_error() {
    const HandlerScope scope;
    sigjmp_buf handler;
    if (sigsetjmp(handler, 0) != 0) {
        scope.restore();
        FlushErrorState();
        return nullptr;
    }
    PG_exception_stack = &handler;
    ErrorData* const data = CopyErrorData();
    FlushErrorState();
    return data;
}

} // namespace

void fail(core::Error error, std::string_view column) {
    throw Failure{std::move(error), std::string(column)};
}

void call_catching(void (*function)(void*), void* argument) {
    const MemoryContext context = CurrentMemoryContext;
    const HandlerScope scope;
    sigjmp_buf handler;
    if (sigsetjmp(handler, 0) == 0) {
        PG_exception_stack = &handler;
        function(argument);
        return;
    }
    scope.restore();
    MemoryContextSwitchTo(context);
    throw PostgresError{take_error()};
}

/// What may go well the next time is no answer.
bool is_passing(const PostgresError& error) {
    if (error.data == nullptr) {
        return true;
    }
    switch (error.data->sqlerrcode) {
    case ERRCODE_QUERY_CANCELED:
    case ERRCODE_OUT_OF_MEMORY:
    case ERRCODE_LOCK_NOT_AVAILABLE:
    case ERRCODE_T_R_DEADLOCK_DETECTED:
    case ERRCODE_STATEMENT_TOO_COMPLEX:
        return true;
    default:
        return false;
    }
}

bool attempt_catching(void (*function)(void*), void* argument) {
    const MemoryContext context = CurrentMemoryContext;
    const ResourceOwner owner = CurrentResourceOwner;
    const auto resume = [&] {
        MemoryContextSwitchTo(context);
        CurrentResourceOwner = owner;
    };
    call([&] {
        BeginInternalSubTransaction(nullptr);
        MemoryContextSwitchTo(context);
    });
    try {
        call_catching(function, argument);
    } catch (const PostgresError& error) {
        call([&] {
            RollbackAndReleaseCurrentSubTransaction();
            resume();
        });
        if (is_passing(error)) {
            throw;
        }
        return false;
    }
    call([&] {
        ReleaseCurrentSubTransaction();
        resume();
    });
    return true;
}

} // namespace policies::pg
