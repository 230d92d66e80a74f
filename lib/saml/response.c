/*
 * The answer, from outside in: document, Response, signatures, the assertion's own document
 *
 *     Response signed    → its verified bytes take the place of what was parsed
 *     EncryptedAssertion → decrypted, a document of its own; has to be signed itself
 *     Assertion signed   → its verified bytes take the place of that
 *     then the assertion is read, and nothing before is looked at again
 */

#include "saml/saml-private.h"

#define SUCCESS "urn:oasis:names:tc:SAML:2.0:status:Success"
#define ISSUED_AGO_MS ((int64_t)10 * 60 * 1000)

/* ---- what stands around the assertion: may refuse, is never believed ---- */

static int check_parts(const xmlNode *response)
{
    for (const xmlNode *at = xml_first(response); at; at = xml_after(at)) {
        bool known = xml_is(at, NS_ASSERTION, "Issuer") || xml_is(at, NS_DSIG, "Signature") ||
                     xml_is(at, NS_PROTOCOL, "Status") || xml_is(at, NS_ASSERTION, "Assertion") ||
                     xml_is(at, NS_ASSERTION, "EncryptedAssertion");

        if (!known)
            return guard(true, SAML_PARTS);
    }
    return 0;
}

static int check_status(const xmlNode *response, struct arena *arena)
{
    const xmlNode *status = xml_child(response, NS_PROTOCOL, "Status");
    const xmlNode *code = status ? xml_child(status, NS_PROTOCOL, "StatusCode") : NULL;
    struct text value = {0};
    int r = code ? xml_attribute(code, "Value", arena, &value) : 0;

    if (r)
        return r;
    return guard(xml_count(response, NS_PROTOCOL, "Status") != 1 ||
                     xml_count(status, NS_PROTOCOL, "StatusCode") != 1 ||
                     !text_equal(value, text_of(SUCCESS)),
                 SAML_STATUS);
}

static int check_addressed(const xmlNode *response, const struct saml_expected *expected,
                           struct arena *arena)
{
    struct text destination = {0};
    struct text reply = {0};
    int64_t issued = 0;
    int r = xml_attribute(response, "Destination", arena, &destination);

    if (!r)
        r = guard(!text_equal(destination, expected->acs_url), SAML_DESTINATION);
    if (!r)
        r = xml_attribute(response, "InResponseTo", arena, &reply);
    if (!r)
        r = guard(!text_equal(reply, expected->in_reply_to), SAML_IN_RESPONSE_TO);
    if (!r)
        r = moment_attribute(response, "IssueInstant", arena, &issued);
    if (!r)
        r = guard(issued == 0 || issued > expected->now + SAML_SKEW_MS ||
                      issued < expected->now - ISSUED_AGO_MS,
                  SAML_ISSUED);
    return r;
}

static int check_response(const xmlNode *response, const struct saml_expected *expected,
                          struct arena *arena)
{
    struct text version = {0};
    int r = guard(!xml_is(response, NS_PROTOCOL, "Response"), SAML_NOT_RESPONSE);

    if (!r)
        r = xml_attribute(response, "Version", arena, &version);
    if (!r)
        r = guard(!text_equal(version, text_of("2.0")), SAML_VERSION);
    if (!r)
        r = check_parts(response);
    if (!r)
        r = check_status(response, arena);
    if (!r)
        r = issuer_check(response, false, expected, arena);
    return r ? r : check_addressed(response, expected, arena);
}

/* ---- where things stand ---- */

/* Exactly one assertion, plain or encrypted, as a child of the answer; none anywhere else. */
static int check_assertions(const xmlNode *response)
{
    size_t plain = xml_count(response, NS_ASSERTION, "Assertion");
    size_t encrypted = xml_count(response, NS_ASSERTION, "EncryptedAssertion");

    return guard(plain + encrypted != 1 ||
                     xml_count_below(response, NS_ASSERTION, "Assertion") != plain ||
                     xml_count_below(response, NS_ASSERTION, "EncryptedAssertion") != encrypted ||
                     xml_count_below(response, NS_PROTOCOL, "Response") !=
                         xml_is(response, NS_PROTOCOL, "Response"),
                 SAML_ASSERTIONS);
}

