#include "saml/test-idp.h"

#include <assert.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <xmlsec/crypto.h>
#include <xmlsec/templates.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlenc.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include "base/moment.h"
#include "crypto/rsa.h"
#include "crypto/x509.h"

#define YEAR (365 * MS_PER_DAY)
#define PROTOCOL_NS "urn:oasis:names:tc:SAML:2.0:protocol"
#define DSIG_NS "http://www.w3.org/2000/09/xmldsig#"

static struct {
    struct buffer key;
    struct buffer certificate;
} keys[IDP_KEY_HMAC], own;

static void make_rsa(struct buffer *key, int64_t until, struct buffer *certificate)
{
    *key = buffer_init(16384);
    *certificate = buffer_init(16384);
    assert(rsa_key_new(key) == 0);
    assert(rsa_certificate_new(buffer_bytes(key), text_of("idp"), IDP_NOW - YEAR, until,
                               certificate) == 0);
}

void idp_begin(void)
{
    int r = saml_begin();

    assert(r == 0);
    make_rsa(&keys[IDP_KEY_RSA].key, IDP_NOW + YEAR, &keys[IDP_KEY_RSA].certificate);
    make_rsa(&keys[IDP_KEY_STRANGER].key, IDP_NOW - 1, &keys[IDP_KEY_STRANGER].certificate);
    make_rsa(&own.key, IDP_NOW + YEAR, &own.certificate);
    keys[IDP_KEY_EC].key = buffer_init(4096);
    keys[IDP_KEY_EC].certificate = buffer_init(4096);
    r = x509_key_new(&keys[IDP_KEY_EC].key);
    assert(r == 0);
    r = x509_ca_new(buffer_bytes(&keys[IDP_KEY_EC].key), text_of("idp"), IDP_NOW - YEAR,
                    IDP_NOW + YEAR, &keys[IDP_KEY_EC].certificate);
    assert(r == 0);
}

void idp_end(void)
{
    for (size_t i = 0; i < IDP_KEY_HMAC; i++) {
        buffer_deinit(&keys[i].key);
        buffer_deinit(&keys[i].certificate);
    }
    buffer_deinit(&own.key);
    buffer_deinit(&own.certificate);
}

struct bytes idp_certificate(enum idp_key key)
{
    return buffer_bytes(&keys[key].certificate);
}

struct saml_expected idp_expected(void)
{
    return (struct saml_expected){
        .entity_id = text_of(IDP_AUDIENCE),
        .acs_url = text_of(IDP_ACS),
        .provider = text_of(IDP_ENTITY),
        .in_reply_to = text_of(IDP_REQUEST),
        .certificate_count = 2,
        .certificates = {idp_certificate(IDP_KEY_EC), idp_certificate(IDP_KEY_RSA)},
        .decryption_key = buffer_bytes(&own.key),
        .now = IDP_NOW,
    };
}

struct idp_answer idp_usual(void)
{
    return (struct idp_answer){
        .sign_assertion = true,
        .transport = XENC "rsa-oaep-mgf1p",
        .c14n = "http://www.w3.org/2001/10/xml-exc-c14n#",
        .method = DSIG_MORE "rsa-sha256",
        .digest = XENC "sha256",
        .key_info = "",
        .in_signature = "",
        .in_info = "",
        .root = "Response",
        .response_id = "_response",
        .response_version = "2.0",
        .response_issued = "2026-11-27T16:00:00Z",
        .response_issuer = IDP_ENTITY,
        .destination = IDP_ACS,
        .response_reply = IDP_REQUEST,
        .status = "urn:oasis:names:tc:SAML:2.0:status:Success",
        .in_response = "",
        .response_attributes = "",
        .assertion_id = "_assertion",
        .version = "2.0",
        .issued = "2026-11-27T16:00:00Z",
        .issuer = IDP_ENTITY,
        .name_id = IDP_NAME,
        .method_of_confirmation = BEARER,
        .recipient = IDP_ACS,
        .reply = IDP_REQUEST,
        .confirmed_until = "2026-11-27T16:05:00Z",
        .from = "2026-11-27T15:59:30Z",
        .until = "2026-11-27T16:05:00Z",
        .in_conditions =
            "<saml:AudienceRestriction xmlns:saml=\"" ASSERTION_NS "\"><saml:Audience>" IDP_AUDIENCE
            "</saml:Audience></saml:AudienceRestriction>",
        .authenticated = "2026-11-27T15:59:50Z",
        .session_until = "2026-11-28T00:00:00Z",
        .attributes =
            "<saml:Attribute xmlns:saml=\"" ASSERTION_NS
            "\" Name=\"groups\"><saml:AttributeValue>nurses</saml:AttributeValue>"
            "<saml:AttributeValue>ward-viewers</saml:AttributeValue></saml:Attribute>"
            "<saml:Attribute xmlns:saml=\"" ASSERTION_NS
            "\" Name=\"displayName\"><saml:AttributeValue "
            "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">"
            "Alice Example</saml:AttributeValue></saml:Attribute>",
        .in_assertion = "",
        .assertion_attributes = "",
    };
}

