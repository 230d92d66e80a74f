/*
 * Streets with their numbers, in the orders that posts of the world write them (UPU S42): "12 Main
 * St Apt 4", "Hauptstr. 12", "12 rue de la Paix", "ul. Nowa 5/7", "Petofi Sandor u. 138".
 */

#include "redact/places.h"
#include "redact/value.h"

#define NAME_WORDS 5

/* Words that end like this are streets where a number follows: the end, and the least that stands
 * before it. As fold.c writes them: one s for a sharp s. */
static bool ends_like_street(const struct view *view, const struct token *token)
{
    static const struct ending ends[] = {
        ENDING("strasse"), ENDING("strase"), ENDING("str"),    ENDING("gasse"),    ENDING("weg"),
        ENDING("allee"),   ENDING("platz"),  ENDING("ring"),   ENDING("damm"),     ENDING("ufer"),
        ENDING("markt"),   ENDING("berg"),   ENDING("straat"), ENDING("laan"),     ENDING("plein"),
        ENDING("gracht"),  ENDING("kade"),   ENDING("dijk"),   ENDING("singel"),   ENDING("gatan"),
        ENDING("vagen"),   ENDING("grand"),  ENDING("gata"),   ENDING("gaten"),    ENDING("veien"),
        ENDING("vegen"),   ENDING("gade"),   ENDING("vej"),    ENDING("vejen"),    ENDING("alle"),
        ENDING("stien"),   ENDING("katu"),   ENDING("tie"),    ENDING("kuja"),     ENDING("polku"),
        ENDING("utca"),    ENDING("utja"),   ENDING("sokak"),  ENDING("puiestee"), ENDING("iela"),
        ENDING("gatve"),   ENDING("tanav"),  ENDING("vegur"),  ENDING("stigur"),
    };
    size_t len = place_len(token);

    if (len < 6 || class_of(token)->ordinary > 0 || !(place_proper(view, token) || view->clinical))
        return false;
    return token_ends(view, token, ends, sizeof(ends) / sizeof(ends[0]), 2);
}

/* "3rd", "22nd": the letters behind a number belong to it. */
static bool glued(const struct view *view, size_t t)
{
    const struct token *token = &view->token[t];

    return t > 0 && token[-1].end == token->start;
}

/* How much the words [t, end) between a number and the kind of street speak against one. */
static bool street_name_fits(const struct view *view, size_t t, size_t end, bool weak)
{
    bool trade = true;

    for (size_t n = t; n < end; n++) {
        const struct token *token = &view->token[n];
        uint8_t ordinary = class_of(token)->ordinary;
        bool name = token_has(token, WORD(DIRECTION)) || class_of(token)->family > 1 ||
                    (token->shape == TOKEN_LOWER ? token_has(token, WORD(BRAND))
                                                 : class_of(token)->given > 1);

        if (place_number(token) || glued(view, n)) {
            /* "1st place" */
            trade = trade && (n == t || (n == t + 1 && end == t + 2));
            continue;
        }
        if (token->shape == TOKEN_LOWER && ordinary == 3 && !name)
            return false;
        trade = trade && ordinary == 3 && !name;
    }
    return !(weak && trade) && !(weak && view->token[end].shape == TOKEN_LOWER &&
                                 class_of(&view->token[t])->ordinary > 1);
}

