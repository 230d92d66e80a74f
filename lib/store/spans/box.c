#include "store/spans/box.h"

#include <assert.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/moment.h"
#include "base/wipe.h"
#include "store/spans/pack.h"
#include "wire/batch.h"

enum {
    VERSION = 1,
    LEVEL = 1, /* 3 saves under one per cent of a box (bench_spans) */
    PLANE_MAX = BOX_ROWS_MAX,
    OFFSET_NUMBER_MAX = 2 * BOX_OFFSET_MINUTES_MAX, /* zigzag */
    NARROW_MAX = 255,                               /* strings that a place of one byte can name */
};

enum { STRINGS_RAW = 0, STRINGS_ZSTD = 1 };

struct box_coder {
    ZSTD_CCtx *encoder;
    ZSTD_DCtx *decoder;
    uint8_t plane[PLANE_MAX];
};

struct box_coder *box_coder_free(struct box_coder *coder)
{
    if (!coder)
        return NULL;
    (void)ZSTD_freeCCtx(coder->encoder);
    (void)ZSTD_freeDCtx(coder->decoder);
    wipe(coder, sizeof(*coder));
    free(coder);
    return NULL;
}

RESULT box_coder_new(struct box_coder **ret_coder)
{
    struct box_coder *coder = calloc(1, sizeof(*coder));

    if (!coder)
        return FAULT(ERR_MEMORY);
    coder->encoder = ZSTD_createCCtx();
    coder->decoder = ZSTD_createDCtx();
    if (!coder->encoder || !coder->decoder) {
        (void)box_coder_free(coder);
        return FAULT(ERR_MEMORY);
    }
    *ret_coder = coder;
    return 0;
}

bool box_row_fits(int32_t day, const struct box_row *row)
{
    int64_t begin = day * MS_PER_DAY;

    return row->start_at >= begin && row->start_at < begin + MS_PER_DAY &&
           row->duration_ms <= begin + MS_PER_DAY - row->start_at && row->flags <= BOX_FLAGS_MAX &&
           (unsigned)row->state < SPAN_STATES;
}

/* ---- planes: one byte of every row, a zstd block of its own, so each has its own statistics ----
 */

enum plane {
    PLANE_APPLICATION,
    PLANE_APPLICATION_HIGH,
    PLANE_DOMAIN,
    PLANE_DOMAIN_HIGH,
    PLANE_TITLE,
    PLANE_TITLE_HIGH,
    PLANE_STATE,
    PLANE_GAP,
    PLANE_DURATION,
    PLANES
};

static bool plane_used(unsigned plane, size_t string_count)
{
    bool high =
        plane == PLANE_APPLICATION_HIGH || plane == PLANE_DOMAIN_HIGH || plane == PLANE_TITLE_HIGH;

    return !high || string_count > NARROW_MAX;
}

/* From the end of the span before (of the first: from midnight) to the start of this one. */
static uint64_t gap_before(int32_t day, const struct box_row *rows, size_t i)
{
    int64_t from = day * MS_PER_DAY;

    if (i > 0)
        from = rows[i - 1].start_at + rows[i - 1].duration_ms;
    return zigzag(rows[i].start_at - from);
}

static uint8_t plane_byte(unsigned plane, int32_t day, const struct box_row *rows, size_t i)
{
    const struct box_row *row = &rows[i];

    switch ((enum plane)plane) {
    case PLANE_APPLICATION:
        return (uint8_t)row->application;
    case PLANE_APPLICATION_HIGH:
        return (uint8_t)(row->application >> 8);
    case PLANE_DOMAIN:
        return (uint8_t)row->domain;
    case PLANE_DOMAIN_HIGH:
        return (uint8_t)(row->domain >> 8);
    case PLANE_TITLE:
        return (uint8_t)row->title;
    case PLANE_TITLE_HIGH:
        return (uint8_t)(row->title >> 8);
    case PLANE_STATE:
        return (uint8_t)(row->flags << 2 | row->state);
    case PLANE_GAP:
        return (uint8_t)bit_length(gap_before(day, rows, i));
    case PLANE_DURATION:
        return (uint8_t)bit_length(row->duration_ms);
    case PLANES:
        break;
    }
    assert(false && "a plane without a meaning");
    return 0;
}

