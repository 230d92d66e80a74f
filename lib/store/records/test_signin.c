/* What signing in keeps, by hash: links, sessions, recovery codes. */

#include "store/records/nouns.h"
#include "tap.h"

static struct records *records;
static struct arena *arena;

static struct hash hash_of(uint8_t fill)
{
    struct hash hash;

    memset(hash.at, fill, sizeof(hash.at));
    return hash;
}

static bool same_hash(struct hash a, struct hash b)
{
    return memcmp(a.at, b.at, sizeof(a.at)) == 0;
}

static bool is(struct text text, const char *expected)
{
    return text_equal(text, text_of(expected));
}

static void act(records_job *job)
{
    CHECK(records_act(records, job, NULL) == 0);
}

static int add_users(struct records_tx *tx, void *context)
{
    static const char *const names[] = {"anna", "robin"};
    struct user_id id;

    (void)context;
    for (uint32_t i = 0; i < 2; i++) {
        struct records_user user = {.name = text_of(names[i]), .class = text_of("viewer")};

        CHECK(records_user_add(tx, &user, &id) == 0 && id.number == i + 1);
    }
    return 0;
}

/* ---- links ---- */

static int use_links(struct records_tx *tx, void *context)
{
    struct records_link link = {.token_hash = hash_of(1), .user = {1}, .expires_at = 123};
    struct records_link found;
    struct hash other = hash_of(9);

    (void)context;
    CHECK(records_link_add(tx, &link) == 0);
    link.token_hash = hash_of(2);
    CHECK(records_link_add(tx, &link) == 0);
    link.token_hash = hash_of(3);
    link.user.number = 2;
    CHECK(records_link_add(tx, &link) == 0);
    link.token_hash = hash_of(1);
    CHECK(records_link_find(tx, &link.token_hash, &found) == 0);
    CHECK(found.user.number == 1 && found.expires_at == 123);
    CHECK(same_hash(found.token_hash, hash_of(1)));
    CHECK(records_link_find(tx, &other, &found) == RECORDS_ABSENT);
    CHECK(records_link_remove(tx, &link.token_hash) == 0);
    CHECK(records_link_find(tx, &link.token_hash, &found) == RECORDS_ABSENT);
    CHECK(records_link_remove_of(tx, (struct user_id){1}) == 0);
    link.token_hash = hash_of(2);
    CHECK(records_link_find(tx, &link.token_hash, &found) == RECORDS_ABSENT);
    link.token_hash = hash_of(3);
    CHECK(records_link_find(tx, &link.token_hash, &found) == 0);
    return 0;
}

static void a_link_is_gone_once_it_was_removed(void)
{
    act(use_links);
}

/* ---- sessions ---- */

