#include "pg/text_search.hpp"

#include <algorithm>

#include "pg/guard.hpp"

extern "C" {
#include "tsearch/ts_utils.h"
#include "utils/syscache.h"
}

namespace policies::pg {

void require_language(Oid language) {
    if (!call([&] { return SearchSysCacheExists1(TSCONFIGOID, ObjectIdGetDatum(language)); })) {
        fail({.code = core::ErrorCode::invalid_argument,
              .message = "there is no text search configuration with OID " + std::to_string(language)});
    }
}

AnyValue tsvector_of(Oid language, const std::vector<PositionedWords>& words) {
    require_language(language);
    const RawValue vector = call([&] {
        constexpr int first_size = 64;
        ParsedText parsed{.words = static_cast<ParsedWord*>(palloc(first_size * sizeof(ParsedWord))),
                          .lenwords = first_size,
                          .curwords = 0,
                          .pos = 0};
        for (const auto& entry : words) {
            const int32 first = parsed.curwords;
            parsed.pos = 0;
            parsetext(language, &parsed, const_cast<char*>(entry.text.data()),
                      static_cast<int32>(entry.text.size()));
            for (int32 i = first; i < parsed.curwords; ++i) {
                auto& position = parsed.words[i].pos.pos;
                const std::size_t number = std::min<std::size_t>(position, entry.positions.size());
                position = static_cast<uint16>(entry.positions[number - 1]);
            }
        }
        return PointerGetDatum(make_tsvector(&parsed));
    });
    return {.value = vector, .type = type::tsvector};
}

} // namespace policies::pg
