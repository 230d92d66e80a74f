/* Whatever decodes, encodes to the same bytes: one spelling for one message. Byte 0 is the kind. */

#include <assert.h>

#include "server/signer/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(buffer_deinit) struct buffer again = buffer_init(1024 * 1024);
    struct signer_message message;
    struct signer_keys keys;
    struct bytes body = {.at = data + 1, .len = size - 1};

    if (size == 0)
        return 0;
    if (signer_message_decode(data[0], body, &message) == 0) {
        assert(signer_message_encode(&message, &again) == 0);
        assert(again.len == body.len && (!body.len || memcmp(again.at, body.at, body.len) == 0));
    }
    buffer_clear(&again);
    if (signer_keys_decode(body, &keys) == 0) {
        assert(signer_keys_encode(&keys, &again) == 0);
        assert(again.len == body.len && memcmp(again.at, body.at, body.len) == 0);
    }
    return 0;
}
