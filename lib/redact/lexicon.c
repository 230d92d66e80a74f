#include "redact/lexicon.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the table has the hashes of words as they stand in the memory of such machines");

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

int lexicon_likeness(const uint8_t *lower, size_t len)
{
    int odds = 0;
    size_t before = 0;
    size_t gram = 0;

    for (size_t i = 0; i <= len; i++) {
        size_t letter = i < len ? (size_t)lower[i] - 'a' + 1 : 0;

        if (i < len && lower[i] == '\'')
            continue;
        if (letter > 26)
            return 0;
        gram = before * 27 + letter;
        if (i > 0)
            odds += lexicon_grams[gram];
        before = gram % (27 * 27);
    }
    return odds;
}
