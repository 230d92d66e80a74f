#pragma once

/* How a class is told. NULL is the class of nobody. */

#include "access/class.h"
#include "server/serve/api/json_out.h"

const char *class_category_word(enum access_category category);
const char *class_level_word(const struct access_class *class, enum access_category category);

/* Members "levels" and "permissions". */
void class_write_levels(struct json_out *out, const struct access_class *class);
void class_write_permissions(struct json_out *out, const struct access_class *class);
