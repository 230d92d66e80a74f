#pragma once

/*
 * Passkeys as the second factor, or as both at once: what their routes share
 *
 * The relying party is the address that people use: of the settings, else as Ward listens. With a
 * bare IP address there is none.
 */

#include "access/challenge.h"
#include "crypto/webauthn.h"
#include "server/serve/api/call.h"

#define PASSKEYS_MAX 16 /* of one user */
#define PASSKEYS_TIMEOUT_MS CHALLENGE_MS

enum {
    PASSKEY_WRONG = 260, /* it does not verify, is nobody's, or answers another question */
    PASSKEY_NAMELESS,    /* the server has no name that passkeys could belong to */
};

/* Who this server is to browsers; texts in the call's arena. Outcome: PASSKEY_NAMELESS. */
RESULT passkeys_party(struct api_call *call, struct webauthn_party *ret_party);

/* Its address, whether passkeys can belong to it or not. */
RESULT passkeys_address(struct api_call *call, struct text *ret_address);

/* A challenge for that purpose, of the call's session where there is one. */
RESULT passkeys_ask(struct api_call *call, enum challenge_purpose purpose,
                    uint8_t ret_challenge[CHALLENGE_SIZE]);

/* The body's "challenge" as the question that was asked; takes it as answered. Outcome:
 * PASSKEY_WRONG, and *ret_reason. */
RESULT passkeys_answered(struct records_tx *tx, struct api_call *call,
                         enum challenge_purpose purpose, struct webauthn_question *question,
                         const char **ret_reason);

/* Proof by a passkey, as the body gives it. */
struct passkeys_proof {
    struct webauthn_party party;
    enum challenge_purpose purpose; /* CHALLENGE_SIGN_IN asks that the user is verified */
    struct user_id user;            /* whose it has to be; 0: anybody's */
    struct records_passkey passkey; /* that was used; set when it was found */
    const char *reason;             /* why it was refused, for the audit log */
};

/* Judges it in the job that acts by it; counter and last use are kept with it. Outcome:
 * PASSKEY_WRONG. */
RESULT passkeys_judge(struct records_tx *tx, struct api_call *call, struct passkeys_proof *proof);

/* [{"id", "transports"}] of those that were made for the party. */
void passkeys_write_allowed(struct json_out *out, const char *name,
                            const struct webauthn_party *party,
                            const struct records_passkey *passkeys, size_t count);

/* Random to everybody else: what an authenticator knows the user by. */
RESULT passkeys_handle(const struct webauthn_party *party, const struct records_user *user,
                       uint8_t ret_handle[HASH_SIZE]);

RESULT passkeys_refuse_nameless(struct api_call *call);

/* The body does not hold what a browser sends, or it was refused: an entry, and the problem. */
RESULT passkeys_refuse(struct api_call *call, unsigned status, const struct passkeys_proof *proof);
