#include "redact/denied.h"

#include <assert.h>
#include <stdio.h>

#include "base/utf8.h"

enum {
    UNITS_MAX = REDACT_TEXT_MAX, /* no character folds into more letters than it has bytes */
    FOLDED_MAX = 2,
    MARK_SIZE = 2,
    /* By chance one place in 65,521 has the mark of a rule: a text with this many was made so. */
    GUESSES_MAX = 64,
    BARRIER = 0, /* the unit of what redaction put there: no letter */
    POINT_BYTES = 4,
};

#define MARK_PRIME UINT32_C(65521)

/* ---- the normal form: letters and digits as code points ---- */

/* U+00C0 to U+017F without accent and case; '*': two letters, or none (below). */
static const char latin[] = "aaaaaa*ceeeeiiiidnooooo*ouuuuy**"
                            "aaaaaa*ceeeeiiiidnooooo*ouuuuy*y"
                            "aaaaaaccccccccddddeeeeeeeeeegggg"
                            "gggghhhhiiiiiiiiii**jjkkklllllll"
                            "lllnnnnnnnnnoooooo**rrrrrrssssss"
                            "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static size_t fold_pair(uint32_t point, uint32_t ret_units[FOLDED_MAX])
{
    static const struct {
        uint16_t point;
        char units[FOLDED_MAX];
    } pairs[] = {{0xc6, "ae"},  {0xe6, "ae"},  {0xde, "th"},  {0xfe, "th"}, {0xdf, "ss"},
                 {0x132, "ij"}, {0x133, "ij"}, {0x152, "oe"}, {0x153, "oe"}};

    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
        if (pairs[i].point != point)
            continue;
        ret_units[0] = (uint8_t)pairs[i].units[0];
        ret_units[1] = (uint8_t)pairs[i].units[1];
        return FOLDED_MAX;
    }
    return 0; /* U+00D7, U+00F7: signs */
}

/* Letters and digits that look like ASCII ones, from elsewhere; 0: none of those. */
static uint32_t fold_ascii(uint32_t point)
{
    if (point >= 0xff01 && point <= 0xff5e) /* full width */
        point -= 0xff00 - 0x20;
    else if (point >= 0x0660 && point <= 0x0669) /* Arabic-Indic, and extended */
        point -= 0x0660 - '0';
    else if (point >= 0x06f0 && point <= 0x06f9)
        point -= 0x06f0 - '0';
    else if (point == 0xaa || point == 0xba)
        return point == 0xaa ? 'a' : 'o';
    else if (point == 0xb9 || point == 0xb2 || point == 0xb3)
        return point == 0xb9 ? '1' : point - 0xb2 + '2';
    if (point >= 'A' && point <= 'Z')
        return point - 'A' + 'a';
    return (point >= 'a' && point <= 'z') || (point >= '0' && point <= '9') ? point : 0;
}

/* Blanks, signs, pictures and marks that stand on, or beside, letters. */
static bool is_ignored(uint32_t point)
{
    static const struct {
        uint32_t from;
        uint32_t to;
    } ranges[] = {{0x00, 0xbf},     {0x02b0, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05cf},
                  {0x060c, 0x061f}, {0x064b, 0x065f}, {0x066a, 0x066d},   {0x06d4, 0x06d4},
                  {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x2000, 0x2bff},   {0x2e00, 0x2e7f},
                  {0x3000, 0x3004}, {0x3008, 0x3020}, {0xe000, 0xf8ff},   {0xfe00, 0xfe6f},
                  {0xfeff, 0xff65}, {0xffe0, 0xffff}, {0x1f000, 0x1faff}, {0xe0000, 0x10ffff}};

    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
        if (point >= ranges[i].from && point <= ranges[i].to)
            return true;
    }
    return false;
}

/* Small letters of Greek, Cyrillic and the Latin of Vietnam; others have no case, or keep it. */
static uint32_t fold_case(uint32_t point)
{
    static const struct {
        uint16_t point;
        uint16_t unit;
    } accented[] = {{0x386, 0x3b1}, {0x388, 0x3b5}, {0x389, 0x3b7}, {0x38a, 0x3b9}, {0x38c, 0x3bf},
                    {0x38e, 0x3c5}, {0x38f, 0x3c9}, {0x3ac, 0x3b1}, {0x3ad, 0x3b5}, {0x3ae, 0x3b7},
                    {0x3af, 0x3b9}, {0x3cc, 0x3bf}, {0x3cd, 0x3c5}, {0x3ce, 0x3c9}, {0x3c2, 0x3c3},
                    {0x401, 0x435}, {0x451, 0x435}, {0x419, 0x438}, {0x439, 0x438}};

    for (size_t i = 0; i < sizeof(accented) / sizeof(*accented); i++) {
        if (accented[i].point == point)
            return accented[i].unit;
    }
    if ((point >= 0x391 && point <= 0x3a9) || (point >= 0x410 && point <= 0x42f))
        return point + 0x20;
    if (point >= 0x400 && point <= 0x40f)
        return point + 0x50;
    if (point >= 0x1e00 && point <= 0x1eff)
        return point | 1;
    return point;
}

