/* The contract of class_kept.h, over records in memory. */

#include "access/class_kept.h"
#include "tap.h"

static struct records *records;
static struct arena *arena;

static struct access_conditions conditions = {
    .window_days = 30,
    .idle_minutes = 5,
    .absolute_minutes = 600,
    .factor_minutes = 60,
    .by_hours = true,
    .hours = {{480, 1080}, {0, 1440}, {1320, 360}},
};

static struct access_class night(void)
{
    struct access_class class = *access_class_find(text_of("viewer"));

    class.word = "night";
    class.title = "Night";
    class.zone = "Europe/Vienna";
    class.conditions = &conditions;
    class.levels[ACCESS_CATEGORY_DEVICES] = ACCESS_CHANGE;
    class.levels[ACCESS_CATEGORY_TITLES] = ACCESS_NONE;
    return class;
}

static struct records_class row_of(const struct access_class *class)
{
    struct records_class row = {
        .word = text_of(class->word), .title = text_of(class->title), .base = text_of("viewer")};

    CHECK(access_class_write(class, arena, &row) == 0);
    return row;
}

static void a_class_is_read_as_it_was_written(void)
{
    struct access_class class = night();
    struct records_class row = row_of(&class);
    struct access_class read;

    CHECK(access_class_read(&row, arena, &read) == 0);
    CHECK(strcmp(read.word, "night") == 0 && strcmp(read.title, "Night") == 0);
    CHECK(strcmp(read.zone, "Europe/Vienna") == 0 && read.reach == class.reach);
    CHECK(memcmp(read.levels, class.levels, sizeof read.levels) == 0);
    CHECK(!access_class_above(&read, &class) && !access_class_above(&class, &read));
    CHECK(read.conditions->by_hours && read.conditions->window_days == 30);
    CHECK(memcmp(read.conditions->hours, conditions.hours, sizeof conditions.hours) == 0);
}

static void a_category_that_is_not_named_is_none(void)
{
    struct records_class row = {.word = text_of("x"),
                                .title = text_of("X"),
                                .base = text_of("admin"),
                                .reach = text_of("self"),
                                .levels = text_of("audit:see"),
                                .zone = text_of(""),
                                .networks = text_of("")};
    struct access_class read;

    CHECK(access_class_read(&row, arena, &read) == 0);
    for (unsigned i = 0; i < ACCESS_CATEGORY_COUNT; i++)
        CHECK(read.levels[i] == (i == ACCESS_CATEGORY_AUDIT ? ACCESS_SEE : ACCESS_NONE));
    CHECK(read.reach == ACCESS_REACH_SELF);
}

static void a_row_that_does_not_read_is_no_class(void)
{
    static const uint8_t late[28] = {0, 0, 5, 161};
    struct access_class class = night();
    struct records_class good = row_of(&class);
    struct records_class row;
    struct access_class read;

#define BROKEN(change)                                                                             \
    do {                                                                                           \
        row = good;                                                                                \
        change;                                                                                    \
        CHECK(access_class_read(&row, arena, &read) == ERR_CORRUPT);                               \
    } while (0)
    BROKEN(row.reach = text_of("nearly"));
    BROKEN(row.levels = text_of("activity"));
    BROKEN(row.levels = text_of("activity:"));
    BROKEN(row.levels = text_of("activity:all"));
    BROKEN(row.levels = text_of("secrets:see"));
    BROKEN(row.levels = text_of("activity:see  devices:see"));
    BROKEN(row.networks = text_of("10.0.0.0/8,11.0.0.0/8"));
    BROKEN(row.hours = ((struct bytes){late, 27}));
    BROKEN(row.hours = ((struct bytes){late, 28}));
    BROKEN(row.window_days = 65536 + 30);
    BROKEN(row.factor_minutes = 70000);
}

static void more_networks_than_a_class_may_have_are_too_many(void)
{
    struct access_conditions many = {.network_count = ACCESS_NETWORKS_MAX};
    struct access_class class = night();
    struct access_class read;
    struct records_class row;

    for (size_t i = 0; i < ACCESS_NETWORKS_MAX; i++)
        CHECK(access_network_parse(text_of("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
                                   &many.networks[i]) == 0);
    class.conditions = &many;
    row = row_of(&class);
    CHECK(access_class_read(&row, arena, &read) == 0);
    CHECK(read.conditions->network_count == ACCESS_NETWORKS_MAX);
    row.networks = arena_print(arena, "%.*s 10.0.0.0/8", (int)row.networks.len, row.networks.at);
    CHECK(access_class_read(&row, arena, &read) == ERR_CORRUPT);
}

static int load(struct records_tx *tx, void *context)
{
    const struct access_class *class;
    struct access_class made = night();
    struct records_class row = row_of(&made);

    (void)context;
    CHECK(access_class_load(tx, text_of("night"), arena, &class) == 0 && !class);
    CHECK(access_class_load(tx, text_of("admin"), arena, &class) == 0);
    CHECK(class == access_class_find(text_of("admin")));
    CHECK(records_class_add(tx, &row) == 0);
    CHECK(access_class_load(tx, text_of("night"), arena, &class) == 0);
    CHECK(class && class->levels[ACCESS_CATEGORY_DEVICES] == ACCESS_CHANGE);
    return 0;
}

static void a_class_is_found_whoever_made_it(void)
{
    CHECK(records_act(records, load, NULL) == 0);
}

static void each_difference_from_the_base_is_a_deviation(void)
{
    struct access_deviation at[ACCESS_DEVIATIONS_MAX];
    struct access_class class = night();
    const struct access_class *base = access_class_find(text_of("viewer"));

    CHECK(access_class_deviations(base, base, at) == 0);
    CHECK(access_class_deviations(&class, base, at) == 2);
    CHECK(strcmp(at[0].what, "titles") == 0 && !at[0].wider);
    CHECK(strcmp(at[0].base, "see") == 0 && strcmp(at[0].now, "none") == 0);
    CHECK(strcmp(at[1].what, "devices") == 0 && at[1].wider);
    class.reach = ACCESS_REACH_SELF;
    CHECK(access_class_deviations(&class, base, at) == 3);
    CHECK(strcmp(at[0].what, "reach") == 0 && !at[0].wider);
    class.reach = ACCESS_REACH_EVERYONE;
    base = access_class_find(text_of("employee"));
    CHECK(access_class_deviations(&class, base, at) == 3 && at[0].wider);
}

int main(void)
{
    CHECK(records_open(&records, ":memory:", (struct bytes){0}) == 0);
    CHECK(arena_new(&arena, 1 << 20) == 0);
    RUN(a_class_is_read_as_it_was_written);
    RUN(a_category_that_is_not_named_is_none);
    RUN(a_row_that_does_not_read_is_no_class);
    RUN(more_networks_than_a_class_may_have_are_too_many);
    RUN(a_class_is_found_whoever_made_it);
    RUN(each_difference_from_the_base_is_a_deviation);
    records = records_free(records);
    arena = arena_free(arena);
    return tap_done();
}
