#include "sensor/native.h"

#include <string.h>

enum member { MEMBER_HOST = 1, MEMBER_FOCUSED = 2, MEMBER_INCOGNITO = 4, MEMBER_AUDIBLE = 8 };

static void skip_space(struct text *json)
{
    while (json->len > 0 && memchr(" \t\r\n", json->at[0], 4)) {
        json->at++;
        json->len--;
    }
}

static bool take(struct text *json, const char *token)
{
    size_t len = strlen(token);

    skip_space(json);
    if (json->len < len || memcmp(json->at, token, len) != 0)
        return false;
    json->at += len;
    json->len -= len;
    return true;
}

static bool take_flag(struct text *json, bool *ret_flag)
{
    if (take(json, "true"))
        *ret_flag = true;
    else if (take(json, "false"))
        *ret_flag = false;
    else
        return false;
    return true;
}

static bool belongs_to_host(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-._:[]", c));
}

static bool take_host(struct text *json, struct text *ret_host)
{
    size_t len = 0;

    if (!take(json, "\""))
        return false;
    while (len < json->len && belongs_to_host(json->at[len]))
        len++;
    if (len == json->len || json->at[len] != '"' || len > AGENT_HOST_MAX)
        return false;
    *ret_host = (struct text){.at = json->at, .len = len};
    json->at += len + 1;
    json->len -= len + 1;
    return true;
}

static unsigned take_name(struct text *json)
{
    if (take(json, "\"host\""))
        return MEMBER_HOST;
    if (take(json, "\"focused\""))
        return MEMBER_FOCUSED;
    if (take(json, "\"incognito\""))
        return MEMBER_INCOGNITO;
    if (take(json, "\"audible\""))
        return MEMBER_AUDIBLE;
    return 0;
}

static bool take_member(struct text *json, struct native_message *message, unsigned *seen)
{
    unsigned member = take_name(json);

    if (!member || *seen & member || !take(json, ":"))
        return false;
    *seen |= member;
    switch (member) {
    case MEMBER_HOST:
        return take_host(json, &message->host);
    case MEMBER_FOCUSED:
        return take_flag(json, &message->focused);
    case MEMBER_INCOGNITO:
        return take_flag(json, &message->incognito);
    default:
        return take_flag(json, &message->audible);
    }
}

RESULT native_parse(struct text json, struct native_message *ret_message)
{
    struct native_message message = {.host = {.at = ""}};
    unsigned seen = 0;

    if (json.len > NATIVE_MESSAGE_MAX || !take(&json, "{"))
        return NATIVE_INVALID;
    do {
        if (!take_member(&json, &message, &seen))
            return NATIVE_INVALID;
    } while (take(&json, ","));
    if (!take(&json, "}"))
        return NATIVE_INVALID;
    skip_space(&json);
    if (json.len > 0 || (seen & (MEMBER_HOST | MEMBER_FOCUSED)) != (MEMBER_HOST | MEMBER_FOCUSED))
        return NATIVE_INVALID;
    *ret_message = message;
    return 0;
}
