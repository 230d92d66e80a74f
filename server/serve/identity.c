#include "server/serve/identity.h"

#include <stddef.h>

#include "base/moment.h"
#include "crypto/x509.h"
#include "net/server.h"
#include "os/process.h"
#include "store/records/nouns.h"

#define PEM_MAX ((size_t)128 * 1024)
#define DER_MAX ((size_t)64 * 1024)
#define ARENA_MAX ((size_t)512 * 1024)

/* What of it is kept, by setting. */
static const struct row {
    const char *word;
    size_t offset;
} rows[] = {
    {"tls.own.names", offsetof(struct identity, names)},
    {"tls.own.chain", offsetof(struct identity, own_chain)},
    {"tls.own.key", offsetof(struct identity, own_key)},
    {"tls.other.chain", offsetof(struct identity, other_chain)},
    {"tls.other.key", offsetof(struct identity, other_key)},
};
#define ROWS (sizeof rows / sizeof *rows)
#define OWN_ROWS 3

struct keeping {
    struct identity *identity;
    struct arena *arena;
};

static struct buffer *buffer_of(struct identity *identity, const struct row *row)
{
    return (struct buffer *)(void *)((char *)identity + row->offset);
}

static int read_kept(struct records_tx *tx, void *context)
{
    struct keeping *keeping = context;

    for (size_t i = 0; i < ROWS; i++) {
        struct buffer *buffer = buffer_of(keeping->identity, &rows[i]);
        struct bytes value;
        int r = records_setting(tx, rows[i].word, keeping->arena, &value);

        if (r == RECORDS_ABSENT)
            continue;
        if (r)
            return r;
        buffer_append(buffer, value.at, value.len);
        r = buffer_check(buffer);
        if (r)
            return r;
    }
    return 0;
}

static int write_own(struct records_tx *tx, void *context)
{
    struct keeping *keeping = context;
    int r = 0;

    for (size_t i = 0; i < OWN_ROWS && !r; i++)
        r = records_setting_set(tx, rows[i].word,
                                buffer_bytes(buffer_of(keeping->identity, &rows[i])));
    return r;
}

static void add_name(struct buffer *names, const char *name)
{
    if (!name[0])
        return;
    if (names->len)
        buffer_append_string(names, ",");
    buffer_append_string(names, name);
}

static int wanted_names(const char *option_names, const char *setting_names, struct buffer *names)
{
    char host[256];

    add_name(names, "localhost,127.0.0.1,::1," HTTP_AGENT_NAME);
    if (process_host_name(host, sizeof host) == 0 && strcmp(host, "localhost") != 0)
        add_name(names, host);
    add_name(names, option_names);
    add_name(names, setting_names);
    return buffer_check(names);
}

static int validity(const struct buffer *chain, int64_t *ret_from_at, int64_t *ret_to_at)
{
    CLEANUP(buffer_deinit) struct buffer der = buffer_init(DER_MAX);
    int r = x509_from_pem(X509_CERTIFICATE, buffer_bytes(chain), &der);

    return r ? r : x509_validity(buffer_bytes(&der), ret_from_at, ret_to_at);
}

static int make_own(struct identity *identity, struct signer_client *signer)
{
    CLEANUP(buffer_deinit) struct buffer key = buffer_init(DER_MAX);
    CLEANUP(buffer_deinit) struct buffer request = buffer_init(DER_MAX);
    CLEANUP(buffer_deinit) struct buffer certificate = buffer_init(DER_MAX);
    struct signer_message message = {.kind = SIGNER_ISSUE_SERVER};
    int r = x509_key_new(&key);

    if (!r)
        r = x509_request_new(buffer_bytes(&key), &request);
    if (r)
        return r;
    message.names = text_of_bytes(buffer_bytes(&identity->names));
    message.request = buffer_bytes(&request);
    r = signer_client_ask(signer, &message, &certificate);
    if (r)
        return r;
    buffer_clear(&identity->own_chain);
    buffer_clear(&identity->own_key);
    r = x509_pem(X509_CERTIFICATE, buffer_bytes(&certificate), &identity->own_chain);
    if (!r)
        r = x509_pem(X509_KEY, buffer_bytes(&key), &identity->own_key);
    if (r)
        return r;
    buffer_append(&identity->own_chain, identity->own_ca.at, identity->own_ca.len);
    return buffer_check(&identity->own_chain);
}

