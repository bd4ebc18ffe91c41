#pragma once

#include "pg/call.hpp"

namespace policies::pg {

/// The planner's question to a support function: what share of rows a function will be true of.
class SelectivityRequest {
public:
    explicit SelectivityRequest(const Call& call);

    /// From 0 to 1. Without an answer the planner keeps to its own estimate.
    void answer(double share);

    NullableValue result() const { return {.value = answered_, .is_null = false}; }

private:
    RawValue request_;
    RawValue answered_{0};
};

} // namespace policies::pg
