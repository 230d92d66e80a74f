#include "store/spans/dictionary.h"

#include <stdio.h>

#include "tap.h"

static struct dictionary_seed seed;

static int intern(struct dictionary *dictionary, const char *text, uint32_t *ret_number)
{
    return dictionary_intern(dictionary, text_of(text), dictionary_hash(&seed, text_of(text)),
                             ret_number);
}

static void the_hash_is_siphash(void)
{
    /* The reference's first vector and the paper's (appendix A): key 00..0f, input 00, 01, ... */
    uint8_t input[15];

    for (size_t i = 0; i < DICTIONARY_SEED_SIZE; i++)
        seed.at[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof(input); i++)
        input[i] = (uint8_t)i;
    CHECK(dictionary_hash(&seed, (struct text){0}) == 0x726fdb47dd0e0e31);
    CHECK(dictionary_hash(&seed, (struct text){.at = (const char *)input, .len = 15}) ==
          0xa129ca6149be45e5);
}

static void texts_keep_their_numbers_through_growth(void)
{
    CLEANUP(dictionary_free) struct dictionary *dictionary = NULL;
    char text[32];
    uint32_t number;

    CHECK(dictionary_new(&dictionary, 100000, 1 << 22) == 0);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 1; i <= 20000; i++) {
            (void)snprintf(text, sizeof(text), "text %u", i);
            CHECK(intern(dictionary, text, &number) == 0 && number == i);
        }
    }
    CHECK(dictionary_count(dictionary) == 20000);
    CHECK(text_equal(dictionary_text(dictionary, 777), text_of("text 777")));
}

static void ceilings_hold_and_known_texts_are_found_still(void)
{
    CLEANUP(dictionary_free) struct dictionary *few = NULL;
    CLEANUP(dictionary_free) struct dictionary *small = NULL;
    uint32_t number = 7;

    CHECK(dictionary_new(&few, 2, 100) == 0);
    CHECK(intern(few, "a", &number) == 0 && intern(few, "b", &number) == 0);
    CHECK(intern(few, "c", &number) == DICTIONARY_FULL && number == 2);
    CHECK(intern(few, "a", &number) == 0 && number == 1);
    CHECK(dictionary_new(&small, 100, 5) == 0);
    CHECK(intern(small, "four", &number) == 0);
    CHECK(intern(small, "ab", &number) == DICTIONARY_FULL);
    CHECK(intern(small, "x", &number) == 0 && number == 2);
}

static void the_least_used_days_are_forgotten_first(void)
{
    CLEANUP(dictionary_days_free) struct dictionary_days *days = NULL;
    struct dictionary *dictionary;
    uint32_t number;

    CHECK(dictionary_days_new(&days, 20000) == 0);
    for (int32_t day = 1; day <= 30; day++) {
        CHECK(dictionary_days_get(days, day, &dictionary) == 0);
        CHECK(intern(dictionary, "text", &number) == 0);
        CHECK(dictionary_days_get(days, 1, &dictionary) == 0);
        CHECK(dictionary_count(dictionary) == 1);
    }
    CHECK(dictionary_days_get(days, 30, &dictionary) == 0 && dictionary_count(dictionary) == 1);
    CHECK(dictionary_days_get(days, 2, &dictionary) == 0 && dictionary_count(dictionary) == 0);
    dictionary_days_forget(days, 30);
    CHECK(dictionary_days_get(days, 30, &dictionary) == 0 && dictionary_count(dictionary) == 0);
}

int main(void)
{
    RUN(the_hash_is_siphash);
    RUN(texts_keep_their_numbers_through_growth);
    RUN(ceilings_hold_and_known_texts_are_found_still);
    RUN(the_least_used_days_are_forgotten_first);
    return tap_done();
}
