#include <stdlib.h>
#include <string.h>

#include "audit/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Property: what is read is printed in the same bytes, with or without a signature under it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer again = buffer_init(RECEIPT_MAX);
    const struct text text = {.at = (const char *)data, .len = size};
    struct receipt receipt;

    if (arena_new(&arena, (size_t)1 << 20))
        return 0;
    if (receipt_parse(text, arena, &receipt) == 0) {
        if (receipt_print(&receipt, &again) ||
            !text_equal(text_of_bytes(buffer_bytes(&again)), text))
            abort();
    }
    if (receipt_read(text, arena, &receipt) == 0) {
        buffer_clear(&again);
        if (receipt_print(&receipt, &again) || again.len >= size ||
            memcmp(again.at, data, again.len) != 0)
            abort();
    }
    return 0;
}
