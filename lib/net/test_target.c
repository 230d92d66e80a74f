#include "net/target.h"

#include "tap.h"

static void paths_and_queries_are_decoded_once(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct target target;

    CHECK(arena_new(&arena, 1 << 20) == 0);
    CHECK(target_parse(text_of("/a+b/%2541/%C3%A9?x=1+2%26&y&=z&x=3&w=a=b"), arena, &target) == 0);
    CHECK(text_equal(target.path, text_of("/a+b/%41/é")));
    CHECK(target.parameter_count == 5);
    CHECK(text_equal(target.parameters[0].value, text_of("1 2&")));
    CHECK(text_equal(target.parameters[1].name, text_of("y")));
    CHECK(target.parameters[1].value.len == 0 && target.parameters[1].value.at);
    CHECK(target.parameters[2].name.len == 0);
    CHECK(text_equal(target.parameters[4].value, text_of("a=b")));
    CHECK(target_parse(text_of("/"), arena, &target) == 0 && target.path.len == 1);
    CHECK(target_parse(text_of("/a/"), arena, &target) == 0);
    CHECK(target_parse(text_of("/.a/..b/c.."), arena, &target) == 0);
    CHECK(target_parse(text_of("/?"), arena, &target) == 0 && target.parameter_count == 0);
}

static void targets_that_are_not_plain_are_refused_and_touch_nothing(void)
{
    static const char *const bad[] = {
        "",      "a",       "*",       "?a=b",    "//",      "/a//b",     "/a//", "/.",       "/..",
        "/a/.",  "/a/..",   "/a/../b", "/%2e",    "/%2E%2e", "/a%2f%2fb", "/%00", "/%7f",     "/%1",
        "/%",    "/%g0",    "/%0g",    "/\x80",   "/%c0%af", "/a b",      "/a#b", "/\t",      "/?%",
        "/?a=%", "/?a=%00", "/?a=%ff", "/?%0a=b", "/a\x7f",  "/?a=%e",    "/%2f", "/a/%2e%2e"};
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct target target = {.parameter_count = 77};

    CHECK(arena_new(&arena, 1 << 20) == 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(target_parse(text_of(bad[i]), arena, &target) == TARGET_INVALID);
    CHECK(target_parse((struct text){.at = "/a\0b", .len = 4}, arena, &target) == TARGET_INVALID);
    CHECK(target.parameter_count == 77);
}

static void parameters_have_a_ceiling(void)
{
    char raw[2 + 2 * (TARGET_PARAMETERS_MAX + 1)] = "/?";
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct target target;

    CHECK(arena_new(&arena, 1 << 20) == 0);
    for (size_t i = 0; i < TARGET_PARAMETERS_MAX + 1; i++)
        memcpy(raw + 2 + 2 * i, "a&", 2);
    CHECK(target_parse((struct text){raw, sizeof(raw) - 2}, arena, &target) == 0);
    CHECK(target_parse((struct text){raw, sizeof(raw)}, arena, &target) == TARGET_INVALID);
}

static void a_full_arena_is_a_fault(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct target target;

    CHECK(arena_new(&arena, 16) == 0);
    CHECK(target_parse(text_of("/a/long/path/that/does/not/fit?q=1"), arena, &target) ==
          ERR_MEMORY);
}

static void cookies_are_found_by_their_whole_name(void)
{
    const struct text header = text_of("ab=1; b=2;c=3=4; flag; d=");

    CHECK(text_equal(target_cookie(header, text_of("ab")), text_of("1")));
    CHECK(text_equal(target_cookie(header, text_of("b")), text_of("2")));
    CHECK(text_equal(target_cookie(header, text_of("c")), text_of("3=4")));
    CHECK(target_cookie(header, text_of("d")).at && !target_cookie(header, text_of("d")).len);
    CHECK(!target_cookie(header, text_of("a")).at);
    CHECK(!target_cookie(header, text_of("flag")).at);
    CHECK(!target_cookie((struct text){0}, text_of("a")).at);
}

int main(void)
{
    RUN(paths_and_queries_are_decoded_once);
    RUN(targets_that_are_not_plain_are_refused_and_touch_nothing);
    RUN(parameters_have_a_ceiling);
    RUN(a_full_arena_is_a_fault);
    RUN(cookies_are_found_by_their_whole_name);
    return tap_done();
}