static RESULT compress_plane(struct box_coder *coder, size_t len, bool last, struct buffer *frame)
{
    ZSTD_inBuffer in = {.src = coder->plane, .size = len};
    uint8_t at[4096];
    size_t left;

    do {
        ZSTD_outBuffer out = {.dst = at, .size = sizeof(at)};

        left = ZSTD_compressStream2(coder->encoder, &out, &in, last ? ZSTD_e_end : ZSTD_e_flush);
        if (ZSTD_isError(left))
            return FAULT(ERR_MEMORY);
        buffer_append(frame, at, out.pos);
    } while (left > 0);
    return 0;
}

static RESULT compress_begin(struct box_coder *coder, size_t len)
{
    size_t r = ZSTD_CCtx_reset(coder->encoder, ZSTD_reset_session_and_parameters);

    if (!ZSTD_isError(r))
        r = ZSTD_CCtx_setParameter(coder->encoder, ZSTD_c_compressionLevel, LEVEL);
    if (!ZSTD_isError(r))
        r = ZSTD_CCtx_setParameter(coder->encoder, ZSTD_c_contentSizeFlag, 0);
    if (!ZSTD_isError(r))
        r = ZSTD_CCtx_setPledgedSrcSize(coder->encoder, len);
    return ZSTD_isError(r) ? FAULT(ERR_MEMORY) : 0;
}

static size_t planes_size(size_t count, size_t string_count)
{
    size_t planes = 0;

    for (unsigned plane = 0; plane < PLANES; plane++)
        planes += plane_used(plane, string_count);
    return planes * count;
}

static RESULT planes_encode(struct box_coder *coder, int32_t day, const struct box_row *rows,
                            size_t count, size_t string_count, struct buffer *frame)
{
    int r = compress_begin(coder, planes_size(count, string_count));

    for (unsigned plane = 0; r == 0 && plane < PLANES; plane++) {
        if (!plane_used(plane, string_count))
            continue;
        for (size_t i = 0; i < count; i++)
            coder->plane[i] = plane_byte(plane, day, rows, i);
        r = compress_plane(coder, count, plane + 1 == PLANES, frame);
    }
    return r;
}

/* A number's length is in its plane; here are its bits below the highest, which is always 1. */
static void tail_put(struct pack_bits *bits, struct buffer *buffer, uint64_t number)
{
    unsigned len = bit_length(number);

    if (len > 1)
        pack_bits_put(bits, buffer, number, len - 1);
}

RESULT box_columns(struct box_coder *coder, int32_t day, const struct box_row *rows, size_t count,
                   size_t string_count, struct buffer *ret_columns)
{
    CLEANUP(buffer_deinit) struct buffer frame = buffer_init(BOX_PLAIN_MAX);
    struct pack_bits bits = {0};
    int r;

    assert(count > 0 && count <= BOX_ROWS_MAX && string_count <= BOX_STRINGS_MAX);
    r = planes_encode(coder, day, rows, count, string_count, &frame);
    if (r)
        return r;
    r = buffer_check(&frame);
    if (r)
        return r;
    pack_number(ret_columns, frame.len);
    buffer_append(ret_columns, frame.at, frame.len);
    for (size_t i = 0; i < count; i++) {
        tail_put(&bits, ret_columns, gap_before(day, rows, i));
        tail_put(&bits, ret_columns, rows[i].duration_ms);
    }
    pack_bits_end(&bits, ret_columns);
    return buffer_check(ret_columns);
}

void box_head(size_t row_count, int32_t offset_minutes, const uint32_t *numbers,
              size_t string_count, struct buffer *ret_plain)
{
    const uint8_t version = VERSION;

    buffer_append(ret_plain, &version, 1);
    pack_number(ret_plain, row_count);
    pack_number(ret_plain, zigzag(offset_minutes));
    pack_number(ret_plain, string_count);
    for (size_t i = 0; i < string_count; i++)
        pack_number(ret_plain, numbers[i]);
}

/* ---- decoding ---- */

