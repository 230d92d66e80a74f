/*
 * Everything smaller than a state: streets, towns, counties, ZIP codes and what stands with them.
 * States and countries alone stay (45 CFR 164.514(b)(2)(i)(B)). ZIP codes go whole: the first three
 * digits might stay where more than 20,000 people live, which no list that ages can promise.
 */

#include "redact/places.h"

bool place_joined(const struct view *view, size_t t, const char *signs)
{
    if (t + 1 >= view->tokens)
        return false;
    size_t start = view->token[t].end;
    size_t len = view->token[t + 1].start - start;

    if (len == 0 || len > 3)
        return false;
    /* Mostly one blank; signs that take one have it first. */
    if (len == 1 && view->at[start] == ' ')
        return signs[0] == ' ';
    for (size_t i = start; i < start + len; i++) {
        const char *sign = signs;

        while (*sign && (uint8_t)*sign != view->lower[i])
            sign++;
        if (!*sign)
            return false;
    }
    return !(len == 3 && view->lower[start + 1] == '-');
}

void place_add(struct view *view, size_t first, size_t end, enum redact_rule rule, float score)
{
    /* A letter belongs to the number before it: "Apt 3B". */
    hits_put(view, view->token[first].start, view_run_end(view, view->token[end - 1].end),
             REDACT_GEO, rule, score);
}

/* Tokens [t, t + count) as one word of the lexicon: "newyork". */
static const struct word_class *joined_class(const struct view *view, size_t t, size_t count)
{
    uint8_t word[3 * WORD_MAX];
    size_t len = 0;

    for (size_t n = t; n < t + count; n++) {
        size_t more = place_len(&view->token[n]);

        if (len + more > WORD_MAX)
            return &lexicon_classes[0];
        /* All that a word may have, whatever is behind it. */
        memcpy(word + len, view->lower + view->token[n].start, WORD_MAX);
        len += more;
    }
    view_step(view, len);
    return &lexicon_classes[lexicon_find(word, len)];
}

size_t town_at(const struct view *view, size_t t, uint8_t *ret_grade)
{
    *ret_grade = class_of(&view->token[t])->place;
    if (token_has(&view->token[t], WORD(TOWN_HEAD)) && place_joined(view, t, " .-'"))
        for (size_t count = 3; count > 1; count--) {
            if (t + count > view->tokens || (count == 3 && !place_joined(view, t + 1, " .-'")))
                continue;
            uint8_t grade = joined_class(view, t, count)->place;
            if (grade) {
                *ret_grade = grade;
                return count;
            }
        }
    return *ret_grade > 0;
}

size_t town_before(const struct view *view, size_t t, uint8_t *ret_grade)
{
    for (size_t count = 3; count > 1; count--)
        if (t + 1 >= count && token_has(&view->token[t + 1 - count], WORD(TOWN_HEAD)) &&
            town_at(view, t + 1 - count, ret_grade) == count)
            return count;
    *ret_grade = class_of(&view->token[t])->place;
    return *ret_grade > 0;
}

/* "79701", and with the four more in one: "797011234". */
bool place_zip(const struct token *token)
{
    return place_number(token) && (place_len(token) == 5 || place_len(token) == 9);
}

/* ", tx 77017" */
static bool comma_and_zip(const struct view *view, size_t t)
{
    return t > 0 && view_at(view, view->token[t - 1].end) == ',' && place_joined(view, t, " ") &&
           place_zip(&view->token[t + 1]);
}

/* A state: its letters in capitals or between a comma and a ZIP code, or its name of one or two
 * words. */
size_t state_words(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    if (place_len(token) == 2)
        return token_has(token, WORD(STATE)) &&
               (token->shape == TOKEN_UPPER || comma_and_zip(view, t));
    if (token_has(token, WORD(STATE_NAME)))
        return !view_is(view, token->start, "island") &&
               !view_is(view, token->start, "hampshire") &&
               !view_is(view, token->start, "jersey") && !view_is(view, token->start, "dakota") &&
               !view_is(view, token->start, "carolina");
    if (t + 1 >= view->tokens || !token_has(token + 1, WORD(STATE_NAME)) ||
        !place_joined(view, t, " "))
        return 0;
    static const char *const heads[] = {"new", "north", "south", "west", "rhode"};
    for (size_t n = 0; n < sizeof(heads) / sizeof(heads[0]); n++)
        if (view_is(view, token->start, heads[n]) && place_len(token) == strlen(heads[n]))
            return 2;
    return 0;
}

