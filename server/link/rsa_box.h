#pragma once

/*
 * An RSA key and its certificate in a file of their own, sealed; made when first asked for
 *
 * What is lost here is made again: providers then have to be told the new certificate.
 */

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "os/secret.h"

enum {
    RSA_BOX_KEY = 1, /* not opened by this key */
    RSA_BOX_DENIED,  /* the directory may not be read or written */
};

struct rsa_box;

/* Opens DIR/name, if it is there. context names what it is for. Outcomes: RSA_BOX_KEY,
 * RSA_BOX_DENIED. */
RESULT rsa_box_open(struct rsa_box **ret_box, const char *directory, const char *name,
                    const char *context, struct bytes key);
struct rsa_box *rsa_box_free(struct rsa_box *box);
DEFINE_CLEANUP(struct rsa_box *, rsa_box_free)

/* The key (PKCS#8 DER) and its certificate (DER), valid as long as the box; made and kept where
 * there are none yet. Outcome: RSA_BOX_DENIED. */
RESULT rsa_box_get(struct rsa_box *box, int64_t now, struct bytes *ret_key,
                   struct bytes *ret_certificate);