static RESULT version_check(struct pack_reader *reader)
{
    uint8_t version = unpack_byte(reader);

    if (reader->failed || version < VERSION)
        return BOX_INVALID;
    return version > VERSION ? BOX_NEWER : 0;
}

static RESULT planes_decode(struct box_coder *coder, struct pack_reader *reader, size_t count,
                            size_t string_count, struct arena *arena,
                            const uint8_t *ret_planes[PLANES])
{
    size_t frame_len = (size_t)unpack_at_most(reader, BOX_PLAIN_MAX);
    struct bytes frame = unpack_bytes(reader, frame_len);
    size_t size = planes_size(count, string_count);
    size_t used = 0;

    if (reader->failed)
        return BOX_INVALID;
    uint8_t *at = arena_take(arena, size);
    if (!at)
        return FAULT(ERR_MEMORY);
    if (ZSTD_decompressDCtx(coder->decoder, at, size, frame.at, frame.len) != size)
        return BOX_INVALID;
    for (unsigned plane = 0; plane < PLANES; plane++) {
        ret_planes[plane] = NULL;
        if (plane_used(plane, string_count))
            ret_planes[plane] = at + count * used++;
    }
    return 0;
}

static uint64_t tail_get(struct pack_bits *bits, struct pack_reader *reader, unsigned len)
{
    /* No gap needs more: two days in ms, and a sign. */
    if (len > 30) {
        reader->failed = true;
        return 0;
    }
    return len == 0 ? 0 : UINT64_C(1) << (len - 1) | pack_bits_get(bits, reader, len - 1);
}

/* The day's number at a place; the reader fails when the place is not in the list. */
static uint32_t number_at(struct pack_reader *reader, const uint32_t *numbers, size_t string_count,
                          const uint8_t *low, const uint8_t *high, size_t i)
{
    size_t place = low[i] | (size_t)(high ? high[i] : 0) << 8;

    if (place == 0)
        return 0;
    if (place > string_count) {
        reader->failed = true;
        return 0;
    }
    return numbers[place - 1];
}

static RESULT rows_decode(int32_t day, struct pack_reader *reader, const uint32_t *numbers,
                          size_t string_count, const uint8_t *const planes[PLANES], struct box *box)
{
    struct pack_bits bits = {0};
    int64_t from = day * MS_PER_DAY;

    assert(planes[PLANE_APPLICATION] && planes[PLANE_DOMAIN] && planes[PLANE_TITLE] &&
           planes[PLANE_STATE] && planes[PLANE_GAP] && planes[PLANE_DURATION]);
    for (size_t i = 0; i < box->count && !reader->failed; i++) {
        struct box_row *row = &box->rows[i];

        row->start_at = from + unzigzag(tail_get(&bits, reader, planes[PLANE_GAP][i]));
        row->duration_ms = (uint32_t)tail_get(&bits, reader, planes[PLANE_DURATION][i]);
        row->application = number_at(reader, numbers, string_count, planes[PLANE_APPLICATION],
                                     planes[PLANE_APPLICATION_HIGH], i);
        row->domain = number_at(reader, numbers, string_count, planes[PLANE_DOMAIN],
                                planes[PLANE_DOMAIN_HIGH], i);
        row->title = number_at(reader, numbers, string_count, planes[PLANE_TITLE],
                               planes[PLANE_TITLE_HIGH], i);
        row->state = (enum span_state)(planes[PLANE_STATE][i] & 3);
        row->flags = planes[PLANE_STATE][i] >> 2;
        from = row->start_at + row->duration_ms;
        if (!box_row_fits(day, row))
            return BOX_INVALID;
    }
    return reader->failed || reader->left > 0 || bits.held != 0 ? BOX_INVALID : 0;
}

/* What stands before the columns. */
struct head {
    size_t row_count;
    int32_t offset_minutes;
    uint32_t *numbers; /* in the arena */
    size_t string_count;
};