/* ---- text ---- */

static void put_attribute(struct buffer *out, const char *name, const char *value)
{
    if (value)
        buffer_print(out, " %s=\"%s\"", name, value);
}

static void put_signature(const struct idp_answer *answer, const char *id, struct buffer *out)
{
    const char *d = answer->default_ns ? "" : "ds:";

    buffer_print(out, "<%sSignature xmlns%s=\"" DSIG_NS "\"><%sSignedInfo>", d,
                 answer->default_ns ? "" : ":ds", d);
    buffer_print(out, "<%sCanonicalizationMethod Algorithm=\"%s\"/>", d, answer->c14n);
    buffer_print(out, "<%sSignatureMethod Algorithm=\"%s\"/>", d, answer->method);
    if (answer->uri)
        buffer_print(out, "<%sReference URI=\"%s\"><%sTransforms>", d, answer->uri, d);
    else
        buffer_print(out, "<%sReference URI=\"#%s\"><%sTransforms>", d, id, d);
    if (answer->transforms)
        buffer_append_string(out, answer->transforms);
    else
        buffer_print(out,
                     "<%sTransform Algorithm=\"" DSIG_NS "enveloped-signature\"/>"
                     "<%sTransform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
                     d, d);
    buffer_print(out, "</%sTransforms><%sDigestMethod Algorithm=\"%s\"/><%sDigestValue/>", d, d,
                 answer->digest, d);
    buffer_print(out, "</%sReference>%s</%sSignedInfo><%sSignatureValue/>", d, answer->in_info, d,
                 d);
    buffer_print(out, "%s%s</%sSignature>", answer->key_info, answer->in_signature, d);
}

static void put_subject(const struct idp_answer *answer, const char *a, struct buffer *out)
{
    if (answer->subject) {
        buffer_append_string(out, answer->subject);
        return;
    }
    buffer_print(out,
                 "<%sSubject><%sNameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:"
                 "emailAddress\">%s</%sNameID>",
                 a, a, answer->name_id, a);
    if (answer->confirmation) {
        buffer_append_string(out, answer->confirmation);
    } else {
        buffer_print(out, "<%sSubjectConfirmation", a);
        put_attribute(out, "Method", answer->method_of_confirmation);
        buffer_print(out, "><%sSubjectConfirmationData", a);
        put_attribute(out, "InResponseTo", answer->reply);
        put_attribute(out, "NotBefore", answer->confirmed_from);
        put_attribute(out, "NotOnOrAfter", answer->confirmed_until);
        put_attribute(out, "Recipient", answer->recipient);
        buffer_print(out, "/></%sSubjectConfirmation>", a);
    }
    buffer_print(out, "</%sSubject>", a);
}

static void put_statement(const struct idp_answer *answer, const char *a, struct buffer *out)
{
    if (answer->statement) {
        buffer_append_string(out, answer->statement);
        return;
    }
    buffer_print(out, "<%sAuthnStatement", a);
    put_attribute(out, "AuthnInstant", answer->authenticated);
    put_attribute(out, "SessionIndex", "_session");
    put_attribute(out, "SessionNotOnOrAfter", answer->session_until);
    buffer_print(out,
                 "><%sAuthnContext><%sAuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:"
                 "PasswordProtectedTransport</%sAuthnContextClassRef></%sAuthnContext>"
                 "</%sAuthnStatement>",
                 a, a, a, a, a);
}

