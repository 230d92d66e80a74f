/* What a provider says truly is read, in every form that providers use. */

#include "saml/test-idp.h"
#include "tap.h"

static struct arena *arena;

static int read_answer(const struct idp_answer *answer, struct saml_claims *claims)
{
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init((size_t)1024 * 1024);
    struct saml_expected expected = idp_expected();

    CHECK(idp_make(answer, &xml));
    arena_reset(arena);
    return saml_response_read(buffer_bytes(&xml), &expected, arena, claims);
}

static void check_usual(const struct idp_answer *answer)
{
    const struct saml_attribute *groups;
    struct saml_claims claims;

    CHECK(read_answer(answer, &claims) == 0);
    CHECK(text_equal(claims.name_id, text_of(IDP_NAME)));
    CHECK(text_equal(claims.issuer, text_of(IDP_ENTITY)));
    CHECK(text_equal(claims.assertion_id, text_of("_assertion")));
    CHECK(text_equal(claims.session_index, text_of("_session")));
    CHECK(text_equal(claims.in_reply_to, text_of(IDP_REQUEST)));
    CHECK(claims.valid_until == IDP_NOW + 300000 + SAML_SKEW_MS);
    CHECK(claims.session_until == IDP_NOW + INT64_C(8) * 3600000);
    CHECK(claims.encrypted == (answer->encrypt != NULL));
    CHECK(claims.attribute_count == 2);
    groups = saml_claims_find(&claims, text_of("groups"));
    CHECK(groups && groups->value_count == 2);
    CHECK(text_equal(groups->values[1], text_of("ward-viewers")));
    CHECK(!saml_claims_find(&claims, text_of("Groups")));
}

static void answers_are_read_wherever_they_are_signed_and_however_spelt(void)
{
    for (unsigned i = 2; i < 8; i++) {
        struct idp_answer answer = idp_usual();

        answer.default_ns = i & 1;
        answer.sign_assertion = i & 2;
        answer.sign_response = i & 4;
        check_usual(&answer);
    }
}

static void encrypted_assertions_are_read(void)
{
    static const char *const algorithms[] = {XENC_11 "aes128-gcm", XENC_11 "aes256-gcm",
                                             XENC "aes128-cbc", XENC "aes256-cbc"};

    for (unsigned i = 0; i < 16; i++) {
        struct idp_answer answer = idp_usual();

        answer.encrypt = algorithms[i & 3];
        answer.sign_response = i & 4;
        answer.key_beside = i & 8;
        check_usual(&answer);
    }
}

