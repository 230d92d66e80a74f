#pragma once

/*
 * The nouns of records.db: rows as structs, one function per question or change; those about people
 * are in people.h
 *
 * Texts in rows live in the arena that was given. All functions run inside a records_job.
 */

#include <stdbool.h>
#include <stdint.h>

#include "audit/checkpoint.h"
#include "audit/entry.h"
#include "audit/tree.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/needles.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "store/records/people.h"
#include "store/records/records.h"

/* ---- settings: a word and its value, from a closed list kept by the server ---- */

/* Outcome: RECORDS_ABSENT. */
RESULT records_setting(struct records_tx *tx, const char *word, struct arena *arena,
                       struct bytes *ret_value);
RESULT records_setting_set(struct records_tx *tx, const char *word, struct bytes value);

/* ---- users: who signs in ---- */

struct records_user {
    struct user_id id;
    struct text name; /* to sign in with, lower case, unique */
    struct text display_name;
    struct text class;         /* the word of a class of workforce (access/class.h) */
    struct person_id person;   /* who they are themselves; 0: not said */
    struct text emergency;     /* the class that they may take in an emergency; empty: none */
    struct text password_hash; /* empty: none set yet */
    struct bytes totp_seed;    /* empty: none yet */
    bool totp_confirmed;
    int64_t totp_last_step;
    int64_t created_at;
    int64_t disabled_at; /* 0: not */
    uint32_t passkeys;   /* how many they have; read only */
};

/* Adds one; id in row is ignored. A person that is given has to be there. Outcome: RECORDS_EXISTS.
 */
RESULT records_user_add(struct records_tx *tx, const struct records_user *user,
                        struct user_id *ret_id);
/* Outcome: RECORDS_ABSENT. */
RESULT records_user_get(struct records_tx *tx, struct user_id id, struct arena *arena,
                        struct records_user *ret_user);
RESULT records_user_find(struct records_tx *tx, struct text name, struct arena *arena,
                         struct records_user *ret_user);
/* Replaces every column but id, name and created_at: read the row in the same job, or what others
 * changed meanwhile is undone. Outcome: RECORDS_ABSENT. */
RESULT records_user_set(struct records_tx *tx, const struct records_user *user);
RESULT records_user_list(struct records_tx *tx, struct arena *arena,
                         struct records_user **ret_users, size_t *ret_count);

/* ---- classes of workforce of the organisation's own; access/class_kept.h reads what they say ----
 */

struct records_class {
    struct text word;
    struct text title;
    struct text base;     /* the built-in class that it was copied from */
    struct text reach;    /* "everyone", "self" */
    struct text levels;   /* "activity:see devices:change" */
    struct text zone;     /* empty: the server's */
    struct text networks; /* "10.0.0.0/8 2001:db8::/32"; empty: from anywhere */
    struct bytes hours;   /* empty: at all times */
    uint32_t window_days;
    uint32_t idle_minutes;
    uint32_t absolute_minutes;
    uint32_t factor_minutes;
    struct user_id owner; /* who answers for what differs from the base; 0: nobody */
    int32_t until_day;    /* until when it may differ; 0: not said */
    int64_t changed_at;
};

/* Outcome: RECORDS_EXISTS. */
RESULT records_class_add(struct records_tx *tx, const struct records_class *class);
/* Outcome: RECORDS_ABSENT. */
RESULT records_class_get(struct records_tx *tx, struct text word, struct arena *arena,
                         struct records_class *ret_class);
/* Replaces every column but word and base. Outcome: RECORDS_ABSENT. */
RESULT records_class_set(struct records_tx *tx, const struct records_class *class);
/* Whether users are of it is the caller's question. Outcome: RECORDS_ABSENT. */
RESULT records_class_remove(struct records_tx *tx, struct text word);
/* By word. */
RESULT records_class_list(struct records_tx *tx, struct arena *arena,
                          struct records_class **ret_classes, size_t *ret_count);

/* ---- links: one-time secrets that let somebody set a password; kept as hashes ---- */

struct records_link {
    struct hash token_hash;
    struct user_id user;
    int64_t expires_at;
};

