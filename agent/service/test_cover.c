#include "service/cover.h"

#include <string.h>

#include "tap.h"

static void the_same_span_again_is_nothing(void)
{
    static struct cover cover;
    struct cover_interval pieces[COVER_PIECES_MAX];

    CHECK(cover_take(&cover, 1, 100, 200, SPAN_ACTIVE, pieces) == 1);
    CHECK(cover_take(&cover, 1, 100, 200, SPAN_ACTIVE, pieces) == 0);
    CHECK(cover_take(&cover, 1, 200, 300, SPAN_ACTIVE, pieces) == 1);
}

static void another_session_counts_only_what_is_not_told(void)
{
    static struct cover cover;
    struct cover_interval pieces[COVER_PIECES_MAX];

    CHECK(cover_take(&cover, 1, 100, 200, SPAN_ACTIVE, pieces) == 1);
    CHECK(cover_take(&cover, 2, 50, 300, SPAN_ACTIVE, pieces) == 2);
    CHECK(pieces[0].start_at == 50 && pieces[0].end_at == 100);
    CHECK(pieces[1].start_at == 200 && pieces[1].end_at == 300);
    CHECK(cover_take(&cover, 2, 50, 300, SPAN_ACTIVE, pieces) == 0);
    CHECK(cover_take(&cover, 3, 120, 180, SPAN_IDLE, pieces) == 0);
}

static void a_locked_session_hides_nothing(void)
{
    static struct cover cover;
    struct cover_interval pieces[COVER_PIECES_MAX];

    CHECK(cover_take(&cover, 1, 100, 200, SPAN_LOCKED, pieces) == 1);
    CHECK(cover_take(&cover, 2, 100, 200, SPAN_ACTIVE, pieces) == 1);
    CHECK(cover_take(&cover, 3, 100, 200, SPAN_LOCKED, pieces) == 0);
}

static void a_span_of_nothing_is_nothing(void)
{
    static struct cover cover;
    struct cover_interval pieces[COVER_PIECES_MAX];

    CHECK(cover_take(&cover, 1, 100, 100, SPAN_ACTIVE, pieces) == 0);
    CHECK(cover_take(&cover, 1, 100, 90, SPAN_ACTIVE, pieces) == 0);
}

/* Many spans of three sessions in any order: no millisecond is ever told twice, and none that was
 * offered by a first session is missing. */
static void no_millisecond_is_told_twice(void)
{
    uint32_t seed = 12345;

    for (int round = 0; round < 300; round++) {
        static struct cover cover;
        uint8_t told[400] = {0};
        uint8_t offered[400] = {0};
        int64_t next[4] = {0};

        memset(&cover, 0, sizeof(cover));
        for (int i = 0; i < 30; i++) {
            struct cover_interval pieces[COVER_PIECES_MAX];
            seed = seed * 1664525u + 1013904223u;
            uint64_t session = 1 + (seed >> 16) % 3;
            int64_t start = next[session] + (seed >> 20) % 9;
            int64_t end = start + 1 + (seed >> 24) % 30;
            if (end > 400)
                continue;
            next[session] = end;
            size_t count = cover_take(&cover, session, start, end, SPAN_ACTIVE, pieces);
            for (int64_t at = start; at < end; at++)
                offered[at] = 1;
            for (size_t p = 0; p < count; p++) {
                CHECK(pieces[p].start_at >= start && pieces[p].end_at <= end);
                for (int64_t at = pieces[p].start_at; at < pieces[p].end_at; at++)
                    told[at]++;
            }
        }
        for (int at = 0; at < 400; at++)
            CHECK(told[at] == offered[at]);
    }
}

int main(void)
{
    RUN(the_same_span_again_is_nothing);
    RUN(another_session_counts_only_what_is_not_told);
    RUN(a_locked_session_hides_nothing);
    RUN(a_span_of_nothing_is_nothing);
    RUN(no_millisecond_is_told_twice);
    return tap_done();
}