/* "6538 Dray Rd", "12 N 3rd St", "5 Nanjing Road": token behind the kind of street, or t. */
static size_t american_end(const struct view *view, size_t t)
{
    size_t start = view->token[t].start;

    if (t + 1 < view->tokens && place_len(&view->token[t]) < 5 && place_joined(view, t, " ") &&
        ends_like_street(view, &view->token[t + 1]))
        return t + 2;
    if (!(view->sets & (WORD(STREET) | WORD(STREET_WEAK))) || place_len(&view->token[t]) > 6)
        return t;
    /* "Q55.4 Rapid", "ICD-10" */
    if (start > 1 && (is_letter(view->at[start - 1]) ||
                      (strchr("-._", view->at[start - 1]) && is_alnum(view->at[start - 2]) &&
                       !(t > 0 && view->token[t - 1].shape <= TOKEN_NUMBER))))
        return t;
    /* "190 Esplanade, " */
    if (t + 1 < view->tokens && place_joined(view, t, " ") && place_len(&view->token[t + 1]) > 4 &&
        token_has(&view->token[t + 1], WORD(STREET)) &&
        view_at(view, view->token[t + 1].end) == ',')
        return t + 2;
    for (size_t n = t + 1; n < view->tokens && n <= t + NAME_WORDS + 2; n++) {
        const struct token *token = &view->token[n];

        if (!glued(view, n) && !place_joined(view, n - 1, " .+-'/"))
            return t;
        if (n == t + 1 || place_number(token) || glued(view, n))
            continue;
        bool strong = token_has(token, WORD(STREET));
        /* "12 highland drive, tampa, fl 33645": what follows says so. */
        if ((strong || token_has(token, WORD(STREET_WEAK))) &&
            (street_name_fits(view, t + 1, n, !strong) ||
             (view_at(view, token->end) == ',' && address_end(view, n + 1) > n + 2))) {
            /* "12 Old Mill Terrace": the last of them. */
            while (n + 1 < view->tokens && place_joined(view, n, " ") &&
                   token_has(&view->token[n + 1], WORD(STREET) | WORD(STREET_WEAK)) &&
                   view->token[n + 1].shape == token->shape)
                n++;
            return n + 1;
        }
    }
    return t;
}

/* Words of a street's name before token t, back to at most NAME_WORDS of them. */
static size_t name_start(const struct view *view, size_t t)
{
    size_t first = t;

    for (size_t n = 0; n < NAME_WORDS && first > 0; n++) {
        const struct token *before = &view->token[first - 1];
        bool part = place_proper(view, before) || before->shape == TOKEN_INITIAL ||
                    token_has(before, WORD(PARTICLE));

        if (!part || !place_joined(view, first - 1, " .-'") ||
            (class_of(before)->ordinary == 3 &&
             !token_has(before, WORD(BRAND) | WORD(DIRECTION) | WORD(TOWN_LINK))))
            break;
        first--;
    }
    return first;
}

/* "Bourbon Street 210": turned round, as abroad; no year. */
static bool english_kind(const struct view *view, size_t kind, size_t number)
{
    const struct token *token = &view->token[number];

    return token_has(&view->token[kind], WORD(STREET)) && place_capital(&view->token[kind]) &&
           kind + 1 == number && place_joined(view, kind, " ") &&
           !(place_len(token) == 4 &&
             (view_is(view, token->start, "19") || view_is(view, token->start, "20")));
}

/* "Hauptstr. 12", "Mariahilfer Strasse 66/30", "Petofi Sandor u. 138": the number is token t. */
static size_t street_before(const struct view *view, size_t t)
{
    size_t last = t;

    if (t == 0 || place_len(&view->token[t]) > 4)
        return t;
    if (token_has(&view->token[t - 1], WORD(HOUSE)) && place_joined(view, t - 1, " .:"))
        last--;
    if (last == 0 || !place_joined(view, last - 1, " .,:"))
        return t;
    last--;
    const struct token *kind = &view->token[last];
    if (place_number(kind))
        return t;
    if (ends_like_street(view, kind))
        return name_start(view, last);
    bool tail = token_has(kind, WORD(STREET_TAIL));
    if (last == 0 || !(tail || english_kind(view, last, t)))
        return t;
    size_t first = name_start(view, last);
    /* "MRI Ring 2": what stands before must be a name. */
    return first < last && (class_of(kind)->ordinary == 0 ||
                            class_of(&view->token[last - 1])->ordinary < (tail ? 2 : 3))
               ? first
               : t;
}

/* "Ilica 22, 10000 Zagreb": a word and a number before a postcode and a town. */
static size_t bare_before(const struct view *view, size_t t)
{
    size_t behind = t + 1;
    uint8_t grade;

    if (t == 0 || place_len(&view->token[t]) > 3 || !place_joined(view, t - 1, " ") ||
        !place_proper(view, &view->token[t - 1]) || class_of(&view->token[t - 1])->ordinary > 1)
        return t;
    while (behind < view->tokens && behind < t + 4 &&
           (glued(view, behind) || place_joined(view, behind - 1, "/-")))
        behind++;
    if (behind >= view->tokens || view_at(view, view->token[behind - 1].end) != ',' ||
        !place_joined(view, behind - 1, " ,"))
        return t;
    /* "Im Winkel 3, Basel" */
    size_t town = town_at(view, behind, &grade);
    if (town && place_capital(&view->token[behind]) &&
        (grade > 1 || (town == 1 && class_of(&view->token[behind])->ordinary == 0)))
        return name_start(view, t - 1);
    size_t post = postcode_end(view, behind);
    if (post > behind && post < view->tokens && place_joined(view, post - 1, " ") &&
        (place_proper(view, &view->token[post]) || town_at(view, post, &grade)) &&
        class_of(&view->token[post])->ordinary < 3)
        return name_start(view, t - 1);
    return t;
}

