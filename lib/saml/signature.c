/*
 * Signatures: form first, by hand; then xmlsec's arithmetic; then only the bytes that were digested
 */

#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>

#include "saml/saml-private.h"

#define NS_DSIG_MORE "http://www.w3.org/2001/04/xmldsig-more#"

static inline void dsig_free_at(xmlSecDSigCtx **at)
{
    if (*at)
        xmlSecDSigCtxDestroy(*at);
}

/* xmlsec would print to standard error what an attacker wrote. */
static void keep_quiet(const char *file, int line, const char *function, const char *object,
                       const char *subject, int reason, const char *message)
{
    (void)file;
    (void)line;
    (void)function;
    (void)object;
    (void)subject;
    (void)reason;
    (void)message;
}

/* So would libxml2. */
static void keep_quiet_too(void *context, xmlError *error)
{
    (void)context;
    (void)error;
}

RESULT saml_begin(void)
{
    xmlInitParser();
    if (xmlSecInit() < 0 || xmlSecOpenSSLAppInit(NULL) < 0 || xmlSecOpenSSLInit() < 0)
        return FAULT(ERR_SYSTEM);
    xmlSecErrorsSetCallback(keep_quiet);
    xmlSetStructuredErrorFunc(NULL, keep_quiet_too);
    return 0;
}

/* ---- form ---- */

struct form {
    const xmlNode *info;
    const xmlNode *reference;
    const xmlNode *transforms;
};

/* The children of a node are exactly these, in this order; those after `needed` may be missing. */
static bool children_are(const xmlNode *parent, const char *const *names, size_t count,
                         size_t needed)
{
    const xmlNode *at = xml_first(parent);

    for (size_t i = 0; i < count; i++) {
        bool there = xml_is(at, NS_DSIG, names[i]);

        if (!there && i < needed)
            return false;
        at = there ? xml_after(at) : at;
    }
    return !at;
}

static int check_parts(const xmlNode *signature, struct form *form)
{
    static const char *const parts[] = {"SignedInfo", "SignatureValue", "KeyInfo"};
    static const char *const info[] = {"CanonicalizationMethod", "SignatureMethod", "Reference"};
    static const char *const reference[] = {"Transforms", "DigestMethod", "DigestValue"};

    form->info = xml_child(signature, NS_DSIG, parts[0]);
    form->reference = form->info ? xml_child(form->info, NS_DSIG, info[2]) : NULL;
    form->transforms = form->reference ? xml_child(form->reference, NS_DSIG, reference[0]) : NULL;
    if (!form->transforms) /* there is nothing to go on with */
        return SAML_SIGNATURE_PARTS;
    return guard(!children_are(signature, parts, 3, 2) || !children_are(form->info, info, 3, 3) ||
                     !children_are(form->reference, reference, 3, 3),
                 SAML_SIGNATURE_PARTS);
}

/* The value of Algorithm, without a copy; NULL: absent. */
static const char *algorithm(const xmlNode *node)
{
    const xmlAttr *at = xmlHasProp((xmlNode *)(uintptr_t)node, (const xmlChar *)"Algorithm");

    return at && !at->ns && at->children && !at->children->next
               ? (const char *)at->children->content
               : NULL;
}

static bool is_one_of(const char *algorithm, const char *const *allowed, size_t count)
{
    for (size_t i = 0; algorithm && i < count; i++)
        if (strcmp(algorithm, allowed[i]) == 0)
            return true;
    return false;
}

