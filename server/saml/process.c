#include "server/saml/process.h"

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
#define ANSWER_S                                                                                   \
    5 /* one that takes longer is stuck: the kernel ends it, the parent starts another */
#define CONTEXT "ward-saml-decryption-v1"

/* Where there is no key yet one is made before the clock runs: how long that takes is chance. */
static int make_key(struct rsa_box *box, uint8_t asked)
{
    struct bytes key;
    struct bytes certificate;
    int r = asked == SAML_ASK_PROVIDER ? 0 : rsa_box_get(box, clock_now_ms(), &key, &certificate);

    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

/* Answers serve until it, or the parent, has gone. */
static int answer_all(struct rsa_box *box)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(CHANNEL_MESSAGE_MAX);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(CHANNEL_MESSAGE_MAX);

    for (;;) {
        struct pollfd wait[] = {{.fd = CHANNEL_SIBLING_FD, .events = POLLIN},
                                {.fd = CHANNEL_PARENT_FD, .events = POLLIN}};
        enum saml_answer kind;
        uint8_t asked;
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
        r = make_key(box, asked);
        if (r)
            return r;
        (void)alarm(ANSWER_S);
        kind = saml_answer(box, clock_now_ms(), asked, buffer_bytes(&body), &answer);
        (void)alarm(0);
        if (kind == SAML_ANSWER_INVALID || kind == SAML_ANSWER_FAILED)
            log_event(LOG_WARN, "saml.failed", LOG_U64("message", asked), LOG_U64("reason", kind));
        if (channel_send(CHANNEL_SIBLING_FD, (uint8_t)kind, buffer_bytes(&answer)))
            return 0;
    }
}

static const struct refusal refusals[] = {
    {RSA_BOX_KEY, "root key does not fit DIR/saml: restore the right root key, or remove DIR/saml "
                  "and give providers the new certificate"},
    {RSA_BOX_DENIED,
     "DIR/saml may not be reached, read or written: give it back to wardd's user (chown -R), and "
     "let that user enter every directory above it (chmod o+x)"},
    {0}};

/* Gives up everything but its own folder and what is open. */
static int enter(const char *directory, uint8_t *ret_level)
{
    const char *const folders[] = {directory, NULL};

    if (access(directory, R_OK | W_OK | X_OK) < 0 && errno == EACCES)
        return RSA_BOX_DENIED;
    int r = sandbox_enter(&(struct sandbox){.read_write = folders});

    if (r < 0)
        return r;
    *ret_level = r == SANDBOX_NONE ? LINK_SANDBOX_NONE
                 : r               ? LINK_SANDBOX_PARTIAL
                                   : LINK_SANDBOX_FULL;
    return 0;
}

static int prepare(struct rsa_box **ret_box, uint8_t *ret_level)
{
    struct handover handover;
    char directory[HANDOVER_PATH_MAX];
    int r = handover_receive(CHANNEL_PARENT_FD, &handover);

    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    r = saml_begin();
    if (!r)
        r = file_path(directory, sizeof directory, handover.data, "saml");
    if (!r)
        r = enter(directory, ret_level);
    if (!r)
        r = rsa_box_open(ret_box, directory, "key", CONTEXT,
                         (struct bytes){.at = handover.saml_key, .len = AEAD_KEY_SIZE});
    wipe(&handover, sizeof handover);
    return r;
}

int saml_main(void)
{
    CLEANUP(rsa_box_free) struct rsa_box *box = NULL;
    uint8_t level = LINK_SANDBOX_NONE;
    int r;

    log_begin("saml", LOG_INFO);
    if (process_follow_parent())
        return 1;
    r = prepare(&box, &level);
    if (r) {
        refusal_send(CHANNEL_PARENT_FD, refusals, r);
        log_event(LOG_ERROR, "saml.start", LOG_I64("result", r), LOG_FAULT(r));
        return 1;
    }
    r = channel_send(CHANNEL_PARENT_FD, HANDOVER_READY, (struct bytes){.at = &level, .len = 1});
    if (!r)
        r = answer_all(box);
    return r ? 1 : 0;
}
