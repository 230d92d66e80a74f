#pragma once

/*
 * Capture policy: what of a window may be kept at all, decided before anything else looks at it
 *
 * Rules are per application and per site; the most private one that matches wins over the default,
 * and titles never are kept of applications that the profile names (EHR, PACS, billing, remote
 * desktop). Pure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"
#include "redact/denied.h"

/* From most to least private; numbers are a contract (wire, API). */
enum policy_capture {
    POLICY_DROP = 0,        /* nothing, and nothing is counted */
    POLICY_APPLICATION = 1, /* application and time only */
    POLICY_DOMAIN = 2,      /* and the registrable domain: the default */
    POLICY_TITLE = 3,       /* and the clean title */
    POLICY_CAPTURES,
};

const char *policy_capture_word(enum policy_capture capture);

#define POLICY_RULES_MAX 1000
#define POLICY_PATTERN_MAX 128
#define POLICY_STATIONS_MAX 1000
#define POLICY_STATION_MAX 256 /* bytes of an account name */

struct policy_rule {
    struct text application; /* lower-case name, '*' at the end matches any rest; empty: any */
    struct text domain;      /* registrable domain; empty: any */
    enum policy_capture capture;
};

struct policy {
    uint64_t version; /* grows with every change; a lower one than the last seen is refused */
    enum policy_capture capture; /* the default */
    uint32_t passive_after_ms;   /* no input for this long: passive (120,000) */
    uint32_t idle_after_ms;      /* no input for this long: idle (600,000) */
    bool incognito;              /* record private windows' domains; off by default */
    bool hipaa;         /* titles of the applications that policy_hipaa_names() are never kept */
    bool pause_allowed; /* people may pause with a reason */
    struct policy_rule *rules;
    size_t rule_count;
    struct text *stations; /* account names that are attributed to the station */
    size_t station_count;
    struct denied_rule *denied; /* strings that are kept nowhere (redact/denied.h) */
    size_t denied_count;
    struct text patterns; /* the organisation's own (docs/formats/patterns.md), or empty */
    struct text words;    /* words that it calls safe, or empty */
};

/* The most private policy that is of use: POLICY_DOMAIN, hipaa, no rules. Version 0. */
struct policy policy_default(void);

/* What may be kept of that window. application in lower case; domain may be empty. */
enum policy_capture policy_decide(const struct policy *policy, struct text application,
                                  struct text domain);

/* True when titles of this application are never kept under the HIPAA profile. */
bool policy_hipaa_names(struct text application);

/* True when the account is a station's (auto-login), by the policy's list. */
bool policy_is_station(const struct policy *policy, struct text account_name);
