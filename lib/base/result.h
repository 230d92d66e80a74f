#pragma once

/*
 * Results
 *
 * Every function that can fail returns RESULT, an int the compiler forbids callers to ignore:
 *
 *     0    it worked, and every ret_ parameter is set
 *   < 0    a fault (ERR_*): nobody here can repair it, so callers pass it up unchanged
 *   > 0    an outcome (<MODULE>_*): part of the contract, so the caller handles it
 *
 * On anything but 0, no ret_ parameter has been touched.
 */

#define RESULT __attribute__((warn_unused_result)) int

enum {
    ERR_MEMORY = -1,  /* an allocation was refused, or a ceiling that we set was met */
    ERR_SYSTEM = -2,  /* an operating system call failed */
    ERR_CRYPTO = -3,  /* a cryptographic operation failed */
    ERR_CORRUPT = -4, /* stored data is not what we wrote */
    ERR_FULL = -5,    /* the disk, or a store with a ceiling, is full */
    ERR_BUSY = -6,    /* a queue with a ceiling is full: try later */
};

/*
 * Starts a fault: reports where it began and gives the code back. Never takes payload data. The
 * code does not pass through the function, so that compilers and analyzers see that it is not 0.
 */
#define FAULT(code)                                                                                \
    ({                                                                                             \
        const int fault_ = (code);                                                                 \
                                                                                                   \
        fault_raise(fault_, __func__, __FILE__, __LINE__);                                         \
        fault_;                                                                                    \
    })

void fault_raise(int code, const char *function, const char *file, int line);

/* A word for a fault code, as log lines and commands print it: "corrupt". Never NULL. */
const char *fault_name(int code);
