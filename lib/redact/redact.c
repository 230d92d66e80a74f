#include "redact/redact-private.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "redact/patterns.h"

/*
 * A build that leaves everything in, so that the search for leaks can be shown to find them.
 * Programs ask redact_is_off() and refuse to run by accident.
 */
#ifdef WARD_REDACTION_OFF
enum { REDACTION_OFF = true };
#else
enum { REDACTION_OFF = false };
#endif

/*
 * Rounds until nothing new is found. Each round reads the text with placeholders where the last one
 * removed something, which is just what a second redaction would read; so the result of a redaction
 * redacts to itself. Two or three rounds are usual; what does not settle is removed whole.
 */
#define ROUNDS 8
#define DECODINGS 2

/* Codes first, since they mark what machines made; names last, since they look at what was found.
 */
static const struct recogniser recognisers[] = {
    {RULE_CODE, recognise_codes, 0},
    {RULE_PATTERN, recognise_patterns, 0},
    {RULE_LABEL, recognise_labels, 0},
    {RULE_SSN, recognise_ssn, SIGN_DIGIT},
    {RULE_EMAIL, recognise_email, SIGN_AT},
    {RULE_URL, recognise_url, SIGN_COLON},
    {RULE_INTERNET, recognise_internet, SIGN_DIGIT | SIGN_COLON},
    {RULE_DATE, recognise_dates, SIGN_DIGIT},
    {RULE_AGE, recognise_ages, SIGN_DIGIT},
    {RULE_NUMBER, recognise_digits, SIGN_DIGIT},
    {RULE_PLACE, recognise_places, 0},
    {RULE_NAME_PAIR, recognise_names, 0},
};

#define RECOGNISERS (sizeof(recognisers) / sizeof(recognisers[0]))

_Static_assert(RULES_COUNT <= REDACT_RULE_OWN, "an organisation's rules follow the built-in ones");

const char *redact_rule_word(unsigned rule)
{
    static const char *const words[RULES_COUNT] = {
#define X(name, word) [RULE_##name] = word,
        REDACT_RULES(X)
#undef X
    };

    return rule < RULES_COUNT ? words[rule] : NULL;
}

unsigned redact_rules_count(void)
{
    return RULES_COUNT;
}

const char *redact_rules_version(void)
{
    return "1";
}

void redact_rules_hash(uint8_t ret_hash[REDACT_HASH_LEN])
{
    static const uint8_t hash[REDACT_HASH_LEN] = {
#include "rules-hash.inc"
    };

    memcpy(ret_hash, hash, sizeof(hash));
}

const char *redactor_rule_word(const struct redactor *redactor, unsigned rule)
{
    return rule < REDACT_RULE_OWN ? redact_rule_word(rule)
                                  : patterns_rule_word(redactor->patterns, rule - REDACT_RULE_OWN);
}

RESULT redactor_new(struct redactor **ret_redactor, const struct redactor_options *options,
                    struct redactor_error *ret_error)
{
    CLEANUP(redactor_free) struct redactor *redactor = calloc(1, sizeof(*redactor));

    if (!redactor)
        return FAULT(ERR_MEMORY);
    redactor->profile = options->profile;
    labels_index(redactor->label_index);
    int r = patterns_new(&redactor->patterns, options->patterns, options->words, ret_error);
    if (r)
        return r;
    *ret_redactor = TAKE(redactor);
    return 0;
}

struct redactor *redactor_free(struct redactor *redactor)
{
    if (redactor) {
        patterns_free(redactor->patterns);
        free(redactor);
    }
    return NULL;
}

/* C0 but tab, DEL and C1 have no place in a title: whoever sends them tests what we print. */
static bool text_is_plain(struct raw_text raw)
{
    struct text rest = {.at = raw.at, .len = raw.len};

    while (rest.len) {
        uint32_t point;
        size_t len = utf8_next(rest, &point);

        if (len == 0 || (point < 0x20 && point != '\t') || (point >= 0x7f && point < 0xa0))
            return false;
        rest.at += len;
        rest.len -= len;
    }
    return true;
}

static void hits_take_all(struct hits *hits, size_t len)
{
    *hits = (struct hits){.count = len > 0};
    hits->at[0] = (struct redact_found){
        .kind = REDACT_UNKNOWN, .rule = RULE_UNSETTLED, .end = (uint32_t)len, .score = 1};
}

