/*
 * Encrypted assertions: one AES key under RSA-OAEP, one content under it; nothing is looked up by
 * reference, and what comes out is read as a document of its own.
 */

#include <xmlsec/crypto.h>
#include <xmlsec/xmlenc.h>
#include <xmlsec/xmlsec.h>

#include "base/wipe.h"
#include "saml/saml-private.h"

#define NS_XENC11 "http://www.w3.org/2009/xmlenc11#"

static inline void enc_free_at(xmlSecEncCtx **at)
{
    if (*at)
        xmlSecEncCtxDestroy(*at);
}

/* The one child of that name, and it is the only one; NULL otherwise. */
static xmlNode *only(const xmlNode *parent, const char *ns, const char *name)
{
    return parent && xml_count(parent, ns, name) == 1 ? xml_child(parent, ns, name) : NULL;
}

static const char *algorithm(const xmlNode *node)
{
    const xmlAttr *at = xmlHasProp((xmlNode *)(uintptr_t)node, (const xmlChar *)"Algorithm");

    return at && !at->ns && at->children && !at->children->next
               ? (const char *)at->children->content
               : "";
}

/* How many bytes its key has; 0: not allowed. */
static size_t content_key_size(const char *algorithm)
{
    static const struct {
        const char *name;
        size_t size;
    } allowed[] = {{NS_XENC11 "aes128-gcm", 16}, {NS_XENC11 "aes256-gcm", 32},
                   {NS_XENC "aes128-cbc", 16},   {NS_XENC "aes256-cbc", 32},
                   {NS_XENC11 "aes192-gcm", 24}, {NS_XENC "aes192-cbc", 24}};

    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strcmp(algorithm, allowed[i].name) == 0)
            return allowed[i].size;
    return 0;
}

/* CipherData holds the bytes themselves: a CipherReference would make us fetch something. */
static bool holds_value(const xmlNode *encrypted)
{
    const xmlNode *data = only(encrypted, NS_XENC, "CipherData");

    return data && only(data, NS_XENC, "CipherValue") && !xml_after(xml_first(data));
}

static int check_algorithms(const xmlNode *data, const xmlNode *key)
{
    const xmlNode *content = only(data, NS_XENC, "EncryptionMethod");
    const xmlNode *transport = only(key, NS_XENC, "EncryptionMethod");

    if (!content || !transport)
        return SAML_ENCRYPTED_PARTS;
    return guard(content_key_size(algorithm(content)) == 0 ||
                     strcmp(algorithm(transport), NS_XENC "rsa-oaep-mgf1p") != 0,
                 SAML_ENCRYPTED_ALGORITHM);
}

static int set_rsa_key(xmlSecEncCtx *context, struct bytes key)
{
    context->encKey = xmlSecOpenSSLAppKeyLoadMemory(key.at, (xmlSecSize)key.len,
                                                    xmlSecKeyDataFormatDer, NULL, NULL, NULL);
    return context->encKey ? 0 : FAULT(ERR_CRYPTO);
}

/* Decrypts with the key that the context holds; KeyInfo is not read then. */
static int decrypt(xmlSecEncCtx *context, xmlNode *node, struct bytes *ret_plain)
{
    xmlSecBufferPtr plain = xmlSecEncCtxDecryptToBuffer(context, node);

    if (!plain || xmlSecBufferGetSize(plain) == 0)
        return SAML_ENCRYPTED_WRONG;
    *ret_plain =
        (struct bytes){.at = xmlSecBufferGetData(plain), .len = xmlSecBufferGetSize(plain)};
    return 0;
}

static int decrypt_content(xmlNode *data, struct bytes key, xmlDoc **ret_plain)
{
    CLEANUP(enc_free) xmlSecEncCtx *context = xmlSecEncCtxCreate(NULL);
    struct bytes plain;
    int r;

    if (!context)
        return FAULT(ERR_MEMORY);
    context->encKey = xmlSecKeyReadMemory(xmlSecKeyDataAesId, key.at, (xmlSecSize)key.len);
    if (!context->encKey)
        return FAULT(ERR_CRYPTO);
    r = decrypt(context, data, &plain);
    if (r)
        return r;
    r = xml_read(plain, ret_plain);
    /* One answer for whatever came out: what a wrong key or changed bytes lead to is nobody's. */
    return r > 0 ? SAML_ENCRYPTED_WRONG : r;
}

static int decrypt_both(xmlNode *data, xmlNode *key, struct bytes own, xmlDoc **ret_plain)
{
    CLEANUP(enc_free) xmlSecEncCtx *context = xmlSecEncCtxCreate(NULL);
    size_t size = content_key_size(algorithm(xml_child(data, NS_XENC, "EncryptionMethod")));
    struct bytes secret;
    int r;

    if (!context)
        return FAULT(ERR_MEMORY);
    context->mode = xmlEncCtxModeEncryptedKey;
    r = set_rsa_key(context, own);
    if (!r)
        r = decrypt(context, key, &secret);
    if (!r && size && secret.len != size)
        r = SAML_ENCRYPTED_WRONG;
    return r ? r : decrypt_content(data, secret, ret_plain);
}

RESULT encrypted_read(xmlNode *encrypted, const struct saml_expected *expected, struct arena *arena,
                      xmlDoc **ret_plain)
{
    xmlNode *data = only(encrypted, NS_XENC, "EncryptedData");
    xmlNode *info = data ? only(data, NS_DSIG, "KeyInfo") : NULL;
    /* Two places are in use: inside KeyInfo, and beside the content. */
    xmlNode *inside = info ? only(info, NS_XENC, "EncryptedKey") : NULL;
    xmlNode *key = inside ? inside : only(encrypted, NS_XENC, "EncryptedKey");
    int r;

    (void)arena;
    if (!data || !key || !holds_value(data) || !holds_value(key) ||
        xml_count_below(encrypted, NS_XENC, "EncryptedKey") != 1 ||
        xml_count_below(encrypted, NS_XENC, "EncryptedData") != 1)
        return SAML_ENCRYPTED_PARTS;
    r = check_algorithms(data, key);
    return r ? r : decrypt_both(data, key, expected->decryption_key, ret_plain);
}
