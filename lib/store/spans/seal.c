#include "store/spans/seal.h"

#include "crypto/aead.h"

static const char purpose[] = {'w', 'a', 'r', 'd', ' ', 's', 'p', 'a', 'n', 's', ' ', '1'};

#define CONTEXT_SIZE (sizeof(purpose) + 1 + 4 + 4 + 8 + 8 + DEVICE_ID_SIZE)

static uint8_t *put(uint8_t *at, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        at[i] = (uint8_t)(value >> 8 * i);
    return at + len;
}

static struct bytes context_of(const struct seal *seal, uint8_t ret_at[CONTEXT_SIZE])
{
    uint8_t *at = ret_at;

    memcpy(at, purpose, sizeof(purpose));
    at = put(at + sizeof(purpose), (uint64_t)seal->table, 1);
    at = put(at, (uint32_t)seal->day, 4);
    at = put(at, seal->account, 4);
    at = put(at, seal->id, 8);
    at = put(at, seal->count, 8);
    memcpy(at, seal->device.at, DEVICE_ID_SIZE);
    return (struct bytes){.at = ret_at, .len = CONTEXT_SIZE};
}

RESULT seal_close(const uint8_t key[KEYRING_KEY_SIZE], const struct seal *seal, struct bytes plain,
                  struct buffer *ret_box)
{
    uint8_t context[CONTEXT_SIZE];

    return aead_seal((struct bytes){.at = key, .len = KEYRING_KEY_SIZE}, context_of(seal, context),
                     plain, ret_box);
}

RESULT seal_open(const uint8_t key[KEYRING_KEY_SIZE], const struct seal *seal, struct bytes box,
                 struct buffer *ret_plain)
{
    uint8_t context[CONTEXT_SIZE];
    int r = aead_open((struct bytes){.at = key, .len = KEYRING_KEY_SIZE}, context_of(seal, context),
                      box, ret_plain);

    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}
