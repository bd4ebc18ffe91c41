#include "functions/register/openapi_document.hpp"
#include "pg/function.hpp"

namespace policies {

namespace {

/// A json value, which is stored as its text.
std::string_view openapi() {
    return openapi_document();
}

} // namespace

POLICIES_FUNCTION(openapi);

} // namespace policies
