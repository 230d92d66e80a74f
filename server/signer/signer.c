#include "server/signer/signer.h"

#include "base/log.h"
#include "os/clock.h"
#include "server/link/sibling.h"

static const struct refusal refusals[] = {
    {VAULT_KEY, "root key does not fit this data: restore the right root key (DIR/root.key, or the "
                "file that --root-key names)"},
    {VAULT_LOST, "DIR/signer has lost its keys or its last checkpoint: restore DIR/signer from a "
                 "backup; without it no device would trust this server"},
    {VAULT_DENIED, SIBLING_DENIED_TEXT("DIR/signer")},
    {SIBLING_DENIED, SIBLING_DENIED_TEXT("DIR/signer")},
    {0}};

static int open_vault(void *context, const char *directory, const struct handover *handover)
{
    struct vault **vault = context;

    return vault_open(vault, directory,
                      (struct bytes){.at = handover->signer_key, .len = AEAD_KEY_SIZE},
                      handover->established != 0, clock_now_ms());
}

static int answer(void *context, uint8_t asked, struct bytes body, uint8_t *ret_kind,
                  struct buffer *ret_answer)
{
    struct vault *const *vault = context;
    enum signer_answer kind = signer_answer(*vault, clock_now_ms(), asked, body, ret_answer);

    if (kind != SIGNER_DONE)
        log_event(LOG_WARN, "signer.refused", LOG_U64("message", asked), LOG_U64("reason", kind));
    *ret_kind = (uint8_t)kind;
    return 0;
}

int signer_main(void)
{
    static const struct sibling signer = {
        .folder = "signer", .refusals = refusals, .open = open_vault, .answer = answer};
    CLEANUP(vault_free) struct vault *vault = NULL;
    int r;

    log_begin("signer", LOG_INFO);
    r = sibling_run(&signer, &vault);
    if (r && !vault)
        log_event(LOG_ERROR, "signer.start", LOG_I64("result", r), LOG_FAULT(r));
    return r ? 1 : 0;
}
