#pragma once

/*
 * Verifies an export of the audit log without any server: only the file and the log's public key
 *
 * The file holds canonical entries, one a line, then the newest checkpoint
 * (docs/formats/audit.md).
 */

#include <jansson.h>

#include "base/result.h"

/*
 * *ret_answer has the members of the API's AuditVerdict. key is base64url of 32 bytes. An outcome
 * (> 0) is the exit code, said on standard error: the file cannot be read, or is no export.
 */
RESULT audit_file_verify(const char *path, const char *key, json_t **ret_answer);
