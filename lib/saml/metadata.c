/* Metadata of an identity provider (SAML metadata §2.4.3): what an administrator is shown. */

#include "base/moment.h"
#include "crypto/rsa.h"
#include "crypto/x509.h"
#include "saml/saml-private.h"

#define REDIRECT "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
#define PROTOCOL_SAML2 "urn:oasis:names:tc:SAML:2.0:protocol"

/* One word of a list that spaces part. */
static bool lists(struct text list, const char *word)
{
    size_t len = strlen(word);

    for (size_t at = 0; at + len <= list.len; at++) {
        bool starts = at == 0 || list.at[at - 1] == ' ';
        bool ends = at + len == list.len || list.at[at + len] == ' ';

        if (starts && ends && memcmp(list.at + at, word, len) == 0)
            return true;
    }
    return false;
}

/* The role of an identity provider: exactly one that speaks SAML 2.0. */
static int find_role(const xmlNode *entity, struct arena *arena, const xmlNode **ret_role)
{
    const xmlNode *at = xml_child(entity, NS_METADATA, "IDPSSODescriptor");
    const xmlNode *found = NULL;
    size_t count = 0;

    for (; at; at = xml_next(at, NS_METADATA, "IDPSSODescriptor")) {
        struct text protocols = {0};
        int r = xml_attribute(at, "protocolSupportEnumeration", arena, &protocols);

        if (r)
            return r;
        if (!lists(protocols, PROTOCOL_SAML2))
            continue;
        found = found ? found : at;
        count++;
    }
    *ret_role = found;
    return !found ? SAML_META_ROLE : guard(count != 1, SAML_META_ROLE);
}

static int read_location(const xmlNode *role, struct arena *arena, struct saml_provider *provider)
{
    const xmlNode *at = xml_child(role, NS_METADATA, "SingleSignOnService");
    struct text binding = {0};
    int r = 0;

    for (; at; at = xml_next(at, NS_METADATA, "SingleSignOnService")) {
        r = xml_attribute(at, "Binding", arena, &binding);
        if (!r && text_equal(binding, text_of(REDIRECT)))
            break;
        if (r)
            return r;
    }
    if (at)
        r = xml_attribute(at, "Location", arena, &provider->sign_in_url);
    if (r)
        return r;
    r = guard(!at, SAML_META_LOCATION);
    return r ? r : guard(at && !url_is_plain(provider->sign_in_url), SAML_META_INSECURE);
}

/* ---- keys ---- */

static bool is_known(const struct saml_provider *provider, struct bytes certificate)
{
    for (size_t i = 0; i < provider->certificate_count; i++)
        if (provider->certificates[i].len == certificate.len &&
            memcmp(provider->certificates[i].at, certificate.at, certificate.len) == 0)
            return true;
    return false;
}

static int add_certificate(const xmlNode *node, struct arena *arena, struct saml_provider *provider)
{
    struct bytes certificate;
    int r = xml_bytes(node, SAML_CERTIFICATE_MAX, arena, &certificate);

    if (r < 0)
        return r;
    if (r)
        return SAML_META_KEYS;
    r = rsa_check_stranger(certificate);
    if (r == RSA_WEAK)
        r = guard(true, SAML_META_WEAK);
    else if (r > 0)
        return SAML_META_KEYS;
    if (r || is_known(provider, certificate))
        return r;
    if (provider->certificate_count == SAML_CERTIFICATES_MAX)
        return SAML_META_KEYS;
    provider->certificates[provider->certificate_count++] = certificate;
    return 0;
}

static int read_key(const xmlNode *descriptor, struct arena *arena, struct saml_provider *provider)
{
    const xmlNode *info = xml_child(descriptor, NS_DSIG, "KeyInfo");
    const xmlNode *data = info ? xml_child(info, NS_DSIG, "X509Data") : NULL;
    struct text use = {0};
    int r = xml_attribute(descriptor, "use", arena, &use);

    /* Without a use it is for both. */
    if (r || (use.at && !text_equal(use, text_of("signing"))))
        return r;
    for (; data && !r; data = xml_next(data, NS_DSIG, "X509Data")) {
        const xmlNode *at = xml_child(data, NS_DSIG, "X509Certificate");

        for (; at && !r; at = xml_next(at, NS_DSIG, "X509Certificate"))
            r = add_certificate(at, arena, provider);
    }
    return r;
}

static int check_validity(const struct saml_provider *provider, int64_t now)
{
    bool any = false;

    for (size_t i = 0; i < provider->certificate_count; i++) {
        int64_t from;
        int64_t to;
        int r = x509_validity(provider->certificates[i], &from, &to);

        if (r)
            return r < 0 ? r : SAML_META_KEYS;
        any = any || (from <= now && now < to);
    }
    return guard(provider->certificate_count && !any, SAML_META_CERTIFICATE_OVER);
}

static int read_keys(const xmlNode *role, int64_t now, struct arena *arena,
                     struct saml_provider *provider)
{
    const xmlNode *at = xml_child(role, NS_METADATA, "KeyDescriptor");
    int r = 0;

    for (; at && !r; at = xml_next(at, NS_METADATA, "KeyDescriptor"))
        r = read_key(at, arena, provider);
    if (!r)
        r = guard(provider->certificate_count == 0, SAML_META_KEYS);
    return r ? r : check_validity(provider, now);
}

/* ---- the whole ---- */

static int read_entity(const xmlNode *entity, int64_t now, struct arena *arena,
                       struct saml_provider *provider)
{
    struct text wants = {0};
    int r = guard(!xml_is(entity, NS_METADATA, "EntityDescriptor"), SAML_META_KIND);

    if (!r)
        r = xml_attribute(entity, "entityID", arena, &provider->entity_id);
    if (!r)
        r = guard(!plain(provider->entity_id) || provider->entity_id.len > SAML_TEXT_MAX,
                  SAML_CONTROL);
    if (!r)
        r = moment_attribute(entity, "validUntil", arena, &provider->valid_until);
    if (!r)
        r = guard(provider->valid_until != 0 && provider->valid_until <= now, SAML_META_OVER);
    if (r)
        return r;
    const xmlNode *role = NULL;
    r = find_role(entity, arena, &role);
    if (!r)
        r = xml_attribute(role, "WantAuthnRequestsSigned", arena, &wants);
    if (r)
        return r;
    provider->wants_signed = text_equal(wants, text_of("true")) || text_equal(wants, text_of("1"));
    r = read_location(role, arena, provider);
    return r ? r : read_keys(role, now, arena, provider);
}

RESULT saml_provider_read(struct bytes metadata, int64_t now, struct arena *arena,
                          struct saml_provider *ret_provider)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf}; /* some put one before their metadata */
    CLEANUP(xml_free) xmlDoc *doc = NULL;
    struct saml_provider provider = {0};
    int r;

    if (metadata.len > sizeof mark && memcmp(metadata.at, mark, sizeof mark) == 0) {
        metadata.at += sizeof mark;
        metadata.len -= sizeof mark;
    }
    r = xml_read(metadata, &doc);
    if (!r)
        r = read_entity(xmlDocGetRootElement(doc), now, arena, &provider);
    if (r)
        return r;
    *ret_provider = provider;
    return 0;
}