/* At most one in the answer and one in its assertion, and none anywhere else. */
static int check_signatures(const xmlNode *node)
{
    const xmlNode *assertion = xml_child(node, NS_ASSERTION, "Assertion");
    size_t own = xml_count(node, NS_DSIG, "Signature");
    size_t inner = assertion ? xml_count(assertion, NS_DSIG, "Signature") : 0;

    return guard(own > 1 || inner > 1 || xml_count_below(node, NS_DSIG, "Signature") != own + inner,
                 SAML_SIGNATURE_PLACE);
}

static bool is_signed(const xmlNode *node)
{
    return xml_child(node, NS_DSIG, "Signature") != NULL;
}

/* ---- from outside in ---- */

struct reading {
    const struct saml_expected *expected;
    struct arena *arena;
    bool encrypted;
    bool outer; /* the answer was signed */
};

/* The assertion's own document: decrypted where it was encrypted. NULL: it is in the answer's. */
static int open_assertion(struct reading *reading, const xmlNode *response, xmlDoc **ret_plain)
{
    xmlNode *encrypted = xml_child(response, NS_ASSERTION, "EncryptedAssertion");
    const xmlNode *root;
    int r;

    if (!encrypted)
        return 0;
    reading->encrypted = true;
    r = encrypted_read(encrypted, reading->expected, reading->arena, ret_plain);
    if (r)
        return r;
    root = xmlDocGetRootElement(*ret_plain);
    if (!xml_is(root, NS_ASSERTION, "Assertion") ||
        xml_count_below(root, NS_ASSERTION, "Assertion") != 1)
        return SAML_ASSERTIONS;
    r = check_signatures(root);
    return r ? r : guard(!is_signed(root), SAML_ENCRYPTED_UNSIGNED);
}

static int read_signed_assertion(const struct reading *reading, xmlNode *assertion,
                                 struct saml_claims *ret_claims)
{
    CLEANUP(xml_free) xmlDoc *verified = NULL;
    int r;

    if (!is_signed(assertion)) {
        r = guard(!reading->outer && !reading->encrypted, SAML_SIGNATURE_ABSENT);
        return r ? r : assertion_read(assertion, reading->expected, reading->arena, ret_claims);
    }
    r = signature_read(assertion, reading->expected, reading->arena, &verified);
    if (r)
        return r;
    return assertion_read(xmlDocGetRootElement(verified), reading->expected, reading->arena,
                          ret_claims);
}

static int read_response(struct reading *reading, const xmlNode *response,
                         struct saml_claims *ret_claims)
{
    CLEANUP(xml_free) xmlDoc *plain = NULL;
    xmlNode *assertion;
    int r = check_response(response, reading->expected, reading->arena);

    if (!r)
        r = check_assertions(response);
    if (!r)
        r = open_assertion(reading, response, &plain);
    if (r)
        return r;
    assertion =
        plain ? xmlDocGetRootElement(plain) : xml_child(response, NS_ASSERTION, "Assertion");
    if (!assertion)
        return SAML_ASSERTIONS;
    r = read_signed_assertion(reading, assertion, ret_claims);
    if (!r)
        ret_claims->encrypted = reading->encrypted;
    return r;
}

RESULT saml_response_read(struct bytes xml, const struct saml_expected *expected,
                          struct arena *arena, struct saml_claims *ret_claims)
{
    CLEANUP(xml_free) xmlDoc *doc = NULL;
    CLEANUP(xml_free) xmlDoc *verified = NULL;
    struct reading reading = {.expected = expected, .arena = arena};
    xmlNode *response;
    int r = xml_read(xml, &doc);

    if (r)
        return r;
    response = xmlDocGetRootElement(doc);
    r = guard(!xml_is(response, NS_PROTOCOL, "Response"), SAML_NOT_RESPONSE);
    if (!r)
        r = check_signatures(response);
    if (!r && is_signed(response)) {
        reading.outer = true;
        r = signature_read(response, expected, arena, &verified);
        if (!r)
            response = xmlDocGetRootElement(verified);
    }
    return r ? r : read_response(&reading, response, ret_claims);
}
