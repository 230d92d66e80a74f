#include "activity/join.h"

#include "tap.h"

enum { PIECES = 24, SECONDS = 60 };

struct joined {
    struct join_slice slices[JOIN_SLICES(PIECES)];
    size_t count;
};

static struct joined join(const struct join_piece *pieces, size_t count)
{
    struct joined joined;
    size_t waiting[PIECES];

    joined.count = join_pieces(pieces, count, joined.slices, waiting);
    return joined;
}

static bool is(const struct join_slice *slice, int64_t start_at, int64_t end_at, size_t piece)
{
    return slice->start_at == start_at && slice->end_at == end_at && slice->piece == piece;
}

static void pieces_that_do_not_overlap_stay_as_they_are(void)
{
    const struct join_piece pieces[] = {
        {0, 10, SPAN_ACTIVE}, {10, 20, SPAN_IDLE}, {25, 30, SPAN_ACTIVE}};
    struct joined joined = join(pieces, 3);

    CHECK(joined.count == 3);
    for (size_t i = 0; i < 3; i++)
        CHECK(is(&joined.slices[i], pieces[i].start_at, pieces[i].end_at, i));
}

static void of_nothing_there_is_nothing(void)
{
    const struct join_piece pieces[] = {{5, 5, SPAN_ACTIVE}, {7, 3, SPAN_ACTIVE}};

    CHECK(join(pieces, 0).count == 0);
    CHECK(join(pieces, 2).count == 0);
}

static void work_at_one_computer_is_not_idle_at_the_other(void)
{
    const struct join_piece pieces[] = {
        {0, 100, SPAN_LOCKED}, {10, 60, SPAN_IDLE}, {20, 30, SPAN_ACTIVE}, {25, 40, SPAN_PASSIVE}};
    struct joined joined = join(pieces, 4);

    CHECK(joined.count == 6);
    CHECK(is(&joined.slices[0], 0, 10, 0));
    CHECK(is(&joined.slices[1], 10, 20, 1));
    CHECK(is(&joined.slices[2], 20, 30, 2));
    CHECK(is(&joined.slices[3], 30, 40, 3));
    CHECK(is(&joined.slices[4], 40, 60, 1));
    CHECK(is(&joined.slices[5], 60, 100, 0));
}

static void of_one_state_what_they_turned_to_last_counts(void)
{
    const struct join_piece pieces[] = {{0, 100, SPAN_ACTIVE}, {40, 60, SPAN_ACTIVE}};
    struct joined joined = join(pieces, 2);

    CHECK(joined.count == 3);
    CHECK(is(&joined.slices[0], 0, 40, 0));
    CHECK(is(&joined.slices[1], 40, 60, 1));
    CHECK(is(&joined.slices[2], 60, 100, 0));
}

static void of_one_beginning_what_was_given_first_counts(void)
{
    const struct join_piece pieces[] = {{0, 10, SPAN_ACTIVE}, {0, 20, SPAN_ACTIVE}};
    struct joined joined = join(pieces, 2);

    CHECK(joined.count == 2);
    CHECK(is(&joined.slices[0], 0, 10, 0) && is(&joined.slices[1], 10, 20, 1));
}

static void a_piece_that_takes_nothing_cuts_nothing(void)
{
    const struct join_piece pieces[] = {
        {0, 100, SPAN_ACTIVE}, {10, 20, SPAN_LOCKED}, {30, 40, SPAN_IDLE}};
    struct joined joined = join(pieces, 3);

    CHECK(joined.count == 1);
    CHECK(is(&joined.slices[0], 0, 100, 0));
}

/* ---- beside a slow oracle, second by second ---- */

struct draw {
    uint64_t state;
};

static int64_t below(struct draw *draw, uint64_t limit)
{
    draw->state = draw->state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((draw->state >> 33) % limit);
}

