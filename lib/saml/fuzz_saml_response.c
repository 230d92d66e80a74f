/*
 * Whatever is let in says what the provider said: an input is a script of edits to an answer that
 * was signed, or (first byte odd) a document of its own. Nobody else has the key.
 */

#include <assert.h>

#include "saml/test-idp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct buffer answers[3];

static void make(size_t i)
{
    struct idp_answer answer = idp_usual();

    answer.key = IDP_KEY_EC;
    answer.method = DSIG_MORE "ecdsa-sha256";
    answer.default_ns = i == 1;
    answer.sign_response = i > 0;
    answer.sign_assertion = i != 1;
    answers[i] = buffer_init(SAML_MESSAGE_MAX);
    assert(idp_make(&answer, &answers[i]));
}

static void begin(void)
{
    idp_begin();
    for (size_t i = 0; i < 3; i++)
        make(i);
}

/* Edits of four bytes and what they insert: place 2, how many to drop 1, how many to insert 1. */
static void edit(const uint8_t *at, size_t size, struct buffer *text)
{
    while (size >= 4) {
        CLEANUP(buffer_deinit) struct buffer next = buffer_init(2 * SAML_MESSAGE_MAX);
        size_t place = ((size_t)at[0] << 8 | at[1]) % (text->len + 1);
        size_t drop = at[2] < text->len - place ? at[2] : text->len - place;
        size_t insert = at[3] < size - 4 ? at[3] : size - 4;

        buffer_append(&next, text->at, place);
        buffer_append(&next, at + 4, insert);
        buffer_append(&next, text->at + place + drop, text->len - place - drop);
        buffer_clear(text);
        buffer_append(text, next.at, next.len);
        at += 4 + insert;
        size -= 4 + insert;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(2 * SAML_MESSAGE_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct saml_expected expected;
    struct saml_claims claims;
    int r;

    if (!answers[0].at)
        begin();
    if (size == 0)
        return 0;
    if (data[0] & 1) {
        buffer_append(&text, data + 1, size - 1);
    } else {
        const struct buffer *from = &answers[(data[0] >> 1) % 3];

        buffer_append(&text, from->at, from->len);
        edit(data + 1, size - 1, &text);
    }
    expected = idp_expected();
    r = arena_new(&arena, SAML_ARENA_MAX);
    assert(r == 0);
    r = saml_response_read(buffer_bytes(&text), &expected, arena, &claims);
    assert(r >= 0 && r < SAML_REFUSAL_END);
    if (r)
        return 0;
    assert(!(data[0] & 1));
    assert(text_equal(claims.name_id, text_of(IDP_NAME)));
    assert(text_equal(claims.assertion_id, text_of("_assertion")));
    assert(text_equal(claims.in_reply_to, text_of(IDP_REQUEST)));
    assert(claims.attribute_count == 2 && claims.attributes[0].value_count == 2);
    assert(text_equal(claims.attributes[0].values[1], text_of("ward-viewers")));
    return 0;
}