size_t state_end(const struct view *view, size_t t)
{
    size_t words = t < view->tokens ? state_words(view, t) : 0;

    if (words == 0)
        return t;
    t += words;
    if (t < view->tokens && place_joined(view, t - 1, " ,.+") && place_zip(&view->token[t])) {
        t++;
        if (t < view->tokens && place_joined(view, t - 1, "-") && place_number(&view->token[t]) &&
            place_len(&view->token[t]) == 4)
            t++;
    }
    return t;
}

/* "SW1A 1AA", "K1A 0B1": letters and digits in turn, two groups of them. */
size_t letter_postcode_end(const struct view *view, size_t t)
{
    static const char *const forms[] = {"ld dll",  "ldd dll",  "lld dll", "lldd dll",
                                        "ldl dll", "lldl dll", "ldl dld"};
    size_t start = view->token[t].start;

    if (view_run_start(view, start) != start || place_len(&view->token[t]) > 2 ||
        view_at(view, view_run_end(view, start)) != ' ')
        return t;
    for (size_t f = 0; f < sizeof(forms) / sizeof(forms[0]); f++) {
        size_t i = start;

        for (const char *at = forms[f]; *at; at++, i++) {
            uint8_t c = i < view->len ? view->at[i] : 0;

            view_step(view, 1);
            if (!(*at == 'd' ? is_digit(c) : *at == ' ' ? c == ' ' : c >= 'A' && c <= 'Z'))
                break;
        }
        if (i == start + strlen(forms[f]) && !is_alnum(view_at(view, i))) {
            while (t < view->tokens && view->token[t].start < i)
                t++;
            return t;
        }
    }
    return t;
}

size_t postcode_end(const struct view *view, size_t t)
{
    if (t >= view->tokens)
        return t;
    const struct token *token = &view->token[t];
    size_t len = place_len(token);

    if (!place_number(token)) {
        /* "D-10115", "CH-8001" */
        if (token->shape != TOKEN_LOWER && len <= 2 && place_joined(view, t, "-") &&
            place_number(token + 1) && place_len(token + 1) >= 4 && place_len(token + 1) <= 5)
            return t + 2;
        return token->shape == TOKEN_UPPER || token->shape == TOKEN_INITIAL
                   ? letter_postcode_end(view, t)
                   : t;
    }
    const struct token *next = t + 1 < view->tokens ? token + 1 : NULL;
    /* "3511CE" */
    if (next && len == 4 && next->start == token->end && next->shape == TOKEN_UPPER &&
        place_len(next) == 2)
        return t + 2;
    if (next && place_number(next) &&
        ((len == 3 && place_len(next) == 2 && place_joined(view, t, " ")) ||
         (len == 2 && place_len(next) == 3 && place_joined(view, t, "-")) ||
         (len == 5 && place_len(next) == 3 && place_joined(view, t, "-")) ||
         (len == 3 && place_len(next) == 4 && place_joined(view, t, "-")) ||
         (len == 4 && place_len(next) == 3 && place_joined(view, t, "-"))))
        return t + 2;
    if (len == 4 && next && next->shape == TOKEN_UPPER && place_len(next) == 2 &&
        place_joined(view, t, " ") && !token_has(next, WORD(STATE)))
        return t + 2;
    return len >= 4 && len <= 7 && (!next || next->start > token->end) ? t + 1 : t;
}

