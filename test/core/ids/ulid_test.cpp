#include "core/ids/ulid.hpp"

#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "core/expectations.hpp"

namespace policies::core {
namespace {

constexpr std::string_view specimen = "01ARZ3NDEKTSV4RRFFQ69G5FAV"; // the specification's example

std::string text_of(const Ulid& ulid) {
    std::string text(ulid_text_length, '?');
    write_ulid(ulid, text.data());
    return text;
}

template <std::uint8_t Byte>
bool fill(void* buffer, std::size_t length) {
    std::memset(buffer, Byte, length);
    return true;
}

bool fail(void*, std::size_t) {
    return false;
}

bool fill_but_last_bit(void* buffer, std::size_t length) {
    std::memset(buffer, 0xFF, length);
    static_cast<std::uint8_t*>(buffer)[length - 1] = 0xFE;
    return true;
}

void expect_invalid(std::string_view text, std::string_view detail) {
    expect_error(parse_ulid(text), ErrorCode::invalid_text, "invalid ULID: \"", detail);
}

TEST(Ulid, ReadsAndWritesTheSpecimen) {
    const Result<Ulid> ulid = parse_ulid(specimen);
    ASSERT_TRUE(ulid);
    EXPECT_EQ(text_of(*ulid), specimen);
    // 01ARZ3NDEK in base 32 (A 10, R 24, Z 31, 3, N 21, D 13, E 14, K 19).
    EXPECT_EQ(ulid_milliseconds(*ulid), 1469922850259u);
}

TEST(Ulid, LaysBytesOutBigEndian) {
    // 26 digits of 5 bits, right-aligned in 128 bits: the last digit is the low 5 bits of byte 15.
    EXPECT_EQ(parse_ulid("0000000000000000000000000Z")->bytes[15], 31);
    // The 11th digit heads the random part: 1 there is 1 << 75, that is bit 3 of byte 6.
    EXPECT_EQ(parse_ulid("00000000001000000000000000")->bytes[6], 8);
    // The 19th digit heads the second group of 40 bits: byte 11.
    EXPECT_EQ(parse_ulid("00000000000000000010000000")->bytes[11], 8);
    // The first digit is bits 125 to 127.
    EXPECT_EQ(parse_ulid("70000000000000000000000000")->bytes[0], 0xE0);
}

TEST(Ulid, AcceptsLowerCaseAndWritesUpperCase) {
    const Result<Ulid> ulid = parse_ulid("01arz3ndektsv4rrffq69g5fav");
    ASSERT_TRUE(ulid);
    EXPECT_EQ(text_of(*ulid), specimen);
}

TEST(Ulid, EveryDigitRoundTrips) {
    for (const std::string text : {"0123456789ABCDEFGHJKMNPQRS", "7TVWXYZ0000000000000000000",
                                   "00000000000TVWXYZ000000000", "00000000000000000000TVWXYZ"})
        EXPECT_EQ(text_of(*parse_ulid(text)), text);
}

TEST(Ulid, TheMaximumIsAllOnes) {
    const Result<Ulid> ulid = parse_ulid("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    ASSERT_TRUE(ulid);
    for (const std::uint8_t byte : ulid->bytes)
        EXPECT_EQ(byte, 0xFF);
    EXPECT_EQ(ulid_milliseconds(*ulid), 281474976710655u); // 2^48 - 1, in the specification
    EXPECT_EQ(text_of(*ulid), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
}

TEST(Ulid, RefusesMoreThan128Bits) {
    expect_invalid("80000000000000000000000000", "first character");
    expect_invalid("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "first character");
    expect_invalid("ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "first character");
    expect_invalid("zzzzzzzzzzzzzzzzzzzzzzzzzz", "first character");
}

TEST(Ulid, RefusesWrongLengths) {
    expect_invalid("", "this is 0.");
    expect_invalid("01ARZ3NDEKTSV4RRFFQ69G5FA", "this is 25.");
    expect_invalid("01ARZ3NDEKTSV4RRFFQ69G5FAVX", "this is 27.");
    expect_invalid(std::string(10'000'000, '0'), "this is 10000000.");
}

TEST(Ulid, RefusesCharactersOutsideTheAlphabet) {
    for (const char character : std::string_view("ILOUilou-_ /:@[`{\x7F")) {
        std::string text(specimen);
        text[13] = character;
        expect_invalid(text, "is not in Crockford's base 32");
    }
    expect_invalid("01ARZ3NDEKTSV4RRFFQ69G5FAU", "\"U\"");
    expect_invalid("I1ARZ3NDEKTSV4RRFFQ69G5FAV", "\"I\"");
}

TEST(Ulid, RefusesEveryByteThatIsNoDigit) {
    const std::string digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz";
    for (int byte = 0; byte < 256; ++byte) {
        std::string text(specimen);
        text[25] = static_cast<char>(byte);
        EXPECT_EQ(static_cast<bool>(parse_ulid(text)), digits.find(text[25]) != std::string::npos) << byte;
    }
}

TEST(Ulid, NamesNulBytesAndWholeUtf8Characters) {
    std::string text(specimen);
    text[25] = '\0';
    expect_invalid(text, "\"\\x00\"");
    expect_invalid("01ARZ3NDEKTSV4RRFFQ69G5Fö", "\"ö\"");
}

TEST(Ulid, FloorAndCeilEncloseAMillisecond) {
    const Ulid ulid = *parse_ulid(specimen);
    const std::uint64_t milliseconds = ulid_milliseconds(ulid);
    EXPECT_EQ(text_of(ulid_floor(milliseconds)), "01ARZ3NDEK0000000000000000");
    EXPECT_EQ(text_of(ulid_ceil(milliseconds)), "01ARZ3NDEKZZZZZZZZZZZZZZZZ");
    EXPECT_LT(ulid_ceil(milliseconds - 1), ulid_floor(milliseconds));
    EXPECT_EQ(ulid_milliseconds(ulid_ceil(ulid_max_milliseconds)), ulid_max_milliseconds);
    EXPECT_EQ(ulid_milliseconds(ulid_floor(0)), 0u);
}

TEST(UlidGenerator, DrawsRandomBitsForTheFirstAndForLaterMilliseconds) {
    UlidGenerator generator;
    EXPECT_EQ(*generator.next(0, fill<0>), ulid_floor(0)); // even the epoch's first ULID is drawn
    EXPECT_EQ(*generator.next(5, fill<0xFF>), ulid_ceil(5));
    EXPECT_EQ(*generator.next(6, fill<0>), ulid_floor(6));
}

TEST(UlidGenerator, IncrementsWithinAMillisecond) {
    UlidGenerator generator;
    EXPECT_EQ(text_of(*generator.next(1, fill<0>)), "00000000010000000000000000");
    EXPECT_EQ(text_of(*generator.next(1, fail)), "00000000010000000000000001"); // draws nothing
    EXPECT_EQ(text_of(*generator.next(1, fail)), "00000000010000000000000002");
}

TEST(UlidGenerator, CarriesAcrossBytes) {
    UlidGenerator generator;
    Ulid previous = *generator.next(1, fill<0>);
    for (int i = 0; i < 70'000; ++i) { // past two carries of a byte
        const Ulid following = *generator.next(1, fail);
        ASSERT_LT(previous, following);
        previous = following;
    }
    // 70000 = 68 * 1024 + 11 * 32 + 16, and 68 = 2 * 32 + 4: digits 2, 4, B, G.
    EXPECT_EQ(text_of(previous), "000000000100000000000024BG");
}

TEST(UlidGenerator, AClockThatGoesBackCountsAsTheSameMillisecond) {
    UlidGenerator generator;
    EXPECT_EQ(*generator.next(9, fill<0>), ulid_floor(9));
    EXPECT_EQ(text_of(*generator.next(3, fail)), "00000000090000000000000001");
    EXPECT_EQ(text_of(*generator.next(0, fail)), "00000000090000000000000002");
    EXPECT_EQ(*generator.next(10, fill<0>), ulid_floor(10));
}

TEST(UlidGenerator, FailsWhenTheRandomBitsAreExhausted) {
    UlidGenerator generator;
    ASSERT_TRUE(generator.next(1, fill_but_last_bit));
    EXPECT_EQ(*generator.next(1, fail), ulid_ceil(1));
    for (int i = 0; i < 2; ++i) // the failure changes nothing, so it repeats
        expect_error(generator.next(1, fill<0>), ErrorCode::out_of_range, "millisecond 1", "all ones");
    EXPECT_EQ(*generator.next(2, fill<0>), ulid_floor(2));
}

TEST(UlidGenerator, AFailingRandomSourceChangesNothing) {
    UlidGenerator generator;
    expect_error(generator.next(5, fail), ErrorCode::internal, "random");
    EXPECT_EQ(*generator.next(4, fill<0>), ulid_floor(4)); // not held at 5
    expect_error(generator.next(7, fail), ErrorCode::internal, "random");
    EXPECT_EQ(text_of(*generator.next(4, fail)), "00000000040000000000000001");
}

TEST(UlidGenerator, RefusesTimesAbove48Bits) {
    UlidGenerator generator;
    expect_error(generator.next(ulid_max_milliseconds + 1, fill<0>), ErrorCode::out_of_range,
                 "281474976710656");
    EXPECT_EQ(*generator.next(1, fill<0>), ulid_floor(1));
    EXPECT_EQ(*generator.next(ulid_max_milliseconds, fill<0>), ulid_floor(ulid_max_milliseconds));
}

} // namespace
} // namespace policies::core
