#include "audit/checkpoint.h"
#include "base/hex.h"
#include "base/moment.h"
#include "crypto/rsa.h"
#include "crypto/x509.h"
#include "server/signer/signer.h"
#include "wire/signed.h"

/* Certificates begin a day early: clocks of computers that are new to a network are often off. */
#define BACKDATED_MS MS_PER_DAY
#define DEVICE_DAYS 30
#define SERVER_DAYS 90
#define INSTANCE_ID_SIZE 16

typedef int answer_function(struct vault *vault, int64_t now, const struct signer_message *message,
                            struct buffer *answer);

static int answer_keys(struct vault *vault, int64_t now, const struct signer_message *message,
                       struct buffer *answer)
{
    struct signer_keys keys = {.ca = vault_ca_certificate(vault)};
    int r = sign_public(vault_audit_seed(vault), keys.audit);

    (void)now;
    (void)message;
    if (!r)
        r = sign_public(vault_policy_seed(vault), keys.policy);
    return r ? r : signer_keys_encode(&keys, answer);
}

static int answer_device(struct vault *vault, int64_t now, const struct signer_message *message,
                         struct buffer *answer)
{
    return x509_issue_device(vault_ca_key(vault), vault_ca_certificate(vault), message->request,
                             message->device, now - BACKDATED_MS, now + DEVICE_DAYS * MS_PER_DAY,
                             answer);
}

static int answer_server(struct vault *vault, int64_t now, const struct signer_message *message,
                         struct buffer *answer)
{
    return x509_issue_server(vault_ca_key(vault), vault_ca_certificate(vault), message->request,
                             message->names, now - BACKDATED_MS, now + SERVER_DAYS * MS_PER_DAY,
                             answer);
}

static int answer_policy(struct vault *vault, int64_t now, const struct signer_message *message,
                         struct buffer *answer)
{
    CLEANUP(buffer_deinit) struct buffer signed_part = buffer_init(WIRE_POLICY_MAX + 64);
    CLEANUP(arena_free) struct arena *arena = NULL;
    uint8_t signature[SIGN_SIZE];
    struct policy policy;
    int r = arena_new(&arena, 4 * (size_t)WIRE_POLICY_MAX);

    (void)now;
    if (r)
        return r;
    /* Only what every agent will read as a policy is vouched for. */
    r = policy_decode(message->policy, arena, &policy);
    if (r)
        return r;
    buffer_append_string(&signed_part, SIGNED_POLICY_PREFIX);
    buffer_append(&signed_part, message->policy.at, message->policy.len);
    r = buffer_check(&signed_part);
    if (!r)
        r = sign_make(vault_policy_seed(vault), buffer_bytes(&signed_part), signature);
    if (r)
        return r;
    return signed_encode(message->policy, (struct bytes){.at = signature, .len = sizeof signature},
                         answer);
}

/* "ward/" and the first half of the audit key's hash: an instance is known by its key. */
static int instance_name(struct vault *vault, char *ret_name)
{
    uint8_t public[SIGN_PUBLIC_SIZE];
    struct hash hash;
    int r = sign_public(vault_audit_seed(vault), public);

    if (!r)
        r = hash_bytes((struct bytes){.at = public, .len = sizeof public}, &hash);
    if (r)
        return r;
    memcpy(ret_name, "ward/", 5);
    hex_print((struct bytes){.at = hash.at, .len = INSTANCE_ID_SIZE}, ret_name + 5);
    return 0;
}

/* The log may only grow from what was signed before: a rewritten one gets no signature. */
static int answer_checkpoint(struct vault *vault, int64_t now, const struct signer_message *message,
                             struct buffer *answer)
{
    char name[5 + 2 * INSTANCE_ID_SIZE + 1];
    struct checkpoint checkpoint = {.size = message->size, .root = message->root};
    int r = 0;

    (void)now;
    if (message->size < vault_last_size(vault))
        return TREE_FORGED;
    if (vault_last_size(vault))
        r = tree_check_consistency(vault_last_size(vault), vault_last_root(vault), message->size,
                                   &message->root, &message->proof);
    if (!r)
        r = vault_set_last(vault, message->size, &message->root);
    if (!r)
        r = instance_name(vault, name);
    if (r)
        return r;
    checkpoint.origin = text_of(name);
    return checkpoint_sign(&checkpoint, vault_audit_seed(vault), answer);
}

/* What the next proof has to begin from. */
static int answer_last(struct vault *vault, int64_t now, const struct signer_message *message,
                       struct buffer *answer)
{
    (void)now;
    (void)message;
    return signer_last_encode(vault_last_size(vault), answer);
}

static int answer_saml_certificate(struct vault *vault, int64_t now,
                                   const struct signer_message *message, struct buffer *answer)
{
    struct bytes key;
    struct bytes certificate;
    int r = vault_saml(vault, now, &key, &certificate);

    (void)message;
    if (r)
        return r;
    buffer_append(answer, certificate.at, certificate.len);
    return buffer_check(answer);
}

/* Only what begins as a request does: this key vouches for nothing else. */
static int answer_saml(struct vault *vault, int64_t now, const struct signer_message *message,
                       struct buffer *answer)
{
    static const char prefix[] = "SAMLRequest=";
    struct bytes key;
    struct bytes certificate;
    int r;

    if (message->query.len <= sizeof prefix ||
        memcmp(message->query.at, prefix, sizeof prefix - 1) != 0)
        return SIGNER_MALFORMED;
    r = vault_saml(vault, now, &key, &certificate);
    return r ? r : rsa_sign(key, message->query, answer);
}

/* Message → handler, and what an outcome of the handler means to who asked. */
static const struct row {
    answer_function *answer;
    enum signer_answer refusal;
} table[SIGNER_KINDS] = {
    [SIGNER_KEYS] = {answer_keys, SIGNER_FAILED},
    [SIGNER_ISSUE_DEVICE] = {answer_device, SIGNER_INVALID},
    [SIGNER_ISSUE_SERVER] = {answer_server, SIGNER_INVALID},
    [SIGNER_SIGN_POLICY] = {answer_policy, SIGNER_INVALID},
    [SIGNER_SIGN_CHECKPOINT] = {answer_checkpoint, SIGNER_INCONSISTENT},
    [SIGNER_LAST] = {answer_last, SIGNER_FAILED},
    [SIGNER_SAML_CERTIFICATE] = {answer_saml_certificate, SIGNER_FAILED},
    [SIGNER_SIGN_SAML] = {answer_saml, SIGNER_INVALID},
};

enum signer_answer signer_answer(struct vault *vault, int64_t now, uint8_t kind, struct bytes body,
                                 struct buffer *ret_answer)
{
    struct signer_message message;
    int r = signer_message_decode(kind, body, &message);

    if (r)
        return r < 0 ? SIGNER_FAILED : SIGNER_INVALID;
    r = table[message.kind].answer(vault, now, &message, ret_answer);
    if (r == 0)
        return SIGNER_DONE;
    buffer_clear(ret_answer);
    return r < 0 ? SIGNER_FAILED : table[message.kind].refusal;
}