/* "near 202-B Gulberg III", "from 165 Nguyen Hue": behind a word that a place follows a number and
 * capitals that are no words. */
static size_t bare_end(const struct view *view, size_t t)
{
    const struct token *number = &view->token[t];
    size_t first = t + 1;
    size_t end;

    if (t == 0 || !token_has(number - 1, WORD(LOCATIVE) | WORD(ADDRESS)) ||
        !place_joined(view, t - 1, " ") || place_len(number) > 4 ||
        (place_len(number) == 4 &&
         (view_is(view, number->start, "19") || view_is(view, number->start, "20"))))
        return t;
    if (first < view->tokens && view->token[first].shape == TOKEN_INITIAL &&
        (view->token[first].start == number->end || place_joined(view, t, "-/")))
        first++;
    for (end = first; end < view->tokens && end < first + 4; end++) {
        const struct token *token = &view->token[end];

        if (!place_joined(view, end - 1, " ") || token->shape != TOKEN_TITLE ||
            class_of(token)->ordinary > 0 || token_has(token, WORD(BRAND) | WORD(MONTH)))
            break;
    }
    if (end == first)
        return t;
    /* "Gulberg III" */
    return end < view->tokens && place_joined(view, end - 1, " ") &&
                   view->token[end].shape == TOKEN_UPPER &&
                   token_has(&view->token[end], WORD(SUFFIX))
               ? end + 1
               : end;
}

size_t street_number(struct view *view, size_t t)
{
    size_t end = american_end(view, t);

    if (end == t)
        end = bare_end(view, t);
    size_t first = t;

    if (end == t) {
        /* A word before the number, with one of these between, or nothing. */
        if (t == 0 || place_number(&view->token[t - 1]) ||
            !is_one_of(view->at[view->token[t].start - 1], " .,:"))
            return t;
        first = street_before(view, t);
        if (first == t)
            first = bare_before(view, t);
        if (first == t)
            return t;
        end = t + 1;
    }
    if (first == t && t > 0 && token_has(&view->token[t - 1], WORD(HOUSE) | WORD(UNIT)) &&
        place_joined(view, t - 1, " .:#"))
        first--;
    end = address_end(view, end);
    place_add(view, address_start(view, first), end, RULE_GEO_STREET, 0.9f);
    return end;
}

/* "12 rue de la Paix", "ul. Nowa 5", "Jl. Sudirman No. 174", "C/ Mayor, 174" */
size_t street_head(struct view *view, size_t t)
{
    size_t end = t + 1;
    size_t first = t;
    bool behind = false;

    /* "C/ Mayor" */
    if (place_len(&view->token[t]) == 1 && view_at(view, view->token[t].end) != '/')
        return t;
    if (t > 0 && place_number(&view->token[t - 1]) && place_len(&view->token[t - 1]) <= 4 &&
        place_joined(view, t - 1, " ,"))
        first--;
    /* "No. 8, Jalan Ampang" */
    if (first > 0 && first < t && token_has(&view->token[first - 1], WORD(HOUSE) | WORD(UNIT)) &&
        place_joined(view, first - 1, " .#"))
        first--;
    for (size_t n = 0; n <= NAME_WORDS && end < view->tokens; n++, end++) {
        const struct token *token = &view->token[end];

        if (!place_joined(view, end - 1, " .,'-/:#"))
            break;
        /* "Carrera 7 No. 71-21", "Calle 100 # 8-20" */
        if (n == 0 && place_number(token) && end + 1 < view->tokens &&
            (view_is(view, token->end, " #") || view_is(view, token->end, " no")))
            continue;
        if (place_number(token)) {
            /* "Calle 50, " */
            behind = place_len(token) <= 4 && (n > 0 || (place_capital(&view->token[t]) &&
                                                         class_of(&view->token[t])->ordinary < 2 &&
                                                         view_at(view, token->end) == ','));
            break;
        }
        if (token->shape == TOKEN_LOWER && class_of(token)->ordinary > 0 &&
            !token_has(token, WORD(PARTICLE) | WORD(HOUSE)) && place_capital(&view->token[t]))
            break;
    }
    if (behind)
        end++;
    else if (first == t || end == t + 1)
        return t;
    /* "place 5", "via email 12": a word of English needs a name behind it. */
    if (class_of(&view->token[t])->ordinary > 1 && class_of(&view->token[t + 1])->ordinary > 1)
        return t;
    end = address_end(view, end);
    place_add(view, address_start(view, first), end, RULE_GEO_STREET, 0.8f);
    return end;
}

