#pragma once

#include <string>

namespace policies {

/// Waits for its turn to change the privileges on a schema, until the transaction ends: PostgreSQL would have
/// the second of two that do so at once fail.
void lock_schema(const std::string& schema);

/// Lets policies_admin create objects in one of the extension's schemas (policies, policies_api) for the
/// length of a scope. Nobody has that privilege for good: a function planted beside ours, of a better fitting
/// type, would run with the rights of whoever calls. Other schemas, and a scope within such a scope, are left
/// alone. After an error the transaction takes the privilege back. Needs an open SpiSession; end() must be
/// called.
class SchemaCreation {
public:
    explicit SchemaCreation(std::string schema);
    void end() const;

private:
    std::string schema_;
    bool is_granted_{false};
};

} // namespace policies
