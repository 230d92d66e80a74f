/* What a signed assertion says, and whether it is for us, from whom we expect it, now. */

#include "saml/saml-private.h"

#define BEARER "urn:oasis:names:tc:SAML:2.0:cm:bearer"

RESULT issuer_check(const xmlNode *node, bool needed, const struct saml_expected *expected,
                    struct arena *arena)
{
    const xmlNode *issuer = xml_child(node, NS_ASSERTION, "Issuer");
    struct text text = {0};
    int r = 0;

    if (issuer)
        r = xml_text(issuer, SAML_TEXT_MAX, arena, &text);
    if (r)
        return r;
    return guard(issuer ? !text_equal(text, expected->provider) ||
                              xml_next(issuer, NS_ASSERTION, "Issuer")
                        : needed,
                 SAML_ISSUER);
}

/* Children of these names only; what else stands there could change what the rest means. */
static int check_parts(const xmlNode *assertion)
{
    static const char *const known[] = {"Issuer", "Subject", "Conditions", "AuthnStatement",
                                        "AttributeStatement"};

    for (const xmlNode *at = xml_first(assertion); at; at = xml_after(at)) {
        bool found = xml_is(at, NS_DSIG, "Signature");

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found = found || xml_is(at, NS_ASSERTION, known[i]);
        if (!found)
            return guard(true, SAML_PARTS);
    }
    return 0;
}

static int read_head(const xmlNode *assertion, const struct saml_expected *expected,
                     struct arena *arena, struct saml_claims *claims)
{
    struct text version = {0};
    int64_t issued = 0;
    int r = xml_attribute(assertion, "Version", arena, &version);

    if (!r)
        r = guard(!text_equal(version, text_of("2.0")), SAML_VERSION);
    if (!r)
        r = check_parts(assertion);
    if (!r)
        r = xml_attribute(assertion, "ID", arena, &claims->assertion_id);
    if (!r)
        r = guard(!plain(claims->assertion_id), SAML_CONTROL);
    if (!r)
        r = issuer_check(assertion, true, expected, arena);
    if (!r)
        r = moment_attribute(assertion, "IssueInstant", arena, &issued);
    claims->issuer = expected->provider;
    return r ? r : guard(issued > expected->now + SAML_SKEW_MS, SAML_ISSUED);
}

/* ---- subject ---- */

static int read_name(const xmlNode *subject, struct arena *arena, struct saml_claims *claims)
{
    const xmlNode *name = xml_child(subject, NS_ASSERTION, "NameID");
    int r = guard(!name || xml_next(name, NS_ASSERTION, "NameID"), SAML_SUBJECT);

    if (r || !name)
        return r ? r : SAML_SUBJECT;
    r = xml_text(name, SAML_TEXT_MAX, arena, &claims->name_id);
    if (!r)
        r = xml_attribute(name, "Format", arena, &claims->name_format);
    return r ? r : guard(!plain(claims->name_id), SAML_CONTROL);
}

static int check_reply(struct text given, const struct saml_expected *expected)
{
    /* Empty on both sides: unsolicited, where the administrator lets it in. */
    return guard(!text_equal(given, expected->in_reply_to), SAML_IN_RESPONSE_TO);
}

static int read_confirmation_data(const xmlNode *data, const struct saml_expected *expected,
                                  struct arena *arena, struct saml_claims *claims)
{
    struct text recipient = {0};
    int64_t until = 0;
    int64_t from = 0;
    int r = xml_attribute(data, "Recipient", arena, &recipient);

    if (!r)
        r = guard(!text_equal(recipient, expected->acs_url), SAML_RECIPIENT);
    if (!r)
        r = xml_attribute(data, "InResponseTo", arena, &claims->in_reply_to);
    if (!r)
        r = check_reply(claims->in_reply_to, expected);
    if (!r)
        r = moment_attribute(data, "NotOnOrAfter", arena, &until);
    if (!r)
        r = moment_attribute(data, "NotBefore", arena, &from);
    if (!r) /* a bearer's confirmation has no beginning (SAML profiles §4.1.4.2) */
        r = guard(until == 0 || expected->now >= until + SAML_SKEW_MS || from != 0,
                  SAML_CONFIRMATION_TIME);
    if (!r)
        claims->valid_until = until;
    return r;
}

