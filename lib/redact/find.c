/* Finding: every recogniser reads the view, again and again until nothing new is found. */

#include "base/utf8.h"
#include "redact/patterns.h"
#include "redact/redact-private.h"

/* Needs besides SIGN_*, behind their bits. */
#define WANT(asks) ((unsigned)(asks) << 9)
enum {
    WANT_PATTERNS = 1 << 17, /* the organisation has some */
    WANT_SHARES = 1 << 18,   /* paths of shares matter */
    WANT_HOMES = 1 << 19,    /* a place may follow a word */
    WANT_WORDS = 1 << 20,    /* every word may be a name */
};

_Static_assert(SIGN_DIGIT < WANT(1) && WANT(UINT8_MAX) < WANT_PATTERNS, "bits of their own");

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

/* Numbers early, since they mark what machines made; names last, since they look at what was found.
 */
static const struct recogniser recognisers[] = {
    {RULE_PATTERN, recognise_patterns, WANT_PATTERNS},
    {RULE_ID_LONG, recognise_numbers, SIGN_DIGIT},
    {RULE_BIC, recognise_accounts, WANT(ASK_CUE)},
    {RULE_EMAIL, recognise_email, SIGN_AT | WANT(ASK_CUE)},
    {RULE_URL, recognise_url, SIGN_COLON | WANT(ASK_CUE) | WANT_SHARES},
    {RULE_IPV6, recognise_internet, SIGN_COLON},
    {RULE_AGE_WORDS, recognise_ages, WANT(ASK_CUE)},
    /* What structured leaves out. */
    {RULE_PLACE, recognise_places, SIGN_DIGIT | WANT(ASK_PLACE) | WANT_HOMES},
    {RULE_NAME_PAIR, recognise_names, WANT(ASK_NAME) | WANT_WORDS},
};

enum {
    RECOGNISERS = sizeof(recognisers) / sizeof(recognisers[0]),
    STRUCTURED = RECOGNISERS - 2,
};

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

void hits_take_all(struct hits *hits, size_t len)
{
    *hits = (struct hits){.count = len > 0};
    hits->at[0] = (struct redact_found){
        .kind = REDACT_UNKNOWN, .rule = RULE_UNSETTLED, .end = (uint32_t)len, .score = 1};
}

/* What of the needs of recognisers there is in a view. */
static unsigned wants_of(const struct view *view)
{
    return view->signs | WANT(view->asks) |
           (patterns_starts(view->redactor->patterns) ? WANT_PATTERNS : 0) |
           (view->clinical || !view->balanced ? WANT_SHARES : 0) |
           (view->sets & (WORD(HOME) | WORD(LOCATIVE)) ? WANT_HOMES : 0) |
           (view->clinical || !view->plain ? WANT_WORDS : 0);
}

static inline void run_if(struct view *view, const struct recogniser *recogniser, unsigned wants)
{
    if (recogniser->needs & wants) {
        view->rule = (uint8_t)recogniser->rule;
        recogniser->run(view);
    }
}

static void run_all(struct view *view)
{
    view_tokenise(view);
    view_label(view);
    view->clinical = view->clinical || view->patient;
    unsigned wants = wants_of(view);
#pragma GCC unroll 16
    for (size_t i = 0; i < STRUCTURED; i++)
        run_if(view, &recognisers[i], wants);
    for (size_t i = STRUCTURED; i < RECOGNISERS && !view->redactor->structured; i++)
        run_if(view, &recognisers[i], wants);
    view->rule = RULE_UNKNOWN;
    if (!view->balanced)
        recognise_unknown(view);
}

/* True when '+' stands for a blank somewhere. */
static bool joined_by_plus(struct raw_text raw)
{
    const char *end = raw.at + raw.len;

    for (const char *at = raw.at; at < end; at++) {
        at = memchr(at, '+', (size_t)(end - at));
        if (!at)
            return false;
        if (at > raw.at && at + 1 < end && plus_is_blank((uint8_t)at[-1], (uint8_t)at[1]))
            return true;
    }
    return false;
}

/* One reading of raw, with placeholders where hits are. loaded: view holds raw as it is, else view
 * holds raw in an earlier round. */
static void run_round(struct view *view, struct raw_text raw, unsigned signs, unsigned decodings,
                      bool loaded)
{
    view->hits->changed = false;
    view->decoded = false;
    if (!decodings && !(signs & (SIGN_HIGH | SIGN_BRACKET | SIGN_CONTROL))) {
        if (!loaded)
            view_fill_plain(view, raw);
        run_all(view);
        return;
    }
    /* Deepest first: what a percent sign hides is seen whole before its parts are. */
    for (unsigned decoding = decodings + 1; decoding > 0; decoding--) {
        view->decoded = decoding > 1;
        if (view_fill(view, raw, decoding - 1))
            run_all(view);
    }
}

static void run_rounds(struct view *view, struct raw_text raw, unsigned signs)
{
    struct hits *hits = view->hits;
    unsigned decodings = signs & SIGN_PERCENT ? DECODINGS
                         : signs & SIGN_PLUS  ? joined_by_plus(raw)
                                              : 0;

    hits_begin(hits, raw.len);
    for (unsigned round = 0; round < ROUNDS; round++) {
        run_round(view, raw, signs, decodings, round == 0 && hits->count == 0);
        if (!hits->changed || hits->crowded)
            return;
    }
}

/* True when nothing that stands there can be found: most texts without digits, to structured. */
static bool is_empty(const struct redactor *redactor, unsigned signs)
{
    unsigned wanted = redactor->structured
                          ? SIGN_DIGIT | SIGN_AT | SIGN_COLON | SIGN_PERCENT | SIGN_HIGH
                          : SIGN_LETTER | SIGN_DIGIT | SIGN_HIGH;

    return REDACTION_OFF || !(signs & wanted);
}

RESULT hits_find(struct view *view, struct raw_text raw)
{
    struct hits *hits = view->hits;

    hits->crowded = false;
    hits->changed = false;
    if (view->redactor->structured && scan_quiet((const uint8_t *)raw.at, raw.len))
        return 0;
    unsigned signs = view_load(view, raw);
    if (signs & (SIGN_HIGH | SIGN_CONTROL) && !text_is_plain(raw))
        return REDACT_INVALID;
    if (!is_empty(view->redactor, signs))
        run_rounds(view, raw, signs);
    view_wipe(view, raw.len);
    if (hits->changed && !hits->crowded)
        hits_take_all(hits, raw.len);
    return hits->crowded ? REDACT_CROWDED : 0;
}

void view_init(struct view *view, const struct redactor *redactor, enum redact_profile profile,
               struct hits *hits)
{
    view->redactor = redactor;
    view->balanced = profile == REDACT_BALANCED;
    view->patient = false;
    view->clinical = false;
    view->notes = NULL;
    view->steps = NULL;
    view->hits = hits;
    hits->count = 0;
}

bool redact_is_off(void)
{
    return REDACTION_OFF;
}
