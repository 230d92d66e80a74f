#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "saml/saml.h"
#include "saml/test-vectors-private.h"

#define DAY ((int64_t)86400000)
#define VECTORS_MAX 2000
#define SA "xmlns:saml=\"" ASSERTION_NS "\""
#define AUDIENCE(text)                                                                             \
    "<saml:AudienceRestriction " SA "><saml:Audience>" text                                        \
    "</saml:Audience></saml:AudienceRestriction>"
#define ENVELOPED                                                                                  \
    "<ds:Transform " DS " Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>"
#define EXCLUSIVE "<ds:Transform " DS " Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"

static struct vector vectors[VECTORS_MAX];
static size_t vector_count;

/* ---- forms ---- */

static const struct vector_form forms[] = {
    {"assertion signed", false, true, false, NULL},
    {"assertion signed, no prefixes", true, true, false, NULL},
    {"response signed", false, false, true, NULL},
    {"response signed, no prefixes", true, false, true, NULL},
    {"both signed", false, true, true, NULL},
    {"both signed, no prefixes", true, true, true, NULL},
    {"assertion signed, then encrypted", false, true, false, XENC_11 "aes256-gcm"},
    {"assertion signed, then encrypted, response signed", true, true, true, XENC "aes128-cbc"},
};
enum { FORMS = sizeof forms / sizeof *forms, PLAIN_FORMS = 6 };

struct idp_answer vector_answer(const struct vector_form *form)
{
    struct idp_answer answer = idp_usual();

    answer.default_ns = form->default_ns;
    answer.sign_assertion = form->assertion;
    answer.sign_response = form->response;
    answer.encrypt = form->encrypt;
    if (form->default_ns) {
        answer.key = IDP_KEY_EC;
        answer.method = DSIG_MORE "ecdsa-sha256";
    }
    return answer;
}

void vector_keep(const char *name, const char *form, enum vector_kind kind,
                 enum saml_refusal wanted, const struct buffer *xml)
{
    uint8_t *copy = malloc(xml->len + 1);

    assert(copy && vector_count < VECTORS_MAX && !xml->failed);
    memcpy(copy, xml->at, xml->len);
    vectors[vector_count++] = (struct vector){.name = name,
                                              .form = form,
                                              .kind = kind,
                                              .wanted = wanted,
                                              .xml = {.at = copy, .len = xml->len}};
}

/* ---- answers that the provider itself made wrong, and signed ---- */

