#pragma once

/*
 * The certificates that people and agents see: Ward's own, from the signer's CA and kept in records
 * so that browsers meet the same one after a restart; and the organisation's, if it gave one
 */

#include "base/buffer.h"
#include "server/serve/signer_client.h"
#include "store/records/records.h"

struct identity {
    struct buffer own_chain; /* PEM: certificate, CA */
    struct buffer own_key;   /* PEM */
    struct buffer own_ca;    /* PEM */
    struct buffer names;     /* what own is issued for */
    int64_t own_from_at;
    int64_t own_to_at;
    struct buffer other_chain; /* PEM; empty: none */
    struct buffer other_key;
    struct hash own_fingerprint; /* of the CA */
};

/* Reads or makes: a new one where names differ or two thirds of its time are over. names: what is
 * asked for beside localhost, the host's name and HTTP_AGENT_NAME. */
RESULT identity_load(struct identity *identity, struct records *records,
                     struct signer_client *signer, const char *option_names,
                     const char *setting_names, int64_t now);
void identity_deinit(struct identity *identity);

/* Is it time for a new one of our own? */
bool identity_is_old(const struct identity *identity, int64_t now);

enum {
    IDENTITY_INVALID = 1, /* not PEM of a chain and its key */
    IDENTITY_EXPIRED,
};

/* Judges what an administrator gives; ret_to_at: its end. Outcomes as above. */
RESULT identity_judge(struct bytes chain, struct bytes key, int64_t now, int64_t *ret_to_at,
                      struct hash *ret_fingerprint);

/* When the organisation's is valid. Outcome: IDENTITY_INVALID. */
RESULT identity_other_validity(const struct identity *identity, int64_t *ret_from_at,
                               int64_t *ret_to_at);

/* Inside a job: keeps the organisation's identity. */
RESULT identity_write_other(struct records_tx *tx, struct bytes chain, struct bytes key);
