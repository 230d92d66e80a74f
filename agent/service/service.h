#pragma once

/*
 * The running service: what its parts share. One thread; only the courier has another.
 */

#include <poll.h>

#include "activity/policy.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "common/canary.h"
#include "service/courier.h"
#include "service/identity.h"
#include "service/ledger.h"
#include "service/receipts.h"
#include "service/spool.h"

#define HUB_PEERS_MAX 64

struct peer;

enum uplink_state {
    UPLINK_STARTING, /* nothing was tried yet */
    UPLINK_ONLINE,
    UPLINK_OFFLINE,   /* the server cannot be reached */
    UPLINK_UNTRUSTED, /* its certificate is not of our CA, or it refused ours */
    UPLINK_BUSY,      /* it asked us to wait */
    UPLINK_REFUSED,   /* it refuses our requests */
    UPLINK_REVOKED,   /* it has revoked this device: nothing is sent any more */
    UPLINK_STATES,
};

enum errand { ERRAND_NONE, ERRAND_BATCH, ERRAND_LIVE, ERRAND_POLICY, ERRAND_RENEW, ERRAND_RECEIPT };

struct uplink {
    enum uplink_state state;
    struct courier *courier;
    enum errand errand; /* under way */
    uint64_t batch;     /* sequence of the batch under way */
    struct buffer new_key;
    int64_t wait_until; /* boot clock: nothing is sent before */
    int64_t backoff_ms;
    int64_t live_at; /* boot clock: when the last live message went */
    bool live_wanted;
    bool policy_wanted;
    int64_t renew_at; /* UTC: 2/3 of the certificate's life */
    int64_t valid_until_at;
    int64_t renew_retry;    /* boot clock */
    uint64_t last_sequence; /* of requests that are no batches */
    int64_t last_answer_at; /* UTC; 0: never */
    uint64_t quarantined;   /* batches that the server would not take */
    bool rested;
    int64_t used; /* boot clock: when the connection was last used */
};

/* The rules that judge every text last before it leaves this computer. */
struct rules {
    struct evidence_rules own;
    int64_t since_at; /* UTC */
    bool server_known;
    uint8_t server[REDACT_HASH_LEN]; /* hash of the server's */
};

struct service {
    const char *directory;
    const char *socket_path;
    struct identity identity;
    struct spool *spool;
    struct ledger *ledger;
    struct receipts *receipts;
    int64_t receipts_store_at; /* boot clock */
    struct arena *policy_arena;
    struct policy policy;
    struct buffer policy_envelope;
    struct uplink uplink;
    struct rules rules;
    struct canary_watch canaries; /* through our own redaction; times of the boot clock */
    int64_t canaries_at;          /* UTC: when they last ran */
    int listener;
    struct peer *peers[HUB_PEERS_MAX];
    int64_t flush_at;     /* boot clock; 0: nothing to flush */
    int64_t refuse_until; /* boot clock: the spool takes nothing before */
    int64_t trim_at;
    int64_t clock_drift; /* wall clock minus boot clock, at the start */
    bool current_changed;
    uint64_t clean_policy; /* the version whose denied strings nothing that waits here holds */
    int64_t clean_at;      /* boot clock: when that was tried last */
};

/* ---- service.c ---- */

/* The policy in that envelope is in force from now on: kept, and handed to sensors. With stored, it
 * came from our own file. Outcomes of vouch_policy(), and SERVICE_OLDER. */
enum { SERVICE_OLDER = 10 };
RESULT service_policy(struct service *service, struct bytes envelope, bool stored);

/* Takes what the policy denies out of everything that waits, once for each version. Tried again
 * every minute after a fault, which does not keep the service from its work. */
void service_clean(struct service *service, int64_t boot_at);

/* Something waits in the ledger: it goes to the spool soon. */
void service_touch(struct service *service, int64_t boot_at);

/* Writes what waits into the spool and tells the sensors. Sensors that must repeat are let go. */
RESULT service_flush(struct service *service);

/* Records that something is missing. */
RESULT service_gap(struct service *service, const struct account *account, int64_t from_at,
                   int64_t to_at, enum batch_gap_reason reason, uint64_t spans,
                   const struct clean_text *reason_text);

RESULT service_pause(struct service *service, struct account *account, uint32_t minutes,
                     struct raw_text reason);
RESULT service_resume(struct service *service, struct account *account);
/* Knows again who is paused, after a restart. */
RESULT service_recall_pauses(struct service *service);
/* Ends the pauses whose time is over. */
RESULT service_end_pauses(struct service *service);

/* Sends canaries through our own redaction when it is time to. */
RESULT service_canaries(struct service *service, int64_t boot_at);

/* ---- hub.c: the local socket ---- */

RESULT hub_open(struct service *service);
void hub_close(struct service *service);
size_t hub_poll(const struct service *service, struct pollfd *ret_polls);
RESULT hub_take(struct service *service, int64_t boot_at);
/* Every report taken since the last call is durable (or must be repeated). */
void hub_settle(struct service *service, bool durable);
void hub_tell_policy(struct service *service);
/* Forgets open spans that hold what is denied, until they are told again. */
void hub_deny(struct service *service, const struct denied *denied);
void hub_tell_pause(struct service *service, const struct account *account);
/* The open spans of all sessions, one an account. Valid until the next hub_take(). */
size_t hub_current(const struct service *service, struct live_span *ret_spans, size_t max);
/* Sensors that last reported under other rules than the service's. */
size_t hub_other_rules(const struct service *service);
/* What came of the canaries of all sensors, added up; false: none has said. */
bool hub_canaries(const struct service *service, struct canary_verdict *ret_verdict,
                  size_t *ret_unclean);
/* Looks for needles in what sensors say is in front now. */
void hub_look(const struct service *service, const struct needles *needles,
              struct needles_sweep *sweep);
size_t hub_sensors(const struct service *service, const struct account *account);

/* ---- uplink.c ---- */

RESULT uplink_begin(struct service *service);
void uplink_end(struct service *service);
RESULT uplink_step(struct service *service, int64_t boot_at);
int64_t uplink_wake_at(const struct service *service, int64_t boot_at);
const char *uplink_word(enum uplink_state state);

/* ---- canaries.c ---- */

/* What the server is told. */
struct live_canaries canaries_live(const struct service *service);
struct json_t *canaries_json(const struct service *service);

/* ---- rules.c ---- */

RESULT rules_begin(struct service *service);
/* What an answer says of the server's rules. */
void rules_hear(struct service *service, const struct answer *answer);
struct json_t *rules_json(const struct service *service);

/* ---- status.c ---- */

/* Appends the status as JSON. account: whose; NULL: nobody's, all: every account's (root). */
RESULT status_print(struct service *service, const struct account *account, bool all,
                    struct buffer *ret_json);

/* ---- search.c ---- */

/* Looks for needles in all that the service holds, and appends as JSON what was looked through and
 * how often they were there; never what they are. */
RESULT search_print(struct service *service, const struct needles *needles,
                    struct buffer *ret_json);
