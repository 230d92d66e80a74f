#include <stdlib.h>
#include <string.h>

#include "common/canary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

/* Property: a verdict that is taken is printed as it came; and what is left of a canary is judged
 * alike in every case, and never clean when a digit of its own is in it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct canary_verdict verdict;
    uint8_t again[CANARY_SIZE];
    struct text left = {.at = (const char *)data, .len = size};

    if (canary_parse((struct bytes){data, size}, &verdict) == 0) {
        canary_print(&verdict, again);
        require(memcmp(again, data, CANARY_SIZE) == 0);
        require(canary_all_passed(&verdict) == (verdict.failed == REDACT_KINDS));
    }
    if (canary_clean(&canary_list[9], left))
        require(!size || (!memchr(data, '8', size) && !memchr(data, '9', size)));
    return 0;
}
