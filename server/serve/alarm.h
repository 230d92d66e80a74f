#pragma once

/*
 * Alarms: what somebody should look at without delay. This is the one place that says so; today it
 * logs, and tells open pages. Any thread.
 */

#include <stdint.h>

#include "base/id.h"

struct serve;

enum alarm_kind {
    ALARM_CANARY,         /* a device's redaction does not work; it has stopped */
    ALARM_MISSED,         /* texts came with identifiers in them, under the server's own rules */
    ALARM_MISSED_OLD,     /* the same, of a device with other rules */
    ALARM_RECEIPT,        /* a device's receipt and what the server stored are not the same */
    ALARM_EMERGENCY,      /* somebody opened emergency access */
    ALARM_REVIEW_OVERDUE, /* nobody reviewed emergency access in time */
    ALARM_KINDS,
};

enum alarm_severity { ALARM_NOTICE, ALARM_HIGH };

enum alarm_severity alarm_severity(enum alarm_kind kind);

/* Of what a device sent. */
void alarm_raise(struct serve *serve, enum alarm_kind kind, struct device_id device,
                 uint64_t count);

/* Of emergency access. */
void alarm_emergency(struct serve *serve, enum alarm_kind kind, uint64_t emergency,
                     struct user_id user);
