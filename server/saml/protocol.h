#pragma once

/*
 * The protocol of the saml process: what serve asks of it, over the socketpair between them
 *
 * One message is one frame (server/link/channel.h), as the signer's (server/signer/protocol.h).
 * Numbers are big endian; a text is u32 length and bytes. Pure.
 *
 *     CERTIFICATE  empty                                        → certificate to encrypt for us
 * (DER) PROVIDER     u64 now, metadata                            → provider RESPONSE     u64 now,
 * texts of saml_expected, keys, answer → claims
 *
 *     provider     entity id, address, u64 valid until, u8 wants signed, u8 count, certificates
 *     claims       7 texts, 3 u64, u8 encrypted, u16 count; each: name, u16 count, values
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "saml/saml.h"

enum saml_ask_kind { SAML_ASK_CERTIFICATE = 1, SAML_ASK_PROVIDER = 2, SAML_ASK_RESPONSE = 3 };

/* Kinds of answers. */
enum saml_answer {
    SAML_ANSWER_DONE = 0,
    SAML_ANSWER_REFUSED = 1, /* body: u16, enum saml_refusal */
    SAML_ANSWER_INVALID = 2, /* the message is not well-formed */
    SAML_ANSWER_FAILED = 3,  /* a fault in the process */
};

struct saml_ask {
    enum saml_ask_kind kind;
    struct saml_expected expected; /* decryption_key is not sent: the process has it */
    struct bytes xml;
};

enum {
    SAML_MALFORMED = 1,
};

/* Views into body. Outcome: SAML_MALFORMED. */
RESULT saml_ask_decode(uint8_t kind, struct bytes body, struct saml_ask *ret_ask);
RESULT saml_ask_encode(const struct saml_ask *ask, struct buffer *ret_body);

/* Views into body; attributes live in arena. Outcome: SAML_MALFORMED. */
RESULT saml_provider_decode(struct bytes body, struct saml_provider *ret_provider);
RESULT saml_provider_encode(const struct saml_provider *provider, struct buffer *ret_body);
RESULT saml_claims_decode(struct bytes body, struct arena *arena, struct saml_claims *ret_claims);
RESULT saml_claims_encode(const struct saml_claims *claims, struct buffer *ret_body);

/* The body of SAML_ANSWER_REFUSED. Outcome: SAML_MALFORMED. */
RESULT saml_refusal_decode(struct bytes body, enum saml_refusal *ret_refusal);
RESULT saml_refusal_encode(enum saml_refusal refusal, struct buffer *ret_body);
