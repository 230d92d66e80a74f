#include "redact/lexicon.h"

#define NAME_SETS                                                                                  \
    (WORD(NAME_LABEL) | WORD(NAME_HINT) | WORD(GREETING) | WORD(RELATION) | WORD(NAME_KEY) |       \
     WORD(USER) | WORD(HOME_FOLDER))
#define PLACE_SETS                                                                                 \
    (WORD(STREET) | WORD(STREET_HEAD) | WORD(STATE) | WORD(STATE_NAME) | WORD(COUNTY) |            \
     WORD(FACILITY) | WORD(TOWN) | WORD(TOWN_HEAD) | WORD(TOWN_LABEL) | WORD(POST_BOX))

#define ASKS(g, f, o, s)                                                                           \
    ((g) || (f) || !(o) || (s)&NAME_SETS ? ASK_NAME : 0) | ((g) ? ASK_GIVEN : 0) |                 \
        ((s)&PLACE_SETS ? ASK_PLACE : 0) | ((s)&WORD(CUE) ? ASK_CUE : 0) |                         \
        ((s) & (WORD(SPEAKS) | WORD(LABEL_HEAD)) ? ASK_SPEAKS : 0)

#define CLASS(g, f, o, p, s)                                                                       \
    {                                                                                              \
        .given = (g), .family = (f), .ordinary = (o), .place = (p), .sets = (s),                   \
        .asks = ASKS(g, f, o, s)                                                                   \
    }

/* BUCKETS, lexicon_buckets and lexicon_classes */
#include "lexicon-table.inc"

const uint32_t lexicon_bucket_count = BUCKETS;

uint16_t lexicon_find(const uint8_t *lower, size_t len)
{
    return lexicon_at(lexicon_hash(lower, len));
}