static int check_algorithms(const struct form *form)
{
    static const char *const signatures[] = {
        NS_DSIG_MORE "rsa-sha256",   NS_DSIG_MORE "rsa-sha384",   NS_DSIG_MORE "rsa-sha512",
        NS_DSIG_MORE "ecdsa-sha256", NS_DSIG_MORE "ecdsa-sha384", NS_DSIG_MORE "ecdsa-sha512"};
    static const char *const digests[] = {NS_XENC "sha256", NS_DSIG_MORE "sha384",
                                          NS_XENC "sha512"};
    static const char *const canonical[] = {NS_EXC_C14N};
    const xmlNode *c14n = xml_child(form->info, NS_DSIG, "CanonicalizationMethod");
    const xmlNode *method = xml_child(form->info, NS_DSIG, "SignatureMethod");
    const xmlNode *digest = xml_child(form->reference, NS_DSIG, "DigestMethod");

    if (!c14n || !method || !digest)
        return SAML_SIGNATURE_PARTS;
    return guard(!is_one_of(algorithm(c14n), canonical, 1) || xml_first(c14n) ||
                     xml_first(method) || !is_one_of(algorithm(method), signatures, 6) ||
                     !is_one_of(algorithm(digest), digests, 3) || xml_first(digest),
                 SAML_ALGORITHM);
}

/* enveloped-signature, then exclusive canonicalisation: together they drop the signature itself,
 * and nothing else. */
static int check_transforms(const struct form *form)
{
    const xmlNode *first = xml_child(form->transforms, NS_DSIG, "Transform");
    const xmlNode *second = first ? xml_next(first, NS_DSIG, "Transform") : NULL;
    const xmlNode *list = second ? xml_first(second) : NULL;
    const char *one = first ? algorithm(first) : NULL;
    const char *two = second ? algorithm(second) : NULL;

    return guard(
        !one || !two || strcmp(one, NS_DSIG "enveloped-signature") != 0 ||
            strcmp(two, NS_EXC_C14N) != 0 || xml_first(first) || xml_after(second) ||
            xml_first(form->transforms) != first || xml_after(first) != second ||
            (list && (!xml_is(list, NS_EXC_C14N, "InclusiveNamespaces") || xml_after(list))),
        SAML_TRANSFORMS);
}

/* "#ID" of the element that it stands in, and nothing else: no empty, external or XPointer URI. */
static int check_reference(const xmlNode *parent, const struct form *form, struct arena *arena,
                           struct text *ret_id)
{
    struct text uri = {0};
    struct text id = {0};
    int r = xml_attribute(form->reference, "URI", arena, &uri);

    if (!r)
        r = xml_attribute(parent, "ID", arena, &id);
    if (!r)
        r = guard(!uri.at || !id.len || uri.len != id.len + 1 || uri.at[0] != '#' ||
                      memcmp(uri.at + 1, id.at, id.len) != 0,
                  SAML_REFERENCE);
    if (!r)
        *ret_id = id;
    return r;
}

/* ---- arithmetic ---- */

static bool allow(xmlSecDSigCtx *dsig)
{
    xmlSecTransformId both[] = {xmlSecTransformExclC14NId, xmlSecTransformSha256Id,
                                xmlSecTransformSha384Id, xmlSecTransformSha512Id};
    xmlSecTransformId signatures[] = {xmlSecTransformRsaSha256Id,   xmlSecTransformRsaSha384Id,
                                      xmlSecTransformRsaSha512Id,   xmlSecTransformEcdsaSha256Id,
                                      xmlSecTransformEcdsaSha384Id, xmlSecTransformEcdsaSha512Id};
    bool well = xmlSecDSigCtxEnableReferenceTransform(dsig, xmlSecTransformEnvelopedId) == 0;

    for (size_t i = 0; i < 4; i++)
        well = well && xmlSecDSigCtxEnableReferenceTransform(dsig, both[i]) == 0 &&
               xmlSecDSigCtxEnableSignatureTransform(dsig, both[i]) == 0;
    for (size_t i = 0; i < 6; i++)
        well = well && xmlSecDSigCtxEnableSignatureTransform(dsig, signatures[i]) == 0;
    return well;
}