static size_t draw_pieces(struct draw *draw, struct join_piece *pieces)
{
    size_t count = (size_t)below(draw, PIECES + 1);
    int64_t at = 0;

    for (size_t i = 0; i < count; i++) {
        at += below(draw, 4);
        pieces[i] = (struct join_piece){at, at + below(draw, 20) - 1,
                                        (enum span_state)below(draw, SPAN_STATES)};
    }
    return count;
}

/* Whose the second is, by the three rules, or count: nobody's. */
static size_t whose(const struct join_piece *pieces, size_t count, int64_t second)
{
    size_t best = count;

    for (size_t i = 0; i < count; i++) {
        if (pieces[i].start_at > second || pieces[i].end_at <= second)
            continue;
        if (best == count || pieces[i].state < pieces[best].state ||
            (pieces[i].state == pieces[best].state && pieces[i].start_at > pieces[best].start_at))
            best = i;
    }
    return best;
}

static size_t told(const struct joined *joined, size_t count, int64_t second)
{
    for (size_t i = 0; i < joined->count; i++)
        if (joined->slices[i].start_at <= second && second < joined->slices[i].end_at)
            return joined->slices[i].piece;
    return count;
}

static void every_second_is_whose_the_slow_oracle_says(void)
{
    struct draw draw = {1};

    for (int round = 0; round < 3000; round++) {
        struct join_piece pieces[PIECES];
        size_t count = draw_pieces(&draw, pieces);
        struct joined joined = join(pieces, count);

        CHECK(joined.count <= JOIN_SLICES(count));
        for (size_t i = 0; i < joined.count; i++) {
            CHECK(joined.slices[i].start_at < joined.slices[i].end_at);
            CHECK(i == 0 || joined.slices[i - 1].end_at <= joined.slices[i].start_at);
            CHECK(i == 0 || joined.slices[i - 1].end_at < joined.slices[i].start_at ||
                  joined.slices[i - 1].piece != joined.slices[i].piece);
        }
        for (int64_t second = -2; second < SECONDS * 2; second++)
            CHECK(told(&joined, count, second) == whose(pieces, count, second));
    }
}

/* How an account's time is told apart into pieces, or which account has it, changes no total. */
static void totals_do_not_depend_on_whose_account_a_piece_is(void)
{
    struct draw draw = {7};

    for (int round = 0; round < 1000; round++) {
        struct join_piece pieces[PIECES];
        struct join_piece turned[PIECES];
        size_t count = draw_pieces(&draw, pieces);
        int64_t ms[2][SPAN_STATES] = {{0}};

        /* Neighbours of one beginning change places: another account came first. */
        memcpy(turned, pieces, sizeof turned);
        for (size_t i = 0; i + 1 < count; i++)
            if (turned[i].start_at == turned[i + 1].start_at) {
                struct join_piece kept = turned[i];

                turned[i] = turned[i + 1];
                turned[i + 1] = kept;
            }
        for (int which = 0; which < 2; which++) {
            const struct join_piece *from = which ? turned : pieces;
            struct joined joined = join(from, count);

            for (size_t i = 0; i < joined.count; i++)
                ms[which][from[joined.slices[i].piece].state] +=
                    joined.slices[i].end_at - joined.slices[i].start_at;
        }
        CHECK(memcmp(ms[0], ms[1], sizeof ms[0]) == 0);
    }
}

int main(void)
{
    RUN(pieces_that_do_not_overlap_stay_as_they_are);
    RUN(of_nothing_there_is_nothing);
    RUN(work_at_one_computer_is_not_idle_at_the_other);
    RUN(of_one_state_what_they_turned_to_last_counts);
    RUN(of_one_beginning_what_was_given_first_counts);
    RUN(a_piece_that_takes_nothing_cuts_nothing);
    RUN(every_second_is_whose_the_slow_oracle_says);
    RUN(totals_do_not_depend_on_whose_account_a_piece_is);
    return tap_done();
}