static void put_assertion(const struct idp_answer *answer, struct buffer *out)
{
    const char *a = answer->default_ns ? "" : "saml:";

    buffer_print(out, "<%sAssertion xmlns%s=\"" ASSERTION_NS "\"", a,
                 answer->default_ns ? "" : ":saml");
    put_attribute(out, "ID", answer->assertion_id);
    put_attribute(out, "Version", answer->version);
    put_attribute(out, "IssueInstant", answer->issued);
    buffer_print(out, "%s><%sIssuer>%s</%sIssuer>", answer->assertion_attributes, a, answer->issuer,
                 a);
    if (answer->sign_assertion)
        put_signature(answer, answer->assertion_id, out);
    put_subject(answer, a, out);
    if (answer->conditions) {
        buffer_append_string(out, answer->conditions);
    } else {
        buffer_print(out, "<%sConditions", a);
        put_attribute(out, "NotBefore", answer->from);
        put_attribute(out, "NotOnOrAfter", answer->until);
        buffer_print(out, ">%s</%sConditions>", answer->in_conditions, a);
    }
    put_statement(answer, a, out);
    buffer_print(out, "<%sAttributeStatement>%s</%sAttributeStatement>%s</%sAssertion>", a,
                 answer->attributes, a, answer->in_assertion, a);
}

static void put_response(const struct idp_answer *answer, struct buffer *out)
{
    const char *p = answer->default_ns ? "" : "samlp:";
    const char *a = answer->default_ns ? "" : "saml:";

    buffer_print(out, "<%s%s xmlns%s=\"" PROTOCOL_NS "\"%s", p, answer->root,
                 answer->default_ns ? "" : ":samlp",
                 answer->default_ns ? "" : " xmlns:saml=\"" ASSERTION_NS "\"");
    put_attribute(out, "ID", answer->response_id);
    put_attribute(out, "Version", answer->response_version);
    put_attribute(out, "IssueInstant", answer->response_issued);
    put_attribute(out, "Destination", answer->destination);
    put_attribute(out, "InResponseTo", answer->response_reply);
    buffer_print(out, "%s>", answer->response_attributes);
    if (answer->response_issuer)
        buffer_print(out, "<%sIssuer%s>%s</%sIssuer>", a,
                     answer->default_ns ? " xmlns=\"" ASSERTION_NS "\"" : "",
                     answer->response_issuer, a);
    if (answer->sign_response)
        put_signature(answer, answer->response_id, out);
    buffer_print(out, "<%sStatus><%sStatusCode Value=\"%s\"/></%sStatus>%s", p, p, answer->status,
                 p, answer->in_response);
    if (answer->encrypt)
        buffer_append_string(out, "<saml:EncryptedAssertion xmlns:saml=\"" ASSERTION_NS "\">");
    put_assertion(answer, out);
    if (answer->encrypt)
        buffer_append_string(out, "</saml:EncryptedAssertion>");
    buffer_print(out, "</%s%s>", p, answer->root);
}

/* ---- signing and encrypting ---- */

static xmlSecKeyPtr load_private(struct bytes der)
{
    return xmlSecOpenSSLAppKeyLoadMemory(der.at, (xmlSecSize)der.len, xmlSecKeyDataFormatDer, NULL,
                                         NULL, NULL);
}

static xmlSecKeyPtr signing_key(enum idp_key key)
{
    struct bytes public = idp_certificate(IDP_KEY_RSA);

    /* The old confusion: the public key taken for a shared secret. */
    if (key == IDP_KEY_HMAC)
        return xmlSecKeyReadMemory(xmlSecKeyDataHmacId, public.at, (xmlSecSize) public.len);
    return load_private(buffer_bytes(&keys[key].key));
}

