#include "server/saml/protocol.h"

/* ---- bytes ---- */

struct reader {
    struct bytes left;
    bool bad;
};

static uint64_t take_number(struct reader *reader, size_t size)
{
    uint64_t value = 0;

    if (reader->left.len < size) {
        reader->bad = true;
        return 0;
    }
    for (size_t i = 0; i < size; i++)
        value = value << 8 | reader->left.at[i];
    reader->left.at += size;
    reader->left.len -= size;
    return value;
}

static struct bytes take_bytes(struct reader *reader, size_t max)
{
    size_t len = (size_t)take_number(reader, 4);
    struct bytes bytes = {.at = reader->left.at, .len = len};

    if (reader->bad || len > max || len > reader->left.len) {
        reader->bad = true;
        return (struct bytes){0};
    }
    reader->left.at += len;
    reader->left.len -= len;
    return bytes;
}

static bool take_flag(struct reader *reader)
{
    uint64_t value = take_number(reader, 1);

    reader->bad = reader->bad || value > 1;
    return value == 1;
}

static struct text take_text(struct reader *reader)
{
    return text_of_bytes(take_bytes(reader, SAML_TEXT_MAX));
}

static void put_number(struct buffer *out, uint64_t value, size_t size)
{
    for (size_t i = size; i > 0; i--) {
        uint8_t byte = (uint8_t)(value >> (8 * (i - 1)));

        buffer_append(out, &byte, 1);
    }
}

static void put_bytes(struct buffer *out, struct bytes bytes)
{
    put_number(out, bytes.len, 4);
    buffer_append(out, bytes.at, bytes.len);
}

static void put_text(struct buffer *out, struct text text)
{
    put_bytes(out, bytes_of_text(text));
}

static int finish(const struct reader *reader)
{
    return reader->bad || reader->left.len ? SAML_MALFORMED : 0;
}

static void take_certificates(struct reader *reader, size_t *ret_count, struct bytes *certificates)
{
    size_t count = (size_t)take_number(reader, 1);

    if (count > SAML_CERTIFICATES_MAX) {
        reader->bad = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        certificates[i] = take_bytes(reader, SAML_CERTIFICATE_MAX);
    *ret_count = count;
}

static void put_certificates(struct buffer *out, size_t count, const struct bytes *certificates)
{
    put_number(out, count, 1);
    for (size_t i = 0; i < count; i++)
        put_bytes(out, certificates[i]);
}

/* ---- what is asked ---- */

RESULT saml_ask_decode(uint8_t kind, struct bytes body, struct saml_ask *ret_ask)
{
    struct reader reader = {.left = body};
    struct saml_ask ask = {0};

    if (kind < SAML_ASK_CERTIFICATE || kind > SAML_ASK_RESPONSE)
        return SAML_MALFORMED;
    ask.kind = (enum saml_ask_kind)kind;
    if (kind != SAML_ASK_CERTIFICATE)
        ask.expected.now = (int64_t)take_number(&reader, 8);
    if (kind == SAML_ASK_RESPONSE) {
        ask.expected.entity_id = take_text(&reader);
        ask.expected.acs_url = take_text(&reader);
        ask.expected.provider = take_text(&reader);
        ask.expected.in_reply_to = take_text(&reader);
        take_certificates(&reader, &ask.expected.certificate_count, ask.expected.certificates);
    }
    if (kind != SAML_ASK_CERTIFICATE)
        ask.xml = take_bytes(&reader, SAML_MESSAGE_MAX);
    if (finish(&reader))
        return SAML_MALFORMED;
    *ret_ask = ask;
    return 0;
}

RESULT saml_ask_encode(const struct saml_ask *ask, struct buffer *ret_body)
{
    if (ask->kind != SAML_ASK_CERTIFICATE)
        put_number(ret_body, (uint64_t)ask->expected.now, 8);
    if (ask->kind == SAML_ASK_RESPONSE) {
        put_text(ret_body, ask->expected.entity_id);
        put_text(ret_body, ask->expected.acs_url);
        put_text(ret_body, ask->expected.provider);
        put_text(ret_body, ask->expected.in_reply_to);
        put_certificates(ret_body, ask->expected.certificate_count, ask->expected.certificates);
    }
    if (ask->kind != SAML_ASK_CERTIFICATE)
        put_bytes(ret_body, ask->xml);
    return buffer_check(ret_body);
}

/* ---- answers ---- */

RESULT saml_provider_decode(struct bytes body, struct saml_provider *ret_provider)
{
    struct reader reader = {.left = body};
    struct saml_provider provider = {0};

    provider.entity_id = take_text(&reader);
    provider.sign_in_url = take_text(&reader);
    provider.valid_until = (int64_t)take_number(&reader, 8);
    provider.wants_signed = take_flag(&reader);
    take_certificates(&reader, &provider.certificate_count, provider.certificates);
    if (finish(&reader))
        return SAML_MALFORMED;
    *ret_provider = provider;
    return 0;
}

RESULT saml_provider_encode(const struct saml_provider *provider, struct buffer *ret_body)
{
    put_text(ret_body, provider->entity_id);
    put_text(ret_body, provider->sign_in_url);
    put_number(ret_body, (uint64_t)provider->valid_until, 8);
    put_number(ret_body, provider->wants_signed, 1);
    put_certificates(ret_body, provider->certificate_count, provider->certificates);
    return buffer_check(ret_body);
}

static int take_attributes(struct reader *reader, struct arena *arena, struct saml_claims *claims)
{
    struct saml_attribute *attributes;
    struct text *values = arena_take_array(arena, SAML_VALUES_MAX, sizeof *values);
    size_t used = 0;

    claims->attribute_count = (size_t)take_number(reader, 2);
    if (claims->attribute_count > SAML_ATTRIBUTES_MAX)
        return SAML_MALFORMED;
    attributes = arena_take_array(arena, claims->attribute_count, sizeof *attributes);
    if (!values || !attributes)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < claims->attribute_count; i++) {
        attributes[i].name = take_text(reader);
        attributes[i].value_count = (size_t)take_number(reader, 2);
        attributes[i].values = values + used;
        if (reader->bad || attributes[i].value_count > SAML_VALUES_MAX - used)
            return SAML_MALFORMED;
        for (size_t k = 0; k < attributes[i].value_count; k++)
            values[used++] = take_text(reader);
    }
    claims->attributes = attributes;
    return 0;
}

