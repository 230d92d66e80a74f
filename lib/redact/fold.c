/*
 * Characters as recognisers see them: look-alikes become the ASCII character that they show, so
 * that a full-width digit is a digit. Ranges of Unicode 15.
 */

#include "redact/redact-private.h"

/* U+00C0 to U+017F without their marks; '*' is a sign and '?' keeps what it is. */
static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTsaaaaaaaceeeeiiiidnooooo*ouuuuyty"
                            "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
                            "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/* The same of U+0180 to U+024F, and of U+1E00 to U+1EFF, as Vietnamese is written; '*' stays a
 * letter of its own. */
static const char latin_b[] = "bBBb**OCcDD***EEEFfG***IKkl**Nn*Oo**Pp*****tTtTUu*VYyZz*********"
                              "*************AaIiOoUuUuUuUuUueAaAa**GgGgKkOoOo**j***Gg**NnAa****"
                              "AaAaEeEeIiIiOoOoRrRrUuUuSsTt**Hh*d**ZzAaEeOoOoOoOoYylntj**ACcLT*"
                              "****************";
static const char latin_additional[] =
    "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
    "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
    "WwWwWwWwWwXxXxYyZzZzZzhtwy*s**SdAaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
    "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYyLl****";

struct range {
    uint32_t first;
    uint32_t last;
    int32_t to; /* view byte of the first, or one of the marks below */
};

#define ONE(c) (c)    /* all become c */
#define ROW(c) (-(c)) /* the first becomes c, the second c + 1 .. */
#define DROP (-1)     /* no width: belongs to the character before */

static const struct range ranges[] = {
    {0x00a0, 0x00a0, ONE(' ')},  {0x00aa, 0x00aa, ONE('a')},  {0x00ad, 0x00ad, DROP},
    {0x00b4, 0x00b4, ONE('\'')}, {0x00b7, 0x00b7, ONE('.')},  {0x00ba, 0x00ba, ONE('o')},
    {0x02bc, 0x02bc, ONE('\'')}, {0x0300, 0x036f, DROP},      {0x0660, 0x0669, ROW('0')},
    {0x06f0, 0x06f9, ROW('0')},  {0x0966, 0x096f, ROW('0')},  {0x1680, 0x1680, ONE(' ')},
    {0x180e, 0x180e, DROP},      {0x2000, 0x200a, ONE(' ')},  {0x200b, 0x200f, DROP},
    {0x2010, 0x2015, ONE('-')},  {0x2018, 0x201b, ONE('\'')}, {0x201c, 0x201f, ONE('"')},
    {0x2024, 0x2024, ONE('.')},  {0x2028, 0x2029, ONE(' ')},  {0x202a, 0x202e, DROP},
    {0x202f, 0x202f, ONE(' ')},  {0x2044, 0x2044, ONE('/')},  {0x205f, 0x205f, ONE(' ')},
    {0x2060, 0x206f, DROP},      {0x2212, 0x2212, ONE('-')},  {0x2215, 0x2215, ONE('/')},
    {0x3000, 0x3000, ONE(' ')},  {0x3001, 0x3001, ONE(',')},  {0x3002, 0x3002, ONE('.')},
    {0xfe00, 0xfe0f, DROP},      {0xfe58, 0xfe58, ONE('-')},  {0xfe63, 0xfe63, ONE('-')},
    {0xfeff, 0xfeff, DROP},      {0xff01, 0xff5e, ROW('!')},  {0xff61, 0xff61, ONE('.')},
    {0xe0000, 0xe01ef, DROP},
};

/* Blocks of letters that do not fold. */
static const struct range letters[] = {
    {0x00b5, 0x00b5, 0},   {0x0180, 0x02af, 0}, {0x0370, 0x1fff, 0},   {0x2071, 0x2071, 0},
    {0x207f, 0x207f, 0},   {0x2c00, 0x2dff, 0}, {0x3005, 0x3006, 0},   {0x3040, 0xa48f, 0},
    {0xa4d0, 0xabff, 0},   {0xac00, 0xd7ff, 0}, {0xf900, 0xfb4f, 0},   {0xfb50, 0xfdff, 0},
    {0xfe70, 0xfefc, 0},   {0xff66, 0xffdc, 0}, {0x10000, 0x1cfff, 0}, {0x1d800, 0x1efff, 0},
    {0x20000, 0x323af, 0},
};

static const struct range *range_of(const struct range *at, size_t count, uint32_t point)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (at[middle].last < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && at[low].first <= point ? &at[low] : NULL;
}

/* Letters of other alphabets that look like ASCII ones (Unicode TR 39, the common ones). */
static const struct {
    uint16_t point;
    char ascii;
} look_alikes[] = {
    {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'},
    {0x039a, 'K'}, {0x039c, 'M'}, {0x039d, 'N'}, {0x039f, 'O'}, {0x03a1, 'P'}, {0x03a4, 'T'},
    {0x03a5, 'Y'}, {0x03a7, 'X'}, {0x03b1, 'a'}, {0x03b9, 'i'}, {0x03bd, 'v'}, {0x03bf, 'o'},
    {0x03c1, 'p'}, {0x03c5, 'u'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'},
    {0x0412, 'B'}, {0x0415, 'E'}, {0x041a, 'K'}, {0x041c, 'M'}, {0x041d, 'H'}, {0x041e, 'O'},
    {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'a'},
    {0x0435, 'e'}, {0x043e, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0443, 'y'}, {0x0445, 'x'},
    {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x0501, 'd'}, {0x051b, 'q'}, {0x051d, 'w'},
};

uint8_t fold_look_alike(uint32_t point)
{
    size_t low = 0;
    size_t high = sizeof(look_alikes) / sizeof(look_alikes[0]);

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (look_alikes[middle].point < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof(look_alikes) / sizeof(look_alikes[0]) && look_alikes[low].point == point
               ? (uint8_t)look_alikes[low].ascii
               : 0;
}

uint8_t fold_point(uint32_t point)
{
    if (point < 0x80)
        return point < 0x20 || point == 0x7f ? ' ' : (uint8_t)point;
    if (point >= 0xc0 && point <= 0x17f)
        return latin[point - 0xc0] == '*' ? VIEW_SYMBOL : (uint8_t)latin[point - 0xc0];
    if (point >= 0x180 && point <= 0x24f && latin_b[point - 0x180] != '*')
        return (uint8_t)latin_b[point - 0x180];
    if (point >= 0x1e00 && point <= 0x1eff && latin_additional[point - 0x1e00] != '*')
        return (uint8_t)latin_additional[point - 0x1e00];
    if (point >= 0x1d400 && point <= 0x1d6a3)
        return (uint8_t)((point - 0x1d400) % 52 < 26 ? 'A' + (point - 0x1d400) % 26
                                                     : 'a' + (point - 0x1d400) % 26);
    if (point >= 0x1d7ce && point <= 0x1d7ff)
        return (uint8_t)('0' + (point - 0x1d7ce) % 10);
    const struct range *range = range_of(ranges, sizeof(ranges) / sizeof(ranges[0]), point);
    if (range && range->to == DROP)
        return 0;
    if (range)
        return range->to < 0 ? (uint8_t)((uint32_t)-range->to + point - range->first)
                             : (uint8_t)range->to;
    return range_of(letters, sizeof(letters) / sizeof(letters[0]), point) ? VIEW_LETTER
                                                                          : VIEW_SYMBOL;
}