static int use_sessions(struct records_tx *tx, void *context)
{
    struct records_session session = {
        .user = {1},
        .stage = RECORDS_STAGE_TOTP,
        .csrf_hash = hash_of(50),
        .factor_at = 7,
        .source = text_of("192.0.2.1"),
    };
    struct records_session found;
    uint64_t number = 0;

    (void)context;
    for (uint8_t i = 1; i <= 5; i++) {
        session.token_hash = hash_of(i);
        session.user.number = i < 5 ? 1 : 2;
        session.created_at = (int64_t)i * 100;
        session.seen_at = (int64_t)i * 1000;
        CHECK(records_session_add(tx, &session, &number) == 0 && number == i);
    }
    session.token_hash = hash_of(2);
    CHECK(records_session_find(tx, &session.token_hash, arena, &found) == 0);
    CHECK(found.number == 2 && found.user.number == 1 && found.stage == RECORDS_STAGE_TOTP);
    CHECK(found.created_at == 200 && found.seen_at == 2000 && is(found.source, "192.0.2.1"));
    CHECK(same_hash(found.csrf_hash, hash_of(50)));
    CHECK(found.factor_at == 7);
    found.token_hash = hash_of(60);
    found.csrf_hash = hash_of(61);
    found.factor_at = 8;
    CHECK(records_session_renew(tx, &session.token_hash, &found) == 0);
    CHECK(records_session_find(tx, &session.token_hash, arena, &found) == RECORDS_ABSENT);
    CHECK(records_session_renew(tx, &session.token_hash, &found) == RECORDS_ABSENT);
    session.token_hash = hash_of(60);
    CHECK(records_session_find(tx, &session.token_hash, arena, &found) == 0);
    CHECK(found.number == 2 && found.created_at == 200 && found.factor_at == 8);
    CHECK(same_hash(found.csrf_hash, hash_of(61)));
    found.token_hash = hash_of(2);
    CHECK(records_session_renew(tx, &session.token_hash, &found) == 0);
    session.token_hash = hash_of(2);
    CHECK(records_session_seen(tx, &session.token_hash, 9000) == 0);
    CHECK(records_session_find(tx, &session.token_hash, arena, &found) == 0);
    CHECK(found.seen_at == 9000);
    {
        struct records_session *rows;
        size_t count;

        CHECK(records_session_list(tx, (struct user_id){1}, arena, &rows, &count) == 0);
        CHECK(count == 4 && rows[0].number == 2 && rows[1].number == 4 && rows[3].number == 1);
        CHECK(same_hash(rows[1].token_hash, hash_of(4)) && rows[1].created_at == 400);
        CHECK(records_session_list(tx, (struct user_id){3}, arena, &rows, &count) == 0);
        CHECK(count == 0);
    }
    /* The first was idle for too long; the third is removed; the fourth and second are of one. */
    CHECK(records_session_expire(tx, 1001, 0) == 0);
    session.token_hash = hash_of(1);
    CHECK(records_session_find(tx, &session.token_hash, arena, &found) == RECORDS_ABSENT);
    session.token_hash = hash_of(3);
    CHECK(records_session_remove(tx, &session.token_hash) == 0);
    CHECK(records_session_find(tx, &session.token_hash, arena, &found) == RECORDS_ABSENT);
    CHECK(records_session_expire(tx, 0, 201) == 0);
    session.token_hash = hash_of(2);
    CHECK(records_session_find(tx, &session.token_hash, arena, &found) == RECORDS_ABSENT);
    CHECK(records_session_remove_of(tx, (struct user_id){1}) == 0);
    session.token_hash = hash_of(4);
    CHECK(records_session_find(tx, &session.token_hash, arena, &found) == RECORDS_ABSENT);
    session.token_hash = hash_of(5);
    CHECK(records_session_find(tx, &session.token_hash, arena, &found) == 0);
    /* A number is never given twice, since audit entries name sessions by it. */
    CHECK(records_session_remove(tx, &session.token_hash) == 0);
    CHECK(records_session_add(tx, &session, &number) == 0 && number == 6);
    return 0;
}

static void sessions_end_by_time_by_hand_and_by_user(void)
{
    act(use_sessions);
}

/* ---- recovery codes ---- */

static int use_recovery(struct records_tx *tx, void *context)
{
    const struct hash first[] = {hash_of(1), hash_of(2), hash_of(3)};
    const struct hash second[] = {hash_of(4)};
    struct hash *left;
    int64_t made_at;
    size_t count;

    (void)context;
    CHECK(records_recovery_list(tx, (struct user_id){1}, arena, &left, &count, &made_at) == 0);
    CHECK(count == 0 && made_at == 0);
    CHECK(records_recovery_set(tx, (struct user_id){1}, first, 3, 70) == 0);
    CHECK(records_recovery_set(tx, (struct user_id){2}, second, 1, 71) == 0);
    CHECK(records_recovery_remove(tx, &first[1]) == 0);
    CHECK(records_recovery_remove(tx, &first[1]) == RECORDS_ABSENT);
    CHECK(records_recovery_list(tx, (struct user_id){1}, arena, &left, &count, &made_at) == 0);
    CHECK(count == 2 && made_at == 70);
    CHECK(same_hash(left[0], first[0]) && same_hash(left[1], first[2]));
    CHECK(records_recovery_remove_of(tx, (struct user_id){1}) == 0);
    CHECK(records_recovery_list(tx, (struct user_id){1}, arena, &left, &count, &made_at) == 0);
    CHECK(count == 0);
    CHECK(records_recovery_list(tx, (struct user_id){2}, arena, &left, &count, &made_at) == 0);
    CHECK(count == 1 && same_hash(left[0], second[0]));
    return 0;
}

static void a_recovery_code_is_gone_once_used_and_a_new_set_replaces_the_old(void)
{
    act(use_recovery);
}

int main(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 20) == 0);
    act(add_users);
    RUN(a_link_is_gone_once_it_was_removed);
    RUN(sessions_end_by_time_by_hand_and_by_user);
    RUN(a_recovery_code_is_gone_once_used_and_a_new_set_replaces_the_old);
    records = records_free(records);
    arena = arena_free(arena);
    return tap_done();
}