static RESULT head_decode(struct pack_reader *reader, struct arena *arena, struct head *ret_head)
{
    struct head head;
    int r = version_check(reader);

    if (r)
        return r;
    head.row_count = (size_t)unpack_at_most(reader, BOX_ROWS_MAX);
    head.offset_minutes = (int32_t)unzigzag(unpack_at_most(reader, OFFSET_NUMBER_MAX));
    head.string_count = (size_t)unpack_at_most(reader, BOX_STRINGS_MAX);
    if (reader->failed || head.row_count == 0 || head.string_count > reader->left)
        return BOX_INVALID;
    head.numbers = arena_take_array(arena, head.string_count, sizeof(*head.numbers));
    if (!head.numbers)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < head.string_count; i++)
        head.numbers[i] = (uint32_t)unpack_at_most(reader, UINT32_MAX);
    *ret_head = head;
    return 0;
}

RESULT box_renumber(struct bytes plain, const uint32_t *map, size_t count, struct arena *arena,
                    struct buffer *ret_plain)
{
    struct pack_reader reader = pack_reader_of(plain);
    struct head head;
    int r = head_decode(&reader, arena, &head);

    if (r)
        return r;
    if (reader.failed)
        return BOX_INVALID;
    for (size_t i = 0; i < head.string_count; i++) {
        if (head.numbers[i] > count)
            return BOX_INVALID;
        if (head.numbers[i] > 0)
            head.numbers[i] = map[head.numbers[i] - 1];
    }
    box_head(head.row_count, head.offset_minutes, head.numbers, head.string_count, ret_plain);
    buffer_append(ret_plain, reader.at, reader.left);
    return buffer_check(ret_plain);
}

RESULT box_decode(struct box_coder *coder, int32_t day, struct bytes plain, struct arena *arena,
                  struct box *ret_box)
{
    struct pack_reader reader = pack_reader_of(plain);
    const uint8_t *planes[PLANES] = {0};
    struct head head;
    int r = head_decode(&reader, arena, &head);

    if (r)
        return r;
    struct box box = {.count = head.row_count, .offset_minutes = head.offset_minutes};
    box.rows = arena_take_array(arena, box.count, sizeof(*box.rows));
    if (!box.rows)
        return FAULT(ERR_MEMORY);
    r = planes_decode(coder, &reader, box.count, head.string_count, arena, planes);
    if (r)
        return r;
    r = rows_decode(day, &reader, head.numbers, head.string_count, planes, &box);
    if (r)
        return r;
    *ret_box = box;
    return 0;
}

/* ---- tallies ---- */

void box_tally_encode(const struct box_tally *tally, struct buffer *ret_plain)
{
    const uint8_t version = VERSION;

    buffer_append(ret_plain, &version, 1);
    pack_number(ret_plain, tally->count_count);
    for (size_t i = 0; i < tally->count_count; i++) {
        pack_number(ret_plain, tally->counts[i].application);
        pack_number(ret_plain, tally->counts[i].domain);
        pack_number(ret_plain, tally->counts[i].kind);
        pack_number(ret_plain, tally->counts[i].count);
    }
    pack_number(ret_plain, tally->drop_count);
    for (size_t i = 0; i < tally->drop_count; i++) {
        pack_number(ret_plain, tally->drops[i].reason);
        pack_number(ret_plain, tally->drops[i].count);
    }
}

static RESULT counts_decode(struct pack_reader *reader, struct arena *arena,
                            struct box_tally *tally)
{
    tally->count_count = (size_t)unpack_at_most(reader, BOX_TALLIES_MAX);
    if (tally->count_count > reader->left)
        return BOX_INVALID;
    tally->counts = arena_take_array(arena, tally->count_count, sizeof(*tally->counts));
    if (!tally->counts)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < tally->count_count; i++) {
        tally->counts[i].application = (uint32_t)unpack_at_most(reader, UINT32_MAX);
        tally->counts[i].domain = (uint32_t)unpack_at_most(reader, UINT32_MAX);
        tally->counts[i].kind = (uint32_t)unpack_at_most(reader, REDACT_KINDS - 1);
        tally->counts[i].count = (uint32_t)unpack_at_most(reader, UINT32_MAX);
    }
    return 0;
}

