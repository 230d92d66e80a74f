/*
 * Properties: of identifiers that a generator makes by their issuers' rules, nothing is left,
 * however they are written and wherever they stand. WARD_PROPERTIES says how many cases of each
 * kind (CI has few), WARD_PROPERTY_SEED where to begin.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "redact/scan.h"
#include "redact/test-disguise.h"
#include "tap.h"

#define CASES 30
#define SHOWN 12 /* failures of one property */

static struct redactor *redactors[2];
static struct arena *arena;
static unsigned cases = CASES;
static uint64_t seed = 1;
static unsigned failed;

static const char *profile_word(size_t profile)
{
    return profile == REDACT_STRICT ? "strict" : "balanced";
}

/* Redacts a copy. */
static int redact_sample(size_t profile, const char *at, size_t len, struct redaction *redaction)
{
    static char raw[REDACT_TEXT_MAX];

    arena_reset(arena);
    memcpy(raw, at, len);
    return redact(redactors[profile], (struct raw_text){.at = raw, .len = len}, arena, redaction);
}

static void fail(const char *what, const struct sample *sample, size_t profile,
                 const struct redaction *redaction)
{
    struct text clean = redaction ? clean_text_view(redaction->clean) : text_of("(refused)");

    if (failed++ < SHOWN)
        printf("# %s | %s | %s\n#   %.*s\n#   %.*s\n", what, sample->maker->name,
               profile_word(profile), (int)sample->len, sample->at, (int)clean.len, clean.at);
}

/* How many secret bytes stand outside of what was found. */
static size_t left_of(const struct sample *sample, const struct redaction *redaction)
{
    size_t left = 0;
    size_t next = 0;

    for (size_t i = 0; i < sample->len; i++) {
        while (next < redaction->found_count && redaction->found[next].end <= i)
            next++;
        bool found = next < redaction->found_count && redaction->found[next].start <= i;
        left += sample->secret[i] && !found;
    }
    return left;
}

static size_t secrets_of(const struct sample *sample)
{
    size_t count = 0;

    for (size_t i = 0; i < sample->len; i++)
        count += sample->secret[i];
    return count;
}

static bool claimed(const struct maker *maker, size_t profile)
{
    return profile == REDACT_STRICT || !(maker->traits & STRICT);
}

static void nothing_is_left(const char *what, const struct sample *sample)
{
    for (size_t profile = 0; profile < 2; profile++) {
        struct redaction redaction;

        if (!claimed(sample->maker, profile))
            continue;
        if (redact_sample(profile, sample->at, sample->len, &redaction))
            fail(what, sample, profile, NULL);
        else if (left_of(sample, &redaction))
            fail(what, sample, profile, &redaction);
    }
}

static struct generator case_of(unsigned property, size_t maker, unsigned n)
{
    return generator_of(seed + property * UINT64_C(1000003) + maker * UINT64_C(10007) +
                        n * UINT64_C(1000000007));
}

static void end(void)
{
    CHECK(failed == 0);
}

static void identifiers_go_in_every_form_amid_ordinary_words(void)
{
    struct sample plain;
    struct sample text;

    failed = 0;
    for (size_t m = 0; m < makers_count(); m++)
        for (unsigned n = 0; n < cases; n++) {
            struct generator generator = case_of(1, m, n);

            sample_make(&plain, &generator, maker_at(m), false);
            nothing_is_left("alone", &plain);
            sample_surround(&text, &plain, &generator, AMID_WORDS);
            nothing_is_left("amid words", &text);
        }
    end();
}