static void every_allowed_algorithm_is_taken(void)
{
    static const struct {
        enum idp_key key;
        const char *method;
        const char *digest;
    } rows[] = {
        {IDP_KEY_RSA, DSIG_MORE "rsa-sha384", DSIG_MORE "sha384"},
        {IDP_KEY_RSA, DSIG_MORE "rsa-sha512", XENC "sha512"},
        {IDP_KEY_EC, DSIG_MORE "ecdsa-sha256", XENC "sha256"},
        {IDP_KEY_EC, DSIG_MORE "ecdsa-sha512", XENC "sha512"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct idp_answer answer = idp_usual();

        answer.key = rows[i].key;
        answer.method = rows[i].method;
        answer.digest = rows[i].digest;
        check_usual(&answer);
    }
}

static void what_standards_leave_open_is_taken(void)
{
    struct idp_answer answer = idp_usual();

    answer.transforms = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/"
                        "xmldsig#enveloped-signature\"/><ds:Transform "
                        "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">"
                        "<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/"
                        "xml-exc-c14n#\" PrefixList=\"xs\"/></ds:Transform>";
    check_usual(&answer);
    answer = idp_usual();
    answer.response_issuer = NULL;
    answer.key_info = "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate>"
                      "</ds:X509Data></ds:KeyInfo>";
    check_usual(&answer);
    answer = idp_usual();
    answer.name_id = "\n  " IDP_NAME " \t";
    answer.in_conditions = "<saml:OneTimeUse/><saml:AudienceRestriction><saml:Audience>https://"
                           "other.example.org</saml:Audience><saml:Audience>" IDP_AUDIENCE
                           "</saml:Audience></saml:AudienceRestriction>";
    check_usual(&answer);
}

static void clocks_may_differ_by_the_skew_and_no_more(void)
{
    struct idp_answer answer = idp_usual();
    struct saml_claims claims;

    answer.from = "2026-11-27T16:01:30Z";
    CHECK(read_answer(&answer, &claims) == 0);
    answer.from = "2026-11-27T16:01:30.001Z";
    CHECK(read_answer(&answer, &claims) == SAML_NOT_YET);
    answer = idp_usual();
    answer.until = "2026-11-27T15:58:30.001Z";
    CHECK(read_answer(&answer, &claims) == 0);
    answer.until = "2026-11-27T15:58:30Z";
    CHECK(read_answer(&answer, &claims) == SAML_EXPIRED);
    answer = idp_usual();
    answer.confirmed_until = "2026-11-27T15:58:30.001Z";
    CHECK(read_answer(&answer, &claims) == 0);
    CHECK(claims.valid_until == IDP_NOW + 1);
    answer.confirmed_until = "2026-11-27T15:58:30Z";
    CHECK(read_answer(&answer, &claims) == SAML_CONFIRMATION_TIME);
}

static void unsolicited_answers_need_nobody_to_have_asked(void)
{
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init(65536);
    struct idp_answer answer = idp_usual();
    struct saml_expected expected = idp_expected();
    struct saml_claims claims;

    answer.reply = NULL;
    answer.response_reply = NULL;
    CHECK(idp_make(&answer, &xml));
    arena_reset(arena);
    CHECK(saml_response_read(buffer_bytes(&xml), &expected, arena, &claims) == SAML_IN_RESPONSE_TO);
    expected.in_reply_to = (struct text){0};
    CHECK(saml_response_read(buffer_bytes(&xml), &expected, arena, &claims) == 0);
}

/* Cut anywhere, flip any bit: refused, or read as the provider wrote it. */
static void a_damaged_answer_is_refused_or_says_the_same(void)
{
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init(65536);
    struct idp_answer answer = idp_usual();
    struct saml_expected expected = idp_expected();
    struct saml_claims claims;
    size_t passed = 0;

    CHECK(idp_make(&answer, &xml));
    for (size_t i = 0; i < xml.len; i += 3) {
        int r;

        xml.at[i] ^= (uint8_t)(1 << i % 8);
        arena_reset(arena);
        r = saml_response_read(buffer_bytes(&xml), &expected, arena, &claims);
        CHECK(r >= 0);
        if (r == 0) {
            passed++;
            CHECK(text_equal(claims.name_id, text_of(IDP_NAME)));
            CHECK(text_equal(claims.assertion_id, text_of("_assertion")));
            CHECK(claims.attribute_count == 2);
        }
        xml.at[i] ^= (uint8_t)(1 << i % 8);
    }
    /* The Response itself is not signed here: of it some bits may turn. */
    CHECK(passed < 100);
    for (size_t i = 0; i < xml.len; i += 7) {
        arena_reset(arena);
        CHECK(saml_response_read((struct bytes){.at = xml.at, .len = i}, &expected, arena,
                                 &claims) > 0);
    }
}

int main(void)
{
    idp_begin();
    CHECK(arena_new(&arena, SAML_ARENA_MAX) == 0);
    RUN(answers_are_read_wherever_they_are_signed_and_however_spelt);
    RUN(encrypted_assertions_are_read);
    RUN(every_allowed_algorithm_is_taken);
    RUN(what_standards_leave_open_is_taken);
    RUN(clocks_may_differ_by_the_skew_and_no_more);
    RUN(unsolicited_answers_need_nobody_to_have_asked);
    RUN(a_damaged_answer_is_refused_or_says_the_same);
    arena_free(arena);
    idp_end();
    return tap_done();
}
