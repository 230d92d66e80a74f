#include "server/signer/signer.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "os/sandbox.h"
#include "server/link/channel.h"
#include "server/link/handover.h"
#include "server/link/refusal.h"

#define MESSAGE_MS 10000

/* Answers serve until it, or the parent, has gone. */
static int answer_all(struct vault *vault)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(CHANNEL_MESSAGE_MAX);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(CHANNEL_MESSAGE_MAX);

    for (;;) {
        struct pollfd wait[] = {{.fd = CHANNEL_SIBLING_FD, .events = POLLIN},
                                {.fd = CHANNEL_PARENT_FD, .events = POLLIN}};
        enum signer_answer kind;
        uint8_t asked;

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
        kind = signer_answer(vault, clock_now_ms(), asked, buffer_bytes(&body), &answer);
        if (kind != SIGNER_DONE)
            log_event(LOG_WARN, "signer.refused", LOG_U64("message", asked),
                      LOG_U64("reason", kind));
        if (channel_send(CHANNEL_SIBLING_FD, (uint8_t)kind, buffer_bytes(&answer)))
            return 0;
    }
}

static const struct refusal vault_refusals[] = {
    {VAULT_KEY, "root key does not fit this data: restore the right root key (DIR/root.key, or the "
                "file that --root-key names)"},
    {VAULT_LOST, "DIR/signer has lost its keys or its last checkpoint: restore DIR/signer from a "
                 "backup; without it no device would trust this server"},
    {VAULT_DENIED,
     "DIR/signer may not be reached, read or written: give it back to wardd's user (chown -R), and "
     "let that user enter every directory above it (chmod o+x)"},
    {0}};

/* Gives up everything but its own folder and what is open. */
static int enter(const char *directory, uint8_t *ret_level)
{
    const char *const folders[] = {directory, NULL};

    /* Told here, in words: what lies behind a closed door cannot be let into the sandbox. */
    if (access(directory, R_OK | W_OK | X_OK) < 0 && errno == EACCES)
        return VAULT_DENIED;
    int r = sandbox_enter(&(struct sandbox){.read_write = folders});

    if (r < 0)
        return r;
    *ret_level = r == SANDBOX_NONE ? LINK_SANDBOX_NONE
                 : r               ? LINK_SANDBOX_PARTIAL
                                   : LINK_SANDBOX_FULL;
    return 0;
}

static int prepare(struct vault **ret_vault, uint8_t *ret_level)
{
    struct handover handover;
    char directory[HANDOVER_PATH_MAX];
    int r = handover_receive(CHANNEL_PARENT_FD, &handover);

    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    r = file_path(directory, sizeof directory, handover.data, "signer");
    if (!r)
        r = enter(directory, ret_level);
    if (!r)
        r = vault_open(ret_vault, directory,
                       (struct bytes){.at = handover.signer_key, .len = AEAD_KEY_SIZE},
                       handover.established != 0, clock_now_ms());
    wipe(&handover, sizeof handover);
    return r;
}

int signer_main(void)
{
    CLEANUP(vault_free) struct vault *vault = NULL;
    uint8_t level = LINK_SANDBOX_NONE;
    int r;

    log_begin("signer", LOG_INFO);
    if (process_follow_parent())
        return 1;
    r = prepare(&vault, &level);
    if (r) {
        refusal_send(CHANNEL_PARENT_FD, vault_refusals, r);
        log_event(LOG_ERROR, "signer.start", LOG_I64("result", r), LOG_FAULT(r));
        return 1;
    }
    r = channel_send(CHANNEL_PARENT_FD, HANDOVER_READY, (struct bytes){.at = &level, .len = 1});
    if (!r)
        r = answer_all(vault);
    return r ? 1 : 0;
}
