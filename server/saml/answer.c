#include "server/saml/process.h"

static int answer_certificate(struct rsa_box *box, int64_t now, struct buffer *answer)
{
    struct bytes key;
    struct bytes certificate;
    int r = rsa_box_get(box, now, &key, &certificate);

    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    buffer_append(answer, certificate.at, certificate.len);
    return buffer_check(answer);
}

static int answer_provider(const struct saml_ask *ask, struct arena *arena, struct buffer *answer)
{
    struct saml_provider provider;
    int r = saml_provider_read(ask->xml, ask->expected.now, arena, &provider);

    return r ? r : saml_provider_encode(&provider, answer);
}

static int answer_response(struct rsa_box *box, int64_t now, struct saml_ask *ask,
                           struct arena *arena, struct buffer *answer)
{
    struct saml_claims claims;
    struct bytes certificate;
    int r = rsa_box_get(box, now, &ask->expected.decryption_key, &certificate);

    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    r = saml_response_read(ask->xml, &ask->expected, arena, &claims);
    return r ? r : saml_claims_encode(&claims, answer);
}

static int answer_ask(struct rsa_box *box, int64_t now, struct saml_ask *ask, struct buffer *answer)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    int r = arena_new(&arena, SAML_ARENA_MAX);

    if (r)
        return r;
    switch (ask->kind) {
    case SAML_ASK_CERTIFICATE:
        return answer_certificate(box, now, answer);
    case SAML_ASK_PROVIDER:
        return answer_provider(ask, arena, answer);
    case SAML_ASK_RESPONSE:
        return answer_response(box, now, ask, arena, answer);
    default:
        return FAULT(ERR_SYSTEM);
    }
}

enum saml_answer saml_answer(struct rsa_box *box, int64_t now, uint8_t kind, struct bytes body,
                             struct buffer *ret_answer)
{
    struct saml_ask ask;
    int r = saml_ask_decode(kind, body, &ask);

    if (r)
        return SAML_ANSWER_INVALID;
    r = answer_ask(box, now, &ask, ret_answer);
    if (r == 0)
        return SAML_ANSWER_DONE;
    buffer_clear(ret_answer);
    if (r < 0 || saml_refusal_encode((enum saml_refusal)r, ret_answer))
        return SAML_ANSWER_FAILED;
    return SAML_ANSWER_REFUSED;
}
