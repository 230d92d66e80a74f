#pragma once

/*
 * The relying party of WebAuthn (W3C Level 2, with what Level 3 forbids): passkeys of people
 *
 * What a browser sends is judged against what was asked: challenge, origin, relying party, presence
 * and verification of the user, key and signature. Pure: challenges are kept, and used once, by
 * whoever asks. Attestation is not asked for: "none", or "packed" by the new key itself. Uses
 * libfido2, and libcbor and Jansson for what that leaves to its callers.
 */

#include "base/bytes.h"
#include "base/result.h"

#define WEBAUTHN_CHALLENGE_SIZE 32
#define WEBAUTHN_ID_MAX 1023 /* bytes of a credential's id */
#define WEBAUTHN_KEY_MAX 259 /* RSA: 256 of the modulus, 3 of the exponent */

/* No browser sends as much. */
#define WEBAUTHN_CLIENT_MAX 4096
#define WEBAUTHN_ATTESTATION_MAX 8192
#define WEBAUTHN_AUTHENTICATOR_MAX 1024
#define WEBAUTHN_SIGNATURE_MAX 512

/* COSE's names of the algorithms that are taken, in the order in which they are wished for. */
enum webauthn_algorithm {
    WEBAUTHN_ES256 = -7,
    WEBAUTHN_EDDSA = -8,
    WEBAUTHN_RS256 = -257,
};

enum {
    WEBAUTHN_MALFORMED = 1, /* not what a browser sends */
    WEBAUTHN_TYPE,          /* made for the other ceremony */
    WEBAUTHN_CHALLENGE,     /* an answer to another question */
    WEBAUTHN_ORIGIN,        /* made on another site's page */
    WEBAUTHN_CROSS,         /* made in a frame of another site */
    WEBAUTHN_PARTY,         /* made for another relying party */
    WEBAUTHN_ABSENT,        /* nobody touched the authenticator */
    WEBAUTHN_UNVERIFIED,    /* it did not verify its user, and that was required */
    WEBAUTHN_KEY,           /* a key of a kind that is not taken, or that is none */
    WEBAUTHN_ATTESTED,      /* an attestation that was not asked for, or does not hold */
    WEBAUTHN_SIGNATURE,     /* not signed by the credential's key */
    WEBAUTHN_COUNTER,       /* its counter did not grow: somebody may have a copy */
    WEBAUTHN_NAMELESS,      /* of webauthn_party_of(): no name that passkeys can belong to */
};

/* "party", "counter", ...: the outcome as an audit entry says it. Never NULL. */
const char *webauthn_word(int outcome);

/* Who asks: views. */
struct webauthn_party {
    struct text id;     /* "ward.example" */
    struct text origin; /* "https://ward.example:8443" */
};

/* The party of an origin; its id is a view into it. Outcome: WEBAUTHN_NAMELESS: not https, an IP
 * address, or not an origin in the form that browsers print. */
RESULT webauthn_party_of(struct text origin, struct webauthn_party *ret_party);

/* What was asked. */
struct webauthn_question {
    struct webauthn_party party;
    uint8_t challenge[WEBAUTHN_CHALLENGE_SIZE];
    bool verified; /* the user has to be verified, by a PIN or a finger */
};

/* What is kept of a credential. */
struct webauthn_credential {
    uint8_t id[WEBAUTHN_ID_MAX];
    size_t id_len;
    enum webauthn_algorithm algorithm;
    uint8_t key[WEBAUTHN_KEY_MAX]; /* public, as libfido2 has it */
    size_t key_len;
    uint32_t counter;
};

/* Judges a new credential: clientDataJSON and attestationObject. */
RESULT webauthn_register(const struct webauthn_question *question, struct bytes client,
                         struct bytes attestation, struct webauthn_credential *ret_credential);

/* The parts of an assertion: clientDataJSON, authenticatorData, signature. */
struct webauthn_assertion {
    struct bytes client;
    struct bytes authenticator;
    struct bytes signature;
};

/* Judges an assertion by a credential; *ret_counter is to be kept with it in the same transaction.
 */
RESULT webauthn_assert(const struct webauthn_question *question,
                       const struct webauthn_credential *credential,
                       const struct webauthn_assertion *assertion, uint32_t *ret_counter);