static void a_letter_beside_a_number_hides_nothing(void)
{
    static const char *const before[] = {"", "x", "id", "\u00e9"};
    static const char *const behind[] = {"", "q", "pdf", "\u00e9"}; /* no unit of anything */
    struct sample plain;
    struct sample text;

    failed = 0;
    for (size_t m = 0; m < makers_count(); m++)
        for (unsigned n = 0; n < cases && maker_at(m)->traits & BESIDE; n++) {
            struct generator generator = case_of(4, m, n);
            const char *letters = GENERATOR_PICK(&generator, before);

            sample_make(&plain, &generator, maker_at(m), false);
            text.len = 0;
            text.maker = plain.maker;
            words_put(&text, &generator, generator_below(&generator, 4));
            sample_put(&text, letters, strlen(letters), false);
            for (size_t i = 0; i < plain.len; i++)
                sample_put(&text, plain.at + i, 1, plain.secret[i]);
            /* Three digits behind sixteen are the next word's: "4111 1111 1111 1111 222nd". */
            letters = secrets_of(&plain) > 16 ? "" : GENERATOR_PICK(&generator, behind);
            sample_put(&text, letters, strlen(letters), false);
            nothing_is_left("letters beside", &text);
        }
    end();
}

static enum casing casing_of(struct generator *generator, const struct maker *maker)
{
    unsigned ways = maker->traits & ANY_CASE ? 4 : maker->traits & ONE_CASE ? 3 : 1;

    return (enum casing)generator_below(generator, ways);
}

static void identifiers_go_in_every_case_and_with_every_sign(void)
{
    struct sample plain;
    struct sample other;
    struct sample text;

    failed = 0;
    for (size_t m = 0; m < makers_count(); m++)
        for (unsigned n = 0; n < cases; n++) {
            struct generator generator = case_of(2, m, n);
            struct disguise disguise = {.casing = casing_of(&generator, maker_at(m))};

            if (maker_at(m)->traits & SIGNS)
                disguise.sign =
                    disguise_signs[generator_below(&generator, (unsigned)disguise_signs_count)];
            sample_make(&plain, &generator, maker_at(m), false);
            sample_disguise(&other, &plain, &generator, &disguise);
            sample_surround(&text, &other, &generator, AMID_WORDS);
            nothing_is_left(disguise.sign ? disguise.sign : "case", &text);
        }
    end();
}

static void identifiers_go_in_every_writing(void)
{
    static const char *const words[] = {"ascii",  "full width", "mathematical", "indic",
                                        "marked", "hidden",     "look-alike"};
    struct sample plain;
    struct sample other;
    struct sample text;

    failed = 0;
    for (size_t m = 0; m < makers_count(); m++)
        for (unsigned n = 0; n < cases; n++)
            for (unsigned letters = 0; letters < LETTERS; letters++) {
                struct generator generator = case_of(3 + letters, m, n);
                struct disguise disguise = {
                    .letters = (enum letters)letters,
                    .encoding = (enum encoding)generator_below(&generator, ENCODINGS)};
                char what[64];

                if (letters == LOOK_ALIKE && !(maker_at(m)->traits & WORDS))
                    continue;
                sample_make(&plain, &generator, maker_at(m), false);
                sample_disguise(&other, &plain, &generator, &disguise);
                if (other.len > 1600)
                    continue;
                sample_surround(&text, &other, &generator, AMID_WORDS);
                (void)snprintf(what, sizeof(what), "%s, encoding %d", words[letters],
                               (int)disguise.encoding);
                nothing_is_left(what, &text);
            }
    end();
}

static void identifiers_go_in_addresses_and_names_of_files(void)
{
    static const char *const words[] = {"alone", "amid", "query", "path", "fragment", "file"};
    struct sample plain;
    struct sample other;
    struct sample text;

    failed = 0;
    for (size_t m = 0; m < makers_count(); m++)
        for (unsigned n = 0; n < cases; n++)
            for (unsigned place = IN_QUERY; place < PLACES; place++) {
                struct generator generator = case_of(20 + place, m, n);
                struct disguise disguise = {.encoding =
                                                place == IN_FILE_NAME ? PLAIN : PERCENT_SIGNS};

                sample_make(&plain, &generator, maker_at(m), false);
                sample_disguise(&other, &plain, &generator, &disguise);
                sample_surround(&text, &other, &generator, (enum place)place);
                nothing_is_left(words[place], &text);
            }
    end();
}

/* The bytes [start, end) of a sample, as programs cut what is too long. */
static void sample_cut(struct sample *to, const struct sample *from, size_t start, size_t end,
                       const char *sign)
{
    to->len = 0;
    to->maker = from->maker;
    for (size_t i = start; i < end; i++)
        sample_put(to, from->at + i, 1, from->secret[i]);
    sample_put(to, sign, strlen(sign), false);
}