RESULT records_link_add(struct records_tx *tx, const struct records_link *link);
/* Outcome: RECORDS_ABSENT (none, or used); expired ones are given back, the caller judges. */
RESULT records_link_find(struct records_tx *tx, const struct hash *token_hash,
                         struct records_link *ret_link);
RESULT records_link_remove(struct records_tx *tx, const struct hash *token_hash);
RESULT records_link_remove_of(struct records_tx *tx, struct user_id user);

/* ---- sessions; kept as hashes of their tokens ---- */

enum records_stage {
    RECORDS_STAGE_TOTP = 0,
    RECORDS_STAGE_TOTP_ENROL = 1,
    RECORDS_STAGE_SIGNED_IN = 2
};

struct records_session {
    struct hash token_hash;
    uint64_t number; /* names the session in audit entries and to its user */
    struct user_id user;
    enum records_stage stage;
    struct hash csrf_hash;
    int64_t created_at;
    int64_t seen_at;
    int64_t factor_at; /* when its second factor was proven last; 0: not yet */
    struct text source;
};

RESULT records_session_add(struct records_tx *tx, const struct records_session *session,
                           uint64_t *ret_number);
/* Outcome: RECORDS_ABSENT. */
RESULT records_session_find(struct records_tx *tx, const struct hash *token_hash,
                            struct arena *arena, struct records_session *ret_session);
RESULT records_session_seen(struct records_tx *tx, const struct hash *token_hash, int64_t at);
/* The same session from now on under the hashes of session, with its factor_at. Outcome:
 * RECORDS_ABSENT: none is known by token_hash. */
RESULT records_session_renew(struct records_tx *tx, const struct hash *token_hash,
                             const struct records_session *session);
RESULT records_session_remove(struct records_tx *tx, const struct hash *token_hash);
RESULT records_session_remove_of(struct records_tx *tx, struct user_id user);
/* A user's, the one that was used last first. */
RESULT records_session_list(struct records_tx *tx, struct user_id user, struct arena *arena,
                            struct records_session **ret_sessions, size_t *ret_count);
/* All of a user's but the one of that number. */
RESULT records_session_remove_others(struct records_tx *tx, struct user_id user, uint64_t number);
/* Removes sessions seen before idle_before or made before made_before. */
RESULT records_session_expire(struct records_tx *tx, int64_t idle_before, int64_t made_before);

/* ---- passkeys: public keys that people sign in with (WebAuthn) ---- */

struct records_passkey {
    uint64_t number;
    struct user_id user;
    struct text party;       /* the relying party it was made for */
    struct bytes credential; /* its id, unique */
    int64_t algorithm;       /* as COSE names it */
    struct bytes public_key; /* crypto/webauthn.h */
    uint32_t counter;
    struct text name;       /* stated by its user */
    struct text transports; /* words, comma-separated: how the authenticator is reached */
    int64_t created_at;
    int64_t used_at; /* 0: never */
};

/* Adds one; number is ignored. Outcome: RECORDS_EXISTS: the credential is somebody's. */
RESULT records_passkey_add(struct records_tx *tx, const struct records_passkey *passkey,
                           uint64_t *ret_number);
/* Outcome: RECORDS_ABSENT. */
RESULT records_passkey_find(struct records_tx *tx, struct bytes credential, struct arena *arena,
                            struct records_passkey *ret_passkey);
/* Of a user, the oldest first. */
RESULT records_passkey_list(struct records_tx *tx, struct user_id user, struct arena *arena,
                            struct records_passkey **ret_passkeys, size_t *ret_count);
/* Outcome: RECORDS_ABSENT. */
RESULT records_passkey_use(struct records_tx *tx, uint64_t number, uint32_t counter, int64_t at);
/* Outcome of these two: RECORDS_ABSENT: no such passkey of that user. */
RESULT records_passkey_rename(struct records_tx *tx, struct user_id user, uint64_t number,
                              struct text name);
RESULT records_passkey_remove(struct records_tx *tx, struct user_id user, uint64_t number);
RESULT records_passkey_remove_of(struct records_tx *tx, struct user_id user);

/* Keeps that a challenge was answered, until its time is over. Outcome: RECORDS_EXISTS: it was
 * before. */
RESULT records_challenge_use(struct records_tx *tx, struct bytes challenge, int64_t expires_at,
                             int64_t now);

