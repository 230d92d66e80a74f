#pragma once

/*
 * Lexicon: what is known of a word
 *
 * A table of constants, made from lexicon/ when Ward is built. A word is 1 to WORD_MAX letters,
 * folded to lower-case ASCII. Of each only a hash is kept: an unknown word is taken for a known one
 * about once in 100,000 times. Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define WORD_MAX ((size_t)24)

/* Sets of words that recognisers ask for; lexicon/sets.txt holds them. At most 64; make-table reads
 * this list. */
#define WORD_SETS(X)                                                                               \
    X(TITLE)       /* mr, dr */                                                                    \
    X(SUFFIX)      /* jr, iii */                                                                   \
    X(PARTICLE)    /* van, de */                                                                   \
    X(NAME_LABEL)  /* a name follows, whatever it looks like */                                    \
    X(NAME_HINT)   /* a name may follow */                                                         \
    X(NAME_KEY)    /* keys of queries whose value is a name */                                     \
    X(GREETING)    /* dear, attn: a person follows */                                              \
    X(RELATION)    /* wife, son */                                                                 \
    X(INTRO)       /* "my name IS", "i AM" */                                                      \
    X(SUBJECT)     /* "my NAME is", "I am" */                                                      \
    X(PERSON_VERB) /* what people do: says, presents */                                            \
    X(CREDENTIAL)  /* MD, RN */                                                                    \
    X(COMPANY)     /* inc, llc */                                                                  \
    X(INSTITUTION) /* health, bank */                                                              \
    X(HOME_FOLDER) /* the folder that holds people's folders */                                    \
    X(EPONYM_HEAD) /* the name before it names no patient: disease, sign */                        \
    X(STREET)      /* stands behind a street's name */                                             \
    X(STREET_WEAK) /* the same, but mostly something else: way, drive, park */                     \
    X(STREET_HEAD) /* stands before it: rue, via */                                                \
    X(STREET_TAIL) /* stands behind it and before the number: strasse, utca */                     \
    X(HOUSE)       /* a house number follows: no, nr */                                            \
    X(UNIT)        /* apt, suite */                                                                \
    X(POST_BOX)    /* box, postfach */                                                             \
    X(TOWN)        /* a town, or part of one's name: every word with a place */                    \
    X(TOWN_LABEL)  /* the name of a town follows: city */                                          \
    X(TOWN_LINK)   /* inside the name of a town: am, sur */                                        \
    X(ADDRESS)     /* an address may follow: deliver, moved */                                     \
    X(FACILITY)    /* hospital, church */                                                          \
    X(STATE)       /* postal abbreviations */                                                      \
    X(STATE_NAME)  /* texas */                                                                     \
    X(MONTH)       /* names and abbreviations */                                                   \
    X(HOME)        /* lives, born */                                                               \
    X(USER)        /* user, login */                                                               \
    X(LABEL)       /* first word of a label of label_words.c */                                    \
    X(BRAND)       /* a product, a company, a site */                                              \
    X(CLINICAL)    /* a word of medicine */                                                        \
    X(EPONYM)      /* a person's name that medicine uses: parkinson */                             \
    X(TOWN_HEAD)   /* first word of a town of several: new, san */                                 \
    X(DIRECTION)   /* of a street: n, west */                                                      \
    X(COUNTY)      /* county, parish, borough */                                                   \
    X(COUNTRY)     /* names of countries */                                                        \
    X(LOCATIVE)    /* a place follows: in, from */                                                 \
    X(EXTENSION)   /* of a file: pdf */                                                            \
    X(TLD)         /* last part of a host: com */                                                  \
    X(UNSAFE)      /* ordinary, but the strict profile does not keep it on its own */              \
    X(SPEAKS)      /* a label that speaks of a patient */                                          \
    X(LABEL_HEAD)  /* first word of a label of several */                                          \
    X(FILLER)      /* may stand between a label and its value: number, is */                       \
    X(CALL)        /* the text speaks of a telephone */                                            \
    X(MEASURE)     /* stands behind a count: bytes, rows */                                        \
    X(WEEKDAY)     /* monday, lundi */                                                             \
    X(ORDINAL)     /* st, nd: behind a number */                                                   \
    X(DAY_WORD)    /* a day follows: on, due */                                                    \
    X(EVENT)       /* a day may follow: visit, admitted */                                         \
    X(SCORE)       /* so many out of so many follow: gcs, pain */                                  \
    X(AGE_WORD)    /* an age follows: aged */                                                      \
    X(AGE_UNIT)    /* stands behind an age: years, yo */                                           \
    X(VERSION)     /* a version follows: build */                                                  \
    X(AMOUNT)      /* stands right behind digits: mg, px */                                        \
    X(STANDARD)    /* a number of public documents follows: iso, rfc */                            \
    X(LICENCE)     /* a driver's licence follows */                                                \
    X(THING_HEAD)  /* the name before it names a thing: bridge, cup, salad */                      \
    X(CUE)         /* a recogniser of its own begins here: www, at, swift, ninety */