/* The units that a character becomes. */
static size_t fold(uint32_t point, uint32_t ret_units[FOLDED_MAX])
{
    uint32_t ascii = fold_ascii(point);

    _Static_assert(sizeof(latin) - 1 == 0x180 - 0xc0, "one for each");
    if (ascii) {
        ret_units[0] = ascii;
        return 1;
    }
    if (is_ignored(point))
        return 0;
    if (point >= 0xc0 && point < 0x180) {
        if (latin[point - 0xc0] == '*')
            return fold_pair(point, ret_units);
        ret_units[0] = (uint8_t)latin[point - 0xc0];
        return 1;
    }
    ret_units[0] = fold_case(point);
    return 1;
}

/* The bytes of a placeholder that text begins with; 0: none. */
static size_t placeholder_length(struct text text)
{
    if (text.len == 0 || text.at[0] != '[')
        return 0;
    for (unsigned kind = 0; kind < REDACT_KINDS; kind++) {
        struct text word = text_of(redact_kind_word((enum redact_kind)kind));

        if (text.len >= word.len + 2 && text.at[word.len + 1] == ']' &&
            memcmp(text.at + 1, word.at, word.len) == 0)
            return word.len + 2;
    }
    return 0;
}

/* The normal form of a text, and where each unit comes from. */
struct form {
    uint32_t units[UNITS_MAX];
    uint16_t starts[UNITS_MAX];
    uint16_t ends[UNITS_MAX];
    size_t count;
};

static void form_add(struct form *form, uint32_t unit, size_t start, size_t end)
{
    assert(form->count < UNITS_MAX);
    form->units[form->count] = unit;
    form->starts[form->count] = (uint16_t)start;
    form->ends[form->count] = (uint16_t)end;
    form->count++;
}

/* False: longer than texts may be, or not UTF-8. */
static bool form_make(struct text text, struct form *form)
{
    size_t at = 0;

    form->count = 0;
    if (text.len > REDACT_TEXT_MAX)
        return false;
    while (at < text.len) {
        struct text rest = {.at = text.at + at, .len = text.len - at};
        uint32_t units[FOLDED_MAX];
        uint32_t point;
        size_t len = placeholder_length(rest);

        if (len > 0) {
            form_add(form, BARRIER, at, at + len);
            at += len;
            continue;
        }
        len = utf8_next(rest, &point);
        if (len == 0)
            return false;
        size_t count = fold(point, units);
        for (size_t i = 0; i < count; i++)
            form_add(form, units[i], at, at + len);
        at += len;
    }
    return true;
}

/* ---- marks and hashes ---- */

static uint32_t mark_base(const uint8_t salt[DENIED_SALT_SIZE])
{
    uint32_t number = 0;

    for (size_t i = 0; i < sizeof(number); i++)
        number = number << 8 | salt[i];
    return 256 + number % (MARK_PRIME - 256);
}

static uint32_t mark_next(uint32_t mark, uint32_t base, uint32_t unit)
{
    return (uint32_t)(((uint64_t)mark * base + unit) % MARK_PRIME);
}

/* base ^ exponent: what a unit has become when it is that many back. */
static uint32_t mark_power(uint32_t base, size_t exponent)
{
    uint32_t power = 1;

    while (exponent-- > 0)
        power = mark_next(power, base, 0);
    return power;
}

/* The keyed hash of units as 32-bit numbers, little-endian, behind the mark. */
static bool units_hash(const uint32_t *units, size_t count, uint32_t mark,
                       const uint8_t salt[DENIED_SALT_SIZE], denied_hash *hash,
                       uint8_t ret_hash[DENIED_HASH_SIZE])
{
    uint8_t bytes[DENIED_LENGTH_MAX * POINT_BYTES];
    uint8_t whole[DENIED_HASH_SIZE] = {0};

    assert(count <= DENIED_LENGTH_MAX);
    for (size_t i = 0; i < count * POINT_BYTES; i++)
        bytes[i] = (uint8_t)(units[i / POINT_BYTES] >> 8 * (i % POINT_BYTES));
    bool made = hash(salt, (struct bytes){.at = bytes, .len = count * POINT_BYTES}, whole);
    wipe(bytes, sizeof(bytes));
    ret_hash[0] = (uint8_t)(mark >> 8);
    ret_hash[1] = (uint8_t)mark;
    memcpy(ret_hash + MARK_SIZE, whole, DENIED_HASH_SIZE - MARK_SIZE);
    return made;
}

/* ---- rules ---- */

RESULT denied_length(struct text string, size_t *ret_length)
{
    struct form form;
    bool valid = form_make(string, &form);

    if (valid)
        *ret_length = form.count;
    wipe(&form, sizeof(form));
    return valid ? 0 : DENIED_INVALID;
}

