#pragma once

/* What a spill's rule says of the store's texts. */

#include "server/serve/spills/spills.h"
#include "store/spans/spans.h"

/* context: const struct denied. */
bool spill_judge(const void *context, struct text text);
