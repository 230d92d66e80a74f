#include "redact/test-generator.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

struct generator generator_of(uint64_t seed)
{
    struct generator generator = {.state = (seed + 1) * 0x9e3779b97f4a7c15};

    for (unsigned i = 0; i < 4; i++)
        (void)generator_next(&generator);
    return generator;
}

/* xorshift64 */
uint64_t generator_next(struct generator *generator)
{
    generator->state ^= generator->state << 13;
    generator->state ^= generator->state >> 7;
    generator->state ^= generator->state << 17;
    return generator->state >> 11;
}

unsigned generator_below(struct generator *generator, unsigned count)
{
    return (unsigned)(generator_next(generator) % count);
}

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (unsigned char)c >= 0x80;
}

void sample_put(struct sample *sample, const char *at, size_t len, bool secret)
{
    CHECK(sample->len + len < SAMPLE_MAX);
    memcpy(sample->at + sample->len, at, len);
    for (size_t i = 0; i < len; i++)
        sample->secret[sample->len + i] = secret;
    sample->len += len;
    sample->at[sample->len] = '\0';
}

/* Writes a value in a form. */
static void sample_lay(struct sample *sample, const char *form, const char *value)
{
    bool secret = false;

    for (; *form; form++) {
        if (*form == '<' || *form == '>') {
            secret = *form == '<';
            continue;
        }
        bool all = *form == '*' || *form == '&';
        if (!all && *form != '9') {
            sample_put(sample, form, 1, secret && is_letter_or_digit(*form));
            continue;
        }
        for (size_t n = 0; *value && (all || n < 1); n++) {
            if (*form == '&' && n % 4 == 0 && n > 0)
                sample_put(sample, " ", 1, false);
            sample_put(sample, value, 1, secret && is_letter_or_digit(*value));
            value++;
        }
    }
}

/* True when a form takes a value of that length whole. */
static bool form_fits(const char *form, size_t len)
{
    size_t places = 0;

    for (; *form; form++) {
        if (*form == '*' || *form == '&')
            return true;
        places += *form == '9';
    }
    return places == len;
}

void sample_make(struct sample *sample, struct generator *generator, const struct maker *maker,
                 bool spoilt)
{
    char value[VALUE_MAX] = "";
    unsigned count = 0;
    unsigned fitting[24];

    maker->make(generator, value);
    if (spoilt)
        maker->spoil(generator, value);
    for (unsigned f = 0; maker->forms[f]; f++)
        if (form_fits(maker->forms[f], strlen(value)))
            fitting[count++] = f;
    CHECK(count > 0 && count < 24);
    sample->maker = maker;
    sample->len = 0;
    sample_lay(sample, maker->forms[fitting[generator_below(generator, count)]], value);
    sample->start = 0;
    sample->end = sample->len;
}

void value_fill(struct generator *generator, const char *pattern, char *value)
{
    static const char codes[] = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ";

    for (; *pattern; pattern++, value++) {
        switch (*pattern) {
        case 'd':
            *value = (char)('0' + generator_below(generator, 10));
            break;
        case 'n':
            *value = (char)('2' + generator_below(generator, 8));
            break;
        case 'A':
            *value = (char)('A' + generator_below(generator, 26));
            break;
        case 'X':
            *value = codes[generator_below(generator, sizeof(codes) - 1)];
            break;
        default:
            *value = *pattern;
        }
    }
    *value = '\0';
}

size_t makers_count(void)
{
    return number_makers_count + word_makers_count;
}

const struct maker *maker_at(size_t i)
{
    return i < number_makers_count ? &number_makers[i] : &word_makers[i - number_makers_count];
}
