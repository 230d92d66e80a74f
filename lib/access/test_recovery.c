#include "access/recovery.h"
#include "tap.h"

static const struct user_id anna = {1};
static const struct user_id robin = {2};

static bool same(const struct hash *a, const struct hash *b)
{
    return memcmp(a->at, b->at, HASH_SIZE) == 0;
}

static void a_code_is_known_by_its_hash_however_it_is_typed(void)
{
    static const char *const ways[] = {"0123-4567-89AB-CDEF-GHJK-MNPQ", "o123456789abcdefghjkmnpq",
                                       " Oi23 4567 89ab cdef ghjk mnpq ",
                                       "0l23-4567-89abcdefghjkmnpq-"};
    struct hash hash;
    struct hash again;

    CHECK(recovery_hash(anna, text_of("0123-4567-89ab-cdef-ghjk-mnpq"), &hash) == 0);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        CHECK(recovery_hash(anna, text_of(ways[i]), &again) == 0);
        CHECK(same(&hash, &again));
    }
}

static void a_new_code_reads_back_and_is_nobody_elses(void)
{
    char code[RECOVERY_SIZE];
    char other[RECOVERY_SIZE];
    struct hash hash;
    struct hash again;

    for (int i = 0; i < 200; i++) {
        CHECK(recovery_new(anna, code, &hash) == 0 && strlen(code) == RECOVERY_SIZE - 1);
        CHECK(recovery_hash(anna, text_of(code), &again) == 0 && same(&hash, &again));
        CHECK(recovery_hash(robin, text_of(code), &again) == 0 && !same(&hash, &again));
    }
    CHECK(recovery_new(anna, other, &hash) == 0 && strcmp(code, other) != 0);
}

static void whatever_is_not_in_the_form_of_one_is_refused(void)
{
    static const char *const wrong[] = {"",
                                        "123456",
                                        "0123-4567-89ab-cdef-ghjk-mnp",
                                        "0123-4567-89ab-cdef-ghjk-mnpqr",
                                        "0123-4567-89ab-cdef-ghjk-mnpu",
                                        "0123_4567_89ab_cdef_ghjk_mnpq",
                                        "------------------------"};
    static const char with_nul[] = "0123-4567-89ab-cdef-ghjk-mnp\0";
    struct hash hash;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(recovery_hash(anna, text_of(wrong[i]), &hash) == RECOVERY_INVALID);
    CHECK(recovery_hash(anna, (struct text){with_nul, sizeof with_nul - 1}, &hash) ==
          RECOVERY_INVALID);
    CHECK(recovery_hash(anna, (struct text){0}, &hash) == RECOVERY_INVALID);
}

static void every_letter_counts(void)
{
    static const char plain[] = "0123456789abcdefghjkmnpq";
    struct hash hash;
    struct hash again;

    CHECK(recovery_hash(anna, text_of(plain), &hash) == 0);
    for (size_t i = 0; i + 1 < sizeof plain; i++) {
        char changed[sizeof plain];

        memcpy(changed, plain, sizeof plain);
        changed[i] = changed[i] == 'z' ? 'y' : 'z';
        CHECK(recovery_hash(anna, text_of(changed), &again) == 0 && !same(&hash, &again));
    }
}

static void one_of_many_is_found_wherever_it_stands(void)
{
    struct hash hashes[RECOVERY_CODES];
    struct hash none;

    memset(&none, 99, sizeof none);
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        memset(&hashes[i], (int)i, sizeof hashes[i]);
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        CHECK(recovery_find(hashes, RECOVERY_CODES, &hashes[i]) == i);
    CHECK(recovery_find(hashes, RECOVERY_CODES, &none) == RECOVERY_CODES);
    CHECK(recovery_find(hashes, 3, &hashes[3]) == 3);
    CHECK(recovery_find(NULL, 0, &none) == 0);
}

int main(void)
{
    RUN(a_code_is_known_by_its_hash_however_it_is_typed);
    RUN(a_new_code_reads_back_and_is_nobody_elses);
    RUN(whatever_is_not_in_the_form_of_one_is_refused);
    RUN(every_letter_counts);
    RUN(one_of_many_is_found_wherever_it_stands);
    return tap_done();
}
