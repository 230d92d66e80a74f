#pragma once

/*
 * The capture policy in force: its version and the signed envelope, held for every agent's request.
 * The first start makes the most private one. Any thread.
 */

#include "activity/policy.h"
#include "base/cleanup.h"
#include "server/serve/signer_client.h"
#include "store/records/nouns.h"

struct policies;

RESULT policies_new(struct policies **ret_policies, struct records *records,
                    struct signer_client *signer, int64_t now);
struct policies *policies_free(struct policies *policies);
DEFINE_CLEANUP(struct policies *, policies_free)

uint64_t policies_version(struct policies *policies);

/* The envelope in force, copied to the arena. */
RESULT policies_envelope(struct policies *policies, struct arena *arena,
                         struct bytes *ret_envelope);

/* Encodes a policy and has it signed. Outcome: SIGNER_REFUSED. */
RESULT policies_sign(struct signer_client *signer, const struct policy *policy,
                     struct buffer *ret_envelope);

/* From now on this one is in force: called when it is durable. */
RESULT policies_hold(struct policies *policies, uint64_t version, struct bytes envelope);

/*
 * The redactor of the policy in force: strict, with the organisation's patterns and safe words. It
 * lives until it is given back, whatever policy comes meanwhile.
 */
struct policy_redactor;

struct policy_redactor *policies_redactor_take(struct policies *policies);
const struct redactor *policy_redactor_of(const struct policy_redactor *taken);
void policies_redactor_give(struct policies *policies, struct policy_redactor *taken);
