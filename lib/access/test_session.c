/* The contract of session.h, over records in memory; time is given. */

#include "access/session.h"
#include "tap.h"

#define NOW ((int64_t)1800000000000)
#define MINUTE ((int64_t)60 * 1000)

static const struct access_limits limits = {.idle_ms = 20 * MINUTE, .absolute_ms = 600 * MINUTE};

static struct records *records;
static struct arena *arena;
static struct user_id anna;

static int add_user(struct records_tx *tx, void *context)
{
    struct records_user user = {.name = text_of("anna"),
                                .display_name = text_of("Anna"),
                                .class = text_of("viewer"),
                                .created_at = 1};

    (void)context;
    return records_user_add(tx, &user, &anna);
}

struct begun {
    enum records_stage stage;
    char token[ACCESS_TOKEN_SIZE];
    uint64_t number;
};

static int begin(struct records_tx *tx, void *context)
{
    struct begun *begun = context;

    return access_session_begin(tx, anna, begun->stage, text_of("192.0.2.1"), NOW, begun->token,
                                &begun->number);
}

struct looking {
    struct text token;
    int64_t now;
    struct access_session session;
};

static int find(struct records_tx *tx, void *context)
{
    struct looking *looking = context;

    return access_session_find(tx, looking->token, &limits, looking->now, arena, &looking->session);
}

/* Begins a session of that stage; its token stays valid until the next. */
static struct text session_of(enum records_stage stage)
{
    static struct begun begun;

    begun = (struct begun){.stage = stage};
    CHECK(records_act(records, begin, &begun) == 0 && begun.number > 0);
    return text_of(begun.token);
}

static int found(struct text token, int64_t now)
{
    struct looking looking = {.token = token, .now = now};

    arena_reset(arena);
    return records_read(records, find, &looking);
}

static void a_session_is_found_by_its_token_with_its_user(void)
{
    struct looking looking = {.token = session_of(RECORDS_STAGE_SIGNED_IN), .now = NOW};

    CHECK(records_read(records, find, &looking) == 0);
    CHECK(looking.session.user.id.number == anna.number);
    CHECK(looking.session.record.stage == RECORDS_STAGE_SIGNED_IN);
    CHECK(text_equal(looking.session.record.source, text_of("192.0.2.1")));
    CHECK(looking.session.idle_expires_at == NOW + limits.idle_ms);
    CHECK(looking.session.expires_at == NOW + limits.absolute_ms);
}

static void a_token_that_nobody_has_is_nobodys(void)
{
    char token[ACCESS_TOKEN_SIZE];
    struct hash hash;

    session_of(RECORDS_STAGE_SIGNED_IN);
    CHECK(access_token_new(token, &hash) == 0);
    CHECK(found(text_of(token), NOW) == ACCESS_NOBODY);
    CHECK(found(text_of(""), NOW) == ACCESS_NOBODY);
    CHECK(found((struct text){0}, NOW) == ACCESS_NOBODY);
    CHECK(found(text_of("not a token"), NOW) == ACCESS_NOBODY);
}

static void a_session_ends_to_the_millisecond_when_idle(void)
{
    struct text token = session_of(RECORDS_STAGE_SIGNED_IN);

    CHECK(found(token, NOW + limits.idle_ms - 1) == 0);
    CHECK(found(token, NOW + limits.idle_ms) == ACCESS_NOBODY);
}

struct renewing {
    struct text token;
    int64_t now;
    struct access_session session;
    char renewed[ACCESS_TOKEN_SIZE];
};

static int renew(struct records_tx *tx, void *context)
{
    struct renewing *renewing = context;
    int r =
        access_session_find(tx, renewing->token, &limits, renewing->now, arena, &renewing->session);

    return r ? r : access_session_renew(tx, &renewing->session, renewing->now, renewing->renewed);
}

static void a_factor_is_fresh_for_ten_minutes_to_the_millisecond(void)
{
    struct looking looking = {.token = session_of(RECORDS_STAGE_SIGNED_IN), .now = NOW};

    CHECK(records_read(records, find, &looking) == 0);
    CHECK(looking.session.record.factor_at == NOW && looking.session.subject.factor_at == NOW);
    CHECK(access_factor_fresh(&looking.session, NOW));
    CHECK(access_factor_fresh(&looking.session, NOW + ACCESS_STEP_UP_MS - 1));
    CHECK(!access_factor_fresh(&looking.session, NOW + ACCESS_STEP_UP_MS));
    /* A clock that was set back by an hour does not make it fresh for an hour. */
    CHECK(!access_factor_fresh(&looking.session, NOW - 60 * MINUTE));
}

static void half_a_sign_in_has_proven_no_second_factor(void)
{
    struct looking looking = {.token = session_of(RECORDS_STAGE_TOTP), .now = NOW};

    CHECK(records_read(records, find, &looking) == 0);
    CHECK(looking.session.record.factor_at == 0);
    CHECK(!access_factor_fresh(&looking.session, NOW));
    CHECK(!access_factor_fresh(&looking.session, 1));
}

