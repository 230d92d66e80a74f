#include "server/signer/vault.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/moment.h"
#include "base/wipe.h"
#include "crypto/aead.h"
#include "crypto/sign.h"
#include "crypto/x509.h"
#include "os/file.h"
#include "os/secret.h"
#include "server/link/rsa_box.h"

#define VAULT_FILE_MAX ((size_t)64 * 1024)
#define VAULT_PATH_MAX 1100
#define LAST_SIZE (8 + HASH_SIZE)
#define CA_YEARS 20
#define KEYS_CONTEXT "ward-signer-keys-v1"
#define LAST_CONTEXT "ward-signer-last-v1"
#define SAML_CONTEXT "ward-signer-saml-v1"

enum part { PART_CA_KEY, PART_CA_CERTIFICATE, PART_AUDIT, PART_POLICY, PARTS };

struct vault {
    char keys_path[VAULT_PATH_MAX];
    char last_path[VAULT_PATH_MAX];
    struct secret *key;
    struct rsa_box *saml;
    struct buffer plain; /* u32 len and bytes, PARTS times */
    struct bytes parts[PARTS];
    uint64_t last_size;
    struct hash last_root;
};

struct vault *vault_free(struct vault *vault)
{
    if (!vault)
        return NULL;
    secret_free(vault->key);
    rsa_box_free(vault->saml);
    buffer_deinit(&vault->plain);
    wipe(vault, sizeof *vault);
    free(vault);
    return NULL;
}

static int save(const char *path, const struct vault *vault, const char *context,
                struct bytes plain)
{
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(VAULT_FILE_MAX);
    int r = aead_seal(secret_bytes(vault->key), bytes_of_text(text_of(context)), plain, &box);

    if (r)
        return r;
    r = file_replace(path, buffer_bytes(&box), 0600);
    return r > 0 ? VAULT_DENIED : r;
}

/* Outcomes of vault_open(), FILE_ABSENT told as VAULT_LOST. */
static int load(const char *path, const struct vault *vault, const char *context,
                struct buffer *ret_plain)
{
    CLEANUP(buffer_deinit) struct buffer box = buffer_init(VAULT_FILE_MAX);
    int r = file_read(path, &box);

    if (r == FILE_ABSENT)
        return VAULT_LOST;
    if (r == FILE_DENIED)
        return VAULT_DENIED;
    if (r < 0)
        return r;
    if (r)
        return VAULT_KEY;
    r = aead_open(secret_bytes(vault->key), bytes_of_text(text_of(context)), buffer_bytes(&box),
                  ret_plain);
    return r > 0 ? VAULT_KEY : r;
}

/* Finds the parts in the plain bytes. */
static int split(struct vault *vault)
{
    const uint8_t *at = vault->plain.at;
    size_t left = vault->plain.len;

    for (size_t i = 0; i < PARTS; i++) {
        size_t len;

        if (left < 4)
            return FAULT(ERR_CORRUPT);
        len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
        if (len > left - 4)
            return FAULT(ERR_CORRUPT);
        vault->parts[i] = (struct bytes){.at = at + 4, .len = len};
        at += 4 + len;
        left -= 4 + len;
    }
    return 0;
}

static void append_part(struct buffer *plain, struct bytes part)
{
    const uint8_t head[4] = {(uint8_t)(part.len >> 24), (uint8_t)(part.len >> 16),
                             (uint8_t)(part.len >> 8), (uint8_t)part.len};

    buffer_append(plain, head, sizeof head);
    buffer_append(plain, part.at, part.len);
}

