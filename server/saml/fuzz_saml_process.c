/* Whatever decodes, encodes to the same bytes: one spelling for one message. Byte 0 is the kind. */

#include <assert.h>

#include "server/saml/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const struct buffer *again, struct bytes body)
{
    assert(again->len == body.len && (!body.len || memcmp(again->at, body.at, body.len) == 0));
}

static void try_answers(struct bytes body, struct buffer *again)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct saml_provider provider;
    struct saml_claims claims;
    enum saml_refusal refusal;
    int r = arena_new(&arena, SAML_ARENA_MAX);

    assert(r == 0);
    if (saml_provider_decode(body, &provider) == 0) {
        assert(saml_provider_encode(&provider, again) == 0);
        check_same(again, body);
        buffer_clear(again);
    }
    if (saml_claims_decode(body, arena, &claims) == 0) {
        assert(saml_claims_encode(&claims, again) == 0);
        check_same(again, body);
        buffer_clear(again);
    }
    if (saml_refusal_decode(body, &refusal) == 0) {
        assert(saml_refusal_encode(refusal, again) == 0);
        check_same(again, body);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(buffer_deinit) struct buffer again = buffer_init(1024 * 1024);
    struct bytes body = {.at = data + 1, .len = size - 1};
    struct saml_ask ask;

    if (size == 0)
        return 0;
    if (saml_ask_decode(data[0], body, &ask) == 0) {
        assert(saml_ask_encode(&ask, &again) == 0);
        check_same(&again, body);
    }
    buffer_clear(&again);
    try_answers(body, &again);
    return 0;
}
