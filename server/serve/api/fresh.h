#pragma once

/*
 * A fresh second factor: acts that cannot be undone ask for a code again, so that a session left
 * open is not enough
 */

#include "server/serve/api/call.h"

/* Judges the body's "code". The operator has none: who may use the local socket may do more than
 * Ward. *ret_pass false: answered. */
RESULT fresh_check(struct api_call *call, bool *ret_pass);