/* Is what was kept of this CA? A restored signer would not know it. */
static bool is_ours(const struct identity *identity)
{
    const struct buffer *chain = &identity->own_chain;
    const struct buffer *ca = &identity->own_ca;

    return chain->len >= ca->len && memcmp(chain->at + chain->len - ca->len, ca->at, ca->len) == 0;
}

bool identity_is_old(const struct identity *identity, int64_t now)
{
    return now > identity->own_from_at + (identity->own_to_at - identity->own_from_at) / 3 * 2;
}

static int settle_own(struct identity *identity, struct records *records,
                      struct signer_client *signer, const struct buffer *wanted, int64_t now)
{
    struct keeping keeping = {.identity = identity};
    int r = X509_INVALID;

    if (is_ours(identity) && wanted->len == identity->names.len &&
        memcmp(wanted->at, identity->names.at, wanted->len) == 0)
        r = validity(&identity->own_chain, &identity->own_from_at, &identity->own_to_at);
    if (r < 0 || (r == 0 && !identity_is_old(identity, now)))
        return r;
    buffer_clear(&identity->names);
    buffer_append(&identity->names, wanted->at, wanted->len);
    r = make_own(identity, signer);
    if (!r)
        r = validity(&identity->own_chain, &identity->own_from_at, &identity->own_to_at);
    if (!r)
        r = records_act(records, write_own, &keeping);
    return r > 0 ? IDENTITY_INVALID : r;
}

RESULT identity_load(struct identity *identity, struct records *records,
                     struct signer_client *signer, const char *option_names,
                     const char *setting_names, int64_t now)
{
    CLEANUP(buffer_deinit) struct buffer wanted = buffer_init(SIGNER_NAMES_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct keeping keeping = {.identity = identity};
    int r = arena_new(&arena, ARENA_MAX);

    if (r)
        return r;
    keeping.arena = arena;
    for (size_t i = 0; i < ROWS; i++)
        *buffer_of(identity, &rows[i]) = buffer_init(PEM_MAX);
    identity->own_ca = buffer_init(PEM_MAX);
    r = x509_pem(X509_CERTIFICATE, signer_client_keys(signer)->ca, &identity->own_ca);
    if (!r)
        r = x509_fingerprint(signer_client_keys(signer)->ca, &identity->own_fingerprint);
    if (!r)
        r = records_read(records, read_kept, &keeping);
    if (!r)
        r = wanted_names(option_names, setting_names, &wanted);
    return r ? r : settle_own(identity, records, signer, &wanted, now);
}

void identity_deinit(struct identity *identity)
{
    for (size_t i = 0; i < ROWS; i++)
        buffer_deinit(buffer_of(identity, &rows[i]));
    buffer_deinit(&identity->own_ca);
}

RESULT identity_judge(struct bytes chain, struct bytes key, int64_t now, int64_t *ret_to_at,
                      struct hash *ret_fingerprint)
{
    CLEANUP(buffer_deinit) struct buffer certificate = buffer_init(DER_MAX);
    CLEANUP(buffer_deinit) struct buffer key_der = buffer_init(DER_MAX);
    struct hash fingerprint;
    int64_t from_at;
    int64_t to_at;
    int r = x509_from_pem(X509_CERTIFICATE, chain, &certificate);

    if (!r)
        r = x509_from_pem(X509_KEY, key, &key_der);
    if (!r)
        r = x509_match(buffer_bytes(&certificate), buffer_bytes(&key_der));
    if (!r)
        r = x509_validity(buffer_bytes(&certificate), &from_at, &to_at);
    if (!r)
        r = x509_fingerprint(buffer_bytes(&certificate), &fingerprint);
    if (r)
        return r < 0 ? r : IDENTITY_INVALID;
    if (now < from_at || now >= to_at)
        return IDENTITY_EXPIRED;
    *ret_to_at = to_at;
    *ret_fingerprint = fingerprint;
    return 0;
}

RESULT identity_write_other(struct records_tx *tx, struct bytes chain, struct bytes key)
{
    int r = records_setting_set(tx, "tls.other.chain", chain);

    return r ? r : records_setting_set(tx, "tls.other.key", key);
}

RESULT identity_other_validity(const struct identity *identity, int64_t *ret_from_at,
                               int64_t *ret_to_at)
{
    int r = validity(&identity->other_chain, ret_from_at, ret_to_at);

    return r > 0 ? IDENTITY_INVALID : r;
}
