/*
 * What we say: the request that a browser carries to the provider (HTTP-Redirect binding, SAML
 * bindings §3.4), and our own metadata. Written as text: what goes in is ours, and is escaped.
 */

#include "base/base64.h"
#include "base/moment.h"
#include "saml/saml.h"

#define REQUEST_MAX ((size_t)8192)
#define RSA_SHA256 "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"

static void append_escaped(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        switch (c) {
        case '&':
            buffer_append_string(out, "&amp;");
            break;
        case '<':
            buffer_append_string(out, "&lt;");
            break;
        case '>':
            buffer_append_string(out, "&gt;");
            break;
        case '"':
            buffer_append_string(out, "&quot;");
            break;
        default:
            buffer_append(out, &c, 1);
        }
    }
}

static void append_attribute(struct buffer *out, const char *name, struct text value)
{
    buffer_print(out, " %s=\"", name);
    append_escaped(out, value);
    buffer_append_string(out, "\"");
}

static void append_query(struct buffer *out, struct bytes value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = (char)value.at[i];
        bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    (c && strchr("-._~", c));

        if (keep)
            buffer_append(out, &c, 1);
        else
            buffer_print(out, "%%%02X", value.at[i]);
    }
}

/* DEFLATE (RFC 1951) without compression: one stored block. A request is short, and a compressor
 * would be one more thing to trust. */
static void append_deflated(struct buffer *out, struct bytes bytes)
{
    const uint8_t head[] = {1, (uint8_t)bytes.len, (uint8_t)(bytes.len >> 8), (uint8_t)~bytes.len,
                            (uint8_t)(~bytes.len >> 8)};

    buffer_append(out, head, sizeof head);
    buffer_append(out, bytes.at, bytes.len);
}

static void print_request(const struct saml_request *request, struct buffer *out)
{
    char moment[TIME_TEXT_SIZE];

    time_print(request->now, moment);
    buffer_append_string(out, "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:"
                              "protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"");
    append_attribute(out, "ID", request->id);
    append_attribute(out, "Version", text_of("2.0"));
    append_attribute(out, "IssueInstant", text_of(moment));
    append_attribute(out, "Destination", request->sign_in_url);
    append_attribute(out, "AssertionConsumerServiceURL", request->acs_url);
    append_attribute(out, "ProtocolBinding",
                     text_of("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"));
    if (request->ask_again)
        append_attribute(out, "ForceAuthn", text_of("true"));
    buffer_append_string(out, "><saml:Issuer>");
    append_escaped(out, request->entity_id);
    buffer_append_string(out, "</saml:Issuer></samlp:AuthnRequest>");
}

RESULT saml_request_query(const struct saml_request *request, struct buffer *ret_query)
{
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init(REQUEST_MAX);
    CLEANUP(buffer_deinit) struct buffer packed = buffer_init(REQUEST_MAX);
    CLEANUP(buffer_deinit) struct buffer base64 = buffer_init(2 * REQUEST_MAX);
    int r;

    print_request(request, &xml);
    append_deflated(&packed, buffer_bytes(&xml));
    base64_append(&base64, buffer_bytes(&packed));
    r = buffer_check(&xml);
    if (!r)
        r = buffer_check(&packed);
    if (!r)
        r = buffer_check(&base64);
    if (r)
        return r;
    buffer_append_string(ret_query, "SAMLRequest=");
    append_query(ret_query, buffer_bytes(&base64));
    if (request->relay.len) {
        buffer_append_string(ret_query, "&RelayState=");
        append_query(ret_query, bytes_of_text(request->relay));
    }
    buffer_append_string(ret_query, "&SigAlg=");
    append_query(ret_query, bytes_of_text(text_of(RSA_SHA256)));
    return buffer_check(ret_query);
}

RESULT saml_request_url(struct text sign_in_url, struct bytes query, struct bytes signature,
                        struct buffer *ret_url)
{
    CLEANUP(buffer_deinit) struct buffer base64 = buffer_init(4096);
    bool more = sign_in_url.len && memchr(sign_in_url.at, '?', sign_in_url.len);

    base64_append(&base64, signature);
    buffer_append_text(ret_url, sign_in_url);
    buffer_append_string(ret_url, more ? "&" : "?");
    buffer_append(ret_url, query.at, query.len);
    buffer_append_string(ret_url, "&Signature=");
    append_query(ret_url, buffer_bytes(&base64));
    int r = buffer_check(&base64);
    return r ? r : buffer_check(ret_url);
}

static void print_key(struct buffer *out, const char *use, struct bytes certificate)
{
    buffer_print(out, "<md:KeyDescriptor use=\"%s\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>",
                 use);
    base64_append(out, certificate);
    buffer_append_string(out, "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>");
    if (strcmp(use, "encryption") == 0)
        buffer_append_string(
            out, "<md:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/>"
                 "<md:EncryptionMethod "
                 "Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\"/>");
    buffer_append_string(out, "</md:KeyDescriptor>");
}

RESULT saml_self_print(const struct saml_self *self, struct buffer *ret_xml)
{
    buffer_append_string(ret_xml,
                         "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" "
                         "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"");
    append_attribute(ret_xml, "entityID", self->entity_id);
    buffer_append_string(ret_xml,
                         "><md:SPSSODescriptor AuthnRequestsSigned=\"true\" "
                         "WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"urn:oasis:"
                         "names:tc:SAML:2.0:protocol\">");
    print_key(ret_xml, "signing", self->signing_certificate);
    print_key(ret_xml, "encryption", self->encryption_certificate);
    buffer_append_string(ret_xml, "<md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:"
                                  "2.0:bindings:HTTP-POST\" index=\"0\" isDefault=\"true\"");
    append_attribute(ret_xml, "Location", self->acs_url);
    buffer_append_string(ret_xml, "/></md:SPSSODescriptor></md:EntityDescriptor>\n");
    return buffer_check(ret_xml);
}
