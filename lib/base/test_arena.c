#include "base/arena.h"
#include "tap.h"

static void what_was_taken_is_zeroed_aligned_and_apart(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;

    CHECK(arena_new(&arena, 1 << 20) == 0);
    uint8_t *a = arena_take(arena, 3);
    uint8_t *b = arena_take(arena, 100000);
    uint8_t *c = arena_take(arena, 0);
    CHECK(a && b && c);
    CHECK((uintptr_t)a % 16 == 0 && (uintptr_t)b % 16 == 0);
    for (size_t i = 0; i < 100000; i++)
        CHECK(b[i] == 0);
    CHECK(b + 100000 <= a || a + 16 <= b);
}

static void the_ceiling_holds_however_it_is_approached(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    size_t taken = 0;

    CHECK(arena_new(&arena, 50000) == 0);
    while (arena_take(arena, 1000))
        taken += 1000;
    CHECK(taken >= 40000 && taken <= 50000);
    CHECK(!arena_take(arena, 60000));
    CHECK(!arena_take(arena, SIZE_MAX));
    CHECK(!arena_take_array(arena, SIZE_MAX / 2, 3));
}

static void an_arena_without_a_ceiling_refuses_what_no_block_can_hold(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;

    CHECK(arena_new(&arena, SIZE_MAX) == 0);
    CHECK(!arena_take(arena, SIZE_MAX - 31));
    CHECK(arena_take(arena, 16));
}

static void a_reset_arena_gives_zeroed_memory_again(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;

    CHECK(arena_new(&arena, 1 << 20) == 0);
    for (int round = 0; round < 3; round++) {
        uint8_t *at = arena_take(arena, 5000);

        CHECK(at);
        for (size_t i = 0; i < 5000; i++)
            CHECK(at[i] == 0);
        memset(at, 0xaa, 5000);
        CHECK(arena_take(arena, 70000));
        arena_reset(arena);
    }
}

static void texts_are_copied_with_a_closing_nul(void)
{
    CLEANUP(arena_free) struct arena *arena = NULL;

    CHECK(arena_new(&arena, 1 << 20) == 0);
    struct text copy = arena_copy_text(arena, (struct text){"hello world", 5});
    CHECK(copy.len == 5 && strcmp(copy.at, "hello") == 0);
    struct text printed = arena_print(arena, "%d-%s", 7, "x");
    CHECK(text_equal(printed, text_of("7-x")) && printed.at[3] == 0);
    struct text empty = arena_copy_text(arena, (struct text){0});
    CHECK(empty.at && empty.len == 0);
}

int main(void)
{
    RUN(what_was_taken_is_zeroed_aligned_and_apart);
    RUN(the_ceiling_holds_however_it_is_approached);
    RUN(an_arena_without_a_ceiling_refuses_what_no_block_can_hold);
    RUN(a_reset_arena_gives_zeroed_memory_again);
    RUN(texts_are_copied_with_a_closing_nul);
    return tap_done();
}
