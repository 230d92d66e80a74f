/* The saml process answers what is asked, and says of nothing else more than that it is refused. */

#include <stdlib.h>
#include <unistd.h>

#include "os/file.h"
#include "saml/test-idp.h"
#include "server/saml/process.h"
#include "tap.h"

static char directory[] = "/tmp/ward-saml-XXXXXX";
static struct rsa_box *box;
static const uint8_t seal[32] = {1};

static void open_box(void)
{
    CHECK(rsa_box_open(&box, directory, "key", "test", (struct bytes){seal, sizeof seal}) == 0);
}

static enum saml_answer ask(const struct saml_ask *asked, struct buffer *answer)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init((size_t)1024 * 1024);

    CHECK(saml_ask_encode(asked, &body) == 0);
    return saml_answer(box, IDP_NOW, (uint8_t)asked->kind, buffer_bytes(&body), answer);
}

static void its_key_is_made_once_and_kept(void)
{
    CLEANUP(buffer_deinit) struct buffer first = buffer_init(8192);
    CLEANUP(buffer_deinit) struct buffer second = buffer_init(8192);
    struct rsa_box *other = NULL;
    uint8_t wrong[32] = {2};

    open_box();
    CHECK(ask(&(struct saml_ask){.kind = SAML_ASK_CERTIFICATE}, &first) == SAML_ANSWER_DONE);
    box = rsa_box_free(box);
    open_box();
    CHECK(ask(&(struct saml_ask){.kind = SAML_ASK_CERTIFICATE}, &second) == SAML_ANSWER_DONE);
    CHECK(first.len == second.len && memcmp(first.at, second.at, first.len) == 0);
    CHECK(rsa_box_open(&other, directory, "key", "test", (struct bytes){wrong, sizeof wrong}) ==
          RSA_BOX_KEY);
    CHECK(rsa_box_open(&other, directory, "key", "other", (struct bytes){seal, sizeof seal}) ==
          RSA_BOX_KEY);
}

static void a_good_answer_comes_out_as_claims(void)
{
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init(65536);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(65536);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct idp_answer said = idp_usual();
    struct saml_ask asked = {.kind = SAML_ASK_RESPONSE, .expected = idp_expected()};
    struct saml_claims claims;

    CHECK(arena_new(&arena, SAML_ARENA_MAX) == 0);
    CHECK(idp_make(&said, &xml));
    asked.xml = buffer_bytes(&xml);
    CHECK(ask(&asked, &answer) == SAML_ANSWER_DONE);
    CHECK(saml_claims_decode(buffer_bytes(&answer), arena, &claims) == 0);
    CHECK(text_equal(claims.name_id, text_of(IDP_NAME)));
    CHECK(claims.attribute_count == 2 && claims.attributes[0].value_count == 2);
    CHECK(text_equal(claims.attributes[0].values[1], text_of("ward-viewers")));
}

static void a_bad_one_comes_out_as_its_refusal_and_nothing_else(void)
{
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init(65536);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(65536);
    struct idp_answer said = idp_usual();
    struct saml_ask asked = {.kind = SAML_ASK_RESPONSE, .expected = idp_expected()};
    enum saml_refusal refusal = SAML_FINE;

    said.key = IDP_KEY_STRANGER;
    CHECK(idp_make(&said, &xml));
    asked.xml = buffer_bytes(&xml);
    CHECK(ask(&asked, &answer) == SAML_ANSWER_REFUSED);
    CHECK(answer.len == 2);
    CHECK(saml_refusal_decode(buffer_bytes(&answer), &refusal) == 0);
    CHECK(refusal == SAML_SIGNATURE_WRONG);
}

static void a_message_that_is_cut_or_of_no_kind_is_invalid(void)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(65536);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(65536);
    struct saml_ask asked = {.kind = SAML_ASK_RESPONSE,
                             .expected = idp_expected(),
                             .xml = bytes_of_text(text_of("<x/>"))};

    CHECK(saml_ask_encode(&asked, &body) == 0);
    for (size_t i = 0; i < body.len; i++)
        CHECK(saml_answer(box, IDP_NOW, SAML_ASK_RESPONSE, (struct bytes){body.at, i}, &answer) ==
              SAML_ANSWER_INVALID);
    CHECK(saml_answer(box, IDP_NOW, 0, buffer_bytes(&body), &answer) == SAML_ANSWER_INVALID);
    CHECK(saml_answer(box, IDP_NOW, 4, buffer_bytes(&body), &answer) == SAML_ANSWER_INVALID);
    CHECK(answer.len == 0);
}

int main(void)
{
    CHECK(mkdtemp(directory));
    idp_begin();
    RUN(its_key_is_made_once_and_kept);
    RUN(a_good_answer_comes_out_as_claims);
    RUN(a_bad_one_comes_out_as_its_refusal_and_nothing_else);
    RUN(a_message_that_is_cut_or_of_no_kind_is_invalid);
    rsa_box_free(box);
    idp_end();
    return tap_done();
}
