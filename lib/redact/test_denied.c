#include "redact/denied.h"

#include <stdio.h>

#include "tap.h"

/* No hash for use: it only has to differ with each bit of salt and bytes. */
static unsigned hashes;

static bool mix(const uint8_t salt[DENIED_SALT_SIZE], struct bytes bytes,
                uint8_t ret_hash[DENIED_HASH_SIZE])
{
    hashes++;
    for (unsigned lane = 0; lane < 4; lane++) {
        uint64_t state = 14695981039346656037u + lane;

        for (size_t i = 0; i < DENIED_SALT_SIZE; i++)
            state = (state ^ salt[i]) * 1099511628211u;
        for (size_t i = 0; i < bytes.len; i++)
            state = (state ^ bytes.at[i]) * 1099511628211u;
        memcpy(ret_hash + (size_t)8 * lane, &state, 8);
    }
    return true;
}

static bool no_hash(const uint8_t salt[DENIED_SALT_SIZE], struct bytes bytes,
                    uint8_t ret_hash[DENIED_HASH_SIZE])
{
    (void)salt;
    (void)bytes;
    (void)ret_hash;
    return false;
}

static const uint8_t salt_at[DENIED_SALT_SIZE] = {9, 8, 7, 6, 5};

static int make(const char *string, struct denied_rule *ret_rule)
{
    char copy[REDACT_TEXT_MAX + 1];

    (void)snprintf(copy, sizeof(copy), "%s", string);
    return denied_make((struct raw_text){.at = copy, .len = strlen(copy)}, salt_at, mix, ret_rule);
}

static bool condemns(const char *string, const char *text)
{
    struct denied_rule rule;
    struct denied denied = {.rules = &rule, .count = 1, .hash = mix};

    CHECK(make(string, &rule) == 0);
    CHECK(denied_rule_holds(&rule));
    return denied_holds(&denied, text_of(text));
}

static void case_blanks_and_signs_make_no_difference(void)
{
    CHECK(condemns("Jane Zyllowska", "Chart of ZYLLOWSKA, JANE - jane.zyllowska@x - EHR"));
    CHECK(condemns("Jane Zyllowska", "JANE_ZYLLOWSKA.pdf"));
    CHECK(condemns("jane-zyllowska", "x/jane%zyllowska"));
    CHECK(condemns("84-41-2907", "MRN84412907b"));
    CHECK(condemns("84412907", "8 4 4 1 2 9 0 7"));
}

static void the_order_of_words_does(void)
{
    CHECK(!condemns("J. Doe", "DOE J"));
    CHECK(condemns("DOE J", "Doe, J."));
    CHECK(condemns("Doe J", "Doe Jane"));
}

static void accents_width_and_marks_make_no_difference(void)
{
    CHECK(condemns("Jose Nunez", "chart: Jos\u00e9 N\u00fa\u00f1ez"));
    CHECK(condemns("Jos\u00e9 N\u00fa\u00f1ez", "JOSE NUNEZ"));
    CHECK(condemns("Jose\u0301", "jos\u00e9"));
    CHECK(condemns("Gro\u00df", "GROSS"));
    CHECK(condemns("jane", "\uff2a\uff41\uff4e\uff45"));
    CHECK(condemns("1234", "\u0661\u0662\u0663\u0664"));
    CHECK(condemns("jane", "j\u200ba\u00adn\u2060e"));
    CHECK(condemns("\u0418\u0432\u0430\u043d", "\u0418\u0412\u0410\u041d"));
    CHECK(condemns("\u0391\u03bb\u03ad\u03be\u03b9\u03c2", "\u0391\u039b\u0395\u039e\u0399\u03a3"));
    CHECK(condemns("\u5c71\u7530\u592a\u90ce", "\u5c71\u7530 \u592a\u90ce"));
}

static void what_is_not_there_is_not_found(void)
{
    CHECK(!condemns("Jane Zyllowska", "Jane Zyllowsk"));
    CHECK(!condemns("Jane Zyllowska", ""));
    CHECK(!condemns("Jane Zyllowska", "ane zyllowska jan"));
    CHECK(!condemns("84412907", "84412908 3412907"));
}

static void placeholders_are_no_text_and_nothing_matches_across_them(void)
{
    CHECK(!condemns("name", "Chart of [name]"));
    CHECK(condemns("name", "[nam] name"));
    CHECK(condemns("unknown", "[unknown] [unknowns]"));
    CHECK(!condemns("Jane Doe", "Jane [name] Doe"));
    CHECK(condemns("Jane Doe", "[mrn]Jane Doe[mrn]"));
    struct denied_rule rule;
    CHECK(make("Jane [name] Doe", &rule) == DENIED_INVALID);
}