/* A context that can do nothing but check one signature with this key. NULL: no memory, no key. */
static xmlSecDSigCtx *context_of(struct bytes certificate)
{
    CLEANUP(dsig_free) xmlSecDSigCtx *dsig = xmlSecDSigCtxCreate(NULL);

    if (!dsig)
        return NULL;
#ifndef SAML_GUARDS_SWITCHABLE
    /* A second lock behind check_algorithms() and check_transforms(). */
    if (!allow(dsig))
        return NULL;
    dsig->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
#else
    (void)allow;
#endif
    dsig->flags = XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    /* With a key given, KeyInfo is not even read. */
    dsig->signKey = xmlSecOpenSSLAppKeyLoadMemory(certificate.at, (xmlSecSize)certificate.len,
                                                  xmlSecKeyDataFormatCertDer, NULL, NULL, NULL);
    return dsig->signKey ? TAKE(dsig) : NULL;
}

/* What was digested, once it is known that exactly that was signed. */
static int verified_bytes(const xmlSecDSigCtx *dsig, struct bytes *ret_bytes)
{
    xmlSecPtrListPtr list = (xmlSecPtrListPtr)(uintptr_t)&dsig->signedInfoReferences;
    xmlSecDSigReferenceCtx *reference = xmlSecPtrListGetItem(list, 0);
    xmlSecBufferPtr buffer;
    int r = guard(dsig->status != xmlSecDSigStatusSucceeded || xmlSecPtrListGetSize(list) != 1 ||
                      !reference || reference->status != xmlSecDSigStatusSucceeded,
                  SAML_SIGNATURE_WRONG);

    if (r)
        return r;
    buffer = reference ? xmlSecDSigReferenceCtxGetPreDigestBuffer(reference) : NULL;
    if (!buffer || xmlSecBufferGetSize(buffer) == 0)
        return SAML_CANONICAL;
    *ret_bytes =
        (struct bytes){.at = xmlSecBufferGetData(buffer), .len = xmlSecBufferGetSize(buffer)};
    return 0;
}

static int verify(xmlNode *signature, struct bytes certificate, xmlDoc **ret_verified)
{
    CLEANUP(dsig_free) xmlSecDSigCtx *dsig = context_of(certificate);
    struct bytes verified = {0};
    int r;

    if (!dsig)
        return SAML_SIGNATURE_WRONG;
    /* Every error on the way, of canonicalisation as well, ends here. */
    if (xmlSecDSigCtxVerify(dsig, signature) < 0)
        return SAML_SIGNATURE_WRONG;
    r = verified_bytes(dsig, &verified);
    return r ? r : xml_read(verified, ret_verified);
}

/* The tree that came back is the element that was meant, by name and ID. */
static int check_same(const xmlNode *parent, xmlDoc *verified, struct text id, struct arena *arena)
{
    const xmlNode *root = xmlDocGetRootElement(verified);
    struct text verified_id = {0};
    int r = xml_attribute(root, "ID", arena, &verified_id);

    if (r)
        return r;
    return guard(!xml_is(root, (const char *)parent->ns->href, (const char *)parent->name) ||
                     !text_equal(id, verified_id),
                 SAML_REFERENCE);
}

RESULT signature_read(xmlNode *parent, const struct saml_expected *expected, struct arena *arena,
                      xmlDoc **ret_verified)
{
    CLEANUP(xml_free) xmlDoc *verified = NULL;
    xmlNode *signature = xml_child(parent, NS_DSIG, "Signature");
    xmlAttr *id_attribute = xmlHasProp(parent, (const xmlChar *)"ID");
    struct text id = {0};
    struct form form;
    int r = check_parts(signature, &form);

    if (!r)
        r = check_algorithms(&form);
    if (!r)
        r = check_transforms(&form);
    if (!r)
        r = check_reference(parent, &form, arena, &id);
    if (r)
        return r;
    /* The only ID that the document has, for libxml2: nothing else can be referred to. */
    if (id.len && !xmlAddID(NULL, parent->doc, (const xmlChar *)id.at, id_attribute))
        return SAML_ID_TWICE;
    r = SAML_SIGNATURE_WRONG;
    for (size_t i = 0; i < expected->certificate_count && r > 0; i++)
        r = verify(signature, expected->certificates[i], &verified);
    if (!r)
        r = check_same(parent, verified, id, arena);
    if (r)
        return r;
    *ret_verified = TAKE(verified);
    return 0;
}