/* Back from token first over capitals to a street with its name: "King Fahd Road, Al Olaya, ". */
static size_t street_start(const struct view *view, size_t first)
{
    size_t street = first;

    for (size_t n = first; n > 0 && n + 8 > first; n--) {
        const struct token *token = &view->token[n - 1];
        bool kind = token_has(token, WORD(STREET) | WORD(STREET_TAIL));

        if (!place_capital(token) || !place_joined(view, n - 1, n == street ? " ,." : " ,.-'") ||
            (class_of(token)->ordinary == 3 && !kind && !token_has(token, WORD(TITLE))) ||
            (street < first && (n + 5 <= street || view_at(view, token->end) == ',')))
            break;
        if (kind || street < first)
            street = n - 1;
    }
    return street;
}

size_t address_start(const struct view *view, size_t t)
{
    for (unsigned n = 0; n < 3 && t > 1; n++) {
        /* "Flat 4, ", "Room 155, " */
        if (!place_joined(view, t - 1, " ,-") || !place_joined(view, t - 2, " .#"))
            break;
        if (!token_has(&view->token[t - 2], WORD(UNIT) | WORD(HOUSE)) ||
            !(place_number(&view->token[t - 1]) || place_len(&view->token[t - 1]) == 1))
            break;
        t -= 2;
    }
    return street_start(view, t);
}

/* "Midland, TX 79701", "laredo new mexico 78040", "TX 79701": a state at token t with its town. */
static size_t state_add(struct view *view, size_t t)
{
    size_t words = state_words(view, t);
    size_t end = state_end(view, t);
    uint8_t grade;

    if (words == 0)
        return t;
    bool zip = end > t + words;
    bool comma = t > 0 && view_at(view, view->token[t - 1].end) == ',';
    size_t first = t;
    if (t > 0 && place_joined(view, t - 1, " ,.+")) {
        size_t town = town_before(view, t - 1, &grade);

        if (town && (zip || comma || class_of(&view->token[t - 1])->ordinary == 0))
            first -= town;
        else if (comma && place_capital(&view->token[t - 1]) &&
                 class_of(&view->token[t - 1])->ordinary < 3)
            first--;
        /* "Grand Junction, CO": words before that are capitals too. */
        for (unsigned n = 0;
             first < t && comma && n < 2 && first > 0 && place_joined(view, first - 1, " ") &&
             place_capital(&view->token[first - 1]) &&
             class_of(&view->token[first - 1])->ordinary < 2;
             n++)
            first--;
    }
    if (first == t && (!zip || view->token[t].shape == TOKEN_LOWER))
        return t;
    /* The name of a state alone stays; its letters go with the rest. */
    if (!zip && place_len(&view->token[t]) > 2)
        end = t;
    place_add(view, first, end, RULE_GEO_TOWN_STATE, 0.8f);
    return end > t ? end : t;
}

/* "Fresno County" */
static size_t county_add(struct view *view, size_t t)
{
    if (t == 0 || place_len(&view->token[t]) < 6 || !place_joined(view, t - 1, " "))
        return t;
    uint8_t grade;
    const struct token *name = &view->token[t - 1];
    size_t town = town_before(view, t - 1, &grade);
    if (town == 0 && !(place_capital(name) && place_capital(&view->token[t])))
        return t;
    if (class_of(name)->ordinary > 1 && town < 2 &&
        !((view->sets & WORD(HOME) || (t > 1 && token_has(name - 1, WORD(LOCATIVE)))) &&
          class_of(name)->ordinary < 3))
        return t;
    place_add(view, t - (town ? town : 1), t + 1, RULE_GEO_COUNTY, 0.8f);
    return t + 1;
}

/* "Mercy General Hospital": a facility's name, if it has one that is no word of the trade. */
static void facility_add(struct view *view, size_t t)
{
    size_t first = t;
    bool named = false;

    if (!view->clinical || !place_capital(&view->token[t]))
        return;
    for (size_t n = 0; n < 3 && first > 0; n++) {
        const struct token *before = &view->token[first - 1];

        if (!place_joined(view, first - 1, " .'") ||
            !(place_capital(before) || view_is_word(view, before->start, "s")))
            break;
        named = named || class_of(before)->ordinary < 3;
        first--;
    }
    if (named)
        place_add(view, first, t + 1, RULE_GEO_FACILITY, 0.6f);
}

/* A found thing or a placeholder ends where token t begins, but for ", "; of places also " and ".
 */
