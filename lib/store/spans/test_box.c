#include "store/spans/box.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/moment.h"
#include "spans-support.h"
#include "store/spans/pack.h"
#include "tap.h"

#define BEGIN (TEST_DAY * MS_PER_DAY)

static struct arena *arena;
static struct box_coder *coder;

/* A box of random rows over string_count strings, whose numbers are 1000, 1001, ... */
static void make_box(struct chance *chance, size_t count, size_t string_count,
                     struct box_row **ret_rows, struct buffer *plain)
{
    CLEANUP(buffer_deinit) struct buffer columns = buffer_init(BOX_PLAIN_MAX);
    struct box_row *rows = arena_take_array(arena, count, sizeof(*rows));
    uint32_t *numbers = arena_take_array(arena, string_count, sizeof(*numbers));

    CHECK(rows && numbers);
    for (size_t i = 0; i < string_count; i++)
        numbers[i] = 1000 + (uint32_t)i;
    for (size_t i = 0; i < count; i++) {
        uint32_t offset = chance_below(chance, (uint32_t)MS_PER_DAY);

        rows[i] = (struct box_row){
            .start_at = BEGIN + offset,
            .duration_ms = chance_below(chance, (uint32_t)MS_PER_DAY - offset + 1),
            .application = chance_below(chance, (uint32_t)string_count + 1),
            .domain = chance_below(chance, (uint32_t)string_count + 1),
            .title = chance_below(chance, (uint32_t)string_count + 1),
            .flags = chance_below(chance, BOX_FLAGS_MAX + 1),
            .state = (enum span_state)chance_below(chance, SPAN_STATES),
        };
    }
    CHECK(box_columns(coder, TEST_DAY, rows, count, string_count, &columns) == 0);
    box_head(count, -300, numbers, string_count, plain);
    buffer_append(plain, columns.at, columns.len);
    CHECK(buffer_check(plain) == 0);
    *ret_rows = rows;
}

static bool same_text(uint32_t place, uint32_t number)
{
    return number == (place ? 999 + place : 0);
}

static void rows_come_back_in_every_size(void)
{
    static const size_t sizes[][2] = {{1, 0},     {1, 1},      {2, 255},       {500, 60},
                                      {500, 256}, {3000, 999}, {20000, 20000}, {20000, 65535}};
    struct chance chance = {.state = 8};

    for (size_t size = 0; size < sizeof(sizes) / sizeof(sizes[0]); size++) {
        CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_PLAIN_MAX);
        struct box_row *rows;
        struct box box;

        make_box(&chance, sizes[size][0], sizes[size][1], &rows, &plain);
        CHECK(box_decode(coder, TEST_DAY, buffer_bytes(&plain), arena, &box) == 0);
        CHECK(box.count == sizes[size][0] && box.offset_minutes == -300);
        for (size_t i = 0; i < box.count; i++) {
            CHECK(box.rows[i].start_at == rows[i].start_at);
            CHECK(box.rows[i].duration_ms == rows[i].duration_ms);
            CHECK(same_text(rows[i].application, box.rows[i].application));
            CHECK(same_text(rows[i].domain, box.rows[i].domain));
            CHECK(same_text(rows[i].title, box.rows[i].title));
            CHECK(box.rows[i].flags == rows[i].flags && box.rows[i].state == rows[i].state);
        }
        arena_reset(arena);
    }
}

static void a_cut_box_and_one_with_more_behind_it_are_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_PLAIN_MAX);
    struct chance chance = {.state = 21};
    struct box_row *rows;
    struct box box;

    make_box(&chance, 40, 12, &rows, &plain);
    for (size_t len = 0; len < plain.len; len++)
        CHECK(box_decode(coder, TEST_DAY, (struct bytes){.at = plain.at, .len = len}, arena,
                         &box) == BOX_INVALID);
    buffer_append(&plain, "", 1);
    CHECK(box_decode(coder, TEST_DAY, buffer_bytes(&plain), arena, &box) == BOX_INVALID);
}