static int read_subject(const xmlNode *assertion, const struct saml_expected *expected,
                        struct arena *arena, struct saml_claims *claims)
{
    const xmlNode *subject = xml_child(assertion, NS_ASSERTION, "Subject");
    const xmlNode *confirmation;
    const xmlNode *data;
    struct text method = {0};
    int r = guard(xml_count(assertion, NS_ASSERTION, "Subject") != 1, SAML_SUBJECT);

    if (r || !subject)
        return r ? r : SAML_SUBJECT;
    r = read_name(subject, arena, claims);
    if (r)
        return r;
    confirmation = xml_child(subject, NS_ASSERTION, "SubjectConfirmation");
    data = confirmation ? xml_child(confirmation, NS_ASSERTION, "SubjectConfirmationData") : NULL;
    if (confirmation)
        r = xml_attribute(confirmation, "Method", arena, &method);
    if (r)
        return r;
    r = guard(xml_count(subject, NS_ASSERTION, "SubjectConfirmation") != 1 ||
                  !text_equal(method, text_of(BEARER)) ||
                  xml_count(confirmation, NS_ASSERTION, "SubjectConfirmationData") != 1 ||
                  xml_first(data),
              SAML_CONFIRMATION);
    if (r || !data)
        return r ? r : SAML_CONFIRMATION;
    return read_confirmation_data(data, expected, arena, claims);
}

/* ---- conditions ---- */

static int check_audiences(const xmlNode *restriction, const struct saml_expected *expected,
                           struct arena *arena)
{
    bool ours = false;

    for (const xmlNode *at = xml_first(restriction); at; at = xml_after(at)) {
        struct text audience = {0};
        int r = xml_text(at, SAML_TEXT_MAX, arena, &audience);

        if (r)
            return r;
        ours = ours ||
               (xml_is(at, NS_ASSERTION, "Audience") && text_equal(audience, expected->entity_id));
    }
    return guard(!ours, SAML_AUDIENCE);
}

/* Each restriction has to hold; at least one has to be there. A condition that is not known is not
 * met (SAML core §2.5.1.1). */
static int check_conditions_inside(const xmlNode *conditions, const struct saml_expected *expected,
                                   struct arena *arena)
{
    int r = guard(!xml_child(conditions, NS_ASSERTION, "AudienceRestriction"), SAML_AUDIENCE);

    for (const xmlNode *at = xml_first(conditions); at && !r; at = xml_after(at)) {
        if (xml_is(at, NS_ASSERTION, "AudienceRestriction"))
            r = check_audiences(at, expected, arena);
        else
            r = guard(!xml_is(at, NS_ASSERTION, "OneTimeUse"), SAML_CONDITIONS);
    }
    return r;
}

static int read_conditions(const xmlNode *assertion, const struct saml_expected *expected,
                           struct arena *arena, struct saml_claims *claims)
{
    const xmlNode *conditions = xml_child(assertion, NS_ASSERTION, "Conditions");
    int64_t from = 0;
    int64_t until = 0;
    int r = guard(xml_count(assertion, NS_ASSERTION, "Conditions") != 1, SAML_CONDITIONS);

    if (r || !conditions)
        return r;
    r = moment_attribute(conditions, "NotBefore", arena, &from);
    if (!r)
        r = moment_attribute(conditions, "NotOnOrAfter", arena, &until);
    if (!r)
        r = guard(from > expected->now + SAML_SKEW_MS, SAML_NOT_YET);
    if (!r)
        r = guard(until != 0 && expected->now >= until + SAML_SKEW_MS, SAML_EXPIRED);
    if (r)
        return r;
    if (until != 0 && until < claims->valid_until)
        claims->valid_until = until;
    return check_conditions_inside(conditions, expected, arena);
}

/* ---- statements ---- */

static int read_context(const xmlNode *statement, struct arena *arena, struct saml_claims *claims)
{
    const xmlNode *context = xml_child(statement, NS_ASSERTION, "AuthnContext");
    const xmlNode *class =
        context ? xml_child(context, NS_ASSERTION, "AuthnContextClassRef") : NULL;

    return class ? xml_text(class, SAML_TEXT_MAX, arena, &claims->context) : 0;
}

static int read_statement(const xmlNode *assertion, const struct saml_expected *expected,
                          struct arena *arena, struct saml_claims *claims)
{
    const xmlNode *statement = xml_child(assertion, NS_ASSERTION, "AuthnStatement");
    int r = guard(xml_count(assertion, NS_ASSERTION, "AuthnStatement") != 1, SAML_STATEMENT);

