#pragma once

/* A security key in software, for tests: makes credentials and assertions, right or wrong. */

#include "base/buffer.h"
#include "crypto/webauthn.h"

struct soft_key;

struct soft_key *soft_key_new(enum webauthn_algorithm algorithm);
struct soft_key *soft_key_free(struct soft_key *key);
DEFINE_CLEANUP(struct soft_key *, soft_key_free)

struct bytes soft_key_id(const struct soft_key *key);

/* clientDataJSON as Chromium prints it; more: further members, beginning with a comma. */
void soft_key_client(const char *type, const uint8_t challenge[WEBAUTHN_CHALLENGE_SIZE],
                     const char *origin, const char *more, struct buffer *client);

/* Authenticator data; with the credential in it where flags say so. */
void soft_key_data(const struct soft_key *key, const char *party, uint8_t flags, uint32_t counter,
                   struct buffer *data);

/* The key as COSE. */
void soft_key_cose(const struct soft_key *key, struct buffer *cose);

/* A signature over authenticator data and the hash of client data. */
void soft_key_sign(const struct soft_key *key, struct bytes data, struct bytes client,
                   struct buffer *signature);

/* attestationObject: "none" where there is no signature, else "packed" by the key itself. */
void soft_key_attest(const struct soft_key *key, struct bytes data, struct bytes signature,
                     struct buffer *attestation);

/* Does OpenSSL by itself find the signature right? */
bool soft_key_verify(const struct soft_key *key, struct bytes data, struct bytes client,
                     struct bytes signature);
