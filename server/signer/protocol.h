#pragma once

/*
 * The signer's protocol: what serve asks of it, over the socketpair between them
 *
 * One message is one frame (server/link/channel.h): kind = what is asked, body as below. Each gets
 * one answer: kind SIGNER_DONE with the result, or the reason of a refusal with no body. Numbers
 * are big endian. Pure.
 *
 *     KEYS            empty                                     → u32 len, CA certificate (DER),
 *                                                                 audit key 32, policy key 32
 *     ISSUE_DEVICE    device id 16, request (PKCS#10 DER)       → certificate (DER)
 *     ISSUE_SERVER    u16 len, names, request (PKCS#10 DER)     → certificate (DER)
 *     SIGN_POLICY     policy (wire/signed.h)                    → envelope
 *     SIGN_CHECKPOINT u64 size, root 32, consistency proof n*32 → note
 *     LAST            empty                                     → u64 size signed last
 *     SAML_CERTIFICATE empty                                    → certificate (DER)
 *     SIGN_SAML       query of a SAML request                   → signature
 */

#include "audit/tree.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/sign.h"

enum signer_kind {
    SIGNER_KEYS = 1,
    SIGNER_ISSUE_DEVICE = 2,
    SIGNER_ISSUE_SERVER = 3,
    SIGNER_SIGN_POLICY = 4,
    SIGNER_SIGN_CHECKPOINT = 5,
    SIGNER_LAST = 6,
    SIGNER_SAML_CERTIFICATE = 7,
    SIGNER_SIGN_SAML = 8,
    SIGNER_KINDS,
};

/* Kinds of answers. */
enum signer_answer {
    SIGNER_DONE = 0,
    SIGNER_INVALID = 1,      /* the message or what it holds is not well-formed */
    SIGNER_INCONSISTENT = 2, /* the log is not a continuation of what was signed before */
    SIGNER_FAILED = 3,       /* a fault in the signer */
};

#define SIGNER_REQUEST_MAX ((size_t)8192) /* bytes of a certificate request */
#define SIGNER_QUERY_MAX ((size_t)16 * 1024)
#define SIGNER_NAMES_MAX ((size_t)2048)

struct signer_message {
    enum signer_kind kind;
    struct device_id device;
    struct text names;
    struct bytes request;
    struct bytes policy;
    struct bytes query;
    uint64_t size;
    struct hash root;
    struct tree_proof proof;
};

enum {
    SIGNER_MALFORMED = 1,
};

/* Views into body. Outcome: SIGNER_MALFORMED. */
RESULT signer_message_decode(uint8_t kind, struct bytes body, struct signer_message *ret_message);

/* Appends the body of a message. */
RESULT signer_message_encode(const struct signer_message *message, struct buffer *ret_body);

struct signer_keys {
    struct bytes ca; /* DER */
    uint8_t audit[SIGN_PUBLIC_SIZE];
    uint8_t policy[SIGN_PUBLIC_SIZE];
};

/* The answer to KEYS; ca is a view into body. Outcome: SIGNER_MALFORMED. */
RESULT signer_keys_decode(struct bytes body, struct signer_keys *ret_keys);
RESULT signer_keys_encode(const struct signer_keys *keys, struct buffer *ret_body);

/* The answer to LAST: how much of the log was signed last. Outcome: SIGNER_MALFORMED. */
RESULT signer_last_decode(struct bytes body, uint64_t *ret_size);
RESULT signer_last_encode(uint64_t size, struct buffer *ret_body);