/* Of what a cut leaves of a number so many digits may stay: in strict an area's code and what
 * begins behind it. In balanced a number whose beginning is missing may be any number. */
static bool is_harmless(size_t profile, bool head, size_t left)
{
    return profile == REDACT_STRICT ? left <= 6 : left <= 8 || !head;
}

/* whole: the identifier and its label are; head: their beginning is. */
static void cut_is_harmless(const char *what, const struct sample *text, bool whole, bool head)
{
    size_t secrets = secrets_of(text);
    bool valid = utf8_valid((struct text){.at = text->at, .len = text->len});

    for (size_t profile = 0; profile < 2; profile++) {
        struct redaction redaction;

        if (!claimed(text->maker, profile))
            continue;
        int r = redact_sample(profile, text->at, text->len, &redaction);
        if (!valid) {
            if (r != REDACT_INVALID)
                fail(what, text, profile, &redaction);
            continue;
        }
        size_t left = r ? secrets : left_of(text, &redaction);

        if (whole ? left > 0 : text->maker->traits & CUT && !is_harmless(profile, head, left))
            fail(what, text, profile, r ? NULL : &redaction);
    }
}

/* Where the identifier begins, with the "+" or "(" before it. */
static size_t head_of(const struct sample *text)
{
    size_t first = 0;

    while (!text->secret[first])
        first++;
    while (first > text->start && strchr("+(", text->at[first - 1]))
        first--;
    return first;
}

static void a_cut_anywhere_leaves_nothing_that_identifies(void)
{
    static const char *const signs[] = {"", "...", "\u2026"};
    struct sample plain;
    struct sample text;
    struct sample cut;

    failed = 0;
    for (size_t m = 0; m < makers_count(); m++)
        for (unsigned n = 0; n < cases / 4; n++) {
            struct generator generator = case_of(30, m, n);

            sample_make(&plain, &generator, maker_at(m), false);
            sample_surround(&text, &plain, &generator, AMID_WORDS);
            size_t first = head_of(&text);

            for (size_t i = 0; i <= text.len; i++) {
                sample_cut(&cut, &text, 0, i, GENERATOR_PICK(&generator, signs));
                cut_is_harmless("cut behind", &cut, i >= text.end, true);
                sample_cut(&cut, &text, i, text.len, "");
                cut_is_harmless("cut before", &cut, i <= text.start, i <= first);
            }
        }
    end();
}

/* True when something that was found of a kind covers a secret byte. */
static bool reported(const struct sample *sample, const struct redaction *redaction,
                     enum redact_kind kind)
{
    for (size_t f = 0; f < redaction->found_count; f++)
        for (size_t i = redaction->found[f].start; i < redaction->found[f].end; i++)
            if (redaction->found[f].kind == kind && sample->secret[i])
                return true;
    return false;
}

static void near_miss_holds(const char *what, const struct sample *sample)
{
    for (size_t profile = 0; profile < 2; profile++) {
        struct redaction redaction;

        if (redact_sample(profile, sample->at, sample->len, &redaction))
            fail(what, sample, profile, NULL);
        else if (reported(sample, &redaction, sample->maker->kind))
            fail("reported", sample, profile, &redaction);
        else if (left_of(sample, &redaction) && !(sample->maker->traits & NEAR_STAYS))
            fail("left", sample, profile, &redaction);
    }
}

static void what_fails_its_check_goes_as_something_else(void)
{
    struct sample plain;
    struct sample text;

    failed = 0;
    for (size_t m = 0; m < makers_count(); m++)
        for (unsigned n = 0; n < cases && maker_at(m)->spoil; n++) {
            struct generator generator = case_of(40, m, n);

            sample_make(&plain, &generator, maker_at(m), true);
            near_miss_holds("near miss alone", &plain);
            sample_surround(&text, &plain, &generator, AMID_WORDS);
            near_miss_holds("near miss amid words", &text);
        }
    end();
}

