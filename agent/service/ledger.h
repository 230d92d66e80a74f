#pragma once

/*
 * Ledger: what the sensors of this computer's accounts have told, until it is in the spool
 *
 * Everything is redacted again on its way in. Overlaps of one account's sessions are cut
 * (service/cover.h). What is in the batch under way counts only after ledger_flush().
 */

#include <stdint.h>
#include <sys/types.h>

#include "activity/policy.h"
#include "activity/span.h"
#include "base/cleanup.h"
#include "base/result.h"
#include "common/canary.h"
#include "redact/redact.h"
#include "service/cover.h"
#include "service/spool.h"
#include "wire/batch.h"
#include "wire/local.h"

#define LEDGER_ACCOUNTS_MAX 64

enum {
    LEDGER_FULL = 1, /* more than can be held */
    LEDGER_BLIND,    /* the policy's patterns are not understood */
};

struct account {
    uid_t uid;
    char name[64];
    enum batch_account_kind kind;
    bool paused;
    int64_t paused_from_at;
    int64_t paused_until_at;         /* 0: until resumed */
    const struct clean_text *reason; /* in reason_arena */
    struct arena *reason_arena;
    struct cover cover;
    int32_t day; /* of what follows */
    uint64_t spans;
    uint64_t removed[REDACT_KINDS];
    uint64_t dropped;
};

struct ledger;

RESULT ledger_new(struct ledger **ret_ledger);
struct ledger *ledger_free(struct ledger *ledger);
DEFINE_CLEANUP(struct ledger *, ledger_free)

/* Station accounts and the redactor are the policy's. Outcome LEDGER_BLIND: it is in force, but
 * its patterns are not understood, and no title or reason is kept until the next. */
RESULT ledger_set_policy(struct ledger *ledger, const struct policy *policy);

/* The account of a user of this computer; made when new. LEDGER_FULL. */
RESULT ledger_account(struct ledger *ledger, uid_t uid, struct account **ret_account);
/* Accounts known so far, by number; NULL behind the last. */
struct account *ledger_at(struct ledger *ledger, size_t i);

/* Takes a report of one of the account's sessions. LEDGER_FULL: no sensor of ours sends so much. */
RESULT ledger_report(struct ledger *ledger, struct account *account, uint64_t session,
                     const struct local_report *report, int64_t now_at);

/* Something is missing; account NULL: of the device. reason_text may be NULL. */
RESULT ledger_gap(struct ledger *ledger, const struct account *account, int64_t from_at,
                  int64_t to_at, enum batch_gap_reason reason, uint64_t spans,
                  const struct clean_text *reason_text);

/* Forgets what was told since the last flush: whoever told it must tell it again. */
RESULT ledger_forget(struct ledger *ledger);

bool ledger_empty(const struct ledger *ledger);

/* Looks for needles in what is not in the spool yet, and in the reasons of pauses. */
void ledger_look(const struct ledger *ledger, const struct needles *needles,
                 struct needles_sweep *sweep);

/* A batch can hold no more: flush before taking the next report. */
bool ledger_crowded(const struct ledger *ledger);

/* Puts what is there into the spool, durably. On a fault it is forgotten, as if it had never been
 * told: whoever told it must tell it again. */
RESULT ledger_flush(struct ledger *ledger, struct spool *spool, struct device_id device,
                    uint32_t epoch, int64_t now_at, int32_t offset_minutes);

/* Knows again what the last batches of the spool have told, after a restart. */
RESULT ledger_recall(struct ledger *ledger, struct spool *spool);

/* Sends canaries through the redaction that every text of a sensor goes through. */
RESULT ledger_canaries(const struct ledger *ledger, const struct canary *list, size_t count,
                       struct canary_verdict *ret_verdict);

/* The strings that the policy denies. */
struct denied ledger_denied(const struct ledger *ledger);

/* Redacts a text of a sensor again. NULL: none, or nothing of it can be kept. */
enum ledger_text { LEDGER_APPLICATION, LEDGER_DOMAIN, LEDGER_TITLE };
const struct clean_text *ledger_clean(const struct ledger *ledger, enum ledger_text what,
                                      struct raw_text raw, struct arena *arena);
