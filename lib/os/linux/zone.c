#include "os/zone.h"

#include <glib.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

/* Zones that were asked for stay open: an organisation has a few. Beyond that each is opened anew.
 */
#define ZONES_KEPT 32

struct kept {
    char name[ZONE_NAME_MAX + 1];
    GTimeZone *zone;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept zones[ZONES_KEPT];
static size_t zone_count;

/* Names of the tables only: no rule that is a text of its own, no way out of their directory. */
static bool is_name(struct text name)
{
    if (name.len == 0 || name.len > ZONE_NAME_MAX || !g_ascii_isupper(name.at[0]))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!g_ascii_isalnum(name.at[i]) && (!strchr("_+-/", name.at[i]) || !name.at[i]))
            return false;
    return true;
}

static GTimeZone *find(struct text name)
{
    for (size_t i = 0; i < zone_count; i++)
        if (text_equal(name, text_of(zones[i].name)))
            return g_time_zone_ref(zones[i].zone);
    return NULL;
}

/* NULL: no such zone. */
static GTimeZone *open_zone(struct text name)
{
    char text[ZONE_NAME_MAX + 1] = "";
    GTimeZone *zone = find(name);

    if (zone)
        return zone;
    memcpy(text, name.at, name.len);
    zone = g_time_zone_new_identifier(text);
    if (zone && zone_count < ZONES_KEPT) {
        memcpy(zones[zone_count].name, text, sizeof text);
        zones[zone_count++].zone = g_time_zone_ref(zone);
    }
    return zone;
}

RESULT zone_offset(struct text name, int64_t at, int64_t *ret_offset_ms)
{
    GTimeZone *zone = NULL;
    gint interval;

    if (!is_name(name))
        return ZONE_UNKNOWN;
    pthread_mutex_lock(&lock);
    zone = open_zone(name);
    pthread_mutex_unlock(&lock);
    if (!zone)
        return ZONE_UNKNOWN;
    interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at / 1000);
    *ret_offset_ms = (int64_t)g_time_zone_get_offset(zone, interval) * 1000;
    g_time_zone_unref(zone);
    return 0;
}