/* ---- whatever the text ---- */

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static bool found_is_whole(const struct sample *text, const struct redaction *redaction)
{
    size_t from = 0;

    for (size_t f = 0; f < redaction->found_count; f++) {
        const struct redact_found *found = &redaction->found[f];

        if (found->start < from || found->end <= found->start || found->end > text->len ||
            continues(text->at[found->start]) ||
            (found->end < text->len && continues(text->at[found->end])))
            return false;
        from = found->end;
    }
    return true;
}

static void clean_stays_clean(const struct sample *text)
{
    for (size_t profile = 0; profile < 2; profile++) {
        struct redaction first;
        struct redaction again;
        char clean[REDACT_TEXT_MAX];

        if (redact_sample(profile, text->at, text->len, &first)) {
            fail("refused", text, profile, NULL);
            continue;
        }
        if (!found_is_whole(text, &first))
            fail("split", text, profile, &first);
        struct text view = clean_text_view(first.clean);
        size_t len = view.len;
        memcpy(clean, view.at, len);
        if (redact_sample(profile, clean, len, &again))
            fail("refused again", text, profile, NULL);
        else if (again.found_count ||
                 !text_equal(clean_text_view(again.clean), (struct text){.at = clean, .len = len}))
            fail("found again", text, profile, &again);
    }
}

static void scans_agree(const struct sample *text)
{
    static uint8_t at[SAMPLE_MAX + SCAN_PAD];
    static uint8_t lower[2][REDACT_TEXT_MAX + 1 + SCAN_PAD];
    static struct scan scans[2];
    size_t words = (text->len / 64 + 1) * sizeof(uint64_t);

    memset(at, 0, sizeof(at));
    memcpy(at, text->at, text->len);
    unsigned plain = scan_plain(at, text->len, lower[0], &scans[0]);
    unsigned fast = scan_fast(at, text->len, lower[1], &scans[1]);
    if (plain != fast || memcmp(lower[0], lower[1], text->len) != 0 ||
        memcmp(scans[0].letter, scans[1].letter, words) != 0 ||
        memcmp(scans[0].digit, scans[1].digit, words) != 0 ||
        memcmp(scans[0].upper, scans[1].upper, words) != 0)
        fail("scans", text, 0, NULL);
}

/* A text of any disguise in any place. */
static void sample_any(struct sample *text, struct generator *generator, const struct maker *maker)
{
    struct sample plain;
    struct sample other;
    struct disguise disguise = {
        .casing = (enum casing)generator_below(generator, CASINGS),
        .letters = (enum letters)generator_below(generator, LETTERS),
        .encoding = (enum encoding)generator_below(generator, ENCODINGS),
        .sign = disguise_signs[generator_below(generator, (unsigned)disguise_signs_count)],
    };

    sample_make(&plain, generator, maker, maker->spoil && generator_below(generator, 4) == 0);
    sample_disguise(&other, &plain, generator, &disguise);
    if (other.len > 1600)
        other = plain;
    sample_surround(text, &other, generator, (enum place)generator_below(generator, PLACES));
}

static void redaction_of_anything_is_whole_and_final(void)
{
    struct sample text;

    failed = 0;
    for (size_t m = 0; m < makers_count(); m++)
        for (unsigned n = 0; n < cases; n++) {
            struct generator generator = case_of(50, m, n);

            sample_any(&text, &generator, maker_at(m));
            clean_stays_clean(&text);
            scans_agree(&text);
        }
    end();
}

/* ---- long texts ---- */

#define LONG_TEXT ((size_t)60000)

static struct {
    size_t len;
    char at[LONG_TEXT];
    bool secret[LONG_TEXT];
} long_text;

/* Identifiers of all makers that balanced claims, with words between them. */
static void long_make(struct generator *generator)
{
    long_text.len = 0;
    for (;;) {
        struct sample plain;
        struct sample text;
        const struct maker *maker = maker_at(generator_below(generator, (unsigned)makers_count()));

        sample_make(&plain, generator, maker, false);
        sample_surround(&text, &plain, generator, AMID_WORDS);
        words_put(&text, generator, generator_below(generator, 60));
        if (long_text.len + text.len > LONG_TEXT)
            return;
        if (maker->traits & STRICT)
            continue;
        memcpy(long_text.at + long_text.len, text.at, text.len);
        memcpy(long_text.secret + long_text.len, text.secret, text.len);
        long_text.len += text.len;
    }
}

