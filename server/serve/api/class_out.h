#pragma once

/* How a class is told. NULL is the class of nobody. */

#include "access/class_kept.h"
#include "server/serve/api/json_out.h"

/* Members "levels" and "permissions". */
void class_write_levels(struct json_out *out, const struct access_class *class);
void class_write_permissions(struct json_out *out, const struct access_class *class);

/* Member "conditions". */
void class_write_conditions(struct json_out *out, const struct access_class *class);

/* Member "copied": from which built-in class, what differs, who answers for that and until when;
 * null where row is NULL, of a built-in class. */
void class_write_copied(struct json_out *out, const struct access_class *class,
                        const struct records_class *row, int32_t today);
