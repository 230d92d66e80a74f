#include "redact/test-disguise.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

const char *const disguise_signs[] = {
    "-", " ", ".", "/", "_", "\u2010", "\u2011", "\u2013", "\u2212", "\u00a0", "\u202f", "\u2007",
};
const size_t disguise_signs_count = sizeof(disguise_signs) / sizeof(disguise_signs[0]);

static bool is_digit_of(uint32_t point)
{
    return point >= '0' && point <= '9';
}

static bool is_letter_of(uint32_t point)
{
    return point < 0x80 && (point | 0x20) >= 'a' && (point | 0x20) <= 'z';
}

static size_t utf8_put(char *to, uint32_t point)
{
    size_t len = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned heads[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = len; i-- > 1; point >>= 6)
        to[i] = (char)(0x80 | (point & 0x3f));
    to[0] = (char)(heads[len] | point);
    return len;
}

static uint32_t cased(struct generator *generator, uint32_t point, enum casing casing)
{
    if (!is_letter_of(point) || casing == AS_MADE)
        return point;
    bool capital = casing == CAPITALS || (casing == MIXED && generator_below(generator, 2));

    return capital ? point & ~UINT32_C(0x20) : point | 0x20;
}

static uint32_t look_alike(uint32_t point)
{
    static const char latin[] = "ABEKMHOPCTXaeopcyx";
    static const uint16_t others[] = {0x410, 0x412, 0x415, 0x41a, 0x41c, 0x41d,
                                      0x41e, 0x420, 0x421, 0x422, 0x425, 0x430,
                                      0x435, 0x43e, 0x440, 0x441, 0x443, 0x445};
    const char *at = point < 0x80 && point ? strchr(latin, (char)point) : NULL;

    return at ? others[at - latin] : point;
}

static uint32_t lettered(struct generator *generator, uint32_t point, enum letters letters,
                         bool in_word)
{
    if (letters == FULL_WIDTH && point > ' ' && point < 0x7f)
        return point - '!' + 0xff01;
    if (letters == MATHEMATICAL && is_digit_of(point))
        return point - '0' + 0x1d7ce;
    if (letters == MATHEMATICAL && is_letter_of(point))
        return point < 'a' ? point - 'A' + 0x1d400 : point - 'a' + 0x1d41a;
    if (letters == INDIC && is_digit_of(point))
        return point - '0' + 0x660;
    if (letters == LOOK_ALIKE && in_word && generator_below(generator, 3) == 0)
        return look_alike(point);
    return point;
}

/* What stands behind a character and belongs to it. */
static uint32_t companion(struct generator *generator, enum letters letters)
{
    static const uint32_t marks[] = {0x301, 0x323, 0x335, 0x361};
    static const uint32_t hidden[] = {0x200b, 0xad, 0xfeff, 0x2060, 0x200d, 0x200e, 0xfe0f};

    if (letters == MARKED)
        return marks[generator_below(generator, 4)];
    return letters == HIDDEN ? hidden[generator_below(generator, 7)] : 0;
}

/* Appends a character's bytes as they are encoded. */
static void bytes_put(struct sample *to, struct generator *generator, const char *bytes, size_t len,
                      bool secret, enum encoding encoding)
{
    for (size_t i = 0; i < len; i++) {
        unsigned byte = (unsigned char)bytes[i];
        bool free =
            byte < 0x80 && (is_letter_of(byte) || is_digit_of(byte) || strchr("-._~", (int)byte));
        char one[8];

        if (encoding == PLAIN || (encoding == PERCENT_SIGNS && free))
            (void)snprintf(one, sizeof(one), "%c", bytes[i]);
        else if (encoding == PERCENT_SIGNS && byte == ' ' && generator_below(generator, 2))
            (void)snprintf(one, sizeof(one), "+");
        else
            (void)snprintf(one, sizeof(one), encoding == PERCENT_TWICE ? "%%25%02x" : "%%%02X",
                           byte);
        sample_put(to, one, strlen(one), secret);
    }
}

/* A sign between two characters of an identifier. */
static bool parts_groups(const struct sample *from, size_t i)
{
    return i > 0 && i + 1 < from->len && strchr("- .", from->at[i]) &&
           is_digit_of((unsigned char)from->at[i - 1]) &&
           is_digit_of((unsigned char)from->at[i + 1]) && from->secret[i - 1] &&
           from->secret[i + 1];
}