/* ---- recovery codes; kept as hashes (access/recovery.h), gone once used ---- */

/* In place of those the user had. */
RESULT records_recovery_set(struct records_tx *tx, struct user_id user, const struct hash *hashes,
                            size_t count, int64_t at);
/* What is left, and when they were made; 0: none. */
RESULT records_recovery_list(struct records_tx *tx, struct user_id user, struct arena *arena,
                             struct hash **ret_hashes, size_t *ret_count, int64_t *ret_made_at);
/* Outcome: RECORDS_ABSENT. */
RESULT records_recovery_remove(struct records_tx *tx, const struct hash *hash);
RESULT records_recovery_remove_of(struct records_tx *tx, struct user_id user);

/* ---- packages: enrolment tokens, kept as hashes ---- */

struct records_package {
    uint64_t number;
    struct hash token_hash;
    struct text note;
    uint32_t uses_left;
    uint32_t uses;
    int64_t created_at;
    int64_t expires_at;
    struct text created_by;
};

RESULT records_package_add(struct records_tx *tx, const struct records_package *package,
                           uint64_t *ret_number);
/* Outcome: RECORDS_ABSENT. */
RESULT records_package_find(struct records_tx *tx, const struct hash *token_hash,
                            struct arena *arena, struct records_package *ret_package);
/* Takes one use. Outcome: RECORDS_STALE when none is left. */
RESULT records_package_use(struct records_tx *tx, uint64_t number);
RESULT records_package_list(struct records_tx *tx, struct arena *arena,
                            struct records_package **ret_packages, size_t *ret_count);

/* ---- devices ---- */

struct records_device {
    struct device_id id;
    struct text host_name;
    uint32_t epoch;
    struct hash certificate;      /* fingerprint of the one in use */
    struct hash certificate_next; /* zero, or the renewed one that has not been used yet */
    int64_t certificate_to_at;
    int64_t enrolled_at;
    int64_t revoked_at; /* 0: not */
    struct text version;
    int64_t seen_at;
    uint64_t waiting; /* records in its spool when last seen */
};

RESULT records_device_add(struct records_tx *tx, const struct records_device *device);
/* Outcome: RECORDS_ABSENT. */
RESULT records_device_get(struct records_tx *tx, struct device_id id, struct arena *arena,
                          struct records_device *ret_device);
/* Replaces every column but id and enrolled_at: of a row read in the same job. Outcome:
 * RECORDS_ABSENT. */
RESULT records_device_set(struct records_tx *tx, const struct records_device *device);
RESULT records_device_list(struct records_tx *tx, struct arena *arena,
                           struct records_device **ret_devices, size_t *ret_count);

/* ---- receipts: the newest of each device, enrolment and day ---- */

enum records_verdict {
    RECORDS_RECEIPT_SAME = 0,
    RECORDS_RECEIPT_DIFFERS = 1,
    RECORDS_RECEIPT_UNCOMPARED = 2, /* it does not cover the day whole, or batches are missing */
};

/* "same", "differs", "uncompared" */
const char *records_verdict_word(enum records_verdict verdict);

struct records_receipt {
    struct device_id device;
    uint32_t epoch;
    int32_t day;
    uint32_t revision;
    bool final;
    int64_t received_at;
    enum records_verdict verdict;
    struct text difference; /* in words; empty: none */
    struct text signed_text;
    struct bytes certificate; /* DER: the one that its signature was checked with */
};

/* Keeps it in place of an older one. Outcome: RECORDS_STALE when one of a higher revision is there.
 */
RESULT records_receipt_put(struct records_tx *tx, const struct records_receipt *receipt);
/* Of a device, the newest day first; day -1: all. */
RESULT records_receipt_list(struct records_tx *tx, struct device_id device, int32_t day,
                            size_t limit, struct arena *arena,
                            struct records_receipt **ret_receipts, size_t *ret_count);
/* Of a device, the newest that is of that day and enrolment or before. Outcome: RECORDS_ABSENT. */
RESULT records_receipt_last(struct records_tx *tx, struct device_id device, uint32_t epoch,
                            int32_t day, struct arena *arena, struct records_receipt *ret_receipt);

/* ---- missed: what came with identifiers in it that the device should have caught; never a text */