    if (r || !statement)
        return r;
    r = moment_attribute(statement, "AuthnInstant", arena, &claims->authenticated_at);
    if (!r)
        r = guard(claims->authenticated_at == 0 ||
                      claims->authenticated_at > expected->now + SAML_SKEW_MS,
                  SAML_STATEMENT);
    if (!r)
        r = moment_attribute(statement, "SessionNotOnOrAfter", arena, &claims->session_until);
    if (!r)
        r = guard(claims->session_until != 0 &&
                      expected->now >= claims->session_until + SAML_SKEW_MS,
                  SAML_SESSION_OVER);
    if (!r)
        r = xml_attribute(statement, "SessionIndex", arena, &claims->session_index);
    return r ? r : read_context(statement, arena, claims);
}

/* ---- attributes ---- */

struct reading {
    struct saml_attribute *attributes;
    size_t attribute_count;
    struct text *values;
    size_t value_count;
};

static int read_values(const xmlNode *attribute, struct arena *arena, struct reading *reading,
                       struct saml_attribute *out)
{
    const xmlNode *at = xml_child(attribute, NS_ASSERTION, "AttributeValue");
    int r = 0;

    out->values = reading->values + reading->value_count;
    for (; at && !r; at = xml_next(at, NS_ASSERTION, "AttributeValue")) {
        if (reading->value_count == SAML_VALUES_MAX)
            return SAML_MANY;
        r = xml_text(at, SAML_TEXT_MAX, arena, &reading->values[reading->value_count]);
        if (!r && reading->values[reading->value_count].len)
            r = guard(!plain(reading->values[reading->value_count]), SAML_CONTROL);
        reading->value_count++;
        out->value_count++;
    }
    return r;
}

static int read_attribute(const xmlNode *node, struct arena *arena, struct reading *reading)
{
    struct saml_attribute *out;
    int r = guard(!xml_is(node, NS_ASSERTION, "Attribute"), SAML_PARTS);

    if (r)
        return r;
    if (reading->attribute_count == SAML_ATTRIBUTES_MAX)
        return SAML_MANY;
    out = &reading->attributes[reading->attribute_count];
    r = xml_attribute(node, "Name", arena, &out->name);
    if (!r)
        r = guard(!plain(out->name), SAML_CONTROL);
    /* Two of one name: which of them is meant? */
    for (size_t i = 0; i < reading->attribute_count && !r; i++)
        r = guard(text_equal(reading->attributes[i].name, out->name), SAML_MANY);
    reading->attribute_count++;
    return r ? r : read_values(node, arena, reading, out);
}

static int read_attributes(const xmlNode *assertion, struct arena *arena,
                           struct saml_claims *claims)
{
    struct reading reading = {
        .attributes = arena_take_array(arena, SAML_ATTRIBUTES_MAX, sizeof *reading.attributes),
        .values = arena_take_array(arena, SAML_VALUES_MAX, sizeof *reading.values)};
    const xmlNode *at = xml_child(assertion, NS_ASSERTION, "AttributeStatement");
    int r = 0;

    if (!reading.attributes || !reading.values)
        return FAULT(ERR_MEMORY);
    for (; at && !r; at = xml_next(at, NS_ASSERTION, "AttributeStatement"))
        for (const xmlNode *one = xml_first(at); one && !r; one = xml_after(one))
            r = read_attribute(one, arena, &reading);
    claims->attributes = reading.attributes;
    claims->attribute_count = reading.attribute_count;
    return r;
}

RESULT assertion_read(const xmlNode *assertion, const struct saml_expected *expected,
                      struct arena *arena, struct saml_claims *ret_claims)
{
    struct saml_claims claims = {0};
    int r = read_head(assertion, expected, arena, &claims);

    if (!r)
        r = read_subject(assertion, expected, arena, &claims);
    if (!r)
        r = read_conditions(assertion, expected, arena, &claims);
    if (!r)
        r = read_statement(assertion, expected, arena, &claims);
    if (!r)
        r = read_attributes(assertion, arena, &claims);
    if (r)
        return r;
    claims.valid_until += SAML_SKEW_MS;
    *ret_claims = claims;
    return 0;
}

const struct saml_attribute *saml_claims_find(const struct saml_claims *claims, struct text name)
{
    for (size_t i = 0; i < claims->attribute_count; i++)
        if (text_equal(claims->attributes[i].name, name))
            return &claims->attributes[i];
    return NULL;
}
