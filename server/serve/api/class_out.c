#include "server/serve/api/class_out.h"

#include <stdio.h>

void class_write_levels(struct json_out *out, const struct access_class *class)
{
    json_out_object(out, "levels");
    for (unsigned i = 0; i < ACCESS_CATEGORY_COUNT; i++)
        json_out_string(out, access_category_word((enum access_category)i),
                        access_level_word(class ? class->levels[i] : ACCESS_NONE));
    json_out_object_end(out);
}

void class_write_permissions(struct json_out *out, const struct access_class *class)
{
    json_out_array(out, "permissions");
    for (unsigned i = 0; i < ACCESS_PERMISSION_COUNT; i++)
        if (access_class_may(class, (enum access_permission)i))
            json_out_string(out, NULL, access_permission_word((enum access_permission)i));
    json_out_array_end(out);
}

static void write_time(struct json_out *out, const char *name, unsigned minute)
{
    char text[16];

    (void)snprintf(text, sizeof text, "%02u:%02u", minute / 60, minute % 60);
    json_out_string(out, name, text);
}

static void write_hours(struct json_out *out, const struct access_conditions *conditions)
{
    json_out_array(out, "hours");
    for (size_t i = 0; conditions->by_hours && i < ACCESS_WEEKDAYS; i++) {
        struct access_hours hours = conditions->hours[i];

        if (hours.from_minute == hours.to_minute)
            continue;
        json_out_object(out, NULL);
        json_out_string(out, "day", access_weekday_word(i));
        write_time(out, "from", hours.from_minute);
        write_time(out, "to", hours.to_minute);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

void class_write_conditions(struct json_out *out, const struct access_class *class)
{
    static const struct access_conditions none;
    const struct access_conditions *conditions =
        class && class->conditions ? class->conditions : &none;

    json_out_object(out, "conditions");
    json_out_integer(out, "window_days", conditions->window_days);
    json_out_string(out, "zone", class && class->zone ? class->zone : "");
    write_hours(out, conditions);
    json_out_array(out, "networks");
    for (size_t i = 0; i < conditions->network_count; i++) {
        char network[ACCESS_NETWORK_TEXT_SIZE];

        access_network_print(&conditions->networks[i], network);
        json_out_string(out, NULL, network);
    }
    json_out_array_end(out);
    json_out_integer(out, "factor_minutes", conditions->factor_minutes);
    json_out_integer(out, "idle_minutes", conditions->idle_minutes);
    json_out_integer(out, "absolute_minutes", conditions->absolute_minutes);
    json_out_object_end(out);
}

void class_write_copied(struct json_out *out, const struct access_class *class,
                        const struct records_class *row, int32_t today)
{
    const struct access_class *base = row ? access_class_find(row->base) : NULL;
    struct access_deviation at[ACCESS_DEVIATIONS_MAX];
    size_t count = base ? access_class_deviations(class, base, at) : 0;

    if (!base) {
        json_out_null(out, "copied");
        return;
    }
    json_out_object(out, "copied");
    json_out_string(out, "from", base->word);
    json_out_array(out, "deviations");
    for (size_t i = 0; i < count; i++) {
        json_out_object(out, NULL);
        json_out_string(out, "what", at[i].what);
        json_out_string(out, "base", at[i].base);
        json_out_string(out, "now", at[i].now);
        json_out_boolean(out, "wider", at[i].wider);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_integer(out, "owner", row->owner.number);
    if (row->until_day)
        json_out_day(out, "until", row->until_day);
    else
        json_out_null(out, "until");
    json_out_boolean(out, "overdue", count > 0 && row->until_day < today);
    json_out_object_end(out);
}
