/* What we say is what the standard has, and nobody's text gets out of its place in it. */

#include <libxml/parser.h>
#include <stdio.h>

#include "saml/saml-private.h"
#include "saml/test-idp.h"
#include "tap.h"

static struct arena *arena;

static struct saml_request request(void)
{
    return (struct saml_request){.id = text_of(IDP_REQUEST),
                                 .now = IDP_NOW,
                                 .entity_id = text_of(IDP_AUDIENCE),
                                 .acs_url = text_of(IDP_ACS),
                                 .sign_in_url = text_of("https://idp.example.org/sso?a=1&b=2"),
                                 .relay = text_of("r/+=")};
}

static int hex(char c)
{
    return c >= 'A' ? c - 'A' + 10 : c - '0';
}

/* Undoes %XX up to '&'. */
static size_t undo(const char *at, char out[8192])
{
    size_t len = 0;

    for (; *at && *at != '&'; at++) {
        if (*at == '%') {
            out[len++] = (char)(hex(at[1]) * 16 + hex(at[2]));
            at += 2;
        } else {
            out[len++] = *at;
        }
    }
    return len;
}

/* The request inside a query: base64 by the reader's own decoder, then one stored block. */
static struct bytes unpack(const char *query)
{
    char base64[8192];
    char xml[8300];
    size_t len = undo(query + strlen("SAMLRequest="), base64);
    CLEANUP(xml_free) xmlDoc *doc = NULL;
    struct bytes packed = {0};
    int n = snprintf(xml, sizeof xml, "<a xmlns=\"urn:a\">%.*s</a>", (int)len, base64);

    CHECK(xml_read((struct bytes){.at = (const uint8_t *)xml, .len = (size_t)n}, &doc) == 0);
    CHECK(xml_bytes(xmlDocGetRootElement(doc), 8192, arena, &packed) == 0);
    CHECK(packed.len > 5 && packed.at[0] == 1);
    CHECK((size_t)(packed.at[1] | packed.at[2] << 8) == packed.len - 5);
    CHECK((packed.at[1] ^ packed.at[3]) == 0xff && (packed.at[2] ^ packed.at[4]) == 0xff);
    return (struct bytes){.at = packed.at + 5, .len = packed.len - 5};
}

static bool says(const xmlNode *node, const char *name, const char *wanted)
{
    struct text value;

    CHECK(xml_attribute(node, name, arena, &value) == 0);
    return text_equal(value, text_of(wanted));
}

static void a_request_says_who_asks_and_where_to_answer(void)
{
    CLEANUP(buffer_deinit) struct buffer query = buffer_init(65536);
    CLEANUP(xml_free) xmlDoc *doc = NULL;
    struct saml_request asked = request();
    struct text issuer;
    xmlNode *root;

    CHECK(saml_request_query(&asked, &query) == 0);
    buffer_append(&query, "", 1);
    CHECK(strstr((const char *)query.at, "&RelayState=r%2F%2B%3D&SigAlg=http%3A%2F%2Fwww.w3.org"));
    CHECK(xml_read(unpack((const char *)query.at), &doc) == 0);
    root = xmlDocGetRootElement(doc);
    CHECK(xml_is(root, NS_PROTOCOL, "AuthnRequest"));
    CHECK(says(root, "ID", IDP_REQUEST) && says(root, "Version", "2.0"));
    CHECK(says(root, "IssueInstant", "2026-11-27T16:00:00.000Z"));
    CHECK(says(root, "Destination", "https://idp.example.org/sso?a=1&b=2"));
    CHECK(says(root, "AssertionConsumerServiceURL", IDP_ACS));
    CHECK(!xmlHasProp(root, (const xmlChar *)"ForceAuthn"));
    CHECK(xml_text(xml_child(root, NS_ASSERTION, "Issuer"), 1000, arena, &issuer) == 0);
    CHECK(text_equal(issuer, text_of(IDP_AUDIENCE)));
}

static void text_of_others_stays_in_its_place(void)
{
    CLEANUP(buffer_deinit) struct buffer query = buffer_init(65536);
    CLEANUP(xml_free) xmlDoc *doc = NULL;
    struct saml_request asked = request();
    struct text issuer;

    asked.entity_id = text_of("a\"><b/>&amp;'<c");
    asked.ask_again = true;
    CHECK(saml_request_query(&asked, &query) == 0);
    buffer_append(&query, "", 1);
    CHECK(xml_read(unpack((const char *)query.at), &doc) == 0);
    CHECK(says(xmlDocGetRootElement(doc), "ForceAuthn", "true"));
    CHECK(xml_text(xml_child(xmlDocGetRootElement(doc), NS_ASSERTION, "Issuer"), 1000, arena,
                   &issuer) == 0);
    CHECK(text_equal(issuer, asked.entity_id));
}

static void the_address_keeps_what_the_provider_had_in_it(void)
{
    CLEANUP(buffer_deinit) struct buffer url = buffer_init(65536);
    struct bytes signature = {.at = (const uint8_t *)"\xff\xfe", .len = 2};

    CHECK(saml_request_url(text_of("https://i/s?x=1"), bytes_of_text(text_of("q")), signature,
                           &url) == 0);
    CHECK(text_equal(text_of_bytes(buffer_bytes(&url)),
                     text_of("https://i/s?x=1&q&Signature=%2F%2F4%3D")));
    buffer_clear(&url);
    CHECK(saml_request_url(text_of("https://i/s"), bytes_of_text(text_of("q")), signature, &url) ==
          0);
    CHECK(text_equal(text_of_bytes(buffer_bytes(&url)),
                     text_of("https://i/s?q&Signature=%2F%2F4%3D")));
}

static void our_metadata_names_both_certificates(void)
{
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init(65536);
    CLEANUP(xml_free) xmlDoc *doc = NULL;
    struct saml_self self = {.entity_id = text_of(IDP_AUDIENCE),
                             .acs_url = text_of(IDP_ACS),
                             .signing_certificate = idp_certificate(IDP_KEY_RSA),
                             .encryption_certificate = idp_certificate(IDP_KEY_STRANGER)};
    const xmlNode *role;

    CHECK(saml_self_print(&self, &xml) == 0);
    CHECK(xml_read(buffer_bytes(&xml), &doc) == 0);
    CHECK(says(xmlDocGetRootElement(doc), "entityID", IDP_AUDIENCE));
    role = xml_child(xmlDocGetRootElement(doc), NS_METADATA, "SPSSODescriptor");
    CHECK(role && says(role, "WantAssertionsSigned", "true"));
    CHECK(xml_count(role, NS_METADATA, "KeyDescriptor") == 2);
    CHECK(says(xml_child(role, NS_METADATA, "AssertionConsumerService"), "Location", IDP_ACS));
}

int main(void)
{
    idp_begin();
    CHECK(arena_new(&arena, SAML_ARENA_MAX) == 0);
    RUN(a_request_says_who_asks_and_where_to_answer);
    RUN(text_of_others_stays_in_its_place);
    RUN(the_address_keeps_what_the_provider_had_in_it);
    RUN(our_metadata_names_both_certificates);
    arena_free(arena);
    idp_end();
    return tap_done();
}