static void a_renewed_session_goes_on_under_another_token_and_ends_when_it_would_have(void)
{
    struct renewing renewing = {.token = session_of(RECORDS_STAGE_SIGNED_IN),
                                .now = NOW + 12 * MINUTE};
    struct looking looking = {.now = NOW + 12 * MINUTE};
    char csrf[ACCESS_TOKEN_SIZE];

    CHECK(records_act(records, renew, &renewing) == 0);
    CHECK(found(renewing.token, NOW) == ACCESS_NOBODY);
    looking.token = text_of(renewing.renewed);
    CHECK(records_read(records, find, &looking) == 0);
    CHECK(looking.session.record.number == renewing.session.record.number);
    CHECK(looking.session.expires_at == NOW + limits.absolute_ms);
    CHECK(access_factor_fresh(&looking.session, looking.now));
    CHECK(access_token_csrf(looking.token, csrf) == 0);
    CHECK(access_csrf_fits(looking.token, text_of(csrf)));
    CHECK(!access_csrf_fits(renewing.token, text_of(csrf)));
    /* A second time with the token before: nobody's. */
    CHECK(records_act(records, renew, &renewing) == ACCESS_NOBODY);
}

struct touching {
    struct text token;
    int64_t at;
};

static int touch(struct records_tx *tx, void *context)
{
    const struct touching *touching = context;
    struct hash hash;

    CHECK(access_token_hash(touching->token, &hash) == 0);
    return records_session_seen(tx, &hash, touching->at);
}

static void use_puts_off_the_idle_end_and_not_the_absolute_one(void)
{
    struct text token = session_of(RECORDS_STAGE_SIGNED_IN);
    struct touching touching = {.token = token, .at = NOW + limits.absolute_ms - 1};

    CHECK(records_act(records, touch, &touching) == 0);
    CHECK(found(token, NOW + limits.absolute_ms - 1) == 0);
    CHECK(found(token, NOW + limits.absolute_ms) == ACCESS_NOBODY);
}

static void half_a_sign_in_ends_sooner_whatever_is_done_with_it(void)
{
    static const enum records_stage stages[] = {RECORDS_STAGE_TOTP, RECORDS_STAGE_TOTP_ENROL};

    for (size_t i = 0; i < 2; i++) {
        struct text token = session_of(stages[i]);
        struct touching touching = {.token = token, .at = NOW + ACCESS_HALF_MS - 1};

        CHECK(records_act(records, touch, &touching) == 0);
        CHECK(found(token, NOW + ACCESS_HALF_MS - 1) == 0);
        CHECK(found(token, NOW + ACCESS_HALF_MS) == ACCESS_NOBODY);
    }
}

static int change_user(struct records_tx *tx, void *context)
{
    const struct records_user *change = context;
    struct records_user user;
    int r = records_user_get(tx, anna, arena, &user);

    user.disabled_at = change->disabled_at;
    user.class = change->class;
    return r ? r : records_user_set(tx, &user);
}

static void a_disabled_users_session_is_nobodys(void)
{
    struct records_user change = {.class = text_of("viewer"), .disabled_at = NOW};
    struct text token = session_of(RECORDS_STAGE_SIGNED_IN);

    CHECK(records_act(records, change_user, &change) == 0);
    CHECK(found(token, NOW) == ACCESS_NOBODY);
    change.disabled_at = 0;
    CHECK(records_act(records, change_user, &change) == 0);
    CHECK(found(token, NOW) == 0);
}

static int remove_all(struct records_tx *tx, void *context)
{
    (void)context;
    return records_session_remove_of(tx, anna);
}

static void an_ended_session_is_nobodys(void)
{
    struct text token = session_of(RECORDS_STAGE_SIGNED_IN);

    CHECK(found(token, NOW) == 0);
    CHECK(records_act(records, remove_all, NULL) == 0);
    CHECK(found(token, NOW) == ACCESS_NOBODY);
}

static void the_csrf_token_fits_its_own_session_only(void)
{
    char other[ACCESS_TOKEN_SIZE];
    char csrf[ACCESS_TOKEN_SIZE];
    struct hash hash;
    struct text token = session_of(RECORDS_STAGE_SIGNED_IN);

    CHECK(access_token_new(other, &hash) == 0);
    CHECK(access_token_csrf(token, csrf) == 0);
    CHECK(access_csrf_fits(token, text_of(csrf)));
    CHECK(!access_csrf_fits(text_of(other), text_of(csrf)));
    CHECK(!access_csrf_fits(token, token));
    CHECK(!access_csrf_fits(token, text_of("")));
    CHECK(!access_csrf_fits(token, (struct text){0}));
    CHECK(!access_csrf_fits(token, (struct text){csrf, strlen(csrf) - 1}));
    CHECK(!access_csrf_fits((struct text){0}, text_of(csrf)));
    for (size_t i = 0; i < strlen(csrf); i++) {
        char bad[ACCESS_TOKEN_SIZE];

        memcpy(bad, csrf, sizeof bad);
        bad[i] ^= 1;
        CHECK(!access_csrf_fits(token, text_of(bad)));
    }
}

int main(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 20) == 0);
    CHECK(records_act(records, add_user, NULL) == 0);
    RUN(a_session_is_found_by_its_token_with_its_user);
    RUN(a_token_that_nobody_has_is_nobodys);
    RUN(a_session_ends_to_the_millisecond_when_idle);
    RUN(use_puts_off_the_idle_end_and_not_the_absolute_one);
    RUN(half_a_sign_in_ends_sooner_whatever_is_done_with_it);
    RUN(a_factor_is_fresh_for_ten_minutes_to_the_millisecond);
    RUN(half_a_sign_in_has_proven_no_second_factor);
    RUN(a_renewed_session_goes_on_under_another_token_and_ends_when_it_would_have);
    RUN(a_disabled_users_session_is_nobodys);
    RUN(an_ended_session_is_nobodys);
    RUN(the_csrf_token_fits_its_own_session_only);
    records = records_free(records);
    arena = arena_free(arena);
    return tap_done();
}
