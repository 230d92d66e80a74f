#pragma once

/* Time zones by name, from the system's tables. Any thread. */

#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"

#define ZONE_NAME_MAX 64

enum {
    ZONE_UNKNOWN = 1, /* no such zone */
};

/* Local time of a zone ("America/Chicago") minus UTC at that moment. Outcome: ZONE_UNKNOWN. */
RESULT zone_offset(struct text name, int64_t at, int64_t *ret_offset_ms);
