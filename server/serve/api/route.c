#include "server/serve/api/route.h"

/* Takes the next segment off a path that begins with '/'. */
static bool segment(struct text *path, struct text *ret_segment)
{
    size_t end = 1;

    if (path->len == 0 || path->at[0] != '/')
        return false;
    while (end < path->len && path->at[end] != '/')
        end++;
    *ret_segment = (struct text){.at = path->at + 1, .len = end - 1};
    path->at += end;
    path->len -= end;
    return true;
}

static void keep(const struct route *route, struct text name, struct text value,
                 struct text values[ROUTE_PARAMETERS_MAX])
{
    for (size_t i = 0; i < route->parameter_count && i < ROUTE_PARAMETERS_MAX; i++)
        if (text_equal(text_of(route->parameters[i].name), name))
            values[i] = value;
}

static bool matches(const struct route *route, struct text path,
                    struct text values[ROUTE_PARAMETERS_MAX])
{
    struct text template = text_of(route->path);
    struct text wanted;
    struct text given;

    while (template.len) {
        if (!segment(&template, &wanted) || !segment(&path, &given) || given.len == 0)
            return false;
        if (wanted.len > 2 && wanted.at[0] == '{')
            keep(route, (struct text){.at = wanted.at + 1, .len = wanted.len - 2}, given, values);
        else if (!text_equal(wanted, given))
            return false;
    }
    return path.len == 0;
}

RESULT route_find(enum route_listener listener, struct text method, struct text path,
                  const struct route **ret_route, struct text values[ROUTE_PARAMETERS_MAX])
{
    bool there = false;

    for (size_t i = 0; i < api_route_count; i++) {
        struct text found[ROUTE_PARAMETERS_MAX] = {0};

        if (api_routes[i].listener != listener || !matches(&api_routes[i], path, found))
            continue;
        there = true;
        if (!text_equal(text_of(api_routes[i].method), method))
            continue;
        memcpy(values, found, sizeof found);
        *ret_route = &api_routes[i];
        return 0;
    }
    return there ? ROUTE_METHOD : ROUTE_ABSENT;
}
