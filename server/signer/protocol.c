#include "server/signer/protocol.h"

#include "wire/limits.h"

/* Takes len bytes off the front of a body, or says that they are not there. */
static bool take(struct bytes *body, size_t len, const uint8_t **ret_at)
{
    if (body->len < len)
        return false;
    *ret_at = body->at;
    body->at += len;
    body->len -= len;
    return true;
}

static uint64_t number(const uint8_t *at, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++)
        value = value << 8 | at[i];
    return value;
}

static void append_number(struct buffer *buffer, uint64_t value, size_t size)
{
    uint8_t bytes[8];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    buffer_append(buffer, bytes, size);
}

static bool decode_device(struct bytes body, struct signer_message *message)
{
    const uint8_t *at;

    if (!take(&body, DEVICE_ID_SIZE, &at) || body.len == 0 || body.len > SIGNER_REQUEST_MAX)
        return false;
    memcpy(message->device.at, at, DEVICE_ID_SIZE);
    message->request = body;
    return true;
}

static bool decode_server(struct bytes body, struct signer_message *message)
{
    const uint8_t *at;
    size_t len;

    if (!take(&body, 2, &at))
        return false;
    len = (size_t)number(at, 2);
    if (len == 0 || len > SIGNER_NAMES_MAX || !take(&body, len, &at))
        return false;
    message->names = (struct text){.at = (const char *)at, .len = len};
    message->request = body;
    return body.len > 0 && body.len <= SIGNER_REQUEST_MAX;
}

static bool decode_checkpoint(struct bytes body, struct signer_message *message)
{
    const uint8_t *at;

    if (!take(&body, 8, &at))
        return false;
    message->size = number(at, 8);
    if (!take(&body, HASH_SIZE, &at) || body.len % HASH_SIZE ||
        body.len / HASH_SIZE > TREE_PROOF_MAX)
        return false;
    memcpy(message->root.at, at, HASH_SIZE);
    message->proof.count = body.len / HASH_SIZE;
    if (body.len)
        memcpy(message->proof.at, body.at, body.len);
    return true;
}

RESULT signer_message_decode(uint8_t kind, struct bytes body, struct signer_message *ret_message)
{
    struct signer_message message = {0};
    bool well = false;

    switch (kind) {
    case SIGNER_KEYS:
    case SIGNER_LAST:
    case SIGNER_SAML_CERTIFICATE:
        well = body.len == 0;
        break;
    case SIGNER_ISSUE_DEVICE:
        well = decode_device(body, &message);
        break;
    case SIGNER_ISSUE_SERVER:
        well = decode_server(body, &message);
        break;
    case SIGNER_SIGN_POLICY:
        message.policy = body;
        well = body.len > 0 && body.len <= WIRE_POLICY_MAX;
        break;
    case SIGNER_SIGN_SAML:
        message.query = body;
        well = body.len > 0 && body.len <= SIGNER_QUERY_MAX;
        break;
    case SIGNER_SIGN_CHECKPOINT:
        well = decode_checkpoint(body, &message);
        break;
    default:
        break;
    }
    if (!well)
        return SIGNER_MALFORMED;
    message.kind = (enum signer_kind)kind;
    *ret_message = message;
    return 0;
}

RESULT signer_message_encode(const struct signer_message *message, struct buffer *ret_body)
{
    switch (message->kind) {
    case SIGNER_ISSUE_DEVICE:
        buffer_append(ret_body, message->device.at, DEVICE_ID_SIZE);
        buffer_append(ret_body, message->request.at, message->request.len);
        break;
    case SIGNER_ISSUE_SERVER:
        append_number(ret_body, message->names.len, 2);
        buffer_append_text(ret_body, message->names);
        buffer_append(ret_body, message->request.at, message->request.len);
        break;
    case SIGNER_SIGN_POLICY:
        buffer_append(ret_body, message->policy.at, message->policy.len);
        break;
    case SIGNER_SIGN_CHECKPOINT:
        append_number(ret_body, message->size, 8);
        buffer_append(ret_body, message->root.at, HASH_SIZE);
        buffer_append(ret_body, message->proof.at, message->proof.count * HASH_SIZE);
        break;
    case SIGNER_SIGN_SAML:
        buffer_append(ret_body, message->query.at, message->query.len);
        break;
    case SIGNER_KEYS:
    case SIGNER_LAST:
    case SIGNER_SAML_CERTIFICATE:
    case SIGNER_KINDS:
    default:
        break;
    }
    return buffer_check(ret_body);
}

RESULT signer_keys_decode(struct bytes body, struct signer_keys *ret_keys)
{
    struct signer_keys keys = {0};
    const uint8_t *at;

    if (!take(&body, 4, &at))
        return SIGNER_MALFORMED;
    keys.ca.len = (size_t)number(at, 4);
    if (!take(&body, keys.ca.len, &keys.ca.at) || body.len != (size_t)2 * SIGN_PUBLIC_SIZE)
        return SIGNER_MALFORMED;
    memcpy(keys.audit, body.at, SIGN_PUBLIC_SIZE);
    memcpy(keys.policy, body.at + SIGN_PUBLIC_SIZE, SIGN_PUBLIC_SIZE);
    *ret_keys = keys;
    return 0;
}

RESULT signer_keys_encode(const struct signer_keys *keys, struct buffer *ret_body)
{
    append_number(ret_body, keys->ca.len, 4);
    buffer_append(ret_body, keys->ca.at, keys->ca.len);
    buffer_append(ret_body, keys->audit, SIGN_PUBLIC_SIZE);
    buffer_append(ret_body, keys->policy, SIGN_PUBLIC_SIZE);
    return buffer_check(ret_body);
}

RESULT signer_last_decode(struct bytes body, uint64_t *ret_size)
{
    if (body.len != 8)
        return SIGNER_MALFORMED;
    *ret_size = number(body.at, 8);
    return 0;
}

RESULT signer_last_encode(uint64_t size, struct buffer *ret_body)
{
    append_number(ret_body, size, 8);
    return buffer_check(ret_body);
}
