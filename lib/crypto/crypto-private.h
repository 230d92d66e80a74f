#pragma once

/* What the sources of this module share. */

#include <openssl/err.h>

#include "base/result.h"

/*
 * OpenSSL keeps a queue of errors for each thread, and others in the process (TLS) read it as
 * theirs: whoever leaves with anything but 0 clears it.
 */
#define CRYPTO_FAULT() (ERR_clear_error(), FAULT(ERR_CRYPTO))
#define CRYPTO_OUTCOME(outcome) (ERR_clear_error(), (outcome))

#define CRYPTO_CLEANUP(type, function)                                                             \
    static inline void function##_at(type **at)                                                    \
    {                                                                                              \
        function(*at);                                                                             \
    }
