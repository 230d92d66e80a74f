#pragma once

/*
 * Seals of spans.db: AES-256-GCM boxes under the key of a day, bound to the row they stand in
 *
 * The context names everything that the row says in clear, so that no box can be moved to another
 * table, day, account or row (docs/formats/spans.md). Pure.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "store/keyring/keyring.h"

/* Numbers are a contract. */
enum seal_table { SEAL_BOX = 1, SEAL_TALLY = 2, SEAL_STRING = 3, SEAL_GAP = 4, SEAL_EVIDENCE = 5 };

struct seal {
    enum seal_table table;
    int32_t day;
    uint32_t account;
    uint64_t id;
    uint64_t count;
    struct device_id device;
};

/* Appends the sealed plain to ret_box. */
RESULT seal_close(const uint8_t key[KEYRING_KEY_SIZE], const struct seal *seal, struct bytes plain,
                  struct buffer *ret_box);

/* Appends the plain bytes; ERR_CORRUPT when the box or the row around it was changed. */
RESULT seal_open(const uint8_t key[KEYRING_KEY_SIZE], const struct seal *seal, struct bytes box,
                 struct buffer *ret_plain);
