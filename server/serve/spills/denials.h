#pragma once

/*
 * The strings that are denied now: rules of spills whose time is not over, held for every batch
 *
 * Whoever takes texts in holds the rules from before they are judged until they are in the store's
 * queue. So what was judged by older rules is in the queue when newer ones are in force, and a
 * settled store has all of it. Any thread.
 */

#include "base/cleanup.h"
#include "base/result.h"
#include "redact/denied.h"
#include "store/records/nouns.h"

struct denials;

RESULT denials_new(struct denials **ret_denials, struct records *records);
struct denials *denials_free(struct denials *denials);
DEFINE_CLEANUP(struct denials *, denials_free)

/* Reads the rules from records: in force when it returns 0. */
RESULT denials_load(struct denials *denials);

/* The rules, until they are let go; many may hold them at once. */
const struct denied *denials_hold(struct denials *denials);
void denials_let_go(struct denials *denials);

/* ---- a rule as records keep it ---- */

#define DENIALS_RULE_SIZE (1 + DENIED_SALT_SIZE + DENIED_HASH_SIZE)

void denials_rule_pack(const struct denied_rule *rule, uint8_t ret_bytes[DENIALS_RULE_SIZE]);
/* ERR_CORRUPT. */
RESULT denials_rule_unpack(struct bytes bytes, struct denied_rule *ret_rule);