static void rows_that_leave_the_day_are_refused(void)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_PLAIN_MAX);
    CLEANUP(buffer_deinit) struct buffer columns = buffer_init(BOX_PLAIN_MAX);
    struct box_row row = {.start_at = BEGIN + MS_PER_DAY - 10, .duration_ms = 11};
    struct box box;

    CHECK(!box_row_fits(TEST_DAY, &row));
    CHECK(box_columns(coder, TEST_DAY, &row, 1, 0, &columns) == 0);
    box_head(1, 0, NULL, 0, &plain);
    buffer_append(&plain, columns.at, columns.len);
    CHECK(box_decode(coder, TEST_DAY, buffer_bytes(&plain), arena, &box) == BOX_INVALID);
    row.duration_ms = 10;
    CHECK(box_row_fits(TEST_DAY, &row));
}

static void a_newer_box_is_told_from_a_broken_one(void)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_PLAIN_MAX);
    struct chance chance = {.state = 4};
    struct box_row *rows;
    struct box box;

    make_box(&chance, 3, 2, &rows, &plain);
    plain.at[0] = 2;
    CHECK(box_decode(coder, TEST_DAY, buffer_bytes(&plain), arena, &box) == BOX_NEWER);
    plain.at[0] = 0;
    CHECK(box_decode(coder, TEST_DAY, buffer_bytes(&plain), arena, &box) == BOX_INVALID);
}

static void tallies_come_back(void)
{
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_PLAIN_MAX);
    struct box_count counts[2] = {{1, 0, REDACT_MRN, 3}, {70000, 2, 0, UINT32_MAX}};
    struct box_drop drops[1] = {{BATCH_DROP_LONG, 9}};
    struct box_tally tally = {.counts = counts, .count_count = 2, .drops = drops, .drop_count = 1};
    struct box_tally found;

    box_tally_encode(&tally, &plain);
    CHECK(box_tally_decode(buffer_bytes(&plain), arena, &found) == 0);
    CHECK(found.count_count == 2 && found.drop_count == 1);
    CHECK(memcmp(found.counts, counts, sizeof(counts)) == 0);
    CHECK(memcmp(found.drops, drops, sizeof(drops)) == 0);
    for (size_t len = 0; len < plain.len; len++)
        CHECK(box_tally_decode((struct bytes){.at = plain.at, .len = len}, arena, &found) ==
              BOX_INVALID);
}

static void strings_come_back_whether_they_compress_or_not(void)
{
    static const size_t counts[] = {0, 1, 2, 300};
    struct text texts[300];

    for (size_t i = 0; i < 300; i++)
        texts[i] = arena_print(arena, "text %zu of many that are alike", i);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        CLEANUP(buffer_deinit) struct buffer plain = buffer_init(1 << 20);
        struct text *found;

        CHECK(box_strings_encode(coder, texts, counts[i], &plain) == 0);
        CHECK(box_strings_decode(coder, buffer_bytes(&plain), counts[i], arena, &found) == 0);
        for (size_t at = 0; at < counts[i]; at++)
            CHECK(text_equal(found[at], texts[at]));
        CHECK(box_strings_decode(coder, buffer_bytes(&plain), counts[i] + 1, arena, &found) ==
              BOX_INVALID);
    }
}

static void numbers_have_one_spelling(void)
{
    static const uint64_t numbers[] = {0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX};
    static const uint8_t bad[][11] = {
        {0x80, 0x00},
        {0xff},
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02},
    };
    static const size_t bad_len[] = {2, 1, 10};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        CLEANUP(buffer_deinit) struct buffer buffer = buffer_init(16);

        pack_number(&buffer, numbers[i]);
        struct pack_reader reader = pack_reader_of(buffer_bytes(&buffer));
        CHECK(unpack_number(&reader) == numbers[i]);
        CHECK(!reader.failed && reader.left == 0);
    }
    for (size_t i = 0; i < 3; i++) {
        struct pack_reader reader = pack_reader_of((struct bytes){.at = bad[i], .len = bad_len[i]});

        CHECK(unpack_number(&reader) == 0 && reader.failed);
    }
}

int main(void)
{
    CHECK(arena_new(&arena, (size_t)64 << 20) == 0);
    CHECK(box_coder_new(&coder) == 0);
    RUN(rows_come_back_in_every_size);
    RUN(a_cut_box_and_one_with_more_behind_it_are_refused);
    RUN(rows_that_leave_the_day_are_refused);
    RUN(a_newer_box_is_told_from_a_broken_one);
    RUN(tallies_come_back);
    RUN(strings_come_back_whether_they_compress_or_not);
    RUN(numbers_have_one_spelling);
    coder = box_coder_free(coder);
    arena = arena_free(arena);
    return tap_done();
}
