#include "access/directory.h"

#include "os/zone.h"

#include "base/utf8.h"

#define NAME_MAX_BYTES 256
#define EMAIL_MAX_BYTES 254
#define EMPLOYEE_ID_MAX_BYTES 64
#define TIME_ZONE_MAX_BYTES 64
#define WEEK_DAYS 7

/* ---- what is said of a person ---- */

static bool is_line(struct text text, size_t max_bytes)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return false;
    return text.len <= max_bytes && utf8_valid(text);
}

/* One word with an @ inside. */
static bool is_email(struct text text)
{
    const char *at = text.len ? memchr(text.at, '@', text.len) : NULL;
    size_t before = at ? (size_t)(at - text.at) : 0;

    return before > 0 && before + 1 < text.len && !memchr(at + 1, '@', text.len - before - 1) &&
           !memchr(text.at, ' ', text.len) && is_line(text, EMAIL_MAX_BYTES);
}

static bool is_time_zone(struct text text)
{
    int64_t offset;

    return text.len == 0 || (text.len <= TIME_ZONE_MAX_BYTES && zone_offset(text, 0, &offset) == 0);
}

static bool is_time(const char *at)
{
    int hours = (at[0] - '0') * 10 + at[1] - '0';
    int minutes = (at[3] - '0') * 10 + at[4] - '0';

    for (int i = 0; i < 5; i++)
        if (i == 2 ? at[i] != ':' : at[i] < '0' || at[i] > '9')
            return false;
    return hours < 24 && minutes < 60;
}

/* "22:00-06:00;;09:00-17:00;;;;": from Monday on; an end that is not after the beginning is the
 * next day's. */
static bool is_schedule(struct text text)
{
    size_t at = 0;

    if (text.len == 0)
        return true;
    for (int day = 0; day < WEEK_DAYS; day++) {
        if (at + 11 <= text.len && text.at[at] != ';') {
            if (!is_time(text.at + at) || text.at[at + 5] != '-' || !is_time(text.at + at + 6))
                return false;
            at += 11;
        }
        if (day < WEEK_DAYS - 1 && (at >= text.len || text.at[at++] != ';'))
            return false;
    }
    return at == text.len;
}

bool directory_name_fits(struct text name)
{
    return name.len > 0 && is_line(name, NAME_MAX_BYTES);
}

const char *directory_person_wrong(const struct records_person *person)
{
    if (!directory_name_fits(person->name))
        return "/name";
    if (person->email.len && !is_email(person->email))
        return "/email";
    if (!is_line(person->employee_id, EMPLOYEE_ID_MAX_BYTES))
        return "/employee_id";
    if (!is_time_zone(person->time_zone))
        return "/time_zone";
    return is_schedule(person->schedule) ? NULL : "/schedule";
}