RESULT saml_claims_decode(struct bytes body, struct arena *arena, struct saml_claims *ret_claims)
{
    struct reader reader = {.left = body};
    struct saml_claims claims = {0};
    int r;

    claims.assertion_id = take_text(&reader);
    claims.issuer = take_text(&reader);
    claims.name_id = take_text(&reader);
    claims.name_format = take_text(&reader);
    claims.session_index = take_text(&reader);
    claims.context = take_text(&reader);
    claims.in_reply_to = take_text(&reader);
    claims.authenticated_at = (int64_t)take_number(&reader, 8);
    claims.valid_until = (int64_t)take_number(&reader, 8);
    claims.session_until = (int64_t)take_number(&reader, 8);
    claims.encrypted = take_flag(&reader);
    r = take_attributes(&reader, arena, &claims);
    if (!r)
        r = finish(&reader);
    if (r)
        return r;
    *ret_claims = claims;
    return 0;
}

RESULT saml_claims_encode(const struct saml_claims *claims, struct buffer *ret_body)
{
    put_text(ret_body, claims->assertion_id);
    put_text(ret_body, claims->issuer);
    put_text(ret_body, claims->name_id);
    put_text(ret_body, claims->name_format);
    put_text(ret_body, claims->session_index);
    put_text(ret_body, claims->context);
    put_text(ret_body, claims->in_reply_to);
    put_number(ret_body, (uint64_t)claims->authenticated_at, 8);
    put_number(ret_body, (uint64_t)claims->valid_until, 8);
    put_number(ret_body, (uint64_t)claims->session_until, 8);
    put_number(ret_body, claims->encrypted, 1);
    put_number(ret_body, claims->attribute_count, 2);
    for (size_t i = 0; i < claims->attribute_count; i++) {
        put_text(ret_body, claims->attributes[i].name);
        put_number(ret_body, claims->attributes[i].value_count, 2);
        for (size_t k = 0; k < claims->attributes[i].value_count; k++)
            put_text(ret_body, claims->attributes[i].values[k]);
    }
    return buffer_check(ret_body);
}

RESULT saml_refusal_decode(struct bytes body, enum saml_refusal *ret_refusal)
{
    struct reader reader = {.left = body};
    uint64_t number = take_number(&reader, 2);

    if (finish(&reader) || number == SAML_FINE || number >= SAML_REFUSAL_END)
        return SAML_MALFORMED;
    *ret_refusal = (enum saml_refusal)number;
    return 0;
}

RESULT saml_refusal_encode(enum saml_refusal refusal, struct buffer *ret_body)
{
    put_number(ret_body, refusal, 2);
    return buffer_check(ret_body);
}