static bool found_before(const struct view *view, size_t t)
{
    size_t start = view->token[t].start;

    if (start > 5 && view_at(view, start - 6u) == VIEW_PLACEHOLDER + REDACT_GEO &&
        view_is(view, start - 5u, " and "))
        return true;
    return start > 2 && view_is(view, start - 2u, ", ") &&
           (hits_cover(view, start - 3u) || is_placeholder(view_at(view, start - 3u)));
}

/* How much stands before token t that a town follows: 0 nothing .. 3 somebody's home. */
static unsigned town_context(const struct view *view, size_t t)
{
    if (found_before(view, t))
        return 2;
    if (t == 0)
        return 0;
    const struct token *before = &view->token[t - 1];
    size_t gap = view->token[t].start - before->end;

    if (token_has(before, WORD(TOWN_LABEL)) && gap <= 3 && view_at(view, before->end) != ' ')
        return 3;
    if (gap != 1 || !place_joined(view, t - 1, " +"))
        return 0;
    bool locative = token_has(before, WORD(LOCATIVE));
    bool of = view_is_word(view, before->start, "of");
    for (size_t n = 2; n < 6 && n <= t && (locative || of); n++)
        if (token_has(&view->token[t - n], WORD(HOME)))
            return 3;
    return locative ? 2 : 0;
}

/* "Oslo - Tampere", "from Oslo to Tampere" are towns both. */
static bool town_beside(const struct view *view, size_t t, size_t end)
{
    uint8_t grade;

    return (end < view->tokens && view_is(view, view->token[end - 1].end, " - ") &&
            town_at(view, end, &grade) && class_of(&view->token[end])->ordinary == 0 &&
            place_capital(&view->token[end])) ||
           (t > 0 && view_is(view, view->token[t - 1].end, " - ") &&
            town_before(view, t - 1, &grade) && class_of(&view->token[t - 1])->ordinary == 0 &&
            place_capital(&view->token[t - 1]));
}

/* Words of an address that may stand before or behind its numbers. */
#define PART_WORDS                                                                                 \
    (WORD(UNIT) | WORD(HOUSE) | WORD(STREET) | WORD(STREET_WEAK) | WORD(STREET_HEAD) |             \
     WORD(STREET_TAIL))

/* Back from a town over the parts before it that hold numbers: "46-5 Nihonbashi, Chuo-ku, ",
 * "House 12, Road 5, ". */
size_t parts_start(const struct view *view, size_t t)
{
    size_t first = t;

    for (size_t n = t; n > 0 && n + 10 > t; n--) {
        const struct token *token = &view->token[n - 1];
        bool number = place_number(token) && place_len(token) <= 4;
        bool word = token_has(token, PART_WORDS);
        bool part = number || word || place_capital(token) || token->shape == TOKEN_INITIAL ||
                    place_len(token) < 4;

        if (!part || !place_joined(view, n - 1, " ,-/.#:") ||
            (class_of(token)->ordinary == 3 && !word && !token_has(token, WORD(DIRECTION))))
            break;
        if (number || (first == n &&
                       (word || (token->shape == TOKEN_INITIAL && place_joined(view, n - 1, "-")))))
            first = n - 1;
    }
    return street_start(view, first);
}

/* Where the postcode begins that stands right before token t; t for none. */
static size_t postcode_before(const struct view *view, size_t t)
{
    if (t == 0 || !place_joined(view, t - 1, " "))
        return t;
    for (size_t n = 1; n < 4 && n <= t; n++)
        if (postcode_end(view, t - n) == t && (n > 1 || place_number(&view->token[t - 1])))
            return t - n;
    return t;
}

/* Token behind the postcode that stands right behind a town: "Hyderabad - 500034". */
static size_t postcode_behind(const struct view *view, size_t end)
{
    bool joined = end < view->tokens && (place_joined(view, end - 1, " ,-") ||
                                         view_is(view, view->token[end - 1].end, " - "));

    return joined && place_number(&view->token[end]) ? postcode_end(view, end) : end;
}