static int make_keys(struct vault *vault, int64_t now)
{
    CLEANUP(buffer_deinit) struct buffer ca_key = buffer_init(4096);
    CLEANUP(buffer_deinit) struct buffer ca = buffer_init(4096);
    CLEANUP(secret_free) struct secret *audit = NULL;
    CLEANUP(secret_free) struct secret *policy = NULL;
    int r = x509_key_new(&ca_key);

    if (!r)
        r = x509_ca_new(buffer_bytes(&ca_key), text_of("Ward"), now - MS_PER_DAY,
                        now + CA_YEARS * 365 * MS_PER_DAY, &ca);
    if (!r)
        r = secret_new_random(&audit, SIGN_SEED_SIZE);
    if (!r)
        r = secret_new_random(&policy, SIGN_SEED_SIZE);
    if (r)
        return r;
    append_part(&vault->plain, buffer_bytes(&ca_key));
    append_part(&vault->plain, buffer_bytes(&ca));
    append_part(&vault->plain, secret_bytes(audit));
    append_part(&vault->plain, secret_bytes(policy));
    r = buffer_check(&vault->plain);
    if (r)
        return r;
    /* `last` first: with keys there and no `last`, the vault would count as robbed. */
    r = vault_set_last(vault, 0, &(struct hash){0});
    if (r)
        return r;
    return save(vault->keys_path, vault, KEYS_CONTEXT, buffer_bytes(&vault->plain));
}

static int load_last(struct vault *vault)
{
    CLEANUP(buffer_deinit) struct buffer last = buffer_init(LAST_SIZE + AEAD_OVERHEAD);
    int r = load(vault->last_path, vault, LAST_CONTEXT, &last);

    if (r)
        return r;
    if (last.len != LAST_SIZE)
        return FAULT(ERR_CORRUPT);
    vault->last_size = 0;
    for (size_t i = 0; i < 8; i++)
        vault->last_size = vault->last_size << 8 | last.at[i];
    memcpy(vault->last_root.at, last.at + 8, HASH_SIZE);
    return 0;
}

static int open_saml(struct vault *vault, const char *directory, struct bytes key)
{
    int r = rsa_box_open(&vault->saml, directory, "saml", SAML_CONTEXT, key);

    return r == RSA_BOX_KEY ? VAULT_KEY : r == RSA_BOX_DENIED ? VAULT_DENIED : r;
}

RESULT vault_saml(struct vault *vault, int64_t now, struct bytes *ret_key,
                  struct bytes *ret_certificate)
{
    int r = rsa_box_get(vault->saml, now, ret_key, ret_certificate);

    return r > 0 ? VAULT_DENIED : r;
}

RESULT vault_open(struct vault **ret_vault, const char *directory, struct bytes key,
                  bool established, int64_t now)
{
    CLEANUP(vault_free) struct vault *vault = calloc(1, sizeof *vault);
    int r;

    if (!vault)
        return FAULT(ERR_MEMORY);
    vault->plain = buffer_init(VAULT_FILE_MAX);
    r = file_path(vault->keys_path, sizeof vault->keys_path, directory, "keys");
    if (!r)
        r = file_path(vault->last_path, sizeof vault->last_path, directory, "last");
    if (!r)
        r = secret_new_copy(&vault->key, key);
    if (r)
        return r;
    r = load(vault->keys_path, vault, KEYS_CONTEXT, &vault->plain);
    if (r == VAULT_LOST && !established)
        r = make_keys(vault, now);
    else if (!r)
        r = load_last(vault);
    if (!r)
        r = split(vault);
    if (!r)
        r = open_saml(vault, directory, key);
    if (r)
        return r;
    *ret_vault = TAKE(vault);
    return 0;
}

struct bytes vault_ca_key(const struct vault *vault)
{
    return vault->parts[PART_CA_KEY];
}

struct bytes vault_ca_certificate(const struct vault *vault)
{
    return vault->parts[PART_CA_CERTIFICATE];
}

struct bytes vault_audit_seed(const struct vault *vault)
{
    return vault->parts[PART_AUDIT];
}

struct bytes vault_policy_seed(const struct vault *vault)
{
    return vault->parts[PART_POLICY];
}

uint64_t vault_last_size(const struct vault *vault)
{
    return vault->last_size;
}

const struct hash *vault_last_root(const struct vault *vault)
{
    return &vault->last_root;
}

RESULT vault_set_last(struct vault *vault, uint64_t size, const struct hash *root)
{
    uint8_t plain[LAST_SIZE];
    int r;

    for (size_t i = 0; i < 8; i++)
        plain[i] = (uint8_t)(size >> (8 * (7 - i)));
    memcpy(plain + 8, root->at, HASH_SIZE);
    r = save(vault->last_path, vault, LAST_CONTEXT,
             (struct bytes){.at = plain, .len = sizeof plain});
    if (r)
        return r;
    vault->last_size = size;
    vault->last_root = *root;
    return 0;
}
