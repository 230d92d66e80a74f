#include "access/session.h"

#include "access/class_kept.h"
#include "base/moment.h"
#include "base/wipe.h"

/* A new token, and the hashes that the session is known by. */
static int give_token(struct records_session *session, char token[ACCESS_TOKEN_SIZE])
{
    char csrf[ACCESS_TOKEN_SIZE];
    int r = access_token_new(token, &session->token_hash);

    if (!r)
        r = access_token_csrf(text_of(token), csrf);
    if (!r)
        r = access_token_hash(text_of(csrf), &session->csrf_hash);
    wipe(csrf, sizeof csrf);
    return r;
}

RESULT access_session_begin(struct records_tx *tx, struct user_id user, enum records_stage stage,
                            struct text source, int64_t now, char ret_token[ACCESS_TOKEN_SIZE],
                            uint64_t *ret_number)
{
    struct records_session session = {.user = user,
                                      .stage = stage,
                                      .created_at = now,
                                      .seen_at = now,
                                      .factor_at = stage == RECORDS_STAGE_SIGNED_IN ? now : 0,
                                      .source = source};
    char token[ACCESS_TOKEN_SIZE];
    int r = give_token(&session, token);

    if (!r)
        r = records_session_add(tx, &session, ret_number);
    if (!r)
        memcpy(ret_token, token, sizeof token);
    wipe(token, sizeof token);
    return r;
}

RESULT access_session_renew(struct records_tx *tx, struct access_session *session,
                            int64_t factor_at, char ret_token[ACCESS_TOKEN_SIZE])
{
    struct records_session renewed = session->record;
    char token[ACCESS_TOKEN_SIZE];
    int r = give_token(&renewed, token);

    renewed.factor_at = factor_at;
    if (!r)
        r = records_session_renew(tx, &session->record.token_hash, &renewed);
    if (!r) {
        memcpy(ret_token, token, sizeof token);
        session->record = renewed;
        session->subject.factor_at = factor_at;
    }
    wipe(token, sizeof token);
    return r > 0 ? ACCESS_NOBODY : r;
}

bool access_factor_fresh(const struct access_session *session, int64_t now)
{
    int64_t age = now - session->record.factor_at;

    /* A clock that was set back makes no proof young for longer than it would be. */
    return session->record.factor_at && age < ACCESS_STEP_UP_MS && age > -ACCESS_STEP_UP_MS;
}

struct access_limits access_class_limits(const struct access_class *class,
                                         const struct access_limits *limits)
{
    const struct access_conditions *conditions = class ? class->conditions : NULL;
    struct access_limits own = *limits;

    if (!conditions)
        return own;
    if (conditions->idle_minutes && conditions->idle_minutes * MS_PER_MINUTE < own.idle_ms)
        own.idle_ms = conditions->idle_minutes * MS_PER_MINUTE;
    if (conditions->absolute_minutes &&
        conditions->absolute_minutes * MS_PER_MINUTE < own.absolute_ms)
        own.absolute_ms = conditions->absolute_minutes * MS_PER_MINUTE;
    return own;
}

struct access_ends access_session_ends(const struct records_session *session,
                                       const struct access_limits *limits)
{
    struct access_ends ends = {.idle_at = session->seen_at + limits->idle_ms,
                               .absolute_at = session->created_at + limits->absolute_ms};

    if (session->stage != RECORDS_STAGE_SIGNED_IN &&
        ends.absolute_at > session->created_at + ACCESS_HALF_MS)
        ends.absolute_at = session->created_at + ACCESS_HALF_MS;
    return ends;
}

RESULT access_session_list(struct records_tx *tx, struct user_id user,
                           const struct access_limits *limits, int64_t now, struct arena *arena,
                           struct records_session **ret_sessions, size_t *ret_count)
{
    struct records_session *sessions = NULL;
    size_t count = 0;
    size_t alive = 0;
    const struct access_class *class = NULL;
    struct access_limits own;
    struct records_user row = {0};
    int r = records_session_list(tx, user, arena, &sessions, &count);

    if (!r)
        r = records_user_get(tx, user, arena, &row);
    if (!r)
        r = access_class_load(tx, row.class, arena, &class);
    own = access_class_limits(class, limits);
    if (r)
        return r;
    for (size_t i = 0; i < count; i++) {
        struct access_ends ends = access_session_ends(&sessions[i], &own);

        if (now < ends.idle_at && now < ends.absolute_at)
            sessions[alive++] = sessions[i];
    }
    *ret_sessions = sessions;
    *ret_count = alive;
    return 0;
}

/* Who has opened emergency access has its class until it ends. */
static int take_emergency(struct records_tx *tx, int64_t now, struct arena *arena,
                          struct access_session *session)
{
    struct records_emergency emergency;
    int r;

    if (session->user.emergency.len == 0)
        return 0;
    r = records_emergency_of(tx, session->user.id, now, arena, &emergency);
    if (r || !text_equal(emergency.class, session->user.emergency))
        return r < 0 ? r : 0;
    r = access_class_load(tx, emergency.class, arena, &session->subject.class);
    if (r)
        return r;
    session->emergency = emergency.number;
    session->emergency_until_at = emergency.until_at;
    return 0;
}

RESULT access_session_find(struct records_tx *tx, struct text token,
                           const struct access_limits *limits, int64_t now, struct arena *arena,
                           struct access_session *ret_session)
{
    struct access_session session = {0};
    const struct access_class *class;
    struct access_limits own;
    struct access_ends ends;
    struct hash hash;
    int r = access_token_hash(token, &hash);

    if (!r)
        r = records_session_find(tx, &hash, arena, &session.record);
    if (!r)
        r = records_user_get(tx, session.record.user, arena, &session.user);
    if (r)
        return r < 0 ? r : ACCESS_NOBODY;
    r = access_class_load(tx, session.user.class, arena, &class);
    if (r)
        return r;
    own = access_class_limits(class, limits);
    ends = access_session_ends(&session.record, &own);
    session.limits = own;
    session.idle_expires_at = ends.idle_at;
    session.expires_at = ends.absolute_at;
    if (session.user.disabled_at || now >= session.idle_expires_at || now >= session.expires_at)
        return ACCESS_NOBODY;
    session.subject = (struct access_subject){
        .class = class, .person = session.user.person, .factor_at = session.record.factor_at};
    r = take_emergency(tx, now, arena, &session);
    if (r)
        return r;
    *ret_session = session;
    return 0;
}

bool access_csrf_fits(struct text token, struct text csrf)
{
    char expected[ACCESS_TOKEN_SIZE];
    bool fits;

    if (access_token_csrf(token, expected))
        return false;
    fits = csrf.len == strlen(expected) && bytes_equal_secret(csrf.at, expected, csrf.len);
    wipe(expected, sizeof expected);
    return fits;
}
