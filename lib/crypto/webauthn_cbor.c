/* Authenticators speak CBOR. It is read here head by head, so that a length that lies costs
 * nothing; libfido2, which builds trees of it, gets only what came through. */

#include <cbor.h>

#include "crypto/webauthn-private.h"

/* ---- heads ---- */

struct reading {
    struct cbor_head head;
    bool known;
};

static void take(void *context, enum cbor_kind kind, uint64_t number)
{
    struct reading *reading = context;

    reading->head.kind = kind;
    reading->head.number = number;
    reading->known = true;
}

/* libcbor has a callback for each width of a number. */
#define TAKE_NUMBER(name, type, kind)                                                              \
    static void name(void *context, type number)                                                   \
    {                                                                                              \
        take(context, kind, number);                                                               \
    }

TAKE_NUMBER(take_u8, uint8_t, CBOR_NUMBER)
TAKE_NUMBER(take_u16, uint16_t, CBOR_NUMBER)
TAKE_NUMBER(take_u32, uint32_t, CBOR_NUMBER)
TAKE_NUMBER(take_u64, uint64_t, CBOR_NUMBER)
TAKE_NUMBER(take_n8, uint8_t, CBOR_NEGATIVE)
TAKE_NUMBER(take_n16, uint16_t, CBOR_NEGATIVE)
TAKE_NUMBER(take_n32, uint32_t, CBOR_NEGATIVE)
TAKE_NUMBER(take_n64, uint64_t, CBOR_NEGATIVE)
TAKE_NUMBER(take_list, size_t, CBOR_LIST)
TAKE_NUMBER(take_pairs, size_t, CBOR_PAIRS)
TAKE_NUMBER(take_boolean, bool, CBOR_BOOLEAN)
#undef TAKE_NUMBER

static void take_bytes(void *context, cbor_data at, size_t len)
{
    ((struct reading *)context)->head.body = (struct bytes){at, len};
    take(context, CBOR_BYTES, len);
}

static void take_words(void *context, cbor_data at, size_t len)
{
    ((struct reading *)context)->head.body = (struct bytes){at, len};
    take(context, CBOR_WORDS, len);
}

RESULT webauthn_cbor_head(struct bytes input, struct cbor_head *ret_head)
{
    struct cbor_callbacks callbacks = cbor_empty_callbacks;
    struct reading reading = {.known = false};
    struct cbor_decoder_result result;

    callbacks.uint8 = take_u8;
    callbacks.uint16 = take_u16;
    callbacks.uint32 = take_u32;
    callbacks.uint64 = take_u64;
    callbacks.negint8 = take_n8;
    callbacks.negint16 = take_n16;
    callbacks.negint32 = take_n32;
    callbacks.negint64 = take_n64;
    callbacks.byte_string = take_bytes;
    callbacks.string = take_words;
    callbacks.array_start = take_list;
    callbacks.map_start = take_pairs;
    callbacks.boolean = take_boolean;
    if (input.len == 0)
        return WEBAUTHN_MALFORMED;
    result = cbor_stream_decode(input.at, input.len, &callbacks, &reading);
    if (result.status != CBOR_DECODER_FINISHED || !reading.known)
        return WEBAUTHN_MALFORMED;
    reading.head.len = result.read;
    *ret_head = reading.head;
    return 0;
}

static struct bytes rest_of(struct bytes input, size_t taken)
{
    return (struct bytes){input.at + taken, input.len - taken};
}

RESULT webauthn_cbor_take(struct bytes *input, struct bytes *ret_item)
{
    struct bytes rest = *input;
    uint64_t wanted = 1;

    for (unsigned seen = 0; wanted > 0; seen++) {
        struct cbor_head head;
        int r = webauthn_cbor_head(rest, &head);

        if (r || seen == WEBAUTHN_ITEMS_MAX)
            return WEBAUTHN_MALFORMED;
        rest = rest_of(rest, head.len);
        wanted--;
        if (head.kind != CBOR_LIST && head.kind != CBOR_PAIRS)
            continue;
        if (head.number > WEBAUTHN_ITEMS_MAX)
            return WEBAUTHN_MALFORMED;
        wanted += head.kind == CBOR_PAIRS ? head.number * 2 : head.number;
    }
    *ret_item = (struct bytes){input->at, input->len - rest.len};
    *input = rest;
    return 0;
}

/* ---- attestationObject ---- */

/* One pair of it into its part: each once. */
static int take_part(struct bytes *rest, struct webauthn_attestation *parts)
{
    struct cbor_head name;
    struct cbor_head head;
    struct bytes item;
    struct bytes *part = NULL;
    enum cbor_kind kind = CBOR_PAIRS;
    int r = webauthn_cbor_head(*rest, &name);

    if (r || name.kind != CBOR_WORDS)
        return WEBAUTHN_MALFORMED;
    *rest = rest_of(*rest, name.len);
    r = webauthn_cbor_take(rest, &item);
    if (!r)
        r = webauthn_cbor_head(item, &head);
    if (r)
        return WEBAUTHN_MALFORMED;
    if (text_equal(text_of_bytes(name.body), text_of("fmt"))) {
        part = &parts->format;
        kind = CBOR_WORDS;
    } else if (text_equal(text_of_bytes(name.body), text_of("attStmt"))) {
        part = &parts->statement;
    } else if (text_equal(text_of_bytes(name.body), text_of("authData"))) {
        part = &parts->authenticator;
        kind = CBOR_BYTES;
    }
    if (!part || part->at || head.kind != kind)
        return WEBAUTHN_MALFORMED;
    *part = kind == CBOR_PAIRS ? item : head.body;
    return 0;
}

