#include "base/moment.h"

#include "saml/saml-private.h"

static bool digits(struct text text, size_t at, size_t count, int64_t *ret_value)
{
    int64_t value = 0;

    if (at + count > text.len)
        return false;
    for (size_t i = at; i < at + count; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        value = value * 10 + (text.at[i] - '0');
    }
    *ret_value = value;
    return true;
}

/* ".123": milliseconds of any number of digits up to 9. */
static bool fraction(struct text text, int64_t *ret_ms)
{
    int64_t scale = 100;

    *ret_ms = 0;
    if (text.len == 0)
        return true;
    if (text.at[0] != '.' || text.len < 2 || text.len > 10)
        return false;
    for (size_t i = 1; i < text.len; i++, scale /= 10) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        *ret_ms += (text.at[i] - '0') * scale;
    }
    return true;
}

RESULT moment_read(struct text text, int64_t *ret_at)
{
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    int64_t ms = 0;
    int32_t day;
    bool well = text.len >= 20 && text.at[10] == 'T' && text.at[13] == ':' && text.at[16] == ':' &&
                text.at[text.len - 1] == 'Z' &&
                time_day_parse((struct text){.at = text.at, .len = 10}, &day) == 0 &&
                digits(text, 11, 2, &hour) && digits(text, 14, 2, &minute) &&
                digits(text, 17, 2, &second) &&
                fraction((struct text){.at = text.at + 19, .len = text.len - 20}, &ms) &&
                hour < 24 && minute < 60 && second < 60;

    if (!well)
        return SAML_TIME;
    *ret_at = day * MS_PER_DAY + hour * MS_PER_HOUR + minute * MS_PER_MINUTE +
              second * MS_PER_SECOND + ms;
    return 0;
}

RESULT moment_attribute(const xmlNode *node, const char *name, struct arena *arena, int64_t *ret_at)
{
    struct text text = {0};
    int r = xml_attribute(node, name, arena, &text);

    if (r)
        return r;
    if (!text.at) {
        *ret_at = 0;
        return 0;
    }
    r = moment_read(text, ret_at);
    if (r > 0) {
        *ret_at = 0;
        return guard(true, SAML_TIME);
    }
    return r;
}

bool plain(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return false;
    return text.len > 0;
}

bool url_is_plain(struct text url)
{
    static const char scheme[] = "https://";
    size_t head = sizeof scheme - 1;

    if (url.len <= head || url.len > SAML_URL_MAX || memcmp(url.at, scheme, head) != 0 ||
        url.at[head] == '/' || url.at[head] == ':' || url.at[head] == '?')
        return false;
    for (size_t i = 0; i < url.len; i++) {
        char c = url.at[i];

        if (c <= ' ' || c >= 0x7f || strchr("\"'<>\\^`{|}#@", c))
            return false;
    }
    return true;
}