static const struct field_row {
    const char *name;
    enum saml_refusal wanted;
    size_t field;
    const char *value; /* NULL: left out */
} field_rows[] = {
#define FIELD(name) offsetof(struct idp_answer, name)
    {"24 audience of another", SAML_AUDIENCE, FIELD(in_conditions),
     AUDIENCE("https://other.example.org")},
    {"24 audience empty", SAML_AUDIENCE, FIELD(in_conditions), AUDIENCE("")},
    {"24 no audience restriction", SAML_AUDIENCE, FIELD(in_conditions), ""},
    {"24 audience restriction without audience", SAML_AUDIENCE, FIELD(in_conditions),
     "<saml:AudienceRestriction " SA "/>"},
    {"24 audience that begins like ours", SAML_AUDIENCE, FIELD(in_conditions),
     AUDIENCE(IDP_AUDIENCE "/evil")},
    {"24 ours in one restriction, another's in a second", SAML_AUDIENCE, FIELD(in_conditions),
     AUDIENCE(IDP_AUDIENCE) AUDIENCE("https://other.example.org")},
    {"24 audience in another case", SAML_AUDIENCE, FIELD(in_conditions),
     AUDIENCE("HTTPS://WARD.EXAMPLE.ORG:8443/api/v1/session/saml/metadata")},
    {"24 unknown condition", SAML_CONDITIONS, FIELD(in_conditions),
     AUDIENCE(IDP_AUDIENCE) "<saml:ProxyRestriction " SA " Count=\"0\"/>"},
    {"25 no conditions", SAML_CONDITIONS, FIELD(conditions), ""},
    {"25 two sets of conditions", SAML_CONDITIONS, FIELD(conditions),
     "<saml:Conditions " SA
     ">" AUDIENCE(IDP_AUDIENCE) "</saml:Conditions><saml:Conditions " SA
                                ">" AUDIENCE(IDP_AUDIENCE) "</saml:Conditions>"},
    {"24 recipient of another", SAML_RECIPIENT, FIELD(recipient), "https://other.example.org/saml"},
    {"24 recipient missing", SAML_RECIPIENT, FIELD(recipient), NULL},
    {"24 recipient that begins like ours", SAML_RECIPIENT, FIELD(recipient), IDP_ACS "/"},
    {"24 destination of another", SAML_DESTINATION, FIELD(destination),
     "https://other.example.org/saml"},
    {"24 destination missing", SAML_DESTINATION, FIELD(destination), NULL},
    {"24 destination empty", SAML_DESTINATION, FIELD(destination), ""},
    {"26 issuer of another in the assertion", SAML_ISSUER, FIELD(issuer),
     "https://other.example.org/metadata"},
    {"26 issuer empty", SAML_ISSUER, FIELD(issuer), ""},
    {"26 issuer of another in the response", SAML_ISSUER, FIELD(response_issuer),
     "https://other.example.org/metadata"},
    {"23 reply to another request (subject)", SAML_IN_RESPONSE_TO, FIELD(reply), "_other"},
    {"23 reply to none (subject)", SAML_IN_RESPONSE_TO, FIELD(reply), NULL},
    {"23 reply to another request (response)", SAML_IN_RESPONSE_TO, FIELD(response_reply),
     "_other"},
    {"23 reply to none (response)", SAML_IN_RESPONSE_TO, FIELD(response_reply), NULL},
    {"25 begins later", SAML_NOT_YET, FIELD(from), "2026-11-27T16:02:00Z"},
    {"25 has ended", SAML_EXPIRED, FIELD(until), "2026-11-27T15:58:00Z"},
    {"25 has ended years ago", SAML_EXPIRED, FIELD(until), "2016-11-27T15:58:00Z"},
    {"25 confirmation has ended", SAML_CONFIRMATION_TIME, FIELD(confirmed_until),
     "2026-11-27T15:58:00Z"},
    {"25 confirmation without end", SAML_CONFIRMATION_TIME, FIELD(confirmed_until), NULL},
    {"25 confirmation with a beginning", SAML_CONFIRMATION_TIME, FIELD(confirmed_from),
     "2026-11-27T15:58:00Z"},
    {"25 session has ended", SAML_SESSION_OVER, FIELD(session_until), "2026-11-27T15:58:00Z"},
    {"25 signed in tomorrow", SAML_STATEMENT, FIELD(authenticated), "2026-11-28T15:58:00Z"},
    {"25 signed in never", SAML_STATEMENT, FIELD(authenticated), NULL},
    {"25 no authentication statement", SAML_STATEMENT, FIELD(statement), ""},
    {"25 two authentication statements", SAML_STATEMENT, FIELD(statement),
     "<saml:AuthnStatement " SA " AuthnInstant=\"2026-11-27T15:59:50Z\"/><saml:AuthnStatement " SA
     " AuthnInstant=\"2026-11-27T15:59:50Z\"/>"},
    {"25 issued tomorrow (assertion)", SAML_ISSUED, FIELD(issued), "2026-11-28T16:00:00Z"},
    {"25 issued tomorrow (response)", SAML_ISSUED, FIELD(response_issued), "2026-11-28T16:00:00Z"},
    {"25 issued an hour ago (response)", SAML_ISSUED, FIELD(response_issued),
     "2026-11-27T15:00:00Z"},
    {"25 issued never (response)", SAML_ISSUED, FIELD(response_issued), NULL},
    {"25 time with an offset", SAML_TIME, FIELD(from), "2026-11-27T16:59:30+01:00"},
    {"25 time without a zone", SAML_TIME, FIELD(from), "2026-11-27T15:59:30"},
    {"25 time that no day has", SAML_TIME, FIELD(from), "2026-02-30T15:59:30Z"},
    {"25 time in words", SAML_TIME, FIELD(from), "yesterday"},
    {"25 time with an endless fraction", SAML_TIME, FIELD(from),
     "2026-11-27T15:59:30.00000000000000000000Z"},
    {"version 1.1 (assertion)", SAML_VERSION, FIELD(version), "1.1"},
    {"version missing (assertion)", SAML_VERSION, FIELD(version), NULL},
    {"version 1.1 (response)", SAML_VERSION, FIELD(response_version), "1.1"},
    {"status of a refusal", SAML_STATUS, FIELD(status),
     "urn:oasis:names:tc:SAML:2.0:status:Responder"},
    {"status empty", SAML_STATUS, FIELD(status), ""},
    {"26 artifact response", SAML_NOT_RESPONSE, FIELD(root), "ArtifactResponse"},
    {"28 logout response", SAML_NOT_RESPONSE, FIELD(root), "LogoutResponse"},
    {"holder of key", SAML_CONFIRMATION, FIELD(method_of_confirmation),
     "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"},
    {"sender vouches", SAML_CONFIRMATION, FIELD(method_of_confirmation),
     "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"},
    {"no method of confirmation", SAML_CONFIRMATION, FIELD(method_of_confirmation), NULL},
    {"no confirmation", SAML_CONFIRMATION, FIELD(confirmation), ""},
    {"two confirmations", SAML_CONFIRMATION, FIELD(confirmation),
     "<saml:SubjectConfirmation " SA " Method=\"" BEARER
     "\"><saml:SubjectConfirmationData InResponseTo=\"" IDP_REQUEST
     "\" NotOnOrAfter=\"2026-11-27T16:05:00Z\" Recipient=\"" IDP_ACS
     "\"/></saml:SubjectConfirmation><saml:SubjectConfirmation " SA " Method=\"" BEARER "\"/>"},
    {"no subject", SAML_SUBJECT, FIELD(subject), ""},
    {"subject without a name", SAML_SUBJECT, FIELD(subject),
     "<saml:Subject " SA "><saml:SubjectConfirmation Method=\"" BEARER "\"/></saml:Subject>"},
    {"subject with two names", SAML_SUBJECT, FIELD(subject),
     "<saml:Subject " SA "><saml:NameID>" IDP_NAME "</saml:NameID><saml:NameID>" EVIL
     "</saml:NameID><saml:SubjectConfirmation Method=\"" BEARER
     "\"><saml:SubjectConfirmationData InResponseTo=\"" IDP_REQUEST
     "\" NotOnOrAfter=\"2026-11-27T16:05:00Z\" Recipient=\"" IDP_ACS
     "\"/></saml:SubjectConfirmation></saml:Subject>"},
    {"subject that is encrypted", SAML_SUBJECT, FIELD(subject),
     "<saml:Subject " SA "><saml:EncryptedID/></saml:Subject>"},
    {"name empty", SAML_CONTROL, FIELD(name_id), ""},
    {"name of white space", SAML_CONTROL, FIELD(name_id), "  "},
    {"name with a tab", SAML_CONTROL, FIELD(name_id), "alice&#9;admin"},
    {"name with a line end", SAML_CONTROL, FIELD(name_id), "alice&#10;admin"},
    {"18 name with an element", SAML_VALUE, FIELD(name_id), "alice<b xmlns=\"urn:b\">x</b>"},
    {"18 name with an element in the middle", SAML_VALUE, FIELD(name_id),
     "adm<b xmlns=\"urn:b\"/>in@example.org"},
    {"18 value with elements", SAML_VALUE, FIELD(attributes),
     "<saml:Attribute " SA
     " Name=\"groups\"><saml:AttributeValue><a xmlns=\"urn:a\">x</a></saml:AttributeValue>"
     "</saml:Attribute>"},
    {"18 value with a control character", SAML_CONTROL, FIELD(attributes),
     "<saml:Attribute " SA
     " Name=\"groups\"><saml:AttributeValue>a&#10;b</saml:AttributeValue></saml:Attribute>"},
    {"attribute without a name", SAML_CONTROL, FIELD(attributes),
     "<saml:Attribute " SA "><saml:AttributeValue>a</saml:AttributeValue></saml:Attribute>"},
    {"two attributes of one name", SAML_MANY, FIELD(attributes),
     "<saml:Attribute " SA
     " Name=\"groups\"><saml:AttributeValue>a</saml:AttributeValue></saml:Attribute>"
     "<saml:Attribute " SA
     " Name=\"groups\"><saml:AttributeValue>b</saml:AttributeValue></saml:Attribute>"},
    {"attribute that is encrypted", SAML_PARTS, FIELD(attributes),
     "<saml:EncryptedAttribute " SA "/>"},
    {"7 advice in the assertion", SAML_PARTS, FIELD(in_assertion), "<saml:Advice " SA "/>"},
    {"authorisation decision in the assertion", SAML_PARTS, FIELD(in_assertion),
     "<saml:AuthzDecisionStatement " SA "/>"},
    {"7 extensions in the response", SAML_PARTS, FIELD(in_response), "<samlp:Extensions " SP "/>"},
    {"3 a second assertion without signature", SAML_FINE, FIELD(in_response),
     "<saml:Assertion " SA " ID=\"_second\"/>"},
    {"3 an assertion inside the assertion", SAML_FINE, FIELD(in_assertion),
     "<saml:Assertion " SA " ID=\"_second\"/>"},
    {"1 a second status, with a response in it", SAML_STATUS, FIELD(in_response),
     "<samlp:Status " SP "><samlp:StatusDetail><samlp:Response/></samlp:StatusDetail>"
     "</samlp:Status>"},
    {"8 an object in the signature", SAML_SIGNATURE_PARTS, FIELD(in_signature),
     "<ds:Object " DS "/>"},
    {"17 a second SignedInfo", SAML_SIGNATURE_PARTS, FIELD(in_signature),
     "<ds:SignedInfo " DS "/>"},
    {"21 comments kept by canonicalisation", SAML_ALGORITHM, FIELD(c14n),
     "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"},
    {"21 inclusive canonicalisation", SAML_ALGORITHM, FIELD(c14n),
     "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"},
    {"21 RSA with SHA-1", SAML_ALGORITHM, FIELD(method),
     "http://www.w3.org/2000/09/xmldsig#rsa-sha1"},
    {"21 RSA with MD5", SAML_ALGORITHM, FIELD(method), DSIG_MORE "rsa-md5"},
    {"21 digest of SHA-1", SAML_ALGORITHM, FIELD(digest), "http://www.w3.org/2000/09/xmldsig#sha1"},
    {"21 digest of SHA-224", SAML_ALGORITHM, FIELD(digest), DSIG_MORE "sha224"},
    {"21 comments kept by the transform", SAML_TRANSFORMS, FIELD(transforms),
     ENVELOPED "<ds:Transform " DS
               " Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"/>"},
    {"21 one transform", SAML_TRANSFORMS, FIELD(transforms), ENVELOPED},
    {"21 three transforms", SAML_TRANSFORMS, FIELD(transforms), ENVELOPED EXCLUSIVE EXCLUSIVE},
    {"21 an XPath that keeps the issuer only", SAML_TRANSFORMS, FIELD(transforms),
     ENVELOPED "<ds:Transform " DS
               " Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>"
               "not(self::text())</ds:XPath></ds:Transform>"},
    {"21 an XPath beside the usual two", SAML_TRANSFORMS, FIELD(transforms),
     ENVELOPED "<ds:Transform " DS
               " Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>"
               "true()</ds:XPath></ds:Transform>" EXCLUSIVE},
    {"12 a reference to everything", SAML_REFERENCE, FIELD(uri), ""},
    {"12 a reference by XPointer", SAML_REFERENCE, FIELD(uri), "#xpointer(/)"},
    {"attributes of other namespaces (assertion)", SAML_ATTRIBUTE_FOREIGN,
     FIELD(assertion_attributes), " xmlns:x=\"urn:x\" x:ID=\"_other\""},
    {"13 attributes of other namespaces (response)", SAML_ATTRIBUTE_FOREIGN,
     FIELD(response_attributes), " xmlns:x=\"urn:x\" x:Destination=\"y\""},
    {"13 an id in another case", SAML_ID_SPELLING, FIELD(assertion_attributes), " id=\"_other\""},
    {"13 an xml:id", SAML_ATTRIBUTE_FOREIGN, FIELD(assertion_attributes), " xml:id=\"_other\""},
    {"13 two of one id", SAML_ID_TWICE, FIELD(assertion_id), "_response"},
    {"14 a relative namespace in the status", SAML_NAMESPACE, FIELD(in_response),
     "<samlp:Status " SP "/><x xmlns=\"1\"/>"},
    {"15 an assertion of another namespace", SAML_DECOY, FIELD(in_assertion),
     "<Assertion xmlns=\"urn:other\"/>"},
    {"15 an element of no namespace", SAML_NAMESPACE, FIELD(in_assertion), "<x xmlns=\"\"/>"},
    {"15 a signature in another case", SAML_DECOY, FIELD(in_assertion), "<ds:signature " DS "/>"},
    {"27 RSA with PKCS#1 v1.5 for the key", SAML_ENCRYPTED_ALGORITHM, FIELD(transport),
     XENC "rsa-1_5"},
    {"27 triple DES for the content", SAML_ENCRYPTED_ALGORITHM, FIELD(encrypt),
     XENC "tripledes-cbc"},
};

static void spoil_fields(void)
{
    for (size_t i = 0; i < sizeof field_rows / sizeof *field_rows; i++) {
        const struct field_row *row = &field_rows[i];

        /* Prefixes change nothing here: every other form will do. */
        for (size_t j = i % 2; j < FORMS; j += 2) {
            CLEANUP(buffer_deinit) struct buffer xml = buffer_init(XML_MAX);
            struct idp_answer answer = vector_answer(&forms[j]);

            if (row->wanted == SAML_ENCRYPTED_ALGORITHM && !answer.encrypt)
                continue;
            if (row->field == FIELD(method))
                answer.key = IDP_KEY_RSA;
            /* In an encrypted assertion the document is another: its words tell nobody. */
            memcpy((uint8_t *)&answer + row->field, &row->value, sizeof row->value);
            if (!idp_make(&answer, &xml))
                (void)printf("# %s (%s): the provider cannot sign it\n", row->name, forms[j].name);
            vector_keep(row->name, forms[j].name, VECTOR_RESPONSE,
                        forms[j].encrypt ? SAML_FINE : row->wanted, &xml);
        }
    }
}

/* ---- signed by others, or by nobody ---- */

static void spoil_keys(void)
{
    for (size_t j = 0; j < FORMS; j++) {
        CLEANUP(buffer_deinit) struct buffer xml = buffer_init(XML_MAX);
        struct idp_answer answer = vector_answer(&forms[j]);

        answer.key = IDP_KEY_STRANGER;
        answer.method = DSIG_MORE "rsa-sha256";
        (void)idp_make(&answer, &xml);
        vector_keep("11 signed by a stranger", forms[j].name, VECTOR_RESPONSE, SAML_SIGNATURE_WRONG,
                    &xml);
        buffer_clear(&xml);
        answer.key_info = "<ds:KeyInfo " DS "><ds:KeyName>idp</ds:KeyName></ds:KeyInfo>";
        (void)idp_make(&answer, &xml);
        vector_keep("11 signed by a stranger who names our key", forms[j].name, VECTOR_RESPONSE,
                    SAML_SIGNATURE_WRONG, &xml);
        buffer_clear(&xml);
        answer = vector_answer(&forms[j]);
        answer.key = IDP_KEY_HMAC;
        answer.method = DSIG_MORE "hmac-sha256";
        (void)idp_make(&answer, &xml);
        vector_keep("21 HMAC with the public key", forms[j].name, VECTOR_RESPONSE, SAML_ALGORITHM,
                    &xml);
        buffer_clear(&xml);
        answer = vector_answer(&forms[j]);
        answer.sign_assertion = answer.sign_response = false;
        (void)idp_make(&answer, &xml);
        vector_keep("10 not signed", forms[j].name, VECTOR_RESPONSE,
                    answer.encrypt ? SAML_ENCRYPTED_UNSIGNED : SAML_SIGNATURE_ABSENT, &xml);
        buffer_clear(&xml);
        if (!answer.encrypt)
            continue;
        answer.sign_response = true;
        (void)idp_make(&answer, &xml);
        vector_keep("27 encrypted without a signature of its own", forms[j].name, VECTOR_RESPONSE,
                    SAML_ENCRYPTED_UNSIGNED, &xml);
    }
}

/* A key in KeyInfo: the stranger's own certificate. */
static void spoil_key_info(void)
{
    struct bytes der = idp_certificate(IDP_KEY_STRANGER);
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    CLEANUP(buffer_deinit) struct buffer info = buffer_init(XML_MAX);

    buffer_append_string(&info, "<ds:KeyInfo " DS "><ds:X509Data><ds:X509Certificate>");
    for (size_t i = 0; i + 2 < der.len; i += 3) {
        uint32_t held = (uint32_t)der.at[i] << 16 | (uint32_t)der.at[i + 1] << 8 | der.at[i + 2];

        for (int shift = 18; shift >= 0; shift -= 6)
            buffer_append(&info, &digits[held >> shift & 63], 1);
    }
    buffer_append_string(&info, "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>");
    buffer_append(&info, "", 1);
    for (size_t j = 0; j < FORMS; j++) {
        CLEANUP(buffer_deinit) struct buffer xml = buffer_init(XML_MAX);
        struct idp_answer answer = vector_answer(&forms[j]);

        answer.key = IDP_KEY_STRANGER;
        answer.method = DSIG_MORE "rsa-sha256";
        answer.key_info = (const char *)info.at;
        (void)idp_make(&answer, &xml);
        vector_keep("11 a stranger's certificate in KeyInfo", forms[j].name, VECTOR_RESPONSE,
                    SAML_SIGNATURE_WRONG, &xml);
    }
}

/* ---- right when it was signed, changed after ---- */

static const struct text_row {
    const char *name;
    enum saml_refusal wanted;
    const char *from; /* first place; NULL: the beginning */
    const char *to;
} text_rows[] = {
    {"name changed", SAML_SIGNATURE_WRONG, ">" IDP_NAME "<", ">" EVIL "<"},
    {"attribute changed", SAML_SIGNATURE_WRONG, ">nurses<", ">admins<"},
    {"attribute's name changed", SAML_SIGNATURE_WRONG, "Name=\"groups\"", "Name=\"Groups\""},
    {"white space in a value", SAML_SIGNATURE_WRONG, ">nurses<", ">nurses <"},
    {"conditions changed", SAML_SIGNATURE_WRONG, "NotBefore=\"2026-11-27T15:59:30Z\"",
     "NotBefore=\"2025-11-27T15:59:30Z\""},
    {"recipient removed", SAML_SIGNATURE_WRONG, " Recipient=", " Recipiend="},
    {"18 comment in the name", SAML_DECLARATION, ">" IDP_NAME "<", ">" EVIL "<!---->.evil<"},
    {"18 comment in the name, truncated", SAML_DECLARATION, ">alice@", ">alice@<!-- x -->"},
    {"17 comment in the digest", SAML_DECLARATION, "DigestValue>", "DigestValue><!--x-->"},
    {"18 comment before the root", SAML_DECLARATION, NULL, "<!-- x -->"},
    {"18 CDATA in the name", SAML_DECLARATION, ">" IDP_NAME "<", "><![CDATA[" IDP_NAME "]]><"},
    {"19 instruction in the name", SAML_INSTRUCTION, ">alice@", "><?p not-an-?>alice@"},
    {"19 instruction before the root", SAML_INSTRUCTION, NULL,
     "<?xml version=\"1.0\"?><?xml-stylesheet href=\"x\"?>"},
    {"20 document type", SAML_DECLARATION, NULL, "<!DOCTYPE r>"},
    {"20 document type with an entity", SAML_DECLARATION, NULL,
     "<!DOCTYPE r [<!ENTITY e \"" EVIL "\">]>"},
    {"20 external entity", SAML_DECLARATION, NULL,
     "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"},
    {"20 external document type", SAML_DECLARATION, NULL,
     "<!DOCTYPE r SYSTEM \"https://evil.example.org/x.dtd\">"},
    {"20 an ID by document type", SAML_DECLARATION, NULL,
     "<!DOCTYPE r [<!ATTLIST saml:Subject x ID #IMPLIED>]>"},
    {"20 entities that multiply", SAML_DECLARATION, NULL,
     "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>"},
    {"20 an entity that nobody declared", SAML_NOT_XML, ">" IDP_NAME "<", ">&evil;<"},
    {"encoding named otherwise", SAML_ENCODING, NULL,
     "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"},
    {"encoding of seven bits", SAML_ENCODING, NULL, "<?xml version=\"1.0\" encoding=\"UTF-7\"?>"},
    {"a byte that is not UTF-8", SAML_ENCODING, ">alice@", ">alice\xc0\x80@"},
    {"an attribute twice", SAML_NOT_XML, " Version=\"2.0\"", " Version=\"2.0\" Version=\"2.0\""},
    {"a prefix that nobody declared", SAML_NAMESPACE, "Status>", "Status evil:x=\"y\">"},
    {"13 an ID in another namespace", SAML_ATTRIBUTE_FOREIGN, " Version=\"2.0\"",
     " Version=\"2.0\" xmlns:e=\"urn:e\" e:ID=\"_assertion\""},
    {"13 an Id beside the ID", SAML_ID_SPELLING, " Version=\"2.0\"",
     " Version=\"2.0\" Id=\"_assertion\""},
    {"13 an ID that is no name", SAML_ID_SPELLING, "ID=\"_response\"", "ID=\"x' or '1\""},
    {"12 another element referred to", SAML_REFERENCE, "URI=\"#", "URI=\"#_else"},
    {"12 a file referred to", SAML_REFERENCE, "URI=\"#", "URI=\"file:///etc/passwd#"},
    {"12 an address referred to", SAML_REFERENCE, "URI=\"#", "URI=\"https://evil.example.org/#"},
    {"12 nothing referred to", SAML_REFERENCE, "URI=\"#", "Uri=\"#"},
    {"12 XPointer of the id", SAML_REFERENCE, "URI=\"#", "URI=\"#xpointer(id('_x'))"},
    {"21 no algorithm", SAML_ALGORITHM, "SignatureMethod Algorithm=", "SignatureMethod Alg="},
    {"21 algorithm none", SAML_ALGORITHM, DSIG_MORE "rsa-sha256", "none"},
    {"21 ECDSA said of an RSA signature", SAML_SIGNATURE_WRONG, DSIG_MORE "rsa-sha256",
     DSIG_MORE "ecdsa-sha256"},
    {"15 namespace of SAML 1.1", SAML_FINE, "SAML:2.0:assertion", "SAML:1.0:assertion"},
    {"15 namespace of the signature changed", SAML_DECOY, "09/xmldsig#\"", "09/xmldsig\""},
    {"14 a relative namespace", SAML_NAMESPACE, " Version=\"2.0\"",
     " Version=\"2.0\" xmlns:v=\"1\""},
    {"14 a namespace with a space", SAML_NAMESPACE, " Version=\"2.0\"",
     " Version=\"2.0\" xmlns:v=\"urn: x\""},
    {"14 a namespace of a path", SAML_NAMESPACE, " Version=\"2.0\"",
     " Version=\"2.0\" xmlns:v=\"./x\""},
    {"15 the xml prefix elsewhere", SAML_FINE, " Version=\"2.0\"",
     " Version=\"2.0\" xmlns:xml=\"urn:x\""},
    {"signature's value emptied", SAML_SIGNATURE_WRONG, "SignatureValue>", "SignatureValue>AAAA"},
    {"digest prefixed", SAML_SIGNATURE_WRONG, "DigestValue>", "DigestValue>AAAA"},
};

void vector_replace(const struct buffer *xml, const char *from, const char *to, struct buffer *out)
{
    const char *text = (const char *)xml->at;
    const char *at = from ? strstr(text, from) : text;

    if (!at)
        return;
    buffer_append(out, text, (size_t)(at - text));
    buffer_append_string(out, to);
    buffer_append_string(out, at + (from ? strlen(from) : 0));
}

static void spoil_texts(void)
{
    for (size_t j = 0; j < PLAIN_FORMS; j++) {
        CLEANUP(buffer_deinit) struct buffer xml = buffer_init(XML_MAX);
        struct idp_answer answer = vector_answer(&forms[j]);

        (void)idp_make(&answer, &xml);
        for (size_t i = 0; i < sizeof text_rows / sizeof *text_rows; i++) {
            CLEANUP(buffer_deinit) struct buffer out = buffer_init(XML_MAX);

            vector_replace(&xml, text_rows[i].from, text_rows[i].to, &out);
            if (out.len)
                vector_keep(text_rows[i].name, forms[j].name, VECTOR_RESPONSE, text_rows[i].wanted,
                            &out);
        }
    }
}

/* ---- in places that nobody signs: what only the shape refuses ---- */

static const struct {
    const char *name;
    enum saml_refusal wanted;
    const char *detail; /* inside StatusDetail */
} details[] = {
    {"13 an ID twice, where nothing is signed", SAML_ID_TWICE,
     "<samlp:StatusDetail " SP " ID=\"_assertion\"/>"},
    {"13 an id in another case, where nothing is signed", SAML_ID_SPELLING,
     "<samlp:StatusDetail " SP " id=\"_x\"/>"},
    {"13 a foreign attribute, where nothing is signed", SAML_ATTRIBUTE_FOREIGN,
     "<samlp:StatusDetail " SP " xmlns:x=\"urn:x\" x:y=\"z\"/>"},
    {"14 a relative namespace, where nothing is signed", SAML_NAMESPACE,
     "<samlp:StatusDetail " SP " xmlns:x=\"1\"/>"},
    {"15 a decoy, where nothing is signed", SAML_DECOY, "<Assertion xmlns=\"urn:other\"/>"},
    {"3 an assertion, where nothing is signed", SAML_ASSERTIONS, "<saml:Assertion " SA "/>"},
    {"1 a response, where nothing is signed", SAML_ASSERTIONS, "<samlp:Response " SP "/>"},
    {"8 a signature, where nothing is signed", SAML_SIGNATURE_PLACE, "<ds:Signature " DS "/>"},
};

static void put_status(const struct buffer *xml, const char *inside, struct buffer *out)
{
    const char *text = (const char *)xml->at;
    const char *at = strstr(text, "Status>");
    const char *end = strstr(at, "/>");

    end += 2;
    buffer_append(out, text, (size_t)(end - text));
    buffer_append_string(out, inside);
    buffer_append_string(out, end);
}

static void spoil_status(void)
{
    for (size_t j = 0; j < 2; j++) {
        CLEANUP(buffer_deinit) struct buffer xml = buffer_init(XML_MAX);
        CLEANUP(buffer_deinit) struct buffer deep = buffer_init(XML_MAX);
        CLEANUP(buffer_deinit) struct buffer large = buffer_init(XML_MAX);
        struct idp_answer answer = vector_answer(&forms[j]);

        (void)idp_make(&answer, &xml);
        for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
            CLEANUP(buffer_deinit) struct buffer out = buffer_init(XML_MAX);

            put_status(&xml, details[i].detail, &out);
            vector_keep(details[i].name, forms[j].name, VECTOR_RESPONSE, details[i].wanted, &out);
        }
        for (int i = 0; i < 40; i++)
            buffer_append_string(&deep, "<x xmlns=\"urn:x\">");
        for (int i = 0; i < 40; i++)
            buffer_append_string(&deep, "</x>");
        buffer_append(&deep, "", 1);
        put_status(&xml, (const char *)deep.at, &large);
        vector_keep("20 forty elements deep", forms[j].name, VECTOR_RESPONSE, SAML_DEPTH, &large);
        buffer_clear(&large);
        buffer_clear(&deep);
        for (int i = 0; i < 300000; i++)
            buffer_append(&deep, "x", 1);
        buffer_append(&deep, "", 1);
        put_status(&xml, (const char *)deep.at, &large);
        vector_keep("20 larger than 256 KB", forms[j].name, VECTOR_RESPONSE, SAML_LARGE, &large);
    }
}