struct records_missed {
    uint64_t number;
    struct device_id device;
    int32_t day;
    struct text kind;
    struct text rule;
    struct hash rules; /* of the device's; zeros: it did not say */
    bool same;         /* they are the server's own */
    uint64_t count;    /* texts */
    int64_t first_at;
    int64_t last_at;
    int64_t acknowledged_at; /* 0: not yet */
    struct text acknowledged_by;
    struct text note;
};

/* Adds to the row of that device, day, kind, rule and rules that is not acknowledged, or makes it;
 * number, first_at and what is acknowledged are ignored. */
RESULT records_missed_add(struct records_tx *tx, const struct records_missed *missed);
/* Those not acknowledged first. */
RESULT records_missed_list(struct records_tx *tx, size_t limit, struct arena *arena,
                           struct records_missed **ret_missed, size_t *ret_count);
/* How many texts are not acknowledged, and of them, of devices with the server's rules. */
RESULT records_missed_open(struct records_tx *tx, uint64_t *ret_open, uint64_t *ret_same);
/* Outcomes: RECORDS_ABSENT, RECORDS_STALE: somebody has. */
RESULT records_missed_acknowledge(struct records_tx *tx, uint64_t number, int64_t at,
                                  struct text by, struct text note);

/* ---- trials: attempts to leak, kept as evidence that somebody tried ---- */

enum records_trial_outcome {
    RECORDS_TRIAL_CLEAN = 0,  /* counted, and found nowhere */
    RECORDS_TRIAL_FOUND = 1,  /* something of the text stands somewhere */
    RECORDS_TRIAL_UNSEEN = 2, /* found nowhere, but no computer counted it: nothing is proven */
    RECORDS_TRIAL_OUTCOMES
};

struct records_trial {
    uint64_t number;
    int64_t started_at;
    int64_t finished_at;
    struct text started_by; /* a user's name, or "operator" */
    enum records_trial_outcome outcome;
    struct text result; /* JSON as the API gives it: devices, kinds, places; never the text */
};

/* The next number: none is given twice. */
RESULT records_trial_number(struct records_tx *tx, uint64_t *ret_number);
RESULT records_trial_add(struct records_tx *tx, const struct records_trial *trial);
/* The newest first. */
RESULT records_trial_list(struct records_tx *tx, size_t limit, struct arena *arena,
                          struct records_trial **ret_trials, size_t *ret_count);
/* When one was clean last; 0: never. */
RESULT records_trial_passed_at(struct records_tx *tx, int64_t *ret_at);

/* ---- looking for needles in every value of every table ---- */

struct records_found {
    struct needles_sweep audit; /* entries of the log */
    struct needles_sweep rest;
};

RESULT records_search(struct records_tx *tx, const struct needles *needles,
                      struct records_found *ret_found);

/* ---- capture policies: every version is kept ---- */

struct records_policy {
    uint64_t version;
    struct bytes envelope; /* wire/signed.h */
    int64_t created_at;
    struct text created_by;
};

/* The newest. Outcome: RECORDS_ABSENT. */
RESULT records_policy_newest(struct records_tx *tx, struct arena *arena,
                             struct records_policy *ret_policy);
/* Outcome: RECORDS_STALE when version is not the newest + 1. */
RESULT records_policy_add(struct records_tx *tx, const struct records_policy *policy);

/* ---- incidents: what somebody has to look into; opened by Ward or a person, closed by a person
 * ----
 */

struct records_incident {
    uint64_t number;
    struct text kind; /* a word: "spill" */
    struct text summary;
    int64_t opened_at;
    struct text opened_by;
    int64_t closed_at; /* 0: open */
    struct text closed_by;
    struct text note; /* of who closed it */
};

/* number, and what is said of its closing, are ignored. */
RESULT records_incident_open(struct records_tx *tx, const struct records_incident *incident,
                             uint64_t *ret_number);
/* Outcomes: RECORDS_ABSENT; RECORDS_STALE when it is closed already. */
RESULT records_incident_close(struct records_tx *tx, uint64_t number, int64_t at, struct text by,
                              struct text note);
/* Outcome: RECORDS_ABSENT. */
RESULT records_incident_get(struct records_tx *tx, uint64_t number, struct arena *arena,
                            struct records_incident *ret_incident);
