#pragma once

/*
 * What sensor and service have in common: believing a signed policy, and the few messages between
 * them that wire/local.h leaves to us
 */

#include "activity/policy.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"
#include "crypto/sign.h"

#define AGENT_STATE_DIRECTORY "/var/lib/ward-agent"
#define AGENT_SOCKET "/run/ward-agent/agent.sock"
#define AGENT_POLICY_KEY "public/policy.key" /* below the state directory */

/*
 * Frame kinds beside those of wire/local.h. The body of LOCAL_HELLO is the session's name, a line
 * feed, and the sensor's version; that of LOCAL_PAUSED is one byte, 0 or 1; that of LOCAL_DONE is
 * empty. The service answers each LOCAL_REPORT and AGENT_LOST with LOCAL_DONE, in order, once it is
 * durable.
 */
enum agent_kind {
    AGENT_LOST = 5,   /* from u64, to u64 (ms UTC), spans u64, big endian: the backlog was full */
    AGENT_CANARY = 7, /* what came of the sensor's canaries (common/canary.h) */
    AGENT_BYE = 6,    /* the session ends: nothing is missing after this */
    AGENT_SITE = 40,  /* native-messaging host → sensor: flags u8 (enum agent_site), host name */
};

enum agent_site { AGENT_SITE_FOCUSED = 1, AGENT_SITE_INCOGNITO = 2, AGENT_SITE_AUDIBLE = 4 };

enum { AGENT_LOST_SIZE = 24, AGENT_SESSION_MAX = 64, AGENT_HOST_MAX = 253 };

enum {
    VOUCH_FORGED = 1, /* not signed by that key, or not a policy */
};

/* Reads a policy whose signature holds; its texts are in the arena. VOUCH_FORGED. */
RESULT vouch_policy(struct bytes envelope, const uint8_t key[SIGN_PUBLIC_SIZE], struct arena *arena,
                    struct policy *ret_policy);
