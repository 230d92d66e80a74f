#pragma once

/*
 * Devices as every request needs them: held in memory, so that a batch costs no query; and the gate
 * before the agents' routes
 *
 * A change in records is followed by devices_forget(): from then on nothing of before is believed.
 * What a device says of itself (seen, waiting, version) gathers here and is written down now and
 * then. Any thread.
 */

#include "base/cleanup.h"
#include "store/records/nouns.h"
#include "wire/batch.h"

#define DEVICE_VERSION_MAX 33

struct device_entry {
    struct device_id id;
    uint32_t epoch;
    struct hash certificate;
    struct hash certificate_next;
    int64_t certificate_to_at;
    int64_t enrolled_at;
    int64_t revoked_at;
};

/* What it last said. */
struct device_seen {
    int64_t seen_at;
    uint64_t waiting;
    struct live_canaries canaries;
    char version[DEVICE_VERSION_MAX];
};

struct api_call;
struct devices;

RESULT devices_new(struct devices **ret_devices, struct records *records);
struct devices *devices_free(struct devices *devices);
DEFINE_CLEANUP(struct devices *, devices_free)

/* Outcome: RECORDS_ABSENT. */
RESULT devices_get(struct devices *devices, struct device_id id, struct device_entry *ret_entry);

/* Its row changed: call when the change is durable and before anything is answered. */
void devices_forget(struct devices *devices, struct device_id id);

/* It was heard. waiting UINT64_MAX and version .at NULL: not said. True when it had been silent. */
bool devices_heard(struct devices *devices, struct device_id id, int64_t now, uint64_t waiting,
                   struct text version);

/* What came of its canaries. Gives what it said before. */
struct live_canaries devices_canaries(struct devices *devices, struct device_id id,
                                      struct live_canaries canaries);

/* Somebody asks for its newest receipt: it is told with its next answer, until one has come. */
void devices_want_receipt(struct devices *devices, struct device_id id, bool wanted);
bool devices_receipt_wanted(struct devices *devices, struct device_id id);

/* Devices whose redaction has stopped, of those heard since the start. */
size_t devices_unclean(struct devices *devices);

/* It said under which version of the policy everything that it holds was judged: written down for
 * the spills that wait for it. */
void devices_judged_by(struct devices *devices, struct device_id id, uint64_t policy);

/* What it last said, or false: nothing since the start. */
bool devices_seen(struct devices *devices, struct device_id id, struct device_seen *ret_seen);

/* Writes down what gathered. */
RESULT devices_flush(struct devices *devices);

/* Certificate, revocation, epoch and tag of a request; *ret_pass false: answered. */
RESULT devices_gate(struct api_call *call, bool *ret_pass);
