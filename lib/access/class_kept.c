#include "access/class_kept.h"

#include <string.h>

#include "base/buffer.h"

#define HOURS_SIZE ((size_t)(4 * ACCESS_WEEKDAYS))
#define TEXT_MAX ((size_t)2048)

/* ---- a row to a class ---- */

/* The next word up to a blank; empty at the end. */
static struct text next_word(struct text *rest)
{
    struct text word = {.at = rest->at};

    while (word.len < rest->len && rest->at[word.len] != ' ')
        word.len++;
    rest->at += word.len < rest->len ? word.len + 1 : word.len;
    rest->len -= word.len < rest->len ? word.len + 1 : word.len;
    return word;
}

static int read_level(struct text word, struct access_class *class)
{
    const char *colon = memchr(word.at, ':', word.len);
    size_t len = colon ? (size_t)(colon - word.at) : 0;
    int category;
    int level;

    if (!colon)
        return FAULT(ERR_CORRUPT);
    category = access_category_find((struct text){word.at, len});
    level = access_level_find((struct text){colon + 1, word.len - len - 1});
    if (category < 0 || level < 0)
        return FAULT(ERR_CORRUPT);
    class->levels[category] = (uint8_t)level;
    return 0;
}

static int read_levels(struct text text, struct access_class *class)
{
    int r = 0;

    while (r == 0 && text.len)
        r = read_level(next_word(&text), class);
    return r;
}

static int read_networks(struct text text, struct access_conditions *conditions)
{
    while (text.len) {
        if (conditions->network_count == ACCESS_NETWORKS_MAX ||
            access_network_parse(next_word(&text),
                                 &conditions->networks[conditions->network_count]))
            return FAULT(ERR_CORRUPT);
        conditions->network_count++;
    }
    return 0;
}

static uint16_t minute_at(struct bytes bytes, size_t at)
{
    return (uint16_t)(bytes.at[at] << 8 | bytes.at[at + 1]);
}

static int read_hours(struct bytes bytes, struct access_conditions *conditions)
{
    if (bytes.len == 0)
        return 0;
    if (bytes.len != HOURS_SIZE)
        return FAULT(ERR_CORRUPT);
    conditions->by_hours = true;
    for (size_t i = 0; i < ACCESS_WEEKDAYS; i++) {
        struct access_hours hours = {minute_at(bytes, 4 * i), minute_at(bytes, 4 * i + 2)};

        if (hours.from_minute > ACCESS_MINUTES_A_DAY || hours.to_minute > ACCESS_MINUTES_A_DAY)
            return FAULT(ERR_CORRUPT);
        conditions->hours[i] = hours;
    }
    return 0;
}

static int read_conditions(const struct records_class *row, struct access_conditions *conditions)
{
    int r;

    if (row->window_days > ACCESS_WINDOW_DAYS_MAX || row->idle_minutes > UINT16_MAX ||
        row->absolute_minutes > UINT16_MAX || row->factor_minutes > UINT16_MAX)
        return FAULT(ERR_CORRUPT);
    conditions->window_days = (uint16_t)row->window_days;
    conditions->idle_minutes = (uint16_t)row->idle_minutes;
    conditions->absolute_minutes = (uint16_t)row->absolute_minutes;
    conditions->factor_minutes = (uint16_t)row->factor_minutes;
    r = read_hours(row->hours, conditions);
    return r ? r : read_networks(row->networks, conditions);
}

RESULT access_class_read(const struct records_class *row, struct arena *arena,
                         struct access_class *ret_class)
{
    struct access_conditions *conditions = arena_take_array(arena, 1, sizeof *conditions);
    struct access_class class = {.word = arena_copy_text(arena, row->word).at,
                                 .title = arena_copy_text(arena, row->title).at,
                                 .zone = arena_copy_text(arena, row->zone).at,
                                 .conditions = conditions};
    int reach = access_reach_find(row->reach);
    int r;

    if (!conditions || !class.word || !class.title || !class.zone)
        return FAULT(ERR_MEMORY);
    if (reach < 0)
        return FAULT(ERR_CORRUPT);
    class.reach = (enum access_reach)reach;
    r = read_levels(row->levels, &class);
    if (!r)
        r = read_conditions(row, conditions);
    if (r)
        return r;
    *ret_class = class;
    return 0;
}