static void register_ids(xmlDoc *doc, xmlNode *node)
{
    xmlAttr *id = xmlHasProp(node, (const xmlChar *)"ID");

    if (id && id->children)
        (void)xmlAddID(NULL, doc, id->children->content, id);
    for (xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            register_ids(doc, child);
}

static bool sign(const struct idp_answer *answer, xmlNode *parent)
{
    xmlNode *signature = xmlSecFindChild(parent, xmlSecNodeSignature, (const xmlChar *)DSIG_NS);
    xmlSecDSigCtxPtr dsig = xmlSecDSigCtxCreate(NULL);

    assert(signature && dsig);
    dsig->signKey = signing_key(answer->key);
    assert(dsig->signKey);
    bool well = xmlSecDSigCtxSign(dsig, signature) == 0;
    xmlSecDSigCtxDestroy(dsig);
    return well;
}

static xmlSecKeysMngrPtr own_key(void)
{
    xmlSecKeysMngrPtr manager = xmlSecKeysMngrCreate();
    xmlSecKeyPtr key = load_private(buffer_bytes(&own.key));

    assert(manager && key && xmlSecOpenSSLAppDefaultKeysMngrInit(manager) >= 0);
    assert(xmlSecKeySetName(key, (const xmlChar *)"ward") >= 0);
    if (xmlSecOpenSSLAppDefaultKeysMngrAdoptKey(manager, key) < 0)
        abort();
    return manager;
}

static xmlNode *encryption_template(const struct idp_answer *answer, xmlDoc *doc)
{
    xmlSecTransformId content = xmlSecTransformIdListFindByHref(
        xmlSecTransformIdsGet(), (const xmlChar *)answer->encrypt, xmlSecTransformUsageAny);
    xmlSecTransformId transport = xmlSecTransformIdListFindByHref(
        xmlSecTransformIdsGet(), (const xmlChar *)answer->transport, xmlSecTransformUsageAny);
    xmlNode *data = xmlSecTmplEncDataCreate(doc, content, NULL, xmlSecTypeEncElement, NULL, NULL);
    xmlNode *info;
    xmlNode *key;
    xmlNode *name;

    assert(content && transport && data && xmlSecTmplEncDataEnsureCipherValue(data));
    info = xmlSecTmplEncDataEnsureKeyInfo(data, NULL);
    key = xmlSecTmplKeyInfoAddEncryptedKey(info, transport, NULL, NULL, NULL);
    assert(key && xmlSecTmplEncDataEnsureCipherValue(key));
    name = xmlSecTmplEncDataEnsureKeyInfo(key, NULL);
    assert(name && xmlSecTmplKeyInfoAddKeyName(name, (const xmlChar *)"ward"));
    return data;
}

static void encrypt(const struct idp_answer *answer, xmlNode *holder)
{
    xmlSecKeysMngrPtr manager = own_key();
    xmlSecEncCtxPtr context = xmlSecEncCtxCreate(manager);
    xmlNode *assertion = xmlFirstElementChild(holder);
    bool tdes = strstr(answer->encrypt, "tripledes") != NULL;
    xmlSecSize bits = strstr(answer->encrypt, "128") ? 128 : tdes ? 192 : 256;
    xmlNode *data = encryption_template(answer, holder->doc);

    context->encKey = xmlSecKeyGenerateByName((const xmlChar *)(tdes ? "des" : "aes"), bits,
                                              xmlSecKeyDataTypeSession);
    assert(context->encKey);
    if (xmlSecEncCtxXmlEncrypt(context, data, assertion) < 0)
        abort();
    if (answer->key_beside) {
        xmlNode *info = xmlSecFindChild(data, xmlSecNodeKeyInfo, (const xmlChar *)DSIG_NS);
        xmlNode *key = xmlFirstElementChild(info);

        xmlUnlinkNode(key);
        xmlAddChild(holder, key);
        xmlReconciliateNs(holder->doc, key);
        xmlUnlinkNode(info);
        xmlFreeNode(info);
    }
    xmlSecEncCtxDestroy(context);
    xmlSecKeysMngrDestroy(manager);
}

/* The last: what a test puts before it is not signed. */
static xmlNode *find_assertion(xmlNode *root)
{
    xmlNode *found = NULL;

    for (xmlNode *at = xmlFirstElementChild(root); at; at = xmlNextElementSibling(at))
        if (strcmp((const char *)at->name, "Assertion") == 0 ||
            strcmp((const char *)at->name, "EncryptedAssertion") == 0)
            found = at;
    assert(found);
    return found;
}

bool idp_make(const struct idp_answer *answer, struct buffer *ret_xml)
{
    CLEANUP(buffer_deinit) struct buffer text = buffer_init((size_t)1024 * 1024);
    xmlBufferPtr out = xmlBufferCreate();
    xmlNode *root;
    xmlNode *assertion;
    xmlDoc *doc;
    bool well = true;

    if (answer->whole)
        buffer_append_string(&text, answer->whole);
    else
        put_response(answer, &text);
    doc = xmlReadMemory((const char *)text.at, (int)text.len, NULL, "UTF-8",
                        XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    assert(doc && out);
    root = xmlDocGetRootElement(doc);
    register_ids(doc, root);
    assertion = find_assertion(root);
    if (answer->sign_assertion)
        well = sign(answer, answer->encrypt ? xmlFirstElementChild(assertion) : assertion);
    if (answer->encrypt)
        encrypt(answer, assertion);
    if (answer->sign_response)
        well = sign(answer, root) && well;
    xmlNodeDump(out, doc, root, 0, 0);
    buffer_append_string(ret_xml, (const char *)xmlBufferContent(out));
    buffer_append(ret_xml, "", 1);
    assert(!ret_xml->failed);
    ret_xml->len--;
    xmlBufferFree(out);
    xmlFreeDoc(doc);
    return well;
}
