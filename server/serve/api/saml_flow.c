#include "server/serve/api/saml_flow.h"

#include "access/class.h"
#include "base/base64.h"
#include "base/hex.h"
#include "os/secret.h"
#include "server/serve/api/passkeys.h"
#include "server/serve/serve.h"

#define NONCE_SIZE 16
#define PLAIN_SIZE (NONCE_SIZE + 8 + 4)
#define SEALED_SIZE (PLAIN_SIZE + HASH_SIZE)

static void put_number(uint8_t *at, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
}

static uint64_t number_of(const uint8_t *at, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | at[i];
    return value;
}

/* Two tags by one key: one that the browser shows us, one that the provider does. */
static int tag(struct api_call *call, const char *purpose, const uint8_t plain[PLAIN_SIZE],
               struct hash *ret_tag)
{
    const struct bytes pieces[] = {bytes_of_text(text_of(purpose)),
                                   {.at = plain, .len = PLAIN_SIZE}};

    return hash_hmac(secret_bytes(call->serve->flow_key), pieces, 2, ret_tag);
}

static int fill(struct api_call *call, const uint8_t plain[PLAIN_SIZE], struct flow *ret_flow)
{
    struct flow flow = {.begun_at = (int64_t)number_of(plain + NONCE_SIZE, 8),
                        .tester = (uint32_t)number_of(plain + NONCE_SIZE + 8, 4),
                        .id = "_"};
    struct hash id;
    int r = tag(call, "ward saml request v1", plain, &id);

    if (r)
        return r;
    hex_print((struct bytes){.at = id.at, .len = 20}, flow.id + 1);
    *ret_flow = flow;
    return 0;
}

/* From another site the browser sends it along only when it is told so: SameSite=None. */
static int set_cookie(struct api_call *call, const char *value)
{
    struct text cookie =
        arena_print(call->arena, "%s=%s; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=%d",
                    FLOW_COOKIE, value, value[0] ? (int)(FLOW_MS / 1000) : 0);

    if (!cookie.at)
        return FAULT(ERR_MEMORY);
    http_reply_header(call->request, "Set-Cookie", cookie);
    return 0;
}

RESULT flow_begin(struct api_call *call, uint32_t tester, struct flow *ret_flow)
{
    uint8_t sealed[SEALED_SIZE];
    char value[BASE64URL_SIZE(SEALED_SIZE)];
    struct hash hash;
    int r = secret_random(sealed, NONCE_SIZE);

    put_number(sealed + NONCE_SIZE, (uint64_t)call->now, 8);
    put_number(sealed + NONCE_SIZE + 8, tester, 4);
    if (!r)
        r = tag(call, "ward saml flow v1", sealed, &hash);
    if (r)
        return r;
    memcpy(sealed + PLAIN_SIZE, hash.at, HASH_SIZE);
    base64url_print((struct bytes){.at = sealed, .len = sizeof sealed}, value);
    r = set_cookie(call, value);
    return r ? r : fill(call, sealed, ret_flow);
}

RESULT flow_find(struct api_call *call, struct flow *ret_flow)
{
    struct text value = http_cookie(call->request, FLOW_COOKIE);
    uint8_t sealed[SEALED_SIZE];
    struct flow flow;
    struct hash hash;
    int r;

    if (!value.at || base64url_parse(value, sealed, sizeof sealed))
        return FLOW_ABSENT;
    r = tag(call, "ward saml flow v1", sealed, &hash);
    if (r)
        return r;
    if (!bytes_equal_secret(hash.at, sealed + PLAIN_SIZE, HASH_SIZE))
        return FLOW_ABSENT;
    r = fill(call, sealed, &flow);
    if (r)
        return r;
    if (flow.begun_at > call->now || call->now - flow.begun_at > FLOW_MS)
        return FLOW_ABSENT;
    *ret_flow = flow;
    return 0;
}

RESULT flow_end(struct api_call *call)
{
    return set_cookie(call, "");
}

RESULT flow_self(struct api_call *call, struct flow_self *ret_self)
{
    struct flow_self self;
    int r = passkeys_address(call, &self.address);

    if (r)
        return r;
    self.acs_url = arena_print(call->arena, "%.*s/api/v1/session/saml", (int)self.address.len,
                               self.address.at);
    self.entity_id = arena_print(call->arena, "%.*s/api/v1/session/saml/metadata",
                                 (int)self.address.len, self.address.at);
    if (!self.acs_url.at || !self.entity_id.at)
        return FAULT(ERR_MEMORY);
    *ret_self = self;
    return 0;
}

static int sign(struct api_call *call, struct bytes query, struct buffer *signature)
{
    const struct signer_message message = {.kind = SIGNER_SIGN_SAML, .query = query};
    int r = signer_client_ask(call->serve->signer, &message, signature);

    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

RESULT flow_location(struct api_call *call, const struct records_saml *provider,
                     const struct flow *flow, struct text *ret_url)
{
    CLEANUP(buffer_deinit) struct buffer query = buffer_init(SIGNER_QUERY_MAX);
    CLEANUP(buffer_deinit) struct buffer signature = buffer_init(SIGNER_QUERY_MAX);
    CLEANUP(buffer_deinit) struct buffer url = buffer_init(2 * SIGNER_QUERY_MAX);
    struct saml_request request = {
        .id = text_of(flow->id), .now = call->now, .sign_in_url = provider->sign_in_url};
    struct flow_self self;
    int r = flow_self(call, &self);

    if (r)
        return r;
    request.entity_id = self.entity_id;
    request.acs_url = self.acs_url;
    r = saml_request_query(&request, &query);
    if (!r)
        r = sign(call, buffer_bytes(&query), &signature);
    if (!r)
        r = saml_request_url(provider->sign_in_url, buffer_bytes(&query), buffer_bytes(&signature),
                             &url);
    if (r)
        return r;
    *ret_url = arena_copy_text(call->arena, text_of_bytes(buffer_bytes(&url)));
    return ret_url->at ? 0 : FAULT(ERR_MEMORY);
}

RESULT flow_certificates(struct bytes packed, struct bytes certificates[SAML_CERTIFICATES_MAX],
                         size_t *ret_count)
{
    size_t count = 0;

    while (packed.len) {
        size_t len = packed.len > 2 ? (size_t)number_of(packed.at, 2) : 0;

        if (len == 0 || len > packed.len - 2 || count == SAML_CERTIFICATES_MAX)
            return FAULT(ERR_CORRUPT);
        certificates[count++] = (struct bytes){.at = packed.at + 2, .len = len};
        packed.at += 2 + len;
        packed.len -= 2 + len;
    }
    *ret_count = count;
    return 0;
}

RESULT flow_go(struct api_call *call, const char *path)
{
    http_reply_header(call->request, "Location", text_of(path));
    http_reply(call->request, 303, NULL, (struct bytes){0});
    return 0;
}

bool flow_class_may_be_given(struct text word)
{
    const struct access_class *class = access_class_find(word);

    for (size_t i = 0; class && i < ACCESS_CATEGORY_COUNT; i++)
        if (class->levels[i] == ACCESS_CHANGE)
            return false;
    return class != NULL;
}
