#pragma once

/*
 * Deployment packages (PackageFile in openapi.json): what an administrator hands to a computer so
 * that it can enrol. JSON, read strictly. Pure.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"

enum {
    PACKAGE_INVALID = 1, /* not a package */
    PACKAGE_NEWER,       /* of a version that this program does not know */
    PACKAGE_EXPIRED,
    PACKAGE_TAMPERED, /* the CA is not the one whose fingerprint it names */
};

struct package {
    char server[256];
    uint16_t agent_port;
    uint16_t enrol_port;
    struct buffer ca; /* PEM */
    uint8_t instance_key[64];
    size_t instance_key_len;
    char token[129];
    int64_t expires_at;
};

/* Outcomes: PACKAGE_INVALID, PACKAGE_NEWER, PACKAGE_EXPIRED, PACKAGE_TAMPERED. */
RESULT package_read(struct bytes json, int64_t now_at, struct package *ret_package);

/* Wipes. */
void package_deinit(struct package *package);
static inline void package_deinit_at(struct package *package)
{
    package_deinit(package);
}
