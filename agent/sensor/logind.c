#include "sensor/logind.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>

struct logind {
    sd_bus *bus;
    char *session;
    char path[256];
    bool locked;
    bool active;
    bool sleeping;
};

static const char service[] = "org.freedesktop.login1";
static const char session_interface[] = "org.freedesktop.login1.Session";

static int read_flag(struct logind *logind, const char *name, bool *ret_flag)
{
    int flag = 0;
    int r = sd_bus_get_property_trivial(logind->bus, service, logind->path, session_interface, name,
                                        NULL, 'b', &flag);

    if (r >= 0)
        *ret_flag = flag;
    return r;
}

static int session_changed(sd_bus_message *message, void *context, sd_bus_error *error)
{
    struct logind *logind = context;

    (void)message;
    (void)error;
    /* Whatever changed: two small questions say all that we need. */
    (void)read_flag(logind, "LockedHint", &logind->locked);
    (void)read_flag(logind, "Active", &logind->active);
    return 0;
}

static int going_to_sleep(sd_bus_message *message, void *context, sd_bus_error *error)
{
    struct logind *logind = context;
    int going = 0;

    (void)error;
    if (sd_bus_message_read(message, "b", &going) >= 0)
        logind->sleeping = going;
    return 0;
}

static bool find_session(struct logind *logind)
{
    sd_bus_message *reply = NULL;
    const char *path = NULL;
    const char *given = getenv("XDG_SESSION_ID");

    if (sd_pid_get_session(0, &logind->session) < 0 && given)
        logind->session = strdup(given);
    if (!logind->session)
        return false;
    bool found =
        sd_bus_call_method(logind->bus, service, "/org/freedesktop/login1",
                           "org.freedesktop.login1.Manager", "GetSession", NULL, &reply, "s",
                           logind->session) >= 0 &&
        sd_bus_message_read(reply, "o", &path) >= 0 &&
        (size_t)snprintf(logind->path, sizeof(logind->path), "%s", path) < sizeof(logind->path);
    sd_bus_message_unref(reply);
    return found;
}

RESULT logind_open(struct logind **ret_logind)
{
    CLEANUP(logind_free) struct logind *logind = calloc(1, sizeof(*logind));

    if (!logind)
        return FAULT(ERR_MEMORY);
    logind->active = true;
    if (sd_bus_open_system(&logind->bus) < 0 || !find_session(logind) ||
        sd_bus_match_signal(logind->bus, NULL, service, logind->path,
                            "org.freedesktop.DBus.Properties", "PropertiesChanged", session_changed,
                            logind) < 0 ||
        sd_bus_match_signal(logind->bus, NULL, service, "/org/freedesktop/login1",
                            "org.freedesktop.login1.Manager", "PrepareForSleep", going_to_sleep,
                            logind) < 0)
        return LOGIND_ABSENT;
    (void)session_changed(NULL, logind, NULL);
    *ret_logind = TAKE(logind);
    return 0;
}

struct logind *logind_free(struct logind *logind)
{
    if (!logind)
        return NULL;
    sd_bus_flush_close_unref(logind->bus);
    free(logind->session);
    free(logind);
    return NULL;
}

struct pollfd logind_poll(struct logind *logind)
{
    int events = sd_bus_get_events(logind->bus);

    return (struct pollfd){.fd = sd_bus_get_fd(logind->bus),
                           .events = (short)(events < 0 ? POLLIN : events)};
}

bool logind_take(struct logind *logind)
{
    int r;

    do {
        r = sd_bus_process(logind->bus, NULL);
    } while (r > 0);
    return r >= 0;
}

bool logind_locked(const struct logind *logind)
{
    return logind && (logind->locked || !logind->active);
}

bool logind_sleeping(const struct logind *logind)
{
    return logind && logind->sleeping;
}

const char *logind_session(const struct logind *logind)
{
    return logind ? logind->session : NULL;
}
