#include "crypto/aead.h"

#include <assert.h>
#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>

#include "base/cleanup.h"
#include "base/wipe.h"
#include "crypto/crypto-private.h"
#include "os/secret.h"

enum { NONCE_SIZE = 12, TAG_SIZE = 16 };

CRYPTO_CLEANUP(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

/* Fetched once: looking it up by name costs more than sealing a small box. Never freed. */
static EVP_CIPHER *cipher;
static pthread_once_t cipher_once = PTHREAD_ONCE_INIT;

static void cipher_fetch(void)
{
    cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
}

/* A context that has taken the key, the nonce and the context in. */
static int begin(bool seal, struct bytes key, const uint8_t *nonce, struct bytes context,
                 EVP_CIPHER_CTX **ret_state)
{
    CLEANUP(EVP_CIPHER_CTX_free) EVP_CIPHER_CTX *state = NULL;
    int len = 0;

    assert(key.len == AEAD_KEY_SIZE);
    if (pthread_once(&cipher_once, cipher_fetch) || !cipher)
        return CRYPTO_FAULT();
    state = EVP_CIPHER_CTX_new();
    if (!state || EVP_CipherInit_ex2(state, cipher, key.at, nonce, seal, NULL) != 1)
        return CRYPTO_FAULT();
    if (context.len > 0 && EVP_CipherUpdate(state, NULL, &len, context.at, (int)context.len) != 1)
        return CRYPTO_FAULT();
    *ret_state = TAKE(state);
    return 0;
}

/* Ciphers bytes in place; an empty text has nothing to cipher but still has a tag. */
static int cipher_in_place(EVP_CIPHER_CTX *state, uint8_t *at, size_t size)
{
    int len = 0;

    if (size > 0 && EVP_CipherUpdate(state, at, &len, at, (int)size) != 1)
        return CRYPTO_FAULT();
    return (size_t)len == size ? 0 : CRYPTO_FAULT();
}

static void shorten(struct buffer *buffer, size_t len)
{
    wipe(buffer->at + len, buffer->len - len);
    buffer->len = len;
}

static int seal_at(struct bytes key, struct bytes context, uint8_t *box, size_t plain_len)
{
    CLEANUP(EVP_CIPHER_CTX_free) EVP_CIPHER_CTX *state = NULL;
    uint8_t *text = box + NONCE_SIZE;
    int len = 0;

    int r = begin(true, key, box, context, &state);
    if (r)
        return r;
    r = cipher_in_place(state, text, plain_len);
    if (r)
        return r;
    if (EVP_CipherFinal_ex(state, text + plain_len, &len) != 1 ||
        EVP_CIPHER_CTX_ctrl(state, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, text + plain_len) != 1)
        return CRYPTO_FAULT();
    return 0;
}

RESULT aead_seal(struct bytes key, struct bytes context, struct bytes plain, struct buffer *ret_box)
{
    uint8_t nonce[NONCE_SIZE];
    static const uint8_t tag[TAG_SIZE];
    size_t held = ret_box->len;

    if (plain.len > INT_MAX || context.len > INT_MAX)
        return FAULT(ERR_MEMORY);
    int r = secret_random(nonce, sizeof(nonce));
    if (r)
        return r;
    buffer_append(ret_box, nonce, sizeof(nonce));
    buffer_append(ret_box, plain.at, plain.len);
    buffer_append(ret_box, tag, sizeof(tag));
    r = buffer_check(ret_box);
    if (!r)
        r = seal_at(key, context, ret_box->at + held, plain.len);
    if (r && ret_box->len > held)
        shorten(ret_box, held);
    return r;
}

static int open_at(struct bytes key, struct bytes context, struct bytes box, uint8_t *text)
{
    CLEANUP(EVP_CIPHER_CTX_free) EVP_CIPHER_CTX *state = NULL;
    size_t text_len = box.len - AEAD_OVERHEAD;
    uint8_t tag[TAG_SIZE];
    uint8_t none[TAG_SIZE];
    int len = 0;

    memcpy(tag, box.at + NONCE_SIZE + text_len, TAG_SIZE);
    int r = begin(false, key, box.at, context, &state);
    if (r)
        return r;
    r = cipher_in_place(state, text, text_len);
    if (r)
        return r;
    if (EVP_CIPHER_CTX_ctrl(state, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) != 1)
        return CRYPTO_FAULT();
    if (EVP_CipherFinal_ex(state, none, &len) != 1)
        return CRYPTO_OUTCOME(AEAD_FORGED);
    return 0;
}

RESULT aead_open(struct bytes key, struct bytes context, struct bytes box, struct buffer *ret_plain)
{
    size_t held = ret_plain->len;

    if (box.len < AEAD_OVERHEAD)
        return AEAD_FORGED;
    if (box.len > INT_MAX || context.len > INT_MAX)
        return FAULT(ERR_MEMORY);
    buffer_append(ret_plain, box.at + NONCE_SIZE, box.len - AEAD_OVERHEAD);
    int r = buffer_check(ret_plain);
    if (r)
        return r;
    r = open_at(key, context, box, ret_plain->at + held);
    if (r && ret_plain->len > held)
        shorten(ret_plain, held);
    return r;
}