/* "40115 Bandung", "Chengdu, 610000": a town that a postcode names as one. */
static size_t town_postcode(struct view *view, size_t t, size_t end)
{
    size_t first = postcode_before(view, t);
    size_t behind = postcode_behind(view, end);

    if (behind == end && end < view->tokens && place_joined(view, end - 1, " ") &&
        place_capital(&view->token[end]) && class_of(&view->token[end])->ordinary == 0)
        behind = postcode_behind(view, end + 1);
    if (first == t && behind <= end + 1 && postcode_behind(view, end) == end)
        behind = end;
    if (first == t && behind == end)
        return t;
    size_t start = parts_start(view, first);
    place_add(view, start, address_end(view, behind), RULE_GEO_POSTCODE,
              start < first ? 0.9f : 0.7f);
    return behind;
}

/* "in Xyzzyq" within a sentence, and looks like a name: a place more often than not. */
static bool stands_inside(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    const struct word_class *class = class_of(token);

    return view->prose && t > 0 && token->shape == TOKEN_TITLE &&
           (view_is_word(view, token[-1].start, "in") ||
            view_is_word(view, token[-1].start, "near")) &&
           (class->place || class->given || class->family ||
            lexicon_likeness(view->lower + token->start, place_len(token)) >= LOOKS_SO);
}

/* How much must speak for a town: its context must reach that. */
static unsigned town_bar(const struct view *view, size_t t, size_t town, uint8_t grade)
{
    const struct token *token = &view->token[t];
    const struct word_class *class = class_of(token);
    bool name = class->given > 0 || class->family > 0;

    if (!town) {
        bool glued = t + 1 < view->tokens && view->token[t + 1].start == token->end;

        if (!place_capital(token) || class->ordinary > 0 || class->sets || glued)
            return 9;
        if (stranger_end(view, t) > t + 2 || stands_inside(view, t))
            return 2;
        /* Where somebody was found, what stands behind "in" and is no word is a town. */
        return view->hits->count > 0 && !name ? 2 : 3;
    }
    if (town > 1)
        return 2;
    if (class->ordinary > 1)
        return place_capital(token) && (grade == 3 || (grade > 1 && stands_inside(view, t))) ? 2
                                                                                             : 3;
    if (place_capital(token))
        return class->ordinary == 0 || grade > 1 ? 2 : 3;
    return class->ordinary == 0 && !name ? 2 : 3;
}

/* "lives in Oakland", "from Yakima", "40115 Bandung", "Chengdu, 610000" */
static size_t town_add(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    uint8_t grade;
    size_t town = town_at(view, t, &grade);
    size_t end = t + (town ? town : 1);
    unsigned context = town_context(view, t);

    if (token_has(token, WORD(COUNTRY) | WORD(MONTH)) || (town < 2 && state_words(view, t)) ||
        (town < 2 && class_of(token)->ordinary == 3))
        return t;
    bool plain = town && place_capital(token) && (town > 1 || class_of(token)->ordinary == 0);
    if (plain && view->signs & SIGN_DIGIT) {
        size_t behind = town_postcode(view, t, end);

        if (behind > t)
            return behind;
    }
    /* "1-1 Marunouchi, Chiyoda-ku, Tokyo" */
    size_t start = plain && grade > 1 && view->signs & SIGN_DIGIT && t > 1 &&
                           view_is(view, token->start - 2u, ", ") &&
                           (town > 1 || class_of(token)->given < 2)
                       ? parts_start(view, t)
                       : t;
    if (start + 1 < t) {
        place_add(view, start, address_end(view, end), RULE_GEO_POSTCODE, 0.7f);
        return end;
    }
    bool brand = token_has(token, WORD(BRAND)) || (token_has(token, WORD(EPONYM)) && context < 3) ||
                 (end < view->tokens && place_joined(view, end - 1, " ") &&
                  token_has(&view->token[end], WORD(BRAND) | WORD(FACILITY) | WORD(EPONYM_HEAD)));
    if (brand ||
        (context < town_bar(view, t, town, grade) && !(plain && town_beside(view, t, end))))
        return t;
    if (town < 2 && place_capital(token) && stranger_end(view, t) > end)
        end = stranger_end(view, t);
    /* "near Kloveniersburgwal 12" is a house then; "Dublin 2" a part of it. */
    if (end < view->tokens && place_joined(view, end - 1, " ") && place_capital(token) &&
        closing_number(view, end, town ? 2 : 3))
        end = address_end(view, end + 1);
    /* "Bratislava IV", "Aarhus C": a part of it. */
    if (end < view->tokens && place_joined(view, end - 1, " ") &&
        place_len(&view->token[end]) < 5 && view->token[end].shape != TOKEN_LOWER &&
        view->token[end].shape != TOKEN_TITLE && !view_is_word(view, view->token[end].start, "i") &&
        !view_is_word(view, view->token[end].start, "a") &&
        strspn((const char *)view->lower + view->token[end].start, "ivxcsnowb") >=
            place_len(&view->token[end]))
        end++;
    place_add(view, t, end, RULE_GEO_TOWN, 0.6f);
    return end;
}

