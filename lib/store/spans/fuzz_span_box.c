/*
 * Plain boxes, as they are after their seal was opened: any bytes are decoded or refused within the
 * ceilings, and what was decoded comes back the same when it is encoded and decoded again.
 */

#include <assert.h>
#include <stdlib.h>

#include "store/spans/box.h"
#include "store/spans/evidence_box.h"

#define ARENA_MAX ((size_t)40 << 20)
#define DAY 20780

static void evidence_of(struct bytes plain)
{
    CLEANUP(evidence_sum_deinit) struct evidence_sum sum = evidence_sum_init();
    CLEANUP(evidence_sum_deinit) struct evidence_sum again_sum = evidence_sum_init();
    CLEANUP(buffer_deinit) struct buffer again = buffer_init(BOX_PLAIN_MAX);

    if (evidence_box_decode(plain, DAY, &sum))
        return;
    evidence_box_encode(&sum, DAY, &again);
    assert(evidence_box_decode(buffer_bytes(&again), DAY, &again_sum) == 0);
    const struct evidence a = evidence_sum_view(&sum);
    const struct evidence b = evidence_sum_view(&again_sum);
    assert(a.count_count == b.count_count && a.judged_count == b.judged_count);
    for (size_t i = 0; i < a.count_count; i++)
        assert(a.counts[i].count == b.counts[i].count && a.counts[i].day == DAY &&
               strcmp(a.counts[i].rule, b.counts[i].rule) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct box_coder *coder;

static bool same_row(const struct box_row *a, const struct box_row *b)
{
    return a->start_at == b->start_at && a->duration_ms == b->duration_ms &&
           a->application == b->application && a->domain == b->domain && a->title == b->title &&
           a->flags == b->flags && a->state == b->state;
}

/* The place of a number in the list, which it joins when it is new. */
static uint32_t place_of(uint32_t *numbers, size_t *count, uint32_t number)
{
    if (number == 0)
        return 0;
    for (size_t i = 0; i < *count; i++) {
        if (numbers[i] == number)
            return (uint32_t)i + 1;
    }
    if (*count == BOX_STRINGS_MAX)
        return 0;
    numbers[(*count)++] = number;
    return (uint32_t)*count;
}

static void encode_again(const struct box *box, struct arena *arena)
{
    CLEANUP(buffer_deinit) struct buffer columns = buffer_init(BOX_PLAIN_MAX);
    CLEANUP(buffer_deinit) struct buffer plain = buffer_init(BOX_PLAIN_MAX);
    uint32_t *numbers = arena_take_array(arena, BOX_STRINGS_MAX, sizeof(*numbers));
    struct box_row *rows = arena_take_array(arena, box->count, sizeof(*rows));
    struct box again;
    size_t count = 0;

    /* The list is searched from its beginning: keep that short. */
    if (!numbers || !rows || box->count > 2000)
        return;
    for (size_t i = 0; i < box->count; i++) {
        rows[i] = box->rows[i];
        rows[i].application = place_of(numbers, &count, rows[i].application);
        rows[i].domain = place_of(numbers, &count, rows[i].domain);
        rows[i].title = place_of(numbers, &count, rows[i].title);
    }
    assert(box_columns(coder, DAY, rows, box->count, count, &columns) == 0);
    box_head(box->count, box->offset_minutes, numbers, count, &plain);
    buffer_append(&plain, columns.at, columns.len);
    assert(box_decode(coder, DAY, buffer_bytes(&plain), arena, &again) == 0);
    assert(again.count == box->count && again.offset_minutes == box->offset_minutes);
    for (size_t i = 0; i < box->count; i++)
        assert(same_row(&again.rows[i], &box->rows[i]));
}

static void rows_of(struct bytes plain, struct arena *arena)
{
    struct box box;
    int r = box_decode(coder, DAY, plain, arena, &box);

    if (r)
        return;
    assert(box.count > 0 && box.count <= BOX_ROWS_MAX);
    for (size_t i = 0; i < box.count; i++)
        assert(box_row_fits(DAY, &box.rows[i]));
    encode_again(&box, arena);
}

static void tally_of(struct bytes plain, struct arena *arena)
{
    CLEANUP(buffer_deinit) struct buffer again = buffer_init(BOX_PLAIN_MAX);
    struct box_tally tally;

    if (box_tally_decode(plain, arena, &tally))
        return;
    /* Numbers have one spelling, so there is only one box of a tally. */
    box_tally_encode(&tally, &again);
    assert(again.len == plain.len && memcmp(again.at, plain.at, plain.len) == 0);
}

static void strings_of(struct bytes plain, struct arena *arena)
{
    CLEANUP(buffer_deinit) struct buffer again = buffer_init(2 * BOX_STRINGS_PLAIN_MAX);
    struct text *texts;
    struct text *texts_again;
    size_t count = plain.len ? plain.at[plain.len - 1] % 8 : 0;

    if (box_strings_decode(coder, plain, count, arena, &texts))
        return;
    assert(box_strings_encode(coder, texts, count, &again) == 0);
    assert(box_strings_decode(coder, buffer_bytes(&again), count, arena, &texts_again) == 0);
    for (size_t i = 0; i < count; i++)
        assert(text_equal(texts[i], texts_again[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = NULL;

    if (size == 0)
        return 0;
    if ((!coder && box_coder_new(&coder)) || arena_new(&arena, ARENA_MAX))
        return 0;
    struct bytes plain = {.at = data + 1, .len = size - 1};
    switch (data[0] % 4) {
    case 0:
        rows_of(plain, arena);
        break;
    case 1:
        tally_of(plain, arena);
        break;
    case 2:
        strings_of(plain, arena);
        break;
    default:
        evidence_of(plain);
        break;
    }
    return 0;
}
