/* What the lexicon says of words: names and words at once, towns, sets; and how seldom it errs. */

#include <stdio.h>
#include <string.h>

#include "redact/lexicon.h"
#include "tap.h"

static const struct word_class *look_up(const char *word)
{
    uint8_t padded[64] = {0};
    size_t len = strlen(word);

    CHECK(len < sizeof(padded) - WORD_MAX);
    memcpy(padded, word, len);
    return &lexicon_classes[lexicon_find(padded, len)];
}

static void words_are_graded_as_names_and_as_words_at_once(void)
{
    static const struct {
        const char *word;
        uint8_t given, family, ordinary, place;
    } rows[] = {
        {"smith", 0, 3, 2, 0},    {"garcia", 0, 3, 0, 1},        {"mary", 3, 2, 0, 2},
        {"grant", 3, 3, 2, 1},    {"rose", 3, 3, 2, 0},          {"baker", 1, 3, 2, 1},
        {"march", 0, 2, 3, 1},    {"summer", 2, 2, 2, 0},        {"nguyen", 2, 3, 0, 0},
        {"kowalski", 0, 2, 0, 0}, {"mueller", 0, 3, 0, 0},       {"boston", 1, 3, 0, 3},
        {"reading", 0, 2, 2, 2},  {"losangeles", 0, 0, 0, 3},    {"abdication", 0, 0, 2, 0},
        {"whereas", 0, 0, 2, 0},  {"cholecystitis", 0, 0, 3, 0}, {"powerchart", 0, 0, 3, 0},
        {"qzxvkj", 0, 0, 0, 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct word_class *class = look_up(rows[i].word);

        printf("# %s %d%d%d%d\n", rows[i].word, class->given, class->family, class->ordinary,
               class->place);
        CHECK(class->given == rows[i].given && class->family == rows[i].family &&
              class->ordinary == rows[i].ordinary && class->place == rows[i].place);
    }
}

static void words_stand_in_the_sets_of_their_line(void)
{
    CHECK(look_up("disease")->sets & WORD(EPONYM_HEAD));
    CHECK(look_up("parkinson")->sets & WORD(EPONYM));
    CHECK(look_up("boulevard")->sets & WORD(STREET));
    CHECK(look_up("los")->sets & WORD(TOWN_HEAD));
    CHECK(look_up("metformin")->sets & WORD(CLINICAL));
    CHECK(look_up("powerchart")->sets & WORD(BRAND));
    CHECK(look_up("mrn")->sets & WORD(LABEL));
    CHECK(look_up("abdication")->sets == 0);
}

/* A product that is called like many people stays a name: "abbott". */
static void brands_that_are_surnames_are_no_words_for_that(void)
{
    CHECK(look_up("abbott")->sets & WORD(BRAND) && look_up("abbott")->ordinary == 0);
    CHECK(look_up("abbott")->family == 3);
}

static void what_announces_a_name_is_none(void)
{
    CHECK(look_up("patient")->given == 0 && look_up("patient")->family == 0);
    CHECK(look_up("name")->given == 0 && look_up("name")->family == 0);
}

static void words_of_no_length_or_too_long_are_unknown(void)
{
    CHECK(lexicon_find((const uint8_t[WORD_MAX]){0}, 0) == 0);
    CHECK(look_up("abcdefghijklmnopqrstuvwxy") == &lexicon_classes[0]);
}

/* Only a hash is kept of a word, so that strangers are mistaken now and then. */
static void strangers_are_taken_for_known_once_in_a_hundred_thousand(void)
{
    uint64_t state = 1;
    unsigned known = 0;

    for (unsigned n = 0; n < 1000000; n++) {
        uint8_t word[40] = {0};

        for (size_t i = 0; i < 14; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            word[i] = (uint8_t)('a' + (state >> 33) % 26);
        }
        known += lexicon_find(word, 14) != 0;
    }
    printf("# %u of a million\n", known);
    CHECK(known <= 10);
}

static int likeness_of(const char *word)
{
    uint8_t padded[64] = {0};

    memcpy(padded, word, strlen(word));
    return lexicon_likeness(padded, strlen(word));
}

static void unknown_words_look_like_names_by_their_letters(void)
{
    CHECK(look_up("otambekova") == &lexicon_classes[0]);
    CHECK(likeness_of("otambekova") >= LOOKS_MUCH_SO);
    CHECK(likeness_of("mirzagul") >= LOOKS_SO);
    CHECK(likeness_of("dyspnoeically") <= LOOKS_OTHERWISE);
    CHECK(likeness_of("prescribingly") <= LOOKS_OTHERWISE);
    /* marks inside and letters of other alphabets say nothing */
    CHECK(likeness_of("o'tambekova") == likeness_of("otambekova"));
    CHECK(likeness_of("\xff\xff\xff") == 0);
    CHECK(likeness_of("") == 0);
}

int main(void)
{
    RUN(words_are_graded_as_names_and_as_words_at_once);
    RUN(words_stand_in_the_sets_of_their_line);
    RUN(brands_that_are_surnames_are_no_words_for_that);
    RUN(what_announces_a_name_is_none);
    RUN(unknown_words_look_like_names_by_their_letters);
    RUN(words_of_no_length_or_too_long_are_unknown);
    RUN(strangers_are_taken_for_known_once_in_a_hundred_thousand);
    return tap_done();
}
