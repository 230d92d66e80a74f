/* Whatever a browser says: refused, or a host of host characters inside the message. */

#include <stdlib.h>

#include "sensor/native.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct native_message message;

    if (native_parse((struct text){.at = (const char *)data, .len = size}, &message))
        return 0;
    if (message.host.len > AGENT_HOST_MAX || message.host.at < (const char *)data ||
        message.host.at + message.host.len > (const char *)data + size)
        abort();
    for (size_t i = 0; i < message.host.len; i++) {
        char c = message.host.at[i];

        if (c <= ' ' || c >= 127 || c == '/' || c == '?' || c == '"' || (c >= 'A' && c <= 'Z'))
            abort();
    }
    return 0;
}
