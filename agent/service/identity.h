#pragma once

/*
 * Identity: who this device is, as enrolment made it
 *
 *     DIR                 0711
 *     DIR/private         0700  spool.key, identity, policy, pauses: all 0600
 *     DIR/public          0755  policy.key 0644
 *     DIR/spool           0700
 *
 * identity is one box (crypto/aead.h) under a key derived from spool.key, so that device key,
 * certificate and instance key change together or not at all. A plain Linux has no secret store of
 * the machine: who reads spool.key reads everything else; root and backups of DIR/private must be
 * trusted.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/sign.h"

enum {
    IDENTITY_ABSENT = 1, /* not enrolled */
    IDENTITY_DENIED,     /* the directory may not be used */
    IDENTITY_BROKEN,     /* not what we wrote, or under another key */
};

enum identity_field {
    IDENTITY_SERVER,      /* host or address */
    IDENTITY_KEY,         /* PKCS#8 DER */
    IDENTITY_CERTIFICATE, /* DER */
    IDENTITY_CA,          /* PEM */
    IDENTITY_INSTANCE_KEY,
    IDENTITY_POLICY_KEY,
    IDENTITY_FIELDS,
};

struct identity {
    struct device_id device;
    uint32_t epoch;
    uint16_t agent_port;
    int64_t enrolled_at;
    uint8_t spool_key[32];
    struct buffer fields[IDENTITY_FIELDS];
};

/* Reads it. IDENTITY_ABSENT, IDENTITY_DENIED, IDENTITY_BROKEN. */
RESULT identity_load(const char *directory, struct identity *ret_identity);

/* Makes the directories and writes everything but the policy. IDENTITY_DENIED. */
RESULT identity_store(const char *directory, struct identity *identity);

/* Wipes. */
void identity_deinit(struct identity *identity);
static inline void identity_deinit_at(struct identity *identity)
{
    identity_deinit(identity);
}

void identity_init(struct identity *identity);

static inline struct bytes identity_bytes(const struct identity *identity,
                                          enum identity_field field)
{
    return buffer_bytes(&identity->fields[field]);
}

/* Small files of DIR/private, 0600. Outcomes as above. */
RESULT identity_read_private(const char *directory, const char *name, struct buffer *ret_content);
RESULT identity_write_private(const char *directory, const char *name, struct bytes content);