static void spoil_length(void)
{
    for (size_t j = 0; j < FORMS; j++) {
        CLEANUP(buffer_deinit) struct buffer xml = buffer_init(XML_MAX);
        CLEANUP(buffer_deinit) struct buffer name = buffer_init(XML_MAX);
        struct idp_answer answer = vector_answer(&forms[j]);

        for (int i = 0; i < 1100; i++)
            buffer_append(&name, "n", 1);
        buffer_append(&name, "", 1);
        answer.name_id = (const char *)name.at;
        (void)idp_make(&answer, &xml);
        vector_keep("20 a name of 1,100 characters", forms[j].name, VECTOR_RESPONSE, SAML_MANY,
                    &xml);
        buffer_clear(&xml);
        buffer_clear(&name);
        for (int i = 0; i < 70; i++)
            buffer_print(&name, "<saml:Attribute " SA " Name=\"a%d\"/>", i);
        buffer_append(&name, "", 1);
        answer = vector_answer(&forms[j]);
        answer.attributes = (const char *)name.at;
        (void)idp_make(&answer, &xml);
        vector_keep("20 seventy attributes", forms[j].name, VECTOR_RESPONSE, SAML_MANY, &xml);
    }
}

/* ---- all ---- */

const struct vector *vectors_make(size_t *ret_count)
{
    vector_count = 0;
    spoil_fields();
    spoil_keys();
    spoil_key_info();
    spoil_texts();
    for (size_t j = 0; j < PLAIN_FORMS; j++)
        if (forms[j].assertion)
            vectors_wrap(&forms[j]);
    spoil_status();
    spoil_length();
    vectors_metadata();
    *ret_count = vector_count;
    return vectors;
}

void vectors_free(void)
{
    for (size_t i = 0; i < vector_count; i++)
        free((void *)(uintptr_t)vectors[i].xml.at);
    vector_count = 0;
}

int vector_try(const struct vector *vector)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct saml_expected expected = idp_expected();
    struct saml_claims claims;
    struct saml_provider provider;
    int r = arena_new(&arena, SAML_ARENA_MAX);

    assert(r == 0);
    if (vector->kind == VECTOR_METADATA)
        return saml_provider_read(vector->xml, IDP_NOW + DAY, arena, &provider);
    return saml_response_read(vector->xml, &expected, arena, &claims);
}
