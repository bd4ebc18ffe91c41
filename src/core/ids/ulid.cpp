#include "core/ids/ulid.hpp"

#include <algorithm>
#include <string>

#include "core/base/text.hpp"
#include "core/base/utf8.hpp"

namespace policies::core {

namespace {

constexpr std::size_t time_bytes = 6;
constexpr std::size_t time_characters = 10;
constexpr std::size_t bits_per_character = 5;
// Eight characters are exactly five bytes, so that the random part is two such groups.
constexpr std::size_t group_bytes = 5;
constexpr std::size_t group_characters = 8;

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::uint8_t not_in_alphabet = 0xFF;

constexpr std::array<std::uint8_t, 256> make_digit_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(not_in_alphabet);
    for (std::size_t value = 0; value < alphabet.size(); ++value) {
        const char character = alphabet[value];
        values[static_cast<unsigned char>(character)] = static_cast<std::uint8_t>(value);
        values[static_cast<unsigned char>(to_lower(character))] = static_cast<std::uint8_t>(value);
    }
    return values;
}

constexpr auto digit_values = make_digit_values();

std::uint8_t digit_value(char character) {
    return digit_values[static_cast<unsigned char>(character)];
}

std::uint64_t decode(const char* text, std::size_t characters) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < characters; ++i) {
        value = value << bits_per_character | digit_value(text[i]);
    }
    return value;
}

void encode(std::uint64_t value, std::size_t characters, char* out) {
    for (std::size_t i = characters; i-- > 0; value >>= bits_per_character) {
        out[i] = alphabet[value & 0x1F];
    }
}

std::uint64_t load_big_endian(const std::uint8_t* bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        value = value << 8 | bytes[i];
    }
    return value;
}

void store_big_endian(std::uint64_t value, std::size_t count, std::uint8_t* bytes) {
    for (std::size_t i = count; i-- > 0; value >>= 8) {
        bytes[i] = static_cast<std::uint8_t>(value);
    }
}

Error invalid_ulid(std::string_view text, std::string detail) {
    return Error{invalid_text, "invalid ULID: " + core::quoted(text), std::move(detail)};
}

Error wrong_length(std::string_view text) {
    return invalid_ulid(text, "A ULID is 26 bytes long, this is " + std::to_string(text.size()) + ".");
}

Error wrong_character(std::string_view text, std::size_t position) {
    // The whole UTF-8 character: half of one would spoil the message's encoding.
    std::size_t end = position + 1;
    while (end < text.size() && is_utf8_continuation(text[end])) {
        ++end;
    }
    return invalid_ulid(text, "The character " + core::quoted(text.substr(position, end - position)) +
                                  " is not in Crockford's base 32: 0 to 9 and A to Z without I, L, O and U.");
}

/// Adds one to the random bits; false when they are all ones, which leaves them all zero.
bool increment_random(Ulid& ulid) {
    for (std::size_t i = ulid.bytes.size(); i-- > time_bytes;) {
        if (++ulid.bytes[i] != 0) {
            return true;
        }
    }
    return false;
}

Error time_out_of_range(std::uint64_t milliseconds) {
    return Error{out_of_range, "time out of range for a ULID: " + std::to_string(milliseconds) + " ms",
                 "A ULID holds 48 bits of milliseconds since 1970, which end in the year 10889."};
}

Error random_bits_exhausted(std::uint64_t milliseconds) {
    return Error{out_of_range, "no ULID is left for millisecond " + std::to_string(milliseconds),
                 "The random bits of the last one are all ones.", "Try again in the next millisecond."};
}

} // namespace

Result<Ulid> parse_ulid(std::string_view text) {
    if (text.size() != ulid_text_length) {
        return wrong_length(text);
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (digit_value(text[i]) == not_in_alphabet) {
            return wrong_character(text, i);
        }
    }
    if (text.front() > '7') {
        return invalid_ulid(text, "The first character must be 0 to 7, because a ULID has 128 bits.");
    }

    Ulid ulid;
    std::uint8_t* bytes = ulid.bytes.data();
    const char* random = text.data() + time_characters;
    store_big_endian(decode(text.data(), time_characters), time_bytes, bytes);
    store_big_endian(decode(random, group_characters), group_bytes, bytes + time_bytes);
    store_big_endian(decode(random + group_characters, group_characters), group_bytes,
                     bytes + time_bytes + group_bytes);
    return ulid;
}

void write_ulid(const Ulid& ulid, char* out) noexcept {
    const std::uint8_t* random = ulid.bytes.data() + time_bytes;
    char* random_out = out + time_characters;
    encode(ulid_milliseconds(ulid), time_characters, out);
    encode(load_big_endian(random, group_bytes), group_characters, random_out);
    encode(load_big_endian(random + group_bytes, group_bytes), group_characters,
           random_out + group_characters);
}

std::uint64_t ulid_milliseconds(const Ulid& ulid) noexcept {
    return load_big_endian(ulid.bytes.data(), time_bytes);
}

Ulid ulid_floor(std::uint64_t milliseconds) noexcept {
    Ulid ulid;
    store_big_endian(milliseconds, time_bytes, ulid.bytes.data());
    return ulid;
}

Ulid ulid_ceil(std::uint64_t milliseconds) noexcept {
    Ulid ulid = ulid_floor(milliseconds);
    std::fill(ulid.bytes.begin() + time_bytes, ulid.bytes.end(), std::uint8_t{0xFF});
    return ulid;
}

Result<Ulid> UlidGenerator::next(std::uint64_t milliseconds, RandomSource random_source) {
    if (milliseconds > ulid_max_milliseconds) {
        return time_out_of_range(milliseconds);
    }
    Ulid candidate = last_;
    if (started_ && milliseconds <= ulid_milliseconds(last_)) {
        if (!increment_random(candidate)) {
            return random_bits_exhausted(ulid_milliseconds(last_));
        }
    } else {
        candidate = ulid_floor(milliseconds);
        if (!random_source(candidate.bytes.data() + time_bytes, candidate.bytes.size() - time_bytes)) {
            return Error{internal, "could not draw random bits for a ULID"};
        }
    }
    last_ = candidate;
    started_ = true;
    return candidate;
}

} // namespace policies::core
