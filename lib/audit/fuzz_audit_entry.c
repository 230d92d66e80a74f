/* Whatever is accepted as an entry encodes to the very same bytes: there is one spelling. */

#include <assert.h>

#include "audit/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer again = buffer_init(AUDIT_ENTRY_MAX);
    struct audit_entry entry;

    if (arena_new(&arena, (size_t)64 * 1024))
        return 0;
    if (audit_entry_decode((struct bytes){at, len}, arena, &entry) == 0) {
        int r = audit_entry_encode(&entry, &again);

        assert(r == 0);
        assert(again.len == len && memcmp(again.at, at, len) == 0);
    }
    return 0;
}
