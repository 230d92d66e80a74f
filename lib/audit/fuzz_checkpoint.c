/* Nobody without the key makes a note that opens: only the one note that the key signed does. */

#include <assert.h>

#include "audit/checkpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
    static const uint8_t seed[SIGN_SEED_SIZE] = "the seed of the checkpoint tests";
    CLEANUP(buffer_deinit) struct buffer again = buffer_init(CHECKPOINT_NOTE_MAX);
    uint8_t public_key[SIGN_PUBLIC_SIZE];
    struct checkpoint checkpoint;

    if (sign_public((struct bytes){seed, sizeof(seed)}, public_key))
        return 0;
    if (checkpoint_open((struct bytes){at, len}, public_key, &checkpoint) == 0) {
        int r = checkpoint_sign(&checkpoint, (struct bytes){seed, sizeof(seed)}, &again);

        assert(r == 0);
        assert(again.len == len && memcmp(again.at, at, len) == 0);
    }
    return 0;
}