/* Up to limit, the newest first. */
RESULT records_incident_list(struct records_tx *tx, size_t limit, struct arena *arena,
                             struct records_incident **ret_incidents, size_t *ret_count);

/* ---- spills: a string that is taken out of everything; never the string itself ---- */

#define RECORDS_KEY_ID_SIZE 16

struct records_spill {
    uint64_t number;
    int64_t begun_at; /* when it was confirmed */
    struct text begun_by;
    struct text purpose;
    struct bytes rule;  /* what finds it (docs/formats/records.md); empty: its time is over */
    int64_t rule_until; /* when agents need the rule no more */
    uint64_t policy;    /* the first version that carries the rule; 0: none yet */
    int64_t done_at;    /* 0: it is under way */
    struct text receipt;
    uint64_t incident;
};

/* The next number, also of a spill that is only searched for. */
RESULT records_spill_number(struct records_tx *tx, uint64_t *ret_number);
RESULT records_spill_add(struct records_tx *tx, const struct records_spill *spill);
/* Replaces rule, policy, done_at and receipt. Outcome: RECORDS_ABSENT. */
RESULT records_spill_set(struct records_tx *tx, const struct records_spill *spill);
/* Outcome: RECORDS_ABSENT. */
RESULT records_spill_get(struct records_tx *tx, uint64_t number, struct arena *arena,
                         struct records_spill *ret_spill);
/* Up to limit, the newest first. */
RESULT records_spill_list(struct records_tx *tx, size_t limit, struct arena *arena,
                          struct records_spill **ret_spills, size_t *ret_count);

struct records_spill_day {
    uint64_t spill;
    int32_t day;
    uint64_t texts; /* found before it is rewritten, and replaced afterwards */
    uint8_t old_key[RECORDS_KEY_ID_SIZE];
    uint8_t new_key[RECORDS_KEY_ID_SIZE]; /* zeros: not rewritten yet */
    int64_t done_at;                      /* 0: not rewritten yet */
};

/* Adds the row of a day and its old key, or replaces it. */
RESULT records_spill_day_set(struct records_tx *tx, const struct records_spill_day *day);
RESULT records_spill_day_list(struct records_tx *tx, uint64_t spill, struct arena *arena,
                              struct records_spill_day **ret_days, size_t *ret_count);

struct records_spill_device {
    uint64_t spill;
    struct device_id device;
    int64_t clean_at; /* 0: it has not said yet that its spool is clean */
};

/* A device is to be told; it changes nothing when it was before. */
RESULT records_spill_device_add(struct records_tx *tx, uint64_t spill, struct device_id device);
/* It says that everything it holds is clean under that version of the policy: of every spill whose
 * rule that version, or an earlier one, carries. *ret_count: rows that were not clean before. */
RESULT records_spill_device_clean(struct records_tx *tx, struct device_id device, uint64_t policy,
                                  int64_t at, uint64_t *ret_count);
RESULT records_spill_device_list(struct records_tx *tx, uint64_t spill, struct arena *arena,
                                 struct records_spill_device **ret_devices, size_t *ret_count);

/* ---- the audit log ---- */

/* Appends an entry as the next leaf, with the nodes it completes, in this transaction. */
RESULT records_audit_append(struct records_tx *tx, const struct audit_entry *entry,
                            uint64_t *ret_index);

struct records_audit_row {
    uint64_t index;
    struct bytes entry; /* canonical bytes */
};

/* Up to limit entries with index < before (UINT64_MAX: from the newest), newest first. */
RESULT records_audit_list(struct records_tx *tx, uint64_t before, size_t limit, struct arena *arena,
                          struct records_audit_row **ret_rows, size_t *ret_count);
/* Up to limit entries with index >= from, oldest first: for export and verification. */
RESULT records_audit_read(struct records_tx *tx, uint64_t from, size_t limit, struct arena *arena,
                          struct records_audit_row **ret_rows, size_t *ret_count);
RESULT records_audit_size(struct records_tx *tx, uint64_t *ret_size);
/* Outcome of these three: RECORDS_ABSENT when the log is not that long. */
RESULT records_audit_root(struct records_tx *tx, uint64_t size, struct hash *ret_root);
RESULT records_audit_consistency(struct records_tx *tx, uint64_t old_size, uint64_t new_size,
                                 struct tree_proof *ret_proof);
