/* Answers and metadata in the shape of four providers (fixtures/README.md). argv[1]: fixtures. */

#include <stdio.h>

#include "os/file.h"
#include "saml/test-idp.h"
#include "saml/test-vectors.h"
#include "tap.h"

static const char *folder;
static struct arena *arena;

static const struct shape {
    const char *name;
    const char *entity_id;
    const char *sign_in_url;
    const char *group_attribute;
    const char *group;
} shapes[] = {
    {"okta", "http://www.okta.com/exk1a2b3c4d5e6f7g8h9",
     "https://example.okta.com/app/example_ward_1/exk1a2b3c4d5e6f7g8h9/sso/saml", "groups",
     "ward-viewers"},
    {"entra", "https://sts.windows.net/11111111-2222-3333-4444-555555555555/",
     "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/saml2",
     "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
     "aaaaaaaa-0000-0000-0000-000000000002"},
    {"onelogin", "https://app.onelogin.com/saml/metadata/12345678-1234-1234-1234-123456789012",
     "https://example.onelogin.com/trust/saml2/http-post/sso/12345678", "memberOf", "ward-viewers"},
    {"google", "https://accounts.google.com/o/saml2?idpid=C01abc2de",
     "https://accounts.google.com/o/saml2/idp?idpid=C01abc2de", "groups", "ward-viewers"},
};
#define SHAPES (sizeof shapes / sizeof *shapes)

static void load(const struct shape *shape, const char *kind, struct buffer *ret_text)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s.%s.xml", folder, shape->name, kind);
    CHECK(file_read(path, ret_text) == 0);
    buffer_append(ret_text, "", 1);
    CHECK(buffer_check(ret_text) == 0);
    ret_text->len--;
}

static void check_claims(const struct shape *shape, const struct saml_claims *claims)
{
    const struct saml_attribute *groups = saml_claims_find(claims, text_of(shape->group_attribute));

    CHECK(text_equal(claims->name_id, text_of(IDP_NAME)));
    CHECK(text_equal(claims->issuer, text_of(shape->entity_id)));
    CHECK(groups && groups->value_count > 0);
    CHECK(text_equal(groups->values[groups->value_count - 1], text_of(shape->group)));
}

static void answers_of_each_provider_are_read(void)
{
    for (size_t i = 0; i < SHAPES; i++) {
        CLEANUP(buffer_deinit) struct buffer text = buffer_init(65536);
        CLEANUP(buffer_deinit) struct buffer xml = buffer_init(65536);
        struct idp_answer answer = idp_usual();
        struct saml_expected expected = idp_expected();
        struct saml_claims claims;

        load(&shapes[i], "response", &text);
        answer.whole = (const char *)text.at;
        answer.sign_assertion = i < 2;
        answer.sign_response = i != 1;
        expected.provider = text_of(shapes[i].entity_id);
        CHECK(idp_make(&answer, &xml));
        arena_reset(arena);
        CHECK(saml_response_read(buffer_bytes(&xml), &expected, arena, &claims) == 0);
        check_claims(&shapes[i], &claims);
        /* And of no other provider, though it had signed it. */
        expected.provider = text_of(shapes[(i + 1) % SHAPES].entity_id);
        CHECK(saml_response_read(buffer_bytes(&xml), &expected, arena, &claims) == SAML_ISSUER);
    }
}

static void put_certificate(const char *text, struct buffer *out)
{
    CLEANUP(buffer_deinit) struct buffer usual = buffer_init(65536);
    const char *at;
    const char *from;

    vector_metadata_make(&(struct vector_metadata){0}, &usual);
    buffer_append(&usual, "", 1);
    from = strstr((const char *)usual.at, "X509Certificate>") + strlen("X509Certificate>");
    while ((at = strstr(text, "@CERTIFICATE@"))) {
        buffer_append(out, text, (size_t)(at - text));
        buffer_append(out, from, strcspn(from, "<"));
        text = at + strlen("@CERTIFICATE@");
    }
    buffer_append_string(out, text);
}

static void metadata_of_each_provider_is_read(void)
{
    for (size_t i = 0; i < SHAPES; i++) {
        CLEANUP(buffer_deinit) struct buffer text = buffer_init(65536);
        CLEANUP(buffer_deinit) struct buffer xml = buffer_init(65536);
        struct saml_provider provider;

        load(&shapes[i], "metadata", &text);
        put_certificate((const char *)text.at, &xml);
        arena_reset(arena);
        CHECK(saml_provider_read(buffer_bytes(&xml), IDP_NOW, arena, &provider) == 0);
        CHECK(text_equal(provider.entity_id, text_of(shapes[i].entity_id)));
        CHECK(text_equal(provider.sign_in_url, text_of(shapes[i].sign_in_url)));
        CHECK(provider.certificate_count == 1);
        CHECK(provider.certificates[0].len == idp_certificate(IDP_KEY_RSA).len);
    }
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    folder = argv[1];
    idp_begin();
    CHECK(arena_new(&arena, SAML_ARENA_MAX) == 0);
    RUN(answers_of_each_provider_are_read);
    RUN(metadata_of_each_provider_is_read);
    arena_free(arena);
    idp_end();
    return tap_done();
}