static void run_all(struct view *view, enum redact_profile profile)
{
    view_tokenise(view);
    view_label(view);
    for (size_t i = 0; i < RECOGNISERS; i++) {
        view->rule = (uint8_t)recognisers[i].rule;
        if (!recognisers[i].needs || recognisers[i].needs & view->signs)
            recognisers[i].run(view);
    }
    view->rule = RULE_UNKNOWN;
    if (profile == REDACT_STRICT)
        recognise_unknown(view);
}

/* One reading of raw, with placeholders where hits are. loaded: view holds raw as it is. */
static void run_round(struct view *view, struct raw_text raw, unsigned signs, bool loaded,
                      enum redact_profile profile)
{
    view->hits->changed = false;
    if (loaded && view->plain && !(signs & SIGN_PERCENT)) {
        run_all(view, profile);
        return;
    }
    /* Deepest first: what a percent sign hides is seen whole before its parts are. */
    for (unsigned decoding = signs & SIGN_PERCENT ? DECODINGS + 1 : 1; decoding > 0; decoding--)
        if (view_fill(view, raw, decoding - 1))
            run_all(view, profile);
}

/* Outcome: REDACT_INVALID. */
static RESULT run_rounds(const struct redactor *redactor, enum redact_profile profile,
                         struct raw_text raw, struct hits *hits, uint64_t *steps)
{
    struct view view;

    view.redactor = redactor;
    view.hits = hits;
    view.steps = steps;
    view.notes = NULL;
    view.balanced = profile == REDACT_BALANCED;
    unsigned signs = view_load(&view, raw);
    if (signs & (SIGN_HIGH | SIGN_CONTROL) && !text_is_plain(raw))
        return REDACT_INVALID;
    if (signs & (SIGN_LETTER | SIGN_DIGIT | SIGN_HIGH) && !REDACTION_OFF) {
        for (unsigned round = 0; round < ROUNDS && !hits->crowded; round++) {
            run_round(&view, raw, signs, round == 0, profile);
            if (!hits->changed)
                break;
        }
    }
    view_wipe(&view, raw.len);
    if (hits->changed && !hits->crowded)
        hits_take_all(hits, raw.len);
    return hits->crowded ? REDACT_CROWDED : 0;
}

static RESULT redaction_make(struct raw_text raw, const struct hits *hits, struct arena *arena,
                             struct redaction *ret_redaction)
{
    struct redaction redaction = {.found_count = hits->count};
    struct redact_found *found = arena_take_array(arena, hits->count, sizeof(*found));

    if (!found)
        return FAULT(ERR_MEMORY);
    memcpy(found, hits->at, hits->count * sizeof(*found));
    redaction.found = found;
    for (size_t i = 0; i < hits->count; i++)
        redaction.counts[found[i].kind]++;
    int r = clean_make(raw, hits, arena, &redaction.clean);
    if (r)
        return r;
    *ret_redaction = redaction;
    return 0;
}

bool redact_is_off(void)
{
    return REDACTION_OFF;
}

static RESULT redact_with(const struct redactor *redactor, enum redact_profile profile,
                          struct raw_text raw, struct arena *arena, struct redaction *ret_redaction,
                          uint64_t *steps)
{
    struct hits hits;

    if (raw.len > REDACT_TEXT_MAX)
        return REDACT_LONG;
    hits.count = 0;
    hits.crowded = false;
    hits.changed = false;
    int r = run_rounds(redactor, profile, raw, &hits, steps);
    if (r)
        return r;
    return redaction_make(raw, &hits, arena, ret_redaction);
}

RESULT redact_counted(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                      struct redaction *ret_redaction, uint64_t *ret_steps)
{
    uint64_t steps = 0;
    int r = redact_with(redactor, redactor->profile, raw, arena, ret_redaction, &steps);

    if (r == 0)
        *ret_steps = steps;
    return r;
}

RESULT redact(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
              struct redaction *ret_redaction)
{
    uint64_t steps = 0;

    return redact_with(redactor, redactor->profile, raw, arena, ret_redaction, &steps);
}

RESULT redact_balanced(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                       struct redaction *ret_redaction)
{
    uint64_t steps = 0;

    return redact_with(redactor, REDACT_BALANCED, raw, arena, ret_redaction, &steps);
}
