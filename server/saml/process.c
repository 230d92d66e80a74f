#include "server/saml/process.h"

#include <unistd.h>

#include "base/log.h"
#include "os/clock.h"
#include "server/link/sibling.h"

/* One that takes longer is stuck: the kernel ends it, the parent starts another. */
#define ANSWER_S 5
#define CONTEXT "ward-saml-decryption-v1"

static const struct refusal refusals[] = {
    {RSA_BOX_KEY, "root key does not fit DIR/saml: restore the right root key, or remove DIR/saml "
                  "and give providers the new certificate"},
    {RSA_BOX_DENIED, SIBLING_DENIED_TEXT("DIR/saml")},
    {SIBLING_DENIED, SIBLING_DENIED_TEXT("DIR/saml")},
    {0}};

static int open_box(void *context, const char *directory, const struct handover *handover)
{
    struct rsa_box **box = context;

    return rsa_box_open(box, directory, "key", CONTEXT,
                        (struct bytes){.at = handover->saml_key, .len = AEAD_KEY_SIZE});
}

/* Where there is no key yet one is made before the clock runs: how long that takes is chance. */
static int make_key(struct rsa_box *box, uint8_t asked)
{
    struct bytes key;
    struct bytes certificate;
    int r = asked == SAML_ASK_PROVIDER ? 0 : rsa_box_get(box, clock_now_ms(), &key, &certificate);

    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static int answer(void *context, uint8_t asked, struct bytes body, uint8_t *ret_kind,
                  struct buffer *ret_answer)
{
    struct rsa_box *const *box = context;
    enum saml_answer kind;
    int r = make_key(*box, asked);

    if (r)
        return r;
    (void)alarm(ANSWER_S);
    kind = saml_answer(*box, clock_now_ms(), asked, body, ret_answer);
    (void)alarm(0);
    if (kind == SAML_ANSWER_INVALID || kind == SAML_ANSWER_FAILED)
        log_event(LOG_WARN, "saml.failed", LOG_U64("message", asked), LOG_U64("reason", kind));
    *ret_kind = (uint8_t)kind;
    return 0;
}

int saml_main(void)
{
    static const struct sibling saml = {
        .folder = "saml", .refusals = refusals, .open = open_box, .answer = answer};
    CLEANUP(rsa_box_free) struct rsa_box *box = NULL;
    int r;

    log_begin("saml", LOG_INFO);
    r = saml_begin();
    if (!r)
        r = sibling_run(&saml, &box);
    if (r && !box)
        log_event(LOG_ERROR, "saml.start", LOG_I64("result", r), LOG_FAULT(r));
    return r ? 1 : 0;
}
