#include "sensor/relay.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/wipe.h"
#include "os/file.h"
#include "os/local.h"
#include "sensor/native.h"
#include "sensor/sites.h"
#include "wire/frame.h"

enum { RETRY_MS = 5000, WRITE_MS = 1000 };

struct relay {
    int sensor; /* -1: away */
    struct buffer last;
    bool waiting; /* the last message has not reached the sensor */
};

static bool read_whole(void *at, size_t len)
{
    uint8_t *bytes = at;

    while (len > 0) {
        ssize_t got = read(STDIN_FILENO, bytes, len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        len -= (size_t)got;
    }
    return true;
}

/* Takes one message. False: the browser has closed, or breaks the protocol. */
static bool take_message(struct relay *relay)
{
    char json[NATIVE_MESSAGE_MAX];
    uint32_t len;
    struct native_message message;

    if (!read_whole(&len, sizeof(len)) || len > sizeof(json) || !read_whole(json, len))
        return false;
    if (native_parse((struct text){.at = json, .len = len}, &message) == 0) {
        uint8_t body[1 + AGENT_HOST_MAX];

        body[0] = (uint8_t)((message.focused ? AGENT_SITE_FOCUSED : 0) |
                            (message.incognito ? AGENT_SITE_INCOGNITO : 0) |
                            (message.audible ? AGENT_SITE_AUDIBLE : 0));
        memcpy(body + 1, message.host.at, message.host.len);
        buffer_clear(&relay->last);
        frame_append(&relay->last, AGENT_SITE,
                     (struct bytes){.at = body, .len = 1 + message.host.len});
        relay->waiting = true;
        wipe(body, sizeof(body));
    }
    wipe(json, sizeof(json));
    return true;
}

/* Only to a sensor of our own user. */
static void reach_sensor(struct relay *relay)
{
    char path[PATH_MAX];
    struct local_peer peer;
    const char *display = getenv("DISPLAY");

    if (relay->sensor >= 0 || sites_path(display ? display : "", false, path, sizeof(path)) ||
        local_connect(path, &relay->sensor))
        return;
    if (local_peer(relay->sensor, &peer) || peer.uid != getuid()) {
        file_close(relay->sensor);
        relay->sensor = -1;
    }
}

static void tell_sensor(struct relay *relay)
{
    reach_sensor(relay);
    if (relay->sensor < 0)
        return;
    if (local_write(relay->sensor, buffer_bytes(&relay->last), WRITE_MS)) {
        file_close(relay->sensor);
        relay->sensor = -1;
        return;
    }
    relay->waiting = false;
}

int relay_run(void)
{
    struct relay relay = {.sensor = -1, .last = buffer_init(1024)};

    for (;;) {
        struct pollfd polls[2] = {
            {.fd = STDIN_FILENO, .events = POLLIN},
            {.fd = relay.sensor, .events = POLLIN}, /* closes when the sensor ends */
        };

        if (poll(polls, 2, relay.waiting ? RETRY_MS : -1) < 0 && errno != EINTR)
            break;
        if (polls[1].revents) {
            file_close(relay.sensor);
            relay.sensor = -1;
            relay.waiting = relay.last.len > 0; /* a new sensor wants to know */
        }
        if (polls[0].revents && !take_message(&relay))
            break;
        if (relay.waiting)
            tell_sensor(&relay);
    }
    file_close_at(&relay.sensor);
    buffer_deinit(&relay.last);
    return EXIT_SUCCESS;
}
