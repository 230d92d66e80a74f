/* Property: what is read as a code prints as one that is read as the same; nothing else is read. */

#include <assert.h>

#include "access/recovery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[RECOVERY_BYTES];
    uint8_t again[RECOVERY_BYTES];
    char code[RECOVERY_SIZE];
    int r = recovery_parse((struct text){(const char *)data, size}, bytes);

    assert(r == 0 || r == RECOVERY_INVALID);
    if (r)
        return 0;
    recovery_print(bytes, code);
    assert(strlen(code) == RECOVERY_SIZE - 1);
    r = recovery_parse(text_of(code), again);
    assert(r == 0 && memcmp(bytes, again, sizeof bytes) == 0);
    return 0;
}
