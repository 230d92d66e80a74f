#pragma once

/*
 * Link: from the sensor to the service of this computer
 *
 * Reports are kept until the service says that they are durable; while it is away up to
 * LINK_BACKLOG_MAX of them wait here, the oldest go first, and what went is told when the service
 * is back. What the service sends (policy, pause) is handed out as frames.
 */

#include <poll.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "wire/frame.h"

#define LINK_BACKLOG_MAX 512
#define LINK_BACKLOG_BYTES (1024 * 1024)

enum {
    LINK_NOTHING = 1, /* nothing has come */
};

struct link;

/* session names this session to the service: no more than AGENT_SESSION_MAX characters. Borrowed
 * texts. */
RESULT link_new(struct link **ret_link, const char *path, const char *session);
struct link *link_free(struct link *link);
DEFINE_CLEANUP(struct link *, link_free)

/* Connects when it is time to. Returns true when a connection was made just now. */
bool link_step(struct link *link, int64_t boot_at);

/* When link_step() has something to do; INT64_MAX: never by itself. */
int64_t link_wake_at(const struct link *link);

bool link_up(const struct link *link);
struct pollfd link_poll(const struct link *link);

/* The next frame that the service sent. Valid until the next call. LINK_NOTHING. */
RESULT link_take(struct link *link, struct frame *ret_frame);

/* Hands over a LOCAL_REPORT of so many spans. ERR_MEMORY: it is lost, and that will be told. */
RESULT link_report(struct link *link, struct bytes body, uint64_t spans, int64_t from_at,
                   int64_t to_at);

/* Forgets every report that is not durable yet, and so many spans beside them: what they were of is
 * told as lost. from_at 0: none beside them. */
void link_forget(struct link *link, uint64_t spans, int64_t from_at, int64_t to_at);

/* Sends a frame now, or not at all when the service is away. */
void link_tell(struct link *link, uint8_t kind, struct bytes body);

/* Says good-bye and waits up to timeout_ms until every report is durable. False: some wait still.
 */
bool link_end(struct link *link, int timeout_ms);

size_t link_waiting(const struct link *link);
