/* The certificate that people's browsers see: Ward's own, or the organisation's. */

#include "crypto/x509.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

#define DER_MAX ((size_t)64 * 1024)

static int write_tls(struct api_call *call, struct json_out *out, struct bytes chain)
{
    CLEANUP(buffer_deinit) struct buffer der = buffer_init(DER_MAX);
    const struct identity *identity = &call->serve->identity;
    struct hash fingerprint;
    int64_t from_at;
    int64_t to_at = 0;
    int r = 0;

    if (chain.len)
        r = x509_from_pem(X509_CERTIFICATE, chain, &der);
    if (!r && chain.len)
        r = x509_validity(buffer_bytes(&der), &from_at, &to_at);
    if (!r && chain.len)
        r = x509_fingerprint(buffer_bytes(&der), &fingerprint);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    json_out_object(out, NULL);
    json_out_hex(out, "own_fingerprint", (struct bytes){identity->own_fingerprint.at, HASH_SIZE});
    json_out_text(out, "own_ca", text_of_bytes(buffer_bytes(&identity->own_ca)));
    json_out_boolean(out, "imported", chain.len != 0);
    if (chain.len)
        json_out_hex(out, "imported_fingerprint", (struct bytes){fingerprint.at, HASH_SIZE});
    else
        json_out_null(out, "imported_fingerprint");
    json_out_moment_or_null(out, "imported_to_at", to_at);
    json_out_object_end(out);
    return 0;
}

struct importing {
    struct api_call *call;
    struct bytes chain;
    struct bytes key;
};

static int read_other(struct records_tx *tx, void *context)
{
    struct importing *importing = context;

    return records_setting(tx, "tls.other.chain", importing->call->arena, &importing->chain);
}

static int reply_tls(struct api_call *call, struct bytes chain)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    int r = write_tls(call, &out, chain);

    return r ? r : api_reply(call, 200, &out);
}

int api_get_tls(struct api_call *call)
{
    struct importing importing = {.call = call};
    int r = records_read(call->serve->records, read_other, &importing);

    return r < 0 ? r : reply_tls(call, importing.chain);
}

static int import(struct records_tx *tx, void *context)
{
    struct importing *importing = context;
    struct api_entry entry = {.action = "tls.import"};
    int r = identity_write_other(tx, importing->chain, importing->key);

    return r ? r : api_audit(tx, importing->call, &entry);
}

int api_import_tls(struct api_call *call)
{
    struct importing importing = {.call = call,
                                  .chain = bytes_of_text(api_body_text(call, "chain")),
                                  .key = bytes_of_text(api_body_text(call, "key"))};
    struct http_identity other = {.chain = text_of_bytes(importing.chain),
                                  .key = text_of_bytes(importing.key)};
    struct hash fingerprint;
    int64_t to_at;
    int r = identity_judge(importing.chain, importing.key, call->now, &to_at, &fingerprint);

    if (r == IDENTITY_EXPIRED)
        return api_problem_field(call, "/chain", "a certificate that is valid now");
    if (r > 0)
        return api_problem_field(call, "/chain",
                                 "PEM of a certificate (with its chain) that belongs to the key");
    if (r)
        return r;
    /* What the TLS library does not take is not kept. */
    r = http_server_set_identity(call->serve->people, &other);
    if (r == ERR_CRYPTO)
        return api_problem_field(call, "/chain", "a chain and key that can be served");
    if (!r)
        r = records_act(call->serve->records, import, &importing);
    return r ? r : reply_tls(call, importing.chain);
}