void sample_disguise(struct sample *to, const struct sample *from, struct generator *generator,
                     const struct disguise *disguise)
{
    to->len = 0;
    to->maker = from->maker;
    for (size_t i = 0; i < from->len;) {
        uint32_t point;
        char bytes[4];
        size_t used = utf8_next((struct text){.at = from->at + i, .len = from->len - i}, &point);
        bool secret = from->secret[i];
        bool in_word = i > 0 && i + 1 < from->len && is_letter_of((unsigned char)from->at[i - 1]) &&
                       is_letter_of((unsigned char)from->at[i + 1]);

        if (disguise->sign && parts_groups(from, i)) {
            bytes_put(to, generator, disguise->sign, strlen(disguise->sign), false,
                      disguise->encoding);
            i += used;
            continue;
        }
        /* Between capitals words of a label begin. */
        if (disguise->casing != MIXED || secret)
            point = cased(generator, point, disguise->casing);
        point = lettered(generator, point, disguise->letters, in_word);
        bytes_put(to, generator, bytes, utf8_put(bytes, point), secret, disguise->encoding);
        uint32_t with = secret ? companion(generator, disguise->letters) : 0;
        if (with)
            bytes_put(to, generator, bytes, utf8_put(bytes, with), false, disguise->encoding);
        i += used;
    }
    to->start = 0;
    to->end = to->len;
}

static const char *const words[] = {
    "the",     "table",   "window",   "carpet",  "weekly",  "garden",   "kitchen", "folder",
    "yellow",  "quickly", "about",    "because", "between", "morning",  "evening", "updated",
    "several", "further", "details",  "please",  "review",  "before",   "opened",  "document",
    "that",    "which",   "should",   "little",  "another", "question", "answer",  "velvet",
    "budget",  "project", "planning", "weekend", "paper",   "library",  "music",   "pencil",
};

static void put(struct sample *to, const char *string)
{
    sample_put(to, string, strlen(string), false);
}

void words_put(struct sample *to, struct generator *generator, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        put(to, GENERATOR_PICK(generator, words));
        put(to, " ");
    }
}

static void append(struct sample *to, const struct sample *from)
{
    to->start = to->len;
    to->end = to->len + from->len;
    for (size_t i = 0; i < from->len; i++)
        sample_put(to, from->at + i, 1, from->secret[i]);
}

static void amid_words(struct sample *to, const struct sample *from, struct generator *generator)
{
    static const char *const before[] = {"",  "",   "",   "(",  "\"",     "'",  "[",      "<",
                                         "{", "| ", "- ", "\t", "\u201c", ": ", "\u2013 "};
    static const char *const behind[] = {"",   "",   "",   ")",      "\"",  "'",     "]",
                                         ">",  ".",  ",",  ";",      ":",   "?",     "!",
                                         " |", " -", "\t", "\u2026", "...", "\u201d"};

    words_put(to, generator, generator_below(generator, 6));
    put(to, GENERATOR_PICK(generator, before));
    append(to, from);
    put(to, GENERATOR_PICK(generator, behind));
    put(to, " ");
    words_put(to, generator, generator_below(generator, 6));
}

static void in_between(struct sample *to, const struct sample *from, const char *before,
                       const char *behind)
{
    put(to, before);
    append(to, from);
    put(to, behind);
}

void sample_surround(struct sample *to, const struct sample *from, struct generator *generator,
                     enum place place)
{
    static const char *const queries[] = {
        "https://ehr.example.org/search?q=", "https://ehr.example.org/view?tab=labs&value=",
        "http://intranet/find?text="};
    static const char *const paths[] = {"https://ehr.example.org/chart/", "http://intranet/view/"};
    static const char *const folders[] = {"C:\\scans\\", "/home/shared/", "\\\\server\\share\\"};
    static const char *const endings[] = {".pdf", "_scan.pdf", ".docx", "-final.txt"};

    bool more = generator_below(generator, 2);
    const char *end = GENERATOR_PICK(generator, endings);

    to->len = 0;
    to->maker = from->maker;
    if (place == AMID_WORDS)
        amid_words(to, from, generator);
    else if (place == IN_QUERY)
        in_between(to, from, GENERATOR_PICK(generator, queries), more ? "&lang=en" : "");
    else if (place == IN_PATH)
        in_between(to, from, GENERATOR_PICK(generator, paths), more ? "/overview" : "");
    else if (place == IN_FRAGMENT)
        in_between(to, from, "https://ehr.example.org/app#", "");
    else if (place == IN_FILE_NAME)
        in_between(to, from, more ? GENERATOR_PICK(generator, folders) : "", end);
    else
        append(to, from);
}