RESULT access_class_load(struct records_tx *tx, struct text word, struct arena *arena,
                         const struct access_class **ret_class)
{
    const struct access_class *built_in = access_class_find(word);
    struct records_class row;
    struct access_class *class;
    int r;

    *ret_class = built_in;
    if (built_in)
        return 0;
    r = records_class_get(tx, word, arena, &row);
    if (r)
        return r < 0 ? r : 0;
    class = arena_take_array(arena, 1, sizeof *class);
    if (!class)
        return FAULT(ERR_MEMORY);
    r = access_class_read(&row, arena, class);
    if (!r)
        *ret_class = class;
    return r;
}

/* ---- a class to a row ---- */

static int copy_buffer(struct buffer *buffer, struct arena *arena, struct text *ret_text)
{
    int r = buffer_check(buffer);

    if (r)
        return r;
    *ret_text = arena_copy_text(arena, text_of_bytes(buffer_bytes(buffer)));
    return ret_text->at ? 0 : FAULT(ERR_MEMORY);
}

static int write_levels(const struct access_class *class, struct arena *arena,
                        struct text *ret_text)
{
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(TEXT_MAX);

    for (unsigned i = 0; i < ACCESS_CATEGORY_COUNT; i++)
        if (class->levels[i] != ACCESS_NONE)
            buffer_print(&text, "%s%s:%s", text.len ? " " : "",
                         access_category_word((enum access_category)i),
                         access_level_word(class->levels[i]));
    return copy_buffer(&text, arena, ret_text);
}

static int write_networks(const struct access_conditions *conditions, struct arena *arena,
                          struct text *ret_text)
{
    CLEANUP(buffer_deinit) struct buffer text = buffer_init(TEXT_MAX);

    for (size_t i = 0; i < conditions->network_count; i++) {
        char network[ACCESS_NETWORK_TEXT_SIZE];

        access_network_print(&conditions->networks[i], network);
        buffer_print(&text, "%s%s", i ? " " : "", network);
    }
    return copy_buffer(&text, arena, ret_text);
}

static int write_hours(const struct access_conditions *conditions, struct arena *arena,
                       struct bytes *ret_bytes)
{
    uint8_t hours[HOURS_SIZE];

    for (size_t i = 0; i < ACCESS_WEEKDAYS; i++) {
        hours[4 * i] = (uint8_t)(conditions->hours[i].from_minute >> 8);
        hours[4 * i + 1] = (uint8_t)conditions->hours[i].from_minute;
        hours[4 * i + 2] = (uint8_t)(conditions->hours[i].to_minute >> 8);
        hours[4 * i + 3] = (uint8_t)conditions->hours[i].to_minute;
    }
    *ret_bytes = arena_copy(arena, (struct bytes){hours, conditions->by_hours ? sizeof hours : 0});
    return ret_bytes->at ? 0 : FAULT(ERR_MEMORY);
}

RESULT access_class_write(const struct access_class *class, struct arena *arena,
                          struct records_class *row)
{
    static const struct access_conditions none;
    const struct access_conditions *conditions = class->conditions ? class->conditions : &none;
    int r = write_levels(class, arena, &row->levels);

    row->reach = text_of(access_reach_word(class->reach));
    row->zone = text_of(class->zone ? class->zone : "");
    row->window_days = conditions->window_days;
    row->idle_minutes = conditions->idle_minutes;
    row->absolute_minutes = conditions->absolute_minutes;
    row->factor_minutes = conditions->factor_minutes;
    if (!r)
        r = write_networks(conditions, arena, &row->networks);
    return r ? r : write_hours(conditions, arena, &row->hours);
}

size_t access_class_deviations(const struct access_class *class, const struct access_class *base,
                               struct access_deviation at[ACCESS_DEVIATIONS_MAX])
{
    size_t count = 0;

    if (class->reach != base->reach)
        at[count++] =
            (struct access_deviation){"reach", access_reach_word(base->reach),
                                      access_reach_word(class->reach), class->reach < base->reach};
    for (unsigned i = 0; i < ACCESS_CATEGORY_COUNT; i++)
        if (class->levels[i] != base->levels[i])
            at[count++] = (struct access_deviation){
                access_category_word((enum access_category)i), access_level_word(base->levels[i]),
                access_level_word(class->levels[i]), class->levels[i] > base->levels[i]};
    return count;
}
