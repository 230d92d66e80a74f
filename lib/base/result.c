#include "base/result.h"

#include <stdio.h>
#include <stdlib.h>

/* Faults are rare and say where they began, in every build: one line a fault, no payload. */
void fault_raise(int code, const char *function, const char *file, int line)
{
    (void)fprintf(stderr, "# fault %s in %s at %s:%d\n", fault_name(code), function, file, line);
}

const char *fault_name(int code)
{
    static const char *const names[] = {
        [0] = "none",
        [-ERR_MEMORY] = "memory",
        [-ERR_SYSTEM] = "system",
        [-ERR_CRYPTO] = "crypto",
        [-ERR_CORRUPT] = "corrupt",
        [-ERR_FULL] = "full",
        [-ERR_BUSY] = "busy",
    };
    size_t at = code < 0 ? (size_t)-code : 0;

    return at < sizeof(names) / sizeof(names[0]) ? names[at] : "unknown";
}
