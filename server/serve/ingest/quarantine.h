#pragma once

/*
 * What came with identifiers in it that should have been caught on the device: counted, audited and
 * alarmed about; the texts themselves are not kept anywhere
 */

#include "server/serve/api/call.h"
#include "server/serve/ingest/prepare.h"

/* Notes what a batch had, before it is committed; a batch that was there before is not noted twice.
 */
RESULT quarantine_note(struct api_call *call, const struct prepare *prepare);