static void too_few_or_too_many_letters_are_refused(void)
{
    struct denied_rule rule = {.length = 77};
    char string[2 * DENIED_LENGTH_MAX + 8];
    size_t length = 0;

    CHECK(make("", &rule) == DENIED_SHORT);
    CHECK(make("a.b c!", &rule) == DENIED_SHORT);
    CHECK(make("\xff\xfe", &rule) == DENIED_INVALID);
    memset(string, 'x', sizeof(string));
    string[DENIED_LENGTH_MAX + 1] = 0;
    CHECK(make(string, &rule) == DENIED_LONG);
    CHECK(rule.length == 77);
    CHECK(make("a.b c!d", &rule) == 0 && rule.length == 4);
    string[DENIED_LENGTH_MAX] = 0;
    CHECK(make(string, &rule) == 0 && rule.length == DENIED_LENGTH_MAX);
    CHECK(denied_length(text_of("a.b c!"), &length) == 0 && length == 3);
    CHECK(denied_length(text_of("\xc3"), &length) == DENIED_INVALID && length == 3);
}

static void a_rule_that_nobody_makes_does_not_hold(void)
{
    struct denied_rule rule;

    CHECK(make("jane", &rule) == 0);
    rule.length = DENIED_LENGTH_MIN - 1;
    CHECK(!denied_rule_holds(&rule));
    rule.length = DENIED_LENGTH_MAX + 1;
    CHECK(!denied_rule_holds(&rule));
    rule.length = 4;
    rule.hash[0] = rule.hash[1] = 0xff;
    CHECK(!denied_rule_holds(&rule));
}

struct places {
    size_t rules[8];
    size_t starts[8];
    size_t ends[8];
    size_t count;
};

static bool keep(void *context, size_t rule, size_t start, size_t end)
{
    struct places *places = context;

    places->rules[places->count] = rule;
    places->starts[places->count] = start;
    places->ends[places->count++] = end;
    return places->count < 3;
}

static void every_place_is_told_by_rule_until_no_more_is_wanted(void)
{
    struct denied_rule rules[2];
    struct denied denied = {.rules = rules, .count = 2, .hash = mix};
    struct places places = {0};

    CHECK(make("jos\u00e9", &rules[0]) == 0 && make("mrn 12", &rules[1]) == 0);
    CHECK(denied_find(&denied, text_of("Jos\u00e9 M-R-N 12, j.o.s.e. jose"), keep, &places));
    CHECK(places.count == 3);
    CHECK(places.rules[0] == 0 && places.starts[0] == 0 && places.ends[0] == 5);
    CHECK(places.rules[1] == 0 && places.starts[1] == 16 && places.ends[1] == 23);
    CHECK(places.rules[2] == 0 && places.starts[2] == 25 && places.ends[2] == 29);
    memset(&places, 0, sizeof(places));
    denied.rules = rules + 1;
    denied.count = 1;
    CHECK(denied_find(&denied, text_of("Jos\u00e9 M-R-N 12"), keep, &places));
    CHECK(places.count == 1 && places.starts[0] == 6 && places.ends[0] == 14);
}

static void what_cannot_be_judged_is_condemned(void)
{
    static char text[REDACT_TEXT_MAX + 1];
    struct denied_rule rule;
    struct denied denied = {.rules = &rule, .count = 1, .hash = mix};

    CHECK(make("jane", &rule) == 0);
    memset(text, '.', sizeof(text));
    CHECK(!denied_holds(&denied, (struct text){.at = text, .len = REDACT_TEXT_MAX}));
    CHECK(denied_holds(&denied, (struct text){.at = text, .len = sizeof(text)}));
    CHECK(denied_holds(&denied, text_of("\xff")));
    denied.hash = no_hash;
    CHECK(denied_holds(&denied, text_of("Jane")));
    CHECK(!denied_holds(&denied, text_of("John")));
    char string[] = "jane";
    CHECK(denied_make((struct raw_text){.at = string, .len = 4}, salt_at, no_hash, &rule) ==
          ERR_CRYPTO);
    denied.count = 0;
    CHECK(!denied_holds(&denied, text_of("\xff")));
}

/* Hashes that a text costs must not grow with what somebody puts into it. */
static void a_text_made_to_be_slow_is_condemned_instead(void)
{
    static char text[REDACT_TEXT_MAX];
    struct denied_rule rule;
    struct denied denied = {.rules = &rule, .count = 1, .hash = mix};

    CHECK(make("aaaaa", &rule) == 0);
    rule.hash[DENIED_HASH_SIZE - 1] ^= 1; /* each place has the mark, and none the hash */
    memset(text, 'a', sizeof(text));
    hashes = 0;
    CHECK(!denied_holds(&denied, (struct text){.at = text, .len = 60}));
    CHECK(hashes == 56);
    hashes = 0;
    CHECK(denied_holds(&denied, (struct text){.at = text, .len = sizeof(text)}));
    CHECK(hashes <= 64);
}

int main(void)
{
    RUN(case_blanks_and_signs_make_no_difference);
    RUN(the_order_of_words_does);
    RUN(accents_width_and_marks_make_no_difference);
    RUN(what_is_not_there_is_not_found);
    RUN(placeholders_are_no_text_and_nothing_matches_across_them);
    RUN(too_few_or_too_many_letters_are_refused);
    RUN(a_rule_that_nobody_makes_does_not_hold);
    RUN(every_place_is_told_by_rule_until_no_more_is_wanted);
    RUN(what_cannot_be_judged_is_condemned);
    RUN(a_text_made_to_be_slow_is_condemned_instead);
    return tap_done();
}