/* "City: Nis", "hometown=Waco" */
static size_t label_add(struct view *view, size_t t)
{
    size_t start = view->token[t].end;
    size_t next = t + 1;
    uint8_t c = view_at(view, start);

    if ((c != ':' && c != '=') || next >= view->tokens || view->token[next].start - start > 3 ||
        place_number(&view->token[next]))
        return t;
    uint8_t grade;
    size_t town = town_at(view, next, &grade);
    size_t end = stranger_end(view, next);
    if (end < next + town)
        end = next + town;
    if (end == next || (class_of(&view->token[next])->ordinary == 3 && town < 2))
        return t;
    place_add(view, next, end, RULE_GEO_TOWN, 0.8f);
    return end;
}

/* "SW1A 1AA" by itself, found from its first digits; times are none: "T4 5PM". */
static size_t postcode_add(struct view *view, size_t t)
{
    size_t start = view->token[t].start;

    if (t == 0 || start == 0 || !is_letter(view->at[start - 1]))
        return t;
    size_t end = letter_postcode_end(view, t - 1);
    if (end <= t || view_is(view, view->token[end - 1].start, "am") ||
        view_is(view, view->token[end - 1].start, "pm"))
        return t;
    place_add(view, t - 1, end, RULE_GEO_POSTCODE, 0.7f);
    return end;
}

static size_t place_at(struct view *view, size_t t)
{
    const struct token *token = &view->token[t];
    uint64_t sets = class_of(token)->sets;
    size_t end = t;

    if (sets & WORD(STREET_HEAD))
        end = street_head(view, t);
    if (end == t && sets & WORD(POST_BOX))
        end = post_box(view, t);
    if (end == t && (sets & (WORD(STATE) | WORD(STATE_NAME)) || token->shape == TOKEN_TITLE))
        end = state_add(view, t);
    if (end == t && sets & WORD(COUNTY))
        end = county_add(view, t);
    if (end == t && sets & WORD(STREET))
        end = street_named(view, t);
    if (end == t && sets & WORD(FACILITY))
        facility_add(view, t);
    if (end == t && sets & WORD(TOWN_LABEL))
        end = label_add(view, t);
    return end == t ? town_add(view, t) : end;
}

/* In texts with none of these words nor digits there is no place. */
void recognise_places(struct view *view)
{
    bool strangers =
        view->sets & (WORD(HOME) | WORD(LOCATIVE)) && (view->hits->count > 0 || view->prose);

    bool found = view->hits->count > 0 || !view->plain;

    strangers = strangers || view->sets & WORD(HOME);
    if (!(view->asks & ASK_PLACE) && !(view->signs & SIGN_DIGIT) && !strangers)
        return;
    for (size_t t = 0; t < view->tokens; t++) {
        const struct token *token = &view->token[t];
        size_t end = t;

        if (token->shape == TOKEN_NUMBER) {
            end = street_number(view, t);
            end = end == t ? postcode_add(view, t) : end;
        } else if (token->asks & ASK_PLACE ||
                   (place_capital(token) && (strangers || (found && found_before(view, t)))))
            end = place_at(view, t);
        if (end > t)
            t = end - 1;
    }
}
