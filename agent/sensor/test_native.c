#include "sensor/native.h"

#include <stdio.h>

#include "tap.h"

static bool parses(const char *json)
{
    struct native_message message;

    return native_parse(text_of(json), &message) == 0;
}

static void the_extensions_message_is_read(void)
{
    struct native_message message;

    CHECK(native_parse(text_of("{\"host\":\"chart.example.org\",\"focused\":true,"
                               "\"incognito\":false,\"audible\":true}"),
                       &message) == 0);
    CHECK(text_equal(message.host, text_of("chart.example.org")));
    CHECK(message.focused && !message.incognito && message.audible);
    CHECK(native_parse(text_of(" { \"focused\" : false , \"host\" : \"\" } "), &message) == 0);
    CHECK(message.host.len == 0 && !message.focused);
}

static void anything_more_or_less_is_refused(void)
{
    static const char *const wrong[] = {
        "",
        "{}",
        "[]",
        "{\"host\":\"a.example\"}",
        "{\"focused\":true}",
        "{\"host\":\"a\",\"focused\":true",
        "{\"host\":\"a\",\"focused\":true}}",
        "{\"host\":\"a\",\"focused\":true,}",
        "{\"host\":\"a\",\"focused\":1}",
        "{\"host\":\"a\",\"focused\":null}",
        "{\"host\":\"a\",\"host\":\"b\",\"focused\":true}",
        "{\"host\":\"a\",\"focused\":true,\"title\":\"DOE, JOHN\"}",
        "{\"host\":\"a/DOE\",\"focused\":true}",
        "{\"host\":\"a?mrn=4711\",\"focused\":true}",
        "{\"host\":\"a\\u0000\",\"focused\":true}",
        "{\"host\":\"A\",\"focused\":true}",
        "{\"host\":\"jane@a\",\"focused\":true}",
        "{\"host\":\"a b\",\"focused\":true}",
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CHECK(!parses(wrong[i]));
}

static void a_host_longer_than_a_name_can_be_is_refused(void)
{
    char host[300] = {0};
    char json[512];

    memset(host, 'a', AGENT_HOST_MAX);
    (void)snprintf(json, sizeof(json), "{\"host\":\"%s\",\"focused\":true}", host);
    CHECK(parses(json));
    memset(host, 'a', AGENT_HOST_MAX + 1);
    (void)snprintf(json, sizeof(json), "{\"host\":\"%s\",\"focused\":true}", host);
    CHECK(!parses(json));
}

int main(void)
{
    RUN(the_extensions_message_is_read);
    RUN(anything_more_or_less_is_refused);
    RUN(a_host_longer_than_a_name_can_be_is_refused);
    return tap_done();
}
