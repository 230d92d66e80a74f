#pragma once

/* A class as a form gives it: read, and what does not do told by field. */

#include "access/class_kept.h"
#include "server/serve/api/call.h"

struct class_form {
    struct access_class class;
    struct access_conditions conditions; /* the class's */
    const struct access_class *base;
    struct records_class row;
};

/* Reads the body. *ret_pass false: answered. The form has to stay where it is: its class points
 * into it. */
RESULT class_form_read(struct api_call *call, struct class_form *form, bool *ret_pass);
