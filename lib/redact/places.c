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

/* Behind these words names are those of a place or of an employer. */
static const char *const facilities[] = {
    "hospital",  "clinic", "church",  "university", "college", "pharmacy", "hospice",
    "infirmary", "school", "academy", "synagogue",  "mosque",  "temple",
};

static const char *const state_names[] = {
    "alabama",     "alaska",       "arizona",       "arkansas", "california", "colorado",
    "connecticut", "delaware",     "florida",       "georgia",  "hawaii",     "idaho",
    "illinois",    "indiana",      "iowa",          "kansas",   "kentucky",   "louisiana",
    "maine",       "maryland",     "massachusetts", "michigan", "minnesota",  "mississippi",
    "missouri",    "montana",      "nebraska",      "nevada",   "ohio",       "oklahoma",
    "oregon",      "pennsylvania", "tennessee",     "texas",    "utah",       "vermont",
    "virginia",    "washington",   "wisconsin",     "wyoming",
};

/* Streets of other languages: the kind is the end of the word, or stands before the name. */
static const char *const street_ends[] = {"strasse", "strase", "straat", "gasse", "gatan",
                                          "weg",     "allee",  "platz",  "gade",  "laan"};
static const char *const street_heads[] = {"rue",     "via",    "calle",  "avenida", "rua",
                                           "piazza",  "ulica",  "chemin", "avenue",  "viale",
                                           "carrera", "camino", "corso",  "quai"};

static const char *const units[] = {"apt", "unit",  "suite", "ste", "apartment", "room",
                                    "rm",  "floor", "fl",    "lot", "bldg"};

static bool token_is(const struct view *view, const struct token *token, const char *word)
{
    view_step(view, 1);
    if (view->lower[token->start] != (uint8_t)word[0])
        return false;
    size_t len = strlen(word);
    view_step(view, len);
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
        if (n == 1 && class_of(token)->ordinary == 3 && token->shape == TOKEN_LOWER)
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
            class_of(before)->ordinary == 3)
            break;
        start--;
    }
    return start;
}

static void hit_tokens(struct view *view, size_t first, size_t end, float score)
{
    /* A letter belongs to the number before it: "Apt 3B". */
    hits_add(view, view->token[first].start, view_run_end(view, view->token[end - 1].end),
             REDACT_GEO, score);
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

static bool is_capital(const struct token *token)
{
    return token->shape == TOKEN_TITLE || token->shape == TOKEN_UPPER;
}

/* "Springfield, Illinois" */
static void state_name_add(struct view *view, size_t t)
{
    if (t == 0 || !joined(view, t - 1, " ,") || view_at(view, view->token[t - 1].end) != ',' ||
        !is_capital(&view->token[t - 1]) || class_of(&view->token[t - 1])->ordinary == 3 ||
        !token_in(view, &view->token[t], state_names, sizeof(state_names) / sizeof(state_names[0])))
        return;
    hit_tokens(view, town_start(view, t - 1), t, 0.8f);
}

/* "Mercy General Hospital": a facility's name, if it has one that is no word of the trade. */
static void facility_add(struct view *view, size_t t)
{
    size_t first = t;
    bool named = false;

    if (!is_capital(&view->token[t]) ||
        !token_in(view, &view->token[t], facilities, sizeof(facilities) / sizeof(facilities[0])))
        return;
    for (size_t n = 0; n < 3 && first > 0; n++) {
        const struct token *before = &view->token[first - 1];

        if (!joined(view, first - 1, " .'") || !(is_capital(before) || token_is(view, before, "s")))
            break;
        named = named || class_of(before)->ordinary < 3;
        first--;
    }
    if (named && view->clinical)
        hit_tokens(view, first, t + 1, 0.6f);
}

/* "lives in Oakland" */
static void home_town_add(struct view *view, size_t t)
{
    static const char *const verbs[] = {"lives",  "living",    "resides",  "residing",
                                        "lived",  "moved",     "resident", "born",
                                        "raised", "relocated", "home"};
    static const char *const words[] = {"in", "from", "of", "to", "near"};

    if (t < 2 || !is_capital(&view->token[t]) || !joined(view, t - 1, " ") ||
        !joined(view, t - 2, " ") || class_of(&view->token[t])->ordinary == 3 ||
        !token_in(view, &view->token[t - 1], words, sizeof(words) / sizeof(words[0])) ||
        !token_in(view, &view->token[t - 2], verbs, sizeof(verbs) / sizeof(verbs[0])))
        return;
    size_t end = t + 1;
    if (end < view->tokens && joined(view, t, " ") && is_capital(&view->token[end]))
        end++;
    hit_tokens(view, t, end, 0.7f);
}

static bool ends_like_street(const struct view *view, const struct token *token)
{
    for (size_t n = 0; n < sizeof(street_ends) / sizeof(street_ends[0]); n++) {
        size_t len = strlen(street_ends[n]);

        if ((size_t)(token->end - token->start) > len + 1 &&
            view_is(view, token->end - len, street_ends[n]))
            return true;
    }
    return false;
}

/* Behind a foreign street: ", 10115 Berlin". */
static size_t foreign_town_end(const struct view *view, size_t t)
{
    if (t < view->tokens && joined(view, t - 1, " ,") && view->token[t].shape == TOKEN_NUMBER &&
        view->token[t].end - view->token[t].start >= 4)
        t++;
    if (t < view->tokens && joined(view, t - 1, " ,") && is_capital(&view->token[t]) &&
        class_of(&view->token[t])->ordinary < 3)
        t++;
    return t;
}

/* "Hauptstrasse 12, 10115 Berlin", "12 rue de la Paix, 75002 Paris" */
static void foreign_street_add(struct view *view, size_t t)
{
    size_t end = t + 1;

    if (ends_like_street(view, &view->token[t])) {
        if (end >= view->tokens || !joined(view, t, " ") || view->token[end].shape != TOKEN_NUMBER)
            return;
        hit_tokens(view, t, foreign_town_end(view, end + 1), 0.85f);
        return;
    }
    if (!token_in(view, &view->token[t], street_heads,
                  sizeof(street_heads) / sizeof(street_heads[0])))
        return;
    bool number = t > 0 && view->token[t - 1].shape == TOKEN_NUMBER && joined(view, t - 1, " ,");
    for (size_t n = 0; n < 4 && end < view->tokens && joined(view, end - 1, " '"); n++, end++)
        if (view->token[end].shape == TOKEN_NUMBER)
            break;
    bool behind = end < view->tokens && joined(view, end - 1, " ,") &&
                  view->token[end].shape == TOKEN_NUMBER &&
                  view->token[end].end - view->token[end].start <= 4;
    if (number || behind)
        hit_tokens(view, number ? t - 1 : t, foreign_town_end(view, behind ? end + 1 : end), 0.8f);
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
        if (view->token[t].shape != TOKEN_NUMBER) {
            state_name_add(view, t);
            facility_add(view, t);
            home_town_add(view, t);
            foreign_street_add(view, t);
        }
        if (view->lower[view->token[t].start] == 'p')
            box_add(view, t);
    }
}
