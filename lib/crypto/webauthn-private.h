#pragma once

/* What the sources of WebAuthn share. */

#include "crypto/webauthn.h"

/* ---- clientDataJSON ---- */

/* Judges it against the question: type is "webauthn.create" or "webauthn.get". */
RESULT webauthn_client_judge(const struct webauthn_question *question, const char *type,
                             struct bytes client);

/* ---- CBOR: read without allocating, and before libraries do ---- */

#define WEBAUTHN_ITEMS_MAX 64 /* in one item, however deep */

enum cbor_kind {
    CBOR_NUMBER,
    CBOR_NEGATIVE,
    CBOR_BYTES,
    CBOR_WORDS,
    CBOR_BOOLEAN,
    CBOR_LIST,
    CBOR_PAIRS
};

struct cbor_head {
    enum cbor_kind kind;
    uint64_t number; /* the number, or how many items or pairs follow; of CBOR_NEGATIVE -1 - it */
    struct bytes body;
    size_t len; /* of the head, with the body */
};

/* The head that stands first. Indefinite lengths, tags, floats, null and undefined are refused.
 * Outcome: WEBAUTHN_MALFORMED. */
RESULT webauthn_cbor_head(struct bytes input, struct cbor_head *ret_head);

/* Takes one whole item off the front of *input. Outcome: WEBAUTHN_MALFORMED. */
RESULT webauthn_cbor_take(struct bytes *input, struct bytes *ret_item);

struct webauthn_attestation {
    struct bytes format;
    struct bytes statement;     /* a map, as it came */
    struct bytes authenticator; /* authenticator data, raw */
};

/* attestationObject into its three parts. Outcome: WEBAUTHN_MALFORMED. */
RESULT webauthn_attestation_parse(struct bytes input, struct webauthn_attestation *ret_attestation);

/* ---- authenticator data ---- */

enum {
    WEBAUTHN_PRESENT_FLAG = 0x01,
    WEBAUTHN_VERIFIED_FLAG = 0x04,
    WEBAUTHN_MAY_BACK_UP_FLAG = 0x08,
    WEBAUTHN_BACKED_UP_FLAG = 0x10,
    WEBAUTHN_CREDENTIAL_FLAG = 0x40,
    WEBAUTHN_EXTENSIONS_FLAG = 0x80,
};

struct webauthn_authenticator {
    struct bytes party; /* SHA-256 of the party's id */
    uint8_t flags;
    uint32_t counter;
    struct bytes id;  /* of the credential; with WEBAUTHN_CREDENTIAL_FLAG */
    struct bytes key; /* COSE; with WEBAUTHN_CREDENTIAL_FLAG */
};

/* All of it, to the last byte. Outcome: WEBAUTHN_MALFORMED. */
RESULT webauthn_authenticator_parse(struct bytes input, struct webauthn_authenticator *ret_data);

/* The algorithm that a COSE key says it is for. Outcomes: WEBAUTHN_MALFORMED, WEBAUTHN_KEY. */
RESULT webauthn_key_algorithm(struct bytes key, enum webauthn_algorithm *ret_algorithm);

/* And that which an attestation statement says it is signed with; the same outcomes. */
RESULT webauthn_statement_algorithm(struct bytes statement, enum webauthn_algorithm *ret_algorithm);
