/* Emergency access in time, over records in memory; time is given. */

#include "access/session.h"
#include "base/moment.h"
#include "server/serve/emergencies.h"
#include "tap.h"

#define NOW ((int64_t)1800000000000)

static struct records *records;
static struct arena *arena;
static struct records_user anna = {.class = {"viewer", 6},
                                   .emergency = {"power_user", 10},
                                   .name = {"anna", 4},
                                   .display_name = {"Anna", 4},
                                   .created_at = 1};
static char token[ACCESS_TOKEN_SIZE];
static uint64_t number;

static int add_user(struct records_tx *tx, void *context)
{
    uint64_t session;
    int r = records_user_add(tx, &anna, &anna.id);

    (void)context;
    return r ? r
             : access_session_begin(tx, anna.id, RECORDS_STAGE_SIGNED_IN, text_of("192.0.2.1"), NOW,
                                    token, &session);
}

static int open_one(struct records_tx *tx, void *context)
{
    const int64_t *opened_at = context;
    struct records_emergency row = {.user = anna.id,
                                    .class = anna.emergency,
                                    .reason = text_of("nobody else is there"),
                                    .opened_at = *opened_at,
                                    .until_at = *opened_at + 30 * MS_PER_MINUTE,
                                    .review_by_at = *opened_at + 60 * MS_PER_MINUTE};

    return records_emergency_open(tx, &row, &number);
}

struct settling {
    int64_t now;
    bool changed;
};

static int settle(struct records_tx *tx, void *context)
{
    struct settling *settling = context;

    return emergencies_settle(tx, settling->now, arena, &settling->changed);
}

static bool settled(int64_t now)
{
    struct settling settling = {.now = now};

    CHECK(records_act(records, settle, &settling) == 0);
    return settling.changed;
}

static int get(struct records_tx *tx, void *context)
{
    return records_emergency_get(tx, number, arena, context);
}

static struct records_emergency row(void)
{
    struct records_emergency row = {0};

    CHECK(records_read(records, get, &row) == 0);
    return row;
}

struct looking {
    int64_t now;
    struct access_session session;
};

static int find(struct records_tx *tx, void *context)
{
    struct looking *looking = context;
    static const struct access_limits limits = {.idle_ms = 12 * MS_PER_HOUR,
                                                .absolute_ms = 12 * MS_PER_HOUR};

    return access_session_find(tx, text_of(token), &limits, looking->now, arena, &looking->session);
}

/* The word of the class that the session has then. */
static const char *class_at(int64_t now)
{
    struct looking looking = {.now = now};

    CHECK(records_read(records, find, &looking) == 0);
    return looking.session.subject.class->word;
}

static void the_class_is_had_from_the_opening_to_the_end_and_no_longer(void)
{
    int64_t at = NOW;

    CHECK(strcmp(class_at(NOW), "viewer") == 0);
    CHECK(records_act(records, open_one, &at) == 0);
    CHECK(strcmp(class_at(NOW), "power_user") == 0);
    CHECK(strcmp(class_at(NOW + 30 * MS_PER_MINUTE - 1), "power_user") == 0);
    /* Before the job has settled anything. */
    CHECK(strcmp(class_at(NOW + 30 * MS_PER_MINUTE), "viewer") == 0);
}

static void it_ends_by_time_once_and_with_the_moment_that_was_said(void)
{
    CHECK(!settled(NOW + 30 * MS_PER_MINUTE - 1));
    CHECK(row().ended_at == 0);
    CHECK(settled(NOW + 31 * MS_PER_MINUTE));
    CHECK(row().ended_at == NOW + 30 * MS_PER_MINUTE);
    CHECK(text_equal(row().ended_by, text_of("time")));
    CHECK(!settled(NOW + 32 * MS_PER_MINUTE));
}

static void a_review_that_nobody_made_is_told_of_once(void)
{
    CHECK(row().overdue_at == 0);
    CHECK(settled(NOW + 60 * MS_PER_MINUTE));
    CHECK(row().overdue_at == NOW + 60 * MS_PER_MINUTE);
    CHECK(!settled(NOW + 61 * MS_PER_MINUTE));
}

static int review(struct records_tx *tx, void *context)
{
    (void)context;
    return records_emergency_review(tx, number, NOW + MS_PER_DAY, text_of("bea"), true,
                                    text_of("it was needed"));
}

static int read_acts(struct records_tx *tx, void *context)
{
    size_t *count = context;
    struct records_audit_row *rows;

    return records_emergency_acts(tx, number, 10, arena, &rows, count);
}

static void a_review_closes_it_and_both_tellings_are_found_under_it(void)
{
    size_t count = 0;

    CHECK(records_act(records, review, NULL) == 0);
    CHECK(records_act(records, review, NULL) == RECORDS_STALE);
    CHECK(row().justified && text_equal(row().note, text_of("it was needed")));
    CHECK(records_read(records, read_acts, &count) == 0 && count == 2);
    CHECK(!settled(NOW + 2 * MS_PER_DAY));
}

static void each_state_follows_the_one_before(void)
{
    struct records_emergency row = {.until_at = NOW, .review_by_at = NOW + 10};

    CHECK(emergency_state(&row, NOW - 1) == EMERGENCY_OPEN);
    CHECK(emergency_state(&row, NOW) == EMERGENCY_REVIEW);
    CHECK(emergency_state(&row, NOW + 10) == EMERGENCY_OVERDUE);
    row.ended_at = NOW - 5;
    CHECK(emergency_state(&row, NOW - 4) == EMERGENCY_REVIEW);
    row.reviewed_at = NOW;
    CHECK(emergency_state(&row, NOW + 10) == EMERGENCY_REVIEWED);
}

int main(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 20) == 0);
    CHECK(records_act(records, add_user, NULL) == 0);
    RUN(the_class_is_had_from_the_opening_to_the_end_and_no_longer);
    RUN(it_ends_by_time_once_and_with_the_moment_that_was_said);
    RUN(a_review_that_nobody_made_is_told_of_once);
    RUN(a_review_closes_it_and_both_tellings_are_found_under_it);
    RUN(each_state_follows_the_one_before);
    records = records_free(records);
    arena = arena_free(arena);
    return tap_done();
}
