#include "service/cover.h"

static bool repeats(const struct cover *cover, const struct cover_interval *span)
{
    for (size_t i = 0; i < COVER_MAX; i++) {
        const struct cover_interval *known = &cover->intervals[i];

        if (known->session == span->session && known->start_at == span->start_at &&
            known->end_at == span->end_at)
            return true;
    }
    return false;
}

/* Takes known out of the pieces; one piece may become two. */
static size_t subtract(struct cover_interval *pieces, size_t count,
                       const struct cover_interval *known)
{
    size_t kept = 0;
    struct cover_interval rest[COVER_PIECES_MAX];

    for (size_t i = 0; i < count; i++) {
        struct cover_interval piece = pieces[i];

        if (known->end_at <= piece.start_at || known->start_at >= piece.end_at) {
            if (kept < COVER_PIECES_MAX)
                rest[kept++] = piece;
            continue;
        }
        struct cover_interval before = piece;
        struct cover_interval after = piece;
        before.end_at = known->start_at;
        after.start_at = known->end_at;
        if (before.start_at < before.end_at && kept < COVER_PIECES_MAX)
            rest[kept++] = before;
        if (after.start_at < after.end_at && kept < COVER_PIECES_MAX)
            rest[kept++] = after;
    }
    for (size_t i = 0; i < kept; i++)
        pieces[i] = rest[i];
    return kept;
}

static void remember(struct cover *cover, struct cover_interval interval)
{
    cover->intervals[cover->next] = interval;
    cover->next = (cover->next + 1) % COVER_MAX;
}

size_t cover_take(struct cover *cover, uint64_t session, int64_t start_at, int64_t end_at,
                  enum span_state state, struct cover_interval ret_pieces[COVER_PIECES_MAX])
{
    struct cover_interval span = {
        .start_at = start_at, .end_at = end_at, .session = session, .locked = state == SPAN_LOCKED};
    size_t count = 1;

    if (start_at >= end_at || repeats(cover, &span))
        return 0;
    ret_pieces[0] = span;
    for (size_t i = 0; i < COVER_MAX; i++) {
        const struct cover_interval *known = &cover->intervals[i];
        bool other = known->session != session || session == 0;

        if (known->start_at < known->end_at && other && (!known->locked || span.locked))
            count = subtract(ret_pieces, count, known);
    }
    if (count == 0 || ret_pieces[0].start_at != start_at || ret_pieces[0].end_at != end_at)
        remember(cover, span); /* so that its repetition is known */
    for (size_t i = 0; i < count; i++)
        remember(cover, ret_pieces[i]);
    return count;
}
