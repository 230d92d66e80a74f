#include "crypto/webauthn.h"
#include "tap.h"

static void an_origin_with_a_name_has_a_party(void)
{
    static const char *const origins[][2] = {
        {"https://ward.example", "ward.example"},
        {"https://ward.example:8443", "ward.example"},
        {"https://localhost:8443", "localhost"},
        {"https://xn--krankenhaus-mnchen-b3b.example", "xn--krankenhaus-mnchen-b3b.example"},
        {"https://ward-1.intern", "ward-1.intern"},
    };

    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        struct webauthn_party party;

        CHECK(webauthn_party_of(text_of(origins[i][0]), &party) == 0);
        CHECK(text_equal(party.origin, text_of(origins[i][0])));
        CHECK(text_equal(party.id, text_of(origins[i][1])));
    }
}

static void an_origin_without_a_name_has_none(void)
{
    static const char *const origins[] = {
        "",
        "https://",
        "https://:8443",
        "http://ward.example",
        "https://10.0.0.7:8443",
        "https://10.7",
        "https://ward.0x7f",
        "https://[::1]:8443",
        "https://Ward.example",
        "https://ward.example.",
        "https://.ward.example",
        "https://ward..example",
        "https://-ward.example",
        "https://ward-.example",
        "https://ward.example/",
        "https://user@ward.example",
        "https://ward.example:",
        "https://ward.example:0443",
        "https://ward.example:443",
        "https://ward.example:65536",
        "https://ward.example:8443:1",
        "https://w\xc3\xa4rd.example",
        "https://ward_1.example",
    };
    struct webauthn_party party = {0};

    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++)
        CHECK(webauthn_party_of(text_of(origins[i]), &party) == WEBAUTHN_NAMELESS && !party.id.at);
}

static void every_outcome_has_a_word(void)
{
    for (int outcome = 0; outcome <= WEBAUTHN_NAMELESS; outcome++)
        CHECK(webauthn_word(outcome) && webauthn_word(outcome)[0]);
    CHECK(strcmp(webauthn_word(WEBAUTHN_COUNTER), "counter") == 0);
    CHECK(strcmp(webauthn_word(ERR_CRYPTO), "fault") == 0);
    CHECK(strcmp(webauthn_word(WEBAUTHN_NAMELESS + 1), "fault") == 0);
}

int main(void)
{
    RUN(an_origin_with_a_name_has_a_party);
    RUN(an_origin_without_a_name_has_none);
    RUN(every_outcome_has_a_word);
    return tap_done();
}
