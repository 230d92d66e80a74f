#include "base/utf8.h"
#include "tap.h"

static void well_formed_text_is_valid(void)
{
    CHECK(utf8_valid(text_of("")));
    CHECK(utf8_valid(text_of("plain")));
    CHECK(utf8_valid(
        text_of("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xef\xbf\xbf \xf4\x8f\xbf\xbf")));
}

static void malformed_text_is_not(void)
{
    static const char *const wrong[] = {"\x80",
                                        "\xc0\xaf",
                                        "\xc1\xbf",
                                        "\xe0\x80\x80",
                                        "\xed\xa0\x80",
                                        "\xf0\x80\x80\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xf5\x80\x80\x80",
                                        "\xff",
                                        "a\xc3",
                                        "\xe2\x82",
                                        "\xf0\x9f\x98"};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CHECK(!utf8_valid(text_of(wrong[i])));
}

static void characters_are_read_one_by_one(void)
{
    uint32_t point = 0;

    CHECK(utf8_next(text_of("\xe2\x82\xac!"), &point) == 3 && point == 0x20ac);
    CHECK(utf8_next(text_of("\xf0\x9f\x98\x80"), &point) == 4 && point == 0x1f600);
    CHECK(utf8_next((struct text){0}, &point) == 0);
}

int main(void)
{
    RUN(well_formed_text_is_valid);
    RUN(malformed_text_is_not);
    RUN(characters_are_read_one_by_one);
    return tap_done();
}