static struct redaction pieces_of(size_t profile, struct redact_pieces *pieces, size_t at,
                                  size_t len, size_t *ret_used)
{
    struct redaction redaction;

    arena_reset(arena);
    CHECK(redact_piece(redactors[profile], pieces,
                       (struct raw_text){.at = long_text.at + at, .len = len}, arena, &redaction,
                       ret_used) == 0);
    CHECK(*ret_used > 0 && *ret_used <= len);
    return redaction;
}

static size_t long_left(size_t at, size_t used, const struct redaction *redaction)
{
    size_t left = 0;
    size_t next = 0;

    for (size_t i = 0; i < used; i++) {
        while (next < redaction->found_count && redaction->found[next].end <= i)
            next++;
        bool found = next < redaction->found_count && redaction->found[next].start <= i;
        bool leak = long_text.secret[at + i] && !found;

        if (leak && left == 0 && failed < SHOWN)
            printf("# left at %zu: %.*s\n", at + i, 80, long_text.at + at + (i > 40 ? i - 40 : 0));
        left += leak;
    }
    return left;
}

/* The pieces of a long text are the same however much of it has arrived. */
static void pieces_hold(size_t profile, struct generator *generator)
{
    struct redact_pieces pieces = {.carried = 0};
    struct redact_found before[REDACT_FOUND_MAX];

    for (size_t at = 0; at < long_text.len;) {
        struct redact_pieces other = pieces;
        size_t rest = long_text.len - at;
        size_t least = rest < 2100 ? rest : 2100;
        size_t used = 0;
        size_t part_used = 0;
        struct redaction part =
            pieces_of(profile, &other, at,
                      least + generator_below(generator, (unsigned)(rest - least + 1)), &part_used);
        size_t count = part.found_count;

        memcpy(before, part.found, count * sizeof(before[0]));
        struct redaction whole = pieces_of(profile, &pieces, at, rest, &used);
        bool same =
            used == part_used && whole.found_count == count && pieces.carried == other.carried;
        for (size_t f = 0; same && f < count; f++)
            same = before[f].start == whole.found[f].start && before[f].end == whole.found[f].end &&
                   before[f].kind == whole.found[f].kind;
        failed += !same || (at + used < long_text.len && continues(long_text.at[at + used]));
        failed += long_left(at, used, &whole) > 0;
        at += used;
    }
}

static void the_pieces_of_a_long_text_leave_nothing_however_it_arrives(void)
{
    failed = 0;
    for (unsigned n = 0; n < 1 + cases / 20; n++)
        for (size_t profile = 0; profile < 2; profile++) {
            struct generator generator = case_of(60, profile, n);

            long_make(&generator);
            pieces_hold(profile, &generator);
        }
    end();
}

int main(void)
{
    const char *more = getenv("WARD_PROPERTIES");
    const char *from = getenv("WARD_PROPERTY_SEED");

    cases = more ? (unsigned)strtoul(more, NULL, 10) : CASES;
    seed = from ? strtoull(from, NULL, 10) : 1;
    CHECK(arena_new(&arena, 1 << 18) == 0);
    for (size_t profile = 0; profile < 2; profile++)
        CHECK(redactor_new(&redactors[profile],
                           &(struct redactor_options){.profile = (enum redact_profile)profile},
                           NULL) == 0);
    RUN(identifiers_go_in_every_form_amid_ordinary_words);
    RUN(identifiers_go_in_every_case_and_with_every_sign);
    RUN(a_letter_beside_a_number_hides_nothing);
    RUN(identifiers_go_in_every_writing);
    RUN(identifiers_go_in_addresses_and_names_of_files);
    RUN(what_fails_its_check_goes_as_something_else);
    RUN(a_cut_anywhere_leaves_nothing_that_identifies);
    RUN(redaction_of_anything_is_whole_and_final);
    RUN(the_pieces_of_a_long_text_leave_nothing_however_it_arrives);
    redactor_free(redactors[0]);
    redactor_free(redactors[1]);
    arena_free(arena);
    return tap_done();
}
