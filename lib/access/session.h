#pragma once

/*
 * Sessions: from the password to the last request
 *
 *     password or link ──▶ totp ───────────▶ signed_in ──▶ ended: signed out, idle, absolute limit,
 *          └─────────────▶ totp_enrol ─────────▲           class changed, disabled
 *
 * Every arrow gives the session a new token; an old one is nobody's. All run inside records jobs.
 */

#include "access/decision.h"
#include "access/token.h"
#include "base/arena.h"
#include "store/records/nouns.h"

/* Sessions that wait for a second factor end after this, whatever the limits say. */
#define ACCESS_HALF_MS ((int64_t)10 * 60 * 1000)

/* What exports or changes who sees what asks for a second factor no older than this. */
#define ACCESS_STEP_UP_MS ((int64_t)10 * 60 * 1000)

struct access_limits {
    int64_t idle_ms;
    int64_t absolute_ms;
};

enum {
    ACCESS_NOBODY = 1, /* no such session, or it has ended */
};

struct access_session {
    struct records_session record;
    struct records_user user;
    struct access_subject subject; /* the user as decisions see them */
    uint64_t emergency;            /* the one whose class the subject has meanwhile; 0: none */
    int64_t emergency_until_at;
    struct access_limits limits; /* by its class and the server's settings */
    int64_t idle_expires_at;
    int64_t expires_at;
};

/* A class makes the server's limits shorter, never longer. */
struct access_limits access_class_limits(const struct access_class *class,
                                         const struct access_limits *limits);

/* Begins one at a stage: token and CSRF token go to the browser, hashes stay. One that begins
 * signed in has just proven its second factor. */
RESULT access_session_begin(struct records_tx *tx, struct user_id user, enum records_stage stage,
                            struct text source, int64_t now, char ret_token[ACCESS_TOKEN_SIZE],
                            uint64_t *ret_number);

/* Who has that token, if the session is alive. Outcome: ACCESS_NOBODY. */
RESULT access_session_find(struct records_tx *tx, struct text token,
                           const struct access_limits *limits, int64_t now, struct arena *arena,
                           struct access_session *ret_session);

/* When a session ends, used or not. */
struct access_ends {
    int64_t idle_at;
    int64_t absolute_at;
};

struct access_ends access_session_ends(const struct records_session *session,
                                       const struct access_limits *limits);

/* A user's sessions that are alive, the one that was used last first. */
RESULT access_session_list(struct records_tx *tx, struct user_id user,
                           const struct access_limits *limits, int64_t now, struct arena *arena,
                           struct records_session **ret_sessions, size_t *ret_count);

/* A session goes on with another token, and ends when it would have; its second factor was proven
 * last at factor_at. Outcome: ACCESS_NOBODY. */
RESULT access_session_renew(struct records_tx *tx, struct access_session *session,
                            int64_t factor_at, char ret_token[ACCESS_TOKEN_SIZE]);

/* Was its second factor proven within ACCESS_STEP_UP_MS? */
bool access_factor_fresh(const struct access_session *session, int64_t now);

/* Does the CSRF token belong to the session's token? Constant time. */
bool access_csrf_fits(struct text token, struct text csrf);
