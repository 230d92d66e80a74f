#pragma once

#include "server/serve/api/json_out.h"

/* The member "labels": what people read for each kind of identifier. */
void kinds_write_labels(struct json_out *out);