static int rule_of(const struct form *form, const uint8_t salt[DENIED_SALT_SIZE], denied_hash *hash,
                   struct denied_rule *ret_rule)
{
    struct denied_rule rule = {.length = (uint8_t)form->count};
    uint32_t mark = 0;

    if (form->count < DENIED_LENGTH_MIN)
        return DENIED_SHORT;
    if (form->count > DENIED_LENGTH_MAX)
        return DENIED_LONG;
    for (size_t i = 0; i < form->count; i++) {
        /* A placeholder is what is left of a string, not a string. */
        if (form->units[i] == BARRIER)
            return DENIED_INVALID;
        mark = mark_next(mark, mark_base(salt), form->units[i]);
    }
    memcpy(rule.salt, salt, DENIED_SALT_SIZE);
    if (!units_hash(form->units, form->count, mark, salt, hash, rule.hash))
        return FAULT(ERR_CRYPTO);
    *ret_rule = rule;
    return 0;
}

RESULT denied_make(struct raw_text string, const uint8_t salt[DENIED_SALT_SIZE], denied_hash *hash,
                   struct denied_rule *ret_rule)
{
    struct form form;
    int r = DENIED_INVALID;

    if (string.len > REDACT_TEXT_MAX)
        return DENIED_LONG;
    if (form_make((struct text){.at = string.at, .len = string.len}, &form))
        r = rule_of(&form, salt, hash, ret_rule);
    wipe(&form, sizeof(form));
    return r;
}

bool denied_rule_holds(const struct denied_rule *rule)
{
    uint32_t mark = (uint32_t)rule->hash[0] << 8 | rule->hash[1];

    return rule->length >= DENIED_LENGTH_MIN && rule->length <= DENIED_LENGTH_MAX &&
           mark < MARK_PRIME;
}

/* ---- looking ---- */

struct look {
    const struct denied *denied;
    const struct form *form;
    denied_found *found;
    void *context;
    bool any;
    bool enough;
};

/* Units [from, from + length) have a rule's mark: are they what it stands for? */
static void look_at(struct look *look, size_t number, size_t from, size_t *guesses)
{
    const struct denied_rule *rule = &look->denied->rules[number];
    const struct form *form = look->form;
    uint8_t hash[DENIED_HASH_SIZE];
    uint32_t mark = (uint32_t)rule->hash[0] << 8 | rule->hash[1];

    ++*guesses;
    if (*guesses > GUESSES_MAX ||
        !units_hash(form->units + from, rule->length, mark, rule->salt, look->denied->hash, hash)) {
        look->any = true;
        look->enough = true;
        return;
    }
    if (memcmp(hash, rule->hash, DENIED_HASH_SIZE) != 0)
        return;
    look->any = true;
    *guesses = 0;
    look->enough = !look->found || !look->found(look->context, number, form->starts[from],
                                                form->ends[from + rule->length - 1]);
}

static void look_for(struct look *look, size_t number)
{
    const struct denied_rule *rule = &look->denied->rules[number];
    const struct form *form = look->form;
    uint32_t wanted = (uint32_t)rule->hash[0] << 8 | rule->hash[1];
    uint32_t base = mark_base(rule->salt);
    uint32_t power = mark_power(base, rule->length);
    uint32_t mark = 0;
    size_t barrier = 0; /* units since the last one */
    size_t guesses = 0;

    for (size_t i = 0; i < form->count && !look->enough; i++) {
        mark = mark_next(mark, base, form->units[i]);
        if (i >= rule->length) {
            uint64_t gone = (uint64_t)form->units[i - rule->length] * power % MARK_PRIME;

            mark = (uint32_t)((mark + MARK_PRIME - gone) % MARK_PRIME);
        }
        barrier = form->units[i] == BARRIER ? 0 : barrier + 1;
        if (mark == wanted && barrier >= rule->length)
            look_at(look, number, i + 1 - rule->length, &guesses);
    }
}

bool denied_find(const struct denied *denied, struct text text, denied_found *found, void *context)
{
    struct form form;
    struct look look = {.denied = denied, .form = &form, .found = found, .context = context};

    if (denied->count == 0)
        return false;
    if (!form_make(text, &form)) {
        wipe(&form, sizeof(form));
        return true;
    }
    for (size_t i = 0; i < denied->count && !look.enough; i++)
        look_for(&look, i);
    wipe(form.units, form.count * sizeof(*form.units));
    return look.any;
}

bool denied_holds(const struct denied *denied, struct text text)
{
    return denied_find(denied, text, NULL, NULL);
}

RESULT denied_instead(struct arena *arena, const struct clean_text **ret_clean)
{
    char text[sizeof("[unknown]")];
    int len = snprintf(text, sizeof(text), "[%s]", redact_kind_word(REDACT_UNKNOWN));

    assert(len == sizeof(text) - 1);
    int r = redact_restore((struct bytes){.at = (const uint8_t *)text, .len = (size_t)len}, arena,
                           ret_clean);
    return r > 0 ? FAULT(ERR_MEMORY) : r;
}