RESULT box_tally_decode(struct bytes plain, struct arena *arena, struct box_tally *ret_tally)
{
    struct pack_reader reader = pack_reader_of(plain);
    struct box_tally tally = {0};
    int r;

    r = version_check(&reader);
    if (r)
        return r;
    r = counts_decode(&reader, arena, &tally);
    if (r)
        return r;
    tally.drop_count = (size_t)unpack_at_most(&reader, BOX_TALLIES_MAX);
    if (tally.drop_count > reader.left)
        return BOX_INVALID;
    tally.drops = arena_take_array(arena, tally.drop_count, sizeof(*tally.drops));
    if (!tally.drops)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < tally.drop_count; i++) {
        tally.drops[i].reason = (uint32_t)unpack_at_most(&reader, BATCH_DROP_REASONS - 1);
        tally.drops[i].count = (uint32_t)unpack_at_most(&reader, UINT32_MAX);
        if (tally.drops[i].reason == 0)
            return BOX_INVALID;
    }
    if (reader.failed || reader.left > 0)
        return BOX_INVALID;
    *ret_tally = tally;
    return 0;
}

/* ---- strings ---- */

RESULT box_strings_encode(struct box_coder *coder, const struct text *texts, size_t count,
                          struct buffer *ret_plain)
{
    CLEANUP(buffer_deinit) struct buffer list = buffer_init(BOX_STRINGS_PLAIN_MAX);
    uint8_t head[2] = {VERSION, STRINGS_RAW};
    int r;

    for (size_t i = 0; i < count; i++) {
        pack_number(&list, texts[i].len);
        buffer_append_text(&list, texts[i]);
    }
    r = buffer_check(&list);
    if (r)
        return r;
    size_t bound = ZSTD_compressBound(list.len);
    uint8_t *at = malloc(bound);
    if (!at)
        return FAULT(ERR_MEMORY);
    size_t len = ZSTD_compressCCtx(coder->encoder, at, bound, list.at, list.len, LEVEL);
    bool smaller = !ZSTD_isError(len) && len < list.len;
    head[1] = smaller ? STRINGS_ZSTD : STRINGS_RAW;
    buffer_append(ret_plain, head, sizeof(head));
    if (smaller)
        buffer_append(ret_plain, at, len);
    else
        buffer_append(ret_plain, list.at, list.len);
    wipe(at, bound);
    free(at);
    return buffer_check(ret_plain);
}

static RESULT strings_inflate(struct box_coder *coder, struct bytes frame, struct arena *arena,
                              struct bytes *ret_list)
{
    unsigned long long size = ZSTD_getFrameContentSize(frame.at, frame.len);

    if (size > BOX_STRINGS_PLAIN_MAX)
        return BOX_INVALID;
    uint8_t *at = arena_take(arena, (size_t)size);
    if (!at)
        return FAULT(ERR_MEMORY);
    if (ZSTD_decompressDCtx(coder->decoder, at, (size_t)size, frame.at, frame.len) != size)
        return BOX_INVALID;
    *ret_list = (struct bytes){.at = at, .len = (size_t)size};
    return 0;
}

RESULT box_strings_decode(struct box_coder *coder, struct bytes plain, size_t count,
                          struct arena *arena, struct text **ret_texts)
{
    struct pack_reader reader = pack_reader_of(plain);
    struct bytes list;
    int r;

    r = version_check(&reader);
    if (r)
        return r;
    uint8_t method = unpack_byte(&reader);
    if (reader.failed || method > STRINGS_ZSTD)
        return BOX_INVALID;
    list = (struct bytes){.at = reader.at, .len = reader.left};
    if (method == STRINGS_ZSTD) {
        r = strings_inflate(coder, list, arena, &list);
        if (r)
            return r;
    }
    if (count > list.len)
        return BOX_INVALID;
    struct text *texts = arena_take_array(arena, count, sizeof(*texts));
    if (!texts)
        return FAULT(ERR_MEMORY);
    reader = pack_reader_of(list);
    for (size_t i = 0; i < count; i++) {
        size_t len = (size_t)unpack_at_most(&reader, WIRE_STRING_BYTES_MAX);
        texts[i] = text_of_bytes(unpack_bytes(&reader, len));
    }
    if (reader.failed || reader.left > 0)
        return BOX_INVALID;
    *ret_texts = texts;
    return 0;
}
