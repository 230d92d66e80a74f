/* Metadata that has to be refused. */

#include "base/base64.h"
#include "saml/test-vectors-private.h"

static const char weak_certificate[] =
    "MIIB/DCCAWWgAwIBAgIUcxA9XL74IAcFUmz0G6dJ+rRo3YkwDQYJKoZIhvcNAQELBQAwDzENMAsGA1UEAwwEd2Vhaz"
    "AgFw0yNjExMjcxNzAyNDhaGA8yMTI2MTEwMzE3MDI0OFowDzENMAsGA1UEAwwEd2VhazCBnzANBgkqhkiG9w0BAQEF"
    "AAOBjQAwgYkCgYEAvbvnvkpMK1kuRwpAB2yQAXK/PexlJa2+3WgaHZg05gEUT27usDODxmj8fCw+QCIwd9fmm6w+Kl"
    "3AxEe+sVOKuQcdC5Xf+SHUmdaCCoACzcNlzuh8sIoPvrSK4sot1uUHgB2ZVgO46RH5gJKYHPM83F7AA1VfarpKvLD/"
    "G+DG9OcCAwEAAaNTMFEwHQYDVR0OBBYEFPTrGd+aTamSKTrU7z9y3Knr/l0uMB8GA1UdIwQYMBaAFPTrGd+aTamSKT"
    "rU7z9y3Knr/l0uMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEAZVLTm9jKEKo2NW9Kss+tq6JOvI2/"
    "e/HQYVsfY18nhcof5bYKzET8b/Sj+IXIUKBPEdhkL0Yiyd3JmraNTkgLPq2llCRTsDKmF7j+gXApPkKBlJjVHypJMe"
    "6vVqCrwgsZKbKTfXu9qQ0u31rzakkznQk9V0goYAh0tmZDEPq9s5g=";

static const char *or_else(const char *given, const char *usual)
{
    return given ? given : usual;
}

void vector_metadata_make(const struct vector_metadata *wanted, struct buffer *ret_xml)
{
    const char *root = or_else(wanted->root, "EntityDescriptor");

    buffer_print(ret_xml,
                 "<md:%s xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" " DS
                 " %s><md:IDPSSODescriptor WantAuthnRequestsSigned=\"true\" "
                 "protocolSupportEnumeration=\"%s\"><md:KeyDescriptor use=\"%s\"><ds:KeyInfo>"
                 "<ds:X509Data><ds:X509Certificate>",
                 root, or_else(wanted->attributes, "entityID=\"" IDP_ENTITY "\""),
                 or_else(wanted->protocol, "urn:oasis:names:tc:SAML:2.0:protocol"),
                 or_else(wanted->key_use, "signing"));
    if (wanted->expired)
        base64_append(ret_xml, idp_certificate(IDP_KEY_STRANGER));
    else if (wanted->certificate)
        buffer_append_string(ret_xml, wanted->certificate);
    else
        base64_append(ret_xml, idp_certificate(IDP_KEY_RSA));
    buffer_print(ret_xml,
                 "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
                 "<md:SingleSignOnService Binding=\"%s\" Location=\"%s\"/>"
                 "</md:IDPSSODescriptor>%s</md:%s>",
                 or_else(wanted->binding, "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"),
                 or_else(wanted->location, "https://idp.example.org/sso"),
                 or_else(wanted->extra, ""), root);
}

static const struct {
    const char *name;
    enum saml_refusal wanted;
    struct vector_metadata metadata;
} metadata_rows[] = {
    {"metadata of many", SAML_META_KIND, {.root = "EntitiesDescriptor"}},
    {"metadata without an entity id", SAML_CONTROL, {.attributes = ""}},
    {"metadata with an empty entity id", SAML_CONTROL, {.attributes = "entityID=\"\""}},
    {"metadata that has ended",
     SAML_META_OVER,
     {.attributes = "entityID=\"" IDP_ENTITY "\" validUntil=\"2026-11-27T15:00:00Z\""}},
    {"metadata with a time in words",
     SAML_TIME,
     {.attributes = "entityID=\"" IDP_ENTITY "\" validUntil=\"tomorrow\""}},
    {"metadata of SAML 1.1", SAML_META_ROLE, {.protocol = "urn:oasis:names:tc:SAML:1.1:protocol"}},
    {"metadata with two identity providers",
     SAML_META_ROLE,
     {.extra = "<md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:"
               "protocol\"/>"}},
    {"metadata without a redirect",
     SAML_META_LOCATION,
     {.binding = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"}},
    {"metadata with http", SAML_META_INSECURE, {.location = "http://idp.example.org/sso"}},
    {"metadata with a script", SAML_META_INSECURE, {.location = "javascript:alert(1)"}},
    {"metadata with a host of another",
     SAML_META_INSECURE,
     {.location = "https://idp.example.org@evil.example.org/"}},
    {"metadata with a line end",
     SAML_META_INSECURE,
     {.location = "https://idp.example.org/&#10;x"}},
    {"metadata with an empty address", SAML_META_INSECURE, {.location = ""}},
    {"metadata with keys for encryption only", SAML_META_KEYS, {.key_use = "encryption"}},
    {"metadata with a damaged certificate", SAML_META_KEYS, {.certificate = "MIIB"}},
    {"metadata with a certificate of nothing", SAML_META_KEYS, {.certificate = ""}},
    {"metadata with a certificate that is no base64", SAML_META_KEYS, {.certificate = "!!!!"}},
    {"metadata with a weak key", SAML_META_WEAK, {.certificate = weak_certificate}},
    {"metadata with a certificate that has ended", SAML_META_CERTIFICATE_OVER, {.expired = true}},
    {"metadata with a comment", SAML_DECLARATION, {.extra = "<!-- x -->"}},
    {"metadata with an instruction", SAML_INSTRUCTION, {.extra = "<?x y?>"}},
    {"metadata with a relative namespace", SAML_NAMESPACE, {.extra = "<x xmlns=\"x\"/>"}},
};

void vectors_metadata(void)
{
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init(XML_MAX);

    for (size_t i = 0; i < sizeof metadata_rows / sizeof *metadata_rows; i++) {
        buffer_clear(&xml);
        vector_metadata_make(&metadata_rows[i].metadata, &xml);
        vector_keep(metadata_rows[i].name, "metadata", VECTOR_METADATA, metadata_rows[i].wanted,
                    &xml);
    }
}
