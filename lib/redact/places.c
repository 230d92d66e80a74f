/* Everything smaller than a state: streets, towns with their state, ZIP codes. */

#include "redact/redact-private.h"

static const char *const streets[] = {
    "street",    "st",      "road",  "rd",      "avenue", "ave",    "drive", "dr",
    "boulevard", "blvd",    "lane",  "ln",      "way",    "court",  "ct",    "place",
    "pl",        "highway", "hwy",   "parkway", "pkwy",   "circle", "cir",   "terrace",
    "ter",       "trail",   "trl",   "square",  "sq",     "loop",   "alley", "plaza",
    "crescent",  "close",   "route", "rte",     "pike",   "run",    "path",  "turnpike",
};

static const char states[] =
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm "
    "ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr vi gu as mp ";

static const char *const units[] = {"apt", "unit",  "suite", "ste", "apartment", "room",
                                    "rm",  "floor", "fl",    "lot", "bldg"};

static bool token_is(const struct view *view, const struct token *token, const char *word)
{
    ++*view->steps;
    if (view->lower[token->start] != (uint8_t)word[0])
        return false;
    size_t len = strlen(word);
    *view->steps += len;
    return (size_t)(token->end - token->start) == len &&
           memcmp(view->lower + token->start, word, len) == 0;
}

static bool token_in(const struct view *view, const struct token *token, const char *const *words,
                     size_t count)
{
    for (size_t w = 0; w < count; w++)
        if (token_is(view, token, words[w]))
            return true;
    return false;
}

/* A state's letters, both upper case as the Postal Service writes them. */
static bool token_is_state(const struct view *view, const struct token *token)
{
    if (token->end - token->start != 2 || token->shape != TOKEN_UPPER)
        return false;
    for (size_t s = 0; states[s]; s += 3)
        if (memcmp(states + s, view->lower + token->start, 2) == 0)
            return true;
    return false;
}

/* True when nothing but blanks and at most the given sign stands between token t and the next. */
static bool joined(const struct view *view, size_t t, const char *signs)
{
    size_t start = view->token[t].end;
    size_t end = t + 1 < view->tokens ? view->token[t + 1].start : start;

    if (t + 1 >= view->tokens || end == start || end - start > 3)
        return false;
    for (size_t i = start; i < end; i++)
        if (view_at(view, i) == 0 || !strchr(signs, view->lower[i]))
            return false;
    return true;
}

/* "TX 79701", "TX 79701-1234", "TX": token behind it, or t. */
static size_t state_end(const struct view *view, size_t t)
{
    if (t >= view->tokens || !token_is_state(view, &view->token[t]))
        return t;
    t++;
    if (t < view->tokens && joined(view, t - 1, " ,+") && view->token[t].shape == TOKEN_NUMBER &&
        view->token[t].end - view->token[t].start == 5) {
        t++;
        if (t < view->tokens && joined(view, t - 1, "-") &&
            view->token[t].end - view->token[t].start == 4)
            t++;
    }
    return t;
}

/* Behind a street: a unit, a town of up to three words, a state, a ZIP code. */
static size_t town_end(const struct view *view, size_t t)
{
    size_t end = t;

    if (t < view->tokens && joined(view, t - 1, " ,#.+") &&
        token_in(view, &view->token[t], units, sizeof(units) / sizeof(units[0])) &&
        joined(view, t, " #.+"))
        end = t = t + 2;
    for (size_t words = 0; words < 5 && t < view->tokens; words++, t++) {
        if (!joined(view, t - 1, " ,.+"))
            break;
        size_t behind = state_end(view, t);
        if (behind > t)
            return behind;
        if (view->token[t].shape == TOKEN_NUMBER || view->token[t].shape == TOKEN_LOWER)
            break;
    }
    return end;
}

/* "6538 Dray Rd", "12 N 3rd St": at most four words between number and kind of street. */
static size_t street_end(const struct view *view, size_t t)
{
    size_t len = view->token[t].end - view->token[t].start;

    if (view->token[t].shape != TOKEN_NUMBER || len > 6)
        return 0;
    for (size_t n = 1; n < 7 && t + n < view->tokens; n++) {
        const struct token *token = &view->token[t + n];

        if (!joined(view, t + n - 1, " .+-") &&
            !(view->token[t + n - 1].shape == TOKEN_NUMBER &&
              view->token[t + n - 1].end == token->start && n > 1))
            return 0;
        if (n > 1 && token->start > view->token[t + n - 1].end &&
            token_in(view, token, streets, sizeof(streets) / sizeof(streets[0])) &&
            token->shape != TOKEN_NUMBER)
            return t + n + 1;
        if (n == 1 && token->class.ordinary == 3 && token->shape == TOKEN_LOWER)
            return 0;
    }
    return 0;
}

/* The first word of a town that ends before its comma at t: up to three words back. */
static size_t town_start(const struct view *view, size_t t)
{
    size_t start = t;

    for (size_t n = 0; n < 2 && start > 0; n++) {
        const struct token *before = &view->token[start - 1];

        if (!joined(view, start - 1, " ") ||
            (before->shape != TOKEN_TITLE && before->shape != TOKEN_UPPER) ||
            before->class.ordinary == 3)
            break;
        start--;
    }
    return start;
}

static void hit_tokens(struct view *view, size_t first, size_t end, float score)
{
    hits_add(view, view->token[first].start, view->token[end - 1].end, REDACT_GEO, score);
}

/* "Midland, TX", "Midland, TX 79701", "TX 79701" */
static void town_add(struct view *view, size_t t)
{
    size_t end = state_end(view, t);
    bool town =
        t > 0 && joined(view, t - 1, " ,") && view_at(view, view->token[t - 1].end) == ',' &&
        (view->token[t - 1].shape == TOKEN_TITLE || view->token[t - 1].shape == TOKEN_UPPER);

    if (end == t)
        return;
    if (town)
        hit_tokens(view, town_start(view, t - 1), end, 0.8f);
    else if (end > t + 1)
        hit_tokens(view, t, end, 0.8f);
}

/* "PO Box 12" */
static void box_add(struct view *view, size_t t)
{
    size_t n = t;

    if (token_is(view, &view->token[t], "p") && t + 1 < view->tokens &&
        token_is(view, &view->token[t + 1], "o"))
        n = t + 2;
    else if (token_is(view, &view->token[t], "po"))
        n = t + 1;
    if (n == t || n + 1 >= view->tokens || !token_is(view, &view->token[n], "box") ||
        view->token[n + 1].shape != TOKEN_NUMBER)
        return;
    hit_tokens(view, t, town_end(view, n + 2), 0.9f);
}

void recognise_places(struct view *view)
{
    for (size_t t = 0; t < view->tokens; t++) {
        size_t end = street_end(view, t);

        if (end) {
            size_t behind = town_end(view, end);

            hit_tokens(view, t, behind, 0.9f);
            continue;
        }
        if (view->token[t].shape == TOKEN_UPPER)
            town_add(view, t);
        if (view->lower[view->token[t].start] == 'p')
            box_add(view, t);
    }
}
