#pragma once

#include "pg/function.hpp"

namespace policies {

/// Grants a role USAGE on a schema, unless it has it. Fails with not_permitted, naming what for, where the current role
/// may not grant it.
void give_usage(const std::string& schema, const char* role, const std::string& purpose);

/// Lets policies_admin create objects in one of the extension's schemas (policies, policies_api) for the
/// length of a scope. Nobody has that privilege for good: a function planted beside ours, of a better fitting
/// type, would run with the rights of whoever calls. So nothing that could run others' code belongs into the
/// scope: no writing of rows, no call. Other schemas, and a scope within such a scope, are left alone. After
/// an error the transaction takes the privilege back. end() must be called.
class SchemaCreation {
public:
    explicit SchemaCreation(std::string schema);
    void end() const;

private:
    std::string schema_;
    bool is_granted_{false};
};

} // namespace policies
