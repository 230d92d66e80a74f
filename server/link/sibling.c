#include "server/link/sibling.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/wipe.h"
#include "os/file.h"
#include "os/process.h"
#include "os/sandbox.h"
#include "server/link/channel.h"

#define MESSAGE_MS 10000

/* Gives up everything but its own folder and what is open. */
static int enter(const char *directory, uint8_t *ret_level)
{
    const char *const folders[] = {directory, NULL};

    /* Told here, in words: what lies behind a closed door cannot be let into the sandbox. */
    if (access(directory, R_OK | W_OK | X_OK) < 0 && errno == EACCES)
        return SIBLING_DENIED;
    int r = sandbox_enter(&(struct sandbox){.read_write = folders});

    if (r < 0)
        return r;
    *ret_level = r == SANDBOX_NONE ? LINK_SANDBOX_NONE
                 : r               ? LINK_SANDBOX_PARTIAL
                                   : LINK_SANDBOX_FULL;
    return 0;
}

static int prepare(const struct sibling *sibling, void *context, uint8_t *ret_level)
{
    struct handover handover;
    char directory[HANDOVER_PATH_MAX];
    int r = handover_receive(CHANNEL_PARENT_FD, &handover);

    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    r = file_path(directory, sizeof directory, handover.data, sibling->folder);
    if (!r)
        r = enter(directory, ret_level);
    if (!r)
        r = sibling->open(context, directory, &handover);
    wipe(&handover, sizeof handover);
    return r;
}

static int answer_all(const struct sibling *sibling, void *context)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(CHANNEL_MESSAGE_MAX);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(CHANNEL_MESSAGE_MAX);

    for (;;) {
        struct pollfd wait[] = {{.fd = CHANNEL_SIBLING_FD, .events = POLLIN},
                                {.fd = CHANNEL_PARENT_FD, .events = POLLIN}};
        uint8_t asked;
        uint8_t kind = 0;
        int r;

        if (poll(wait, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return FAULT(ERR_SYSTEM);
        }
        /* The parent says nothing after the handover: what comes from it is its end. */
        if (wait[1].revents || !(wait[0].revents & POLLIN))
            return 0;
        if (channel_receive(CHANNEL_SIBLING_FD, MESSAGE_MS, &asked, &body))
            return 0;
        buffer_clear(&answer);
        r = sibling->answer(context, asked, buffer_bytes(&body), &kind, &answer);
        if (r)
            return r;
        if (channel_send(CHANNEL_SIBLING_FD, kind, buffer_bytes(&answer)))
            return 0;
    }
}

RESULT sibling_run(const struct sibling *sibling, void *context)
{
    uint8_t level = LINK_SANDBOX_NONE;
    int r = process_follow_parent();

    if (r)
        return r;
    r = prepare(sibling, context, &level);
    if (r) {
        refusal_send(CHANNEL_PARENT_FD, sibling->refusals, r);
        return r;
    }
    r = channel_send(CHANNEL_PARENT_FD, HANDOVER_READY, (struct bytes){.at = &level, .len = 1});
    return r ? r : answer_all(sibling, context);
}
