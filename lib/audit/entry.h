#pragma once

/*
 * Audit entries: who did what to what, from where, when, with what outcome, in one canonical form
 *
 * The canonical bytes are JSON with a fixed order of members, no blanks, and only the escapes that
 * RFC 8259 demands (docs/formats/audit.md): equal entries have equal bytes, and the leaf hash is
 * over them. Pure.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"

enum {
    AUDIT_INVALID = 1, /* not the canonical bytes of an entry */
};

enum audit_actor {
    AUDIT_SYSTEM,
    AUDIT_USER,
    AUDIT_DEVICE,
    AUDIT_OPERATOR /* over the local socket */
};
enum audit_outcome { AUDIT_OK, AUDIT_DENIED, AUDIT_FAILED };

#define AUDIT_TEXT_MAX 1024

/* The longest canonical form: nine texts whose every byte takes six, and the frame around them. */
#define AUDIT_ENTRY_MAX (9 * 6 * AUDIT_TEXT_MAX + 512)

/* All texts are stated text or names of ours (never raw or clean text of a screen), at most
 * AUDIT_TEXT_MAX bytes each; empty where there is nothing to say. */
struct audit_entry {
    int64_t at;
    enum audit_actor actor;
    struct text actor_id; /* user number, device id in hex, uid */
    struct text action;   /* closed list in audit/actions.h: "login", "person.view" */
    struct text target;   /* "person:17", "device:<hex>" */
    enum audit_outcome outcome;
    struct text source;  /* address */
    struct text factors; /* "password+totp" */
    struct text purpose; /* as stated */
    struct text detail;  /* JSON object or empty: before and after, counts */
    struct text request; /* correlation id */
    uint64_t emergency;  /* under which emergency access, up to INT64_MAX; 0: none */
};

/*
 * Appends the canonical bytes. Never refuses, so that nobody can act without a trace by sending
 * strange text: a byte that is not UTF-8 becomes U+FFFD, and a text that is too long is cut at the
 * end of a character, with "…" in place of the rest.
 */
RESULT audit_entry_encode(const struct audit_entry *entry, struct buffer *ret_bytes);

/* Reads canonical bytes; texts are in the arena. Any other spelling is AUDIT_INVALID. */
RESULT audit_entry_decode(struct bytes bytes, struct arena *arena, struct audit_entry *ret_entry);

const char *audit_actor_word(enum audit_actor actor);
const char *audit_outcome_word(enum audit_outcome outcome);
