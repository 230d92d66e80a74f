/*
 * Long texts, piece by piece: a piece ends at a blank where nothing that was found stands, and what
 * was found behind the cut is carried over, so that nothing is judged by its half.
 */

#include "redact/redact-private.h"

/* At least this much of a window is used, and at most that much unless it is the last. */
#define CUT_LEAST ((size_t)1280)
#define CUT_MOST ((size_t)1792)
/* What begins this far behind the cut is found again, unless it stands so close to what is carried
 * that this may have said what it is. */
#define CARRY_BYTES ((size_t)128)
#define CARRY_CLOSE ((size_t)8)

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* No longer than most, and not inside a character. */
static size_t whole_len(struct raw_text rest, size_t most)
{
    size_t len = rest.len < most ? rest.len : most;

    while (len < rest.len && len > 0 && continues(rest.at[len]))
        len--;
    return len ? len : most;
}

/* The last place of a window where it may be cut. */
static size_t cut_of(struct raw_text window, const struct hits *hits)
{
    size_t second = 0;
    size_t before = hits->count; /* those that begin before at */

    for (size_t at = CUT_MOST; at > CUT_LEAST; at--) {
        while (before > 0 && hits->at[before - 1].start >= at)
            before--;
        if (continues(window.at[at]) || (before > 0 && hits->at[before - 1].end > at))
            continue;
        if (window.at[at] == ' ')
            return at;
        second = second ? second : at;
    }
    return second ? second : whole_len(window, CUT_MOST);
}

static void carry(struct redact_pieces *pieces, const struct hits *hits, size_t cut)
{
    size_t limit = cut + CARRY_BYTES;

    pieces->carried = 0;
    for (size_t i = 0; i < hits->count && pieces->carried < REDACT_CARRY_MAX; i++) {
        struct redact_found found = hits->at[i];

        if (found.end <= cut)
            continue;
        if (found.start >= limit)
            break;
        if (found.end + CARRY_CLOSE > limit)
            limit = found.end + CARRY_CLOSE;
        found.start = found.start > cut ? found.start - (uint32_t)cut : 0;
        found.end -= (uint32_t)cut;
        pieces->carry[pieces->carried++] = found;
    }
}

static void cut_hits(struct hits *hits, size_t cut)
{
    while (hits->count && hits->at[hits->count - 1].start >= cut)
        hits->count--;
    if (hits->count && hits->at[hits->count - 1].end > cut)
        hits->at[hits->count - 1].end = (uint32_t)cut;
}

RESULT piece_find(struct view *view, struct redact_pieces *pieces, struct raw_text rest,
                  size_t *ret_used)
{
    struct raw_text window = {.at = rest.at, .len = whole_len(rest, PIECE_WINDOW)};
    struct hits *hits = view->hits;

    view->patient = pieces->patient;
    memcpy(hits->at, pieces->carry, pieces->carried * sizeof(hits->at[0]));
    hits->count = pieces->carried;
    int r = hits_find(view, window);
    if (r == REDACT_CROWDED)
        hits_take_all(hits, window.len);
    else if (r)
        return r;
    if (window.len < rest.len) {
        size_t cut = cut_of(window, hits);

        carry(pieces, hits, cut);
        cut_hits(hits, cut);
        window.len = cut;
    }
    pieces->patient = view->clinical || view->patient;
    *ret_used = window.len;
    return 0;
}

RESULT redact_piece(const struct redactor *redactor, struct redact_pieces *pieces,
                    struct raw_text rest, struct arena *arena, struct redaction *ret_redaction,
                    size_t *ret_used)
{
    struct view view;
    struct hits hits;
    size_t used;

    view_init(&view, redactor, redactor->profile, &hits);
    int r = piece_find(&view, pieces, rest, &used);
    if (r == 0)
        r = redaction_make((struct raw_text){.at = rest.at, .len = used}, &hits, arena,
                           ret_redaction);
    if (r == 0)
        *ret_used = used;
    return r;
}