/* "No. 7208, " */
static bool house_before(const struct view *view, size_t t)
{
    return t > 1 && place_number(&view->token[t - 1]) && place_joined(view, t - 1, " ,") &&
           token_has(&view->token[t - 2], WORD(HOUSE) | WORD(UNIT)) &&
           place_joined(view, t - 2, " .:#");
}

/* "Zhongshan North Road, Taipei" */
static bool town_follows(const struct view *view, size_t t)
{
    uint8_t grade;

    return t + 1 < view->tokens && view_is(view, view->token[t].end, ", ") &&
           place_joined(view, t, " ,") && place_capital(&view->token[t + 1]) &&
           town_at(view, t + 1, &grade) &&
           (grade > 1 || class_of(&view->token[t + 1])->ordinary == 0);
}

/* "lives on Willow Creek Lane": a street without its number, where somebody is at home, or its town
 * stands behind. */
size_t street_named(struct view *view, size_t t)
{
    size_t first = name_start(view, t);

    if (first == t || !place_capital(&view->token[t]) ||
        !(view->clinical || view->sets & WORD(HOME) || town_follows(view, t) ||
          house_before(view, first)) ||
        class_of(&view->token[t - 1])->ordinary > 2)
        return t;
    size_t end = address_end(view, t + 1);
    place_add(view, parts_start(view, first), end, RULE_GEO_STREET, 0.6f);
    return end;
}

/* "PSC 3, Box 12", "Unit 2050 Box 4190", "RR 2 Box 118": USPS Publication 28, sections 225, 24 and
 * 25. */
static bool is_route(const struct view *view, size_t t)
{
    static const char *const units[] = {"psc", "cmr", "unit", "rr", "hc"};

    for (size_t n = 0; n < sizeof(units) / sizeof(units[0]); n++)
        if (view_is_word(view, view->token[t].start, units[n]))
            return true;
    return false;
}

/* "PO Box 12", "P.O. Box 994", "Postfach 12" */
size_t post_box(struct view *view, size_t t)
{
    size_t first = t;
    size_t end = t + 1;

    if (end < view->tokens && token_has(&view->token[end], WORD(HOUSE)) &&
        place_joined(view, t, " .#"))
        end++;
    if (end >= view->tokens || !place_number(&view->token[end]) ||
        !place_joined(view, end - 1, " .#+:"))
        return t;
    if (view_is(view, view->token[t].start, "box")) {
        bool po = t > 0 && view_is(view, view->token[t - 1].start, "po") &&
                  place_len(&view->token[t - 1]) == 2;
        bool p_o = t > 1 && view_is(view, view->token[t - 1].start, "o") &&
                   place_len(&view->token[t - 1]) == 1 &&
                   view_is(view, view->token[t - 2].start, "p");
        bool route = t > 1 && place_number(&view->token[t - 1]) && is_route(view, t - 2) &&
                     place_joined(view, t - 2, " ");

        if (po || p_o || route)
            first = po ? t - 1 : t - 2;
        if (first == t || !place_joined(view, t - 1, " .+,"))
            return t;
    }
    /* "P.O. Box 30197-00100" */
    if (end + 1 < view->tokens && place_joined(view, end, "-") &&
        place_number(&view->token[end + 1]))
        end++;
    end = address_end(view, end + 1);
    place_add(view, address_start(view, first), end, RULE_GEO_BOX, 0.9f);
    return end;
}
