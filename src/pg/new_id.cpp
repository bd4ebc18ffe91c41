#include "pg/new_id.hpp"

#include "core/ids/typed_id.hpp"
#include "pg/failure.hpp"
#include "pg/postgres.hpp"
#include "pg/time.hpp"

namespace policies::pg {

namespace {

constinit core::UlidGenerator generator;

std::uint64_t unix_milliseconds() noexcept {
    return static_cast<std::uint64_t>((GetCurrentTimestamp() + unix_epoch_offset) / 1000);
}

} // namespace

KeptText new_id(std::string_view prefix) {
    const auto ulid = unwrap(generator.next(unix_milliseconds(), pg_strong_random));
    std::array<char, core::max_typed_id_length> text;
    const auto length = core::write_typed_id(prefix, ulid, text.data());
    return {Type<std::string_view>::write({text.data(), length})};
}

} // namespace policies::pg
