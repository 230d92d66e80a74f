#include "base/hex.h"
#include "tap.h"

static void every_length_goes_there_and_back(void)
{
    uint8_t bytes[40];
    uint8_t again[40];
    char text[100];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 37 + 200);
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        hex_print((struct bytes){bytes, len}, text);
        CHECK(hex_parse(text_of(text), again, len) == 0 && memcmp(bytes, again, len) == 0);
    }
}

static void wrong_characters_and_lengths_are_refused_and_set_nothing(void)
{
    uint8_t out[2] = {9, 9};

    CHECK(hex_parse(text_of("12g4"), out, 2) == HEX_INVALID);
    CHECK(hex_parse(text_of("123"), out, 2) == HEX_INVALID);
    CHECK(hex_parse(text_of("12345"), out, 2) == HEX_INVALID);
    CHECK(out[0] == 9 && out[1] == 9);
}

int main(void)
{
    RUN(every_length_goes_there_and_back);
    RUN(wrong_characters_and_lengths_are_refused_and_set_nothing);
    return tap_done();
}