enum word_set_index {
#define X(name) WORD_INDEX_##name,
    WORD_SETS(X)
#undef X
        WORD_SETS_COUNT,
};

#define WORD(name) (UINT64_C(1) << WORD_INDEX_##name)

/* Which recognisers a word concerns, so that most words are passed over at one look. */
enum {
    ASK_NAME = 1,   /* may be part of a name, or announces one */
    ASK_GIVEN = 2,  /* a given name */
    ASK_PLACE = 4,  /* may be part of a place, or announces one */
    ASK_CUE = 8,    /* WORD(CUE) */
    ASK_SPEAKS = 16 /* may say that the text speaks of a patient */
};

struct word_class {
    uint64_t sets;    /* WORD() */
    uint8_t given;    /* 0 no given name .. 3 a common one */
    uint8_t family;   /* the same for surnames */
    uint8_t ordinary; /* 0 no word known, 1 known, 2 common, 3 of the trade */
    uint8_t place;    /* 0 no town known .. 3 a big one */
    uint8_t asks;     /* ASK_* */
};

/* Class 0 is that of unknown words. */
extern const struct word_class lexicon_classes[];

/* Buckets of four entries: 20 bits of hash, 12 bits of class. Empty ones are 0 and come last; what
 * does not fit stands in the next bucket. */
extern const uint32_t lexicon_buckets[][4];
extern const uint32_t lexicon_bucket_count;

/* How much three letters in a row look like a name's: 0 is an end of a word, 1 to 26 are letters.
 */
extern const int8_t lexicon_grams[27 * 27 * 27];

/*
 * How much an unknown word looks like a name, by its letters: of names 73 in 100 have LOOKS_SO and
 * more, of words 6; 40 and 1 have LOOKS_MUCH_SO. 0 for other alphabets. (Measured on a fifth of the
 * lexicon that the odds were not made of.)
 */
#define LOOKS_SO 24
#define LOOKS_MUCH_SO 64
#define LOOKS_OTHERWISE (-32)
int lexicon_likeness(const uint8_t *lower, size_t len);

/* The class of a word: an index of lexicon_classes. lower has at least 24 readable bytes. */
uint16_t lexicon_find(const uint8_t *lower, size_t len);

/* The same in two steps, so that several words are fetched at once: hash, then class. */

#define LEXICON_CLASS_BITS 12
#define LEXICON_CLASS_MASK ((1u << LEXICON_CLASS_BITS) - 1)

static inline uint64_t lexicon_load(const uint8_t *at, size_t len)
{
    uint64_t value;

    __builtin_memcpy(&value, at, sizeof(value));
    return len >= sizeof(value) ? value : value & ((UINT64_C(1) << (8 * len)) - 1);
}

/* The low half of the hash is the mark, the high half the bucket: they tell different things. */
static inline size_t lexicon_bucket_of(uint64_t hash)
{
    return (size_t)((hash >> 32) * lexicon_bucket_count >> 32);
}

/* make-table computes the same. 0 for what is no word. */
static inline uint64_t lexicon_hash(const uint8_t *lower, size_t len)
{
    if (len - 1 >= WORD_MAX)
        return 0;
    uint64_t hash = lexicon_load(lower, len);

    if (len > 8)
        hash ^= lexicon_load(lower + 8, len - 8) * UINT64_C(0x9fb21c651e98df25);
    if (len > 16)
        hash ^= lexicon_load(lower + 16, len - 16) * UINT64_C(0xd6e8feb86659fd93);
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    __builtin_prefetch(lexicon_buckets[lexicon_bucket_of(hash)]);
    return hash;
}

/* The first entry of a bucket with that mark; 0 for none. */
static inline uint32_t lexicon_entry(const uint32_t bucket[4], uint32_t mark)
{
#ifdef __SSE2__
    __m128i entries = _mm_loadu_si128((const void *)bucket);
    __m128i marks = _mm_andnot_si128(_mm_set1_epi32((int)LEXICON_CLASS_MASK), entries);
    __m128i same = _mm_cmpeq_epi32(marks, _mm_set1_epi32((int)mark));
    int which = _mm_movemask_ps(_mm_castsi128_ps(same));

    return which ? bucket[__builtin_ctz((unsigned)which)] : 0;
#else
    for (size_t n = 0; n < 4; n++)
        if (!((bucket[n] ^ mark) & ~LEXICON_CLASS_MASK))
            return bucket[n];
    return 0;
#endif
}

static inline uint16_t lexicon_at(uint64_t hash)
{
    uint32_t mark = (uint32_t)hash & ~LEXICON_CLASS_MASK;

    for (size_t b = lexicon_bucket_of(hash); hash;) {
        const uint32_t *bucket = lexicon_buckets[b];
        uint32_t found = lexicon_entry(bucket, mark);

        if (found || !bucket[3])
            return (uint16_t)(found & LEXICON_CLASS_MASK);
        b = b + 1 < lexicon_bucket_count ? b + 1 : 0;
    }
    return 0;
}