RESULT webauthn_attestation_parse(struct bytes input, struct webauthn_attestation *ret_attestation)
{
    struct webauthn_attestation parts = {0};
    struct cbor_head head;
    int r = webauthn_cbor_head(input, &head);

    if (r || head.kind != CBOR_PAIRS || head.number != 3)
        return WEBAUTHN_MALFORMED;
    input = rest_of(input, head.len);
    for (unsigned i = 0; i < 3 && !r; i++)
        r = take_part(&input, &parts);
    if (r || input.len)
        return WEBAUTHN_MALFORMED;
    *ret_attestation = parts;
    return 0;
}

/* ---- authenticator data ---- */

enum { HEADER_SIZE = 37, MODEL_SIZE = 16 };

static int take_credential(struct bytes *rest, struct webauthn_authenticator *data)
{
    struct cbor_head head;
    size_t len;
    int r;

    if (rest->len < MODEL_SIZE + 2)
        return WEBAUTHN_MALFORMED;
    len = (size_t)rest->at[MODEL_SIZE] << 8 | rest->at[MODEL_SIZE + 1];
    *rest = rest_of(*rest, MODEL_SIZE + 2);
    if (len == 0 || len > WEBAUTHN_ID_MAX || len > rest->len)
        return WEBAUTHN_MALFORMED;
    data->id = (struct bytes){rest->at, len};
    *rest = rest_of(*rest, len);
    r = webauthn_cbor_take(rest, &data->key);
    if (!r)
        r = webauthn_cbor_head(data->key, &head);
    return r || head.kind != CBOR_PAIRS ? WEBAUTHN_MALFORMED : 0;
}

static int take_extensions(struct bytes *rest)
{
    struct cbor_head head;
    struct bytes item;
    int r = webauthn_cbor_head(*rest, &head);

    if (r || head.kind != CBOR_PAIRS)
        return WEBAUTHN_MALFORMED;
    return webauthn_cbor_take(rest, &item);
}

RESULT webauthn_authenticator_parse(struct bytes input, struct webauthn_authenticator *ret_data)
{
    struct webauthn_authenticator data = {0};
    struct bytes rest;
    int r = 0;

    if (input.len < HEADER_SIZE)
        return WEBAUTHN_MALFORMED;
    data.party = (struct bytes){input.at, 32};
    data.flags = input.at[32];
    for (unsigned i = 33; i < HEADER_SIZE; i++)
        data.counter = data.counter << 8 | input.at[i];
    rest = rest_of(input, HEADER_SIZE);
    /* A copy of what may not be copied: the flags contradict each other. */
    if ((data.flags & WEBAUTHN_BACKED_UP_FLAG) && !(data.flags & WEBAUTHN_MAY_BACK_UP_FLAG))
        return WEBAUTHN_MALFORMED;
    if (data.flags & WEBAUTHN_CREDENTIAL_FLAG)
        r = take_credential(&rest, &data);
    if (!r && (data.flags & WEBAUTHN_EXTENSIONS_FLAG))
        r = take_extensions(&rest);
    if (r || rest.len)
        return WEBAUTHN_MALFORMED;
    *ret_data = data;
    return 0;
}

/* ---- algorithms: of a key under the label 3, of a statement under "alg" ---- */

static int judge_algorithm(const struct cbor_head *value, enum webauthn_algorithm *ret_algorithm)
{
    static const enum webauthn_algorithm taken[] = {WEBAUTHN_ES256, WEBAUTHN_EDDSA, WEBAUTHN_RS256};

    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        if (value->kind != CBOR_NEGATIVE || value->number != (uint64_t)(-1 - taken[i]))
            continue;
        *ret_algorithm = taken[i];
        return 0;
    }
    return WEBAUTHN_KEY;
}

static bool same_label(const struct cbor_head *a, const struct cbor_head *b)
{
    return a->kind == b->kind && a->number == b->number &&
           text_equal(text_of_bytes(a->body), text_of_bytes(b->body));
}

/* What stands under the label; a second one is refused by libfido2, which wants labels in order. */
static int find_algorithm(struct bytes map, const struct cbor_head *label,
                          enum webauthn_algorithm *ret_algorithm)
{
    struct cbor_head head;
    struct cbor_head name;
    struct cbor_head value;
    struct bytes item;
    int r = webauthn_cbor_head(map, &head);

    if (r || head.kind != CBOR_PAIRS)
        return WEBAUTHN_MALFORMED;
    map = rest_of(map, head.len);
    for (uint64_t i = 0; i < head.number; i++) {
        r = webauthn_cbor_head(map, &name);
        if (!r)
            r = webauthn_cbor_take(&map, &item);
        if (!r)
            r = webauthn_cbor_head(map, &value);
        if (!r)
            r = webauthn_cbor_take(&map, &item);
        if (r)
            return WEBAUTHN_MALFORMED;
        if (same_label(&name, label))
            return judge_algorithm(&value, ret_algorithm);
    }
    return WEBAUTHN_KEY;
}

RESULT webauthn_key_algorithm(struct bytes key, enum webauthn_algorithm *ret_algorithm)
{
    const struct cbor_head label = {.kind = CBOR_NUMBER, .number = 3};

    return find_algorithm(key, &label, ret_algorithm);
}

RESULT webauthn_statement_algorithm(struct bytes statement, enum webauthn_algorithm *ret_algorithm)
{
    const struct cbor_head label = {
        .kind = CBOR_WORDS, .number = 3, .body = bytes_of_text(text_of("alg"))};

    return find_algorithm(statement, &label, ret_algorithm);
}
