/* The contract of classes in nouns.h, over records in memory. */

#include "store/records/nouns.h"
#include "tap.h"

static struct records *records;
static struct arena *arena;

static const uint8_t hours[28] = {1, 2, 3, 4};

static struct records_class night(void)
{
    return (struct records_class){.word = text_of("night"),
                                  .title = text_of("Night"),
                                  .base = text_of("viewer"),
                                  .reach = text_of("everyone"),
                                  .levels = text_of("activity:see"),
                                  .zone = text_of("Europe/Vienna"),
                                  .networks = text_of("10.0.0.0/8"),
                                  .hours = {.at = hours, .len = sizeof hours},
                                  .window_days = 30,
                                  .idle_minutes = 5,
                                  .absolute_minutes = 60,
                                  .factor_minutes = 20,
                                  .until_day = 20800,
                                  .changed_at = 7};
}

static bool same(const struct records_class *a, const struct records_class *b)
{
    return text_equal(a->word, b->word) && text_equal(a->title, b->title) &&
           text_equal(a->base, b->base) && text_equal(a->reach, b->reach) &&
           text_equal(a->levels, b->levels) && text_equal(a->zone, b->zone) &&
           text_equal(a->networks, b->networks) && a->hours.len == b->hours.len &&
           (a->hours.len == 0 || memcmp(a->hours.at, b->hours.at, a->hours.len) == 0) &&
           a->window_days == b->window_days && a->idle_minutes == b->idle_minutes &&
           a->absolute_minutes == b->absolute_minutes && a->factor_minutes == b->factor_minutes &&
           a->owner.number == b->owner.number && a->until_day == b->until_day &&
           a->changed_at == b->changed_at;
}

static int add_twice(struct records_tx *tx, void *context)
{
    struct records_class class = night();
    struct records_class got;

    (void)context;
    CHECK(records_class_get(tx, class.word, arena, &got) == RECORDS_ABSENT);
    CHECK(records_class_add(tx, &class) == 0);
    CHECK(records_class_add(tx, &class) == RECORDS_EXISTS);
    CHECK(records_class_get(tx, class.word, arena, &got) == 0 && same(&class, &got));
    return 0;
}

static int change(struct records_tx *tx, void *context)
{
    struct records_user user = {
        .name = text_of("anna"), .display_name = text_of("Anna"), .class = text_of("night")};
    struct records_class class = night();
    struct records_class got;

    (void)context;
    class.title = text_of("Day");
    class.hours = (struct bytes){0};
    class.window_days = 0;
    CHECK(records_user_add(tx, &user, &class.owner) == 0);
    CHECK(records_class_set(tx, &class) == 0);
    CHECK(records_class_get(tx, class.word, arena, &got) == 0 && same(&class, &got));
    class.word = text_of("day");
    CHECK(records_class_set(tx, &class) == RECORDS_ABSENT);
    return 0;
}

static int list_and_remove(struct records_tx *tx, void *context)
{
    struct records_class class = night();
    struct records_class *classes;
    size_t count;

    (void)context;
    class.word = text_of("day");
    CHECK(records_class_add(tx, &class) == 0);
    CHECK(records_class_list(tx, arena, &classes, &count) == 0 && count == 2);
    CHECK(text_equal(classes[0].word, text_of("day")));
    CHECK(text_equal(classes[1].word, text_of("night")));
    CHECK(records_class_remove(tx, class.word) == 0);
    CHECK(records_class_remove(tx, class.word) == RECORDS_ABSENT);
    CHECK(records_class_list(tx, arena, &classes, &count) == 0 && count == 1);
    return 0;
}

static void a_class_is_there_once_and_as_it_was_given(void)
{
    CHECK(records_act(records, add_twice, NULL) == 0);
}

static void a_class_is_changed_whole(void)
{
    CHECK(records_act(records, change, NULL) == 0);
}

static void classes_are_listed_by_word_until_they_are_removed(void)
{
    CHECK(records_act(records, list_and_remove, NULL) == 0);
}

int main(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 20) == 0);
    RUN(a_class_is_there_once_and_as_it_was_given);
    RUN(a_class_is_changed_whole);
    RUN(classes_are_listed_by_word_until_they_are_removed);
    records = records_free(records);
    arena = arena_free(arena);
    return tap_done();
}