RESULT records_audit_inclusion(struct records_tx *tx, uint64_t index, uint64_t size,
                               struct tree_proof *ret_proof);
/* A second note of the same size replaces the first. */
RESULT records_checkpoint_add(struct records_tx *tx, uint64_t size, int64_t at, struct bytes note);
/* The newest note. Outcome: RECORDS_ABSENT. */
RESULT records_checkpoint_newest(struct records_tx *tx, struct arena *arena, uint64_t *ret_size,
                                 struct bytes *ret_note);

/* What `ward audit verify` reports of a store. */
struct records_audit_finding {
    uint64_t size;            /* entries that hold, from the first on */
    uint64_t checkpoint_size; /* of the newest checkpoint that holds; 0: none */
    uint64_t first_bad;       /* index of the first entry that does not hold, or is missing;
                                 UINT64_MAX: none, or a checkpoint that does not hold */
};

/*
 * Recomputes every hash from the entries and compares every node and every checkpoint, in one pass
 * and little memory. Pages that cannot be read are a finding, not a fault. Outcome: TREE_FORGED
 * when anything does not hold. *ret_finding is set on 0 and on TREE_FORGED.
 *
 * What it cannot see: entries cut off after the newest checkpoint together with their nodes, or the
 * newest checkpoints cut off too. Whoever keeps a checkpoint elsewhere sees that.
 */
RESULT records_audit_verify(struct records_tx *tx, const uint8_t public_key[SIGN_PUBLIC_SIZE],
                            struct records_audit_finding *ret_finding);

/* ---- emergencies: access beyond one's own class, for a time and with a reason; a second person
 * reviews it (45 CFR 164.312(a)(2)(ii)) ---- */

struct records_emergency {
    uint64_t number;
    struct user_id user;
    struct text class; /* held meanwhile */
    struct text reason;
    int64_t opened_at;
    int64_t until_at;     /* when it ends by itself */
    int64_t ended_at;     /* 0: not yet said to have ended */
    struct text ended_by; /* a user's name, "operator"; "time" */
    int64_t review_by_at;
    int64_t overdue_at;  /* when it was told that the review is overdue; 0: it was not */
    int64_t reviewed_at; /* 0: not yet */
    struct text reviewed_by;
    bool justified;
    struct text note;
};

/* number, and what is said of its end and review, are ignored. */
RESULT records_emergency_open(struct records_tx *tx, const struct records_emergency *emergency,
                              uint64_t *ret_number);
/* Outcome: RECORDS_ABSENT. */
RESULT records_emergency_get(struct records_tx *tx, uint64_t number, struct arena *arena,
                             struct records_emergency *ret_emergency);
/* The one that a user has open. Outcome: RECORDS_ABSENT. */
RESULT records_emergency_of(struct records_tx *tx, struct user_id user, int64_t now,
                            struct arena *arena, struct records_emergency *ret_emergency);
/* Outcome: RECORDS_STALE: none of that number is open. */
RESULT records_emergency_end(struct records_tx *tx, uint64_t number, int64_t at, struct text by);
/* It was told that the review is overdue. Outcome: RECORDS_ABSENT. */
RESULT records_emergency_overdue(struct records_tx *tx, uint64_t number, int64_t at);
/* Outcome: RECORDS_STALE: it has not ended, or somebody has reviewed it. */
RESULT records_emergency_review(struct records_tx *tx, uint64_t number, int64_t at, struct text by,
                                bool justified, struct text note);
/* Up to limit, the newest first. */
RESULT records_emergency_list(struct records_tx *tx, size_t limit, struct arena *arena,
                              struct records_emergency **ret_emergencies, size_t *ret_count);
/* Those that are open or wait for their review, the oldest first. */
RESULT records_emergency_unfinished(struct records_tx *tx, struct arena *arena,
                                    struct records_emergency **ret_emergencies, size_t *ret_count);
/* Entries of the audit log that were made under it, the newest first. */
RESULT records_emergency_acts(struct records_tx *tx, uint64_t number, size_t limit,
                              struct arena *arena, struct records_audit_row **ret_rows,
                              size_t *ret_count);
