#include <stdlib.h>

#include "activity/merge.h"
#include "base/moment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Eight bytes a heartbeat: whatever the stream, spans hold no more time than the boot clock saw,
 * stay within a day, and overlap only where they are flagged.
 */
enum { BEAT_SIZE = 8 };

struct tally {
    int64_t total_ms;
    int64_t end_at_max;
};

static void require(bool held)
{
    if (!held)
        abort();
}

static void take_all(struct tally *tally, struct merger *merger)
{
    struct span span;

    while (merger_next(merger, &span)) {
        int64_t end_at = span.start_at + span.duration_ms;

        require(span.duration_ms > 0 && span.state < SPAN_STATES && span.application);
        require(clean_text_view(span.application).len == 1);
        require(time_day(span.start_at) == time_day(end_at - 1));
        require(span.start_at >= tally->end_at_max || (span.flags & SPAN_FLAG_SKEWED));
        tally->total_ms += span.duration_ms;
        if (end_at > tally->end_at_max)
            tally->end_at_max = end_at;
    }
}

static const struct clean_text *letter(struct arena *arena, char at)
{
    const struct clean_text *text = NULL;

    require(redact_restore((struct bytes){(const uint8_t *)&at, 1}, arena, &text) == 0);
    return text;
}

/* Steps of up to 65 s of the boot clock, forward as a rule; jumps of days of the wall clock. */
static void next_beat(struct heartbeat *beat, const uint8_t *at,
                      const struct clean_text *const texts[4], int64_t *awake_ms)
{
    int64_t step = at[0] << 8 | at[1];
    int64_t jump = at[2] & 1 ? (int64_t)(int8_t)at[3] * at[4] * at[4] * 1000 : 0;

    if (at[2] & 2)
        beat->boot_at -= step;
    else
        beat->boot_at += step;
    if (!(at[2] & 2))
        *awake_ms += step;
    beat->at += step + jump;
    beat->locked = at[2] & 4;
    beat->media = at[2] & 8;
    beat->application = texts[at[2] >> 4 & 3];
    beat->domain = texts[at[2] >> 6];
    beat->since_input_ms = at[5] & 1 ? (uint32_t)at[6] << 24 | (uint32_t)at[7] << 12
                                     : beat->since_input_ms + (uint32_t)step;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(merger_free) struct merger *merger = NULL;
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct heartbeat beat = {.at = INT64_C(1763899200000), .boot_at = 1000};
    struct tally tally = {0};
    int64_t awake_ms = 0;

    require(merger_new(&merger) == 0 && arena_new(&arena, 1 << 16) == 0);
    const struct clean_text *const texts[4] = {NULL, letter(arena, 'a'), letter(arena, 'b'),
                                               letter(arena, 'c')};
    for (; size >= BEAT_SIZE; data += BEAT_SIZE, size -= BEAT_SIZE) {
        struct span span;

        next_beat(&beat, data, texts, &awake_ms);
        int r = merger_beat(merger, &beat);
        require(r == 0 || r == ERR_BUSY);
        if (r == 0)
            require(merger_current(merger, &span) == (beat.application != NULL));
        if (r || data[5] & 2)
            take_all(&tally, merger);
        if (data[5] & 4)
            require(merger_end(merger) == 0);
    }
    require(merger_end(merger) == 0);
    take_all(&tally, merger);
    require(tally.total_ms <= awake_ms);
    return 0;
}
