#include <stdlib.h>

#include "base/utf8.h"
#include "net/target.h"

/*
 * Request targets and cookies. Property: a path that is accepted is UTF-8, holds no control
 * character, and has no empty segment but the last and no dot segment.
 */

static void require(bool held)
{
    if (!held)
        abort();
}

static void check_path(struct text path)
{
    size_t start = 1;

    require(path.len > 0 && path.at[0] == '/' && path.at[path.len] == 0 && utf8_valid(path));
    for (size_t i = 0; i < path.len; i++)
        require((unsigned char)path.at[i] >= 0x20 && path.at[i] != 0x7f);
    for (size_t i = 1; i <= path.len; i++) {
        if (i < path.len && path.at[i] != '/')
            continue;
        size_t len = i - start;
        require(len > 0 || i == path.len);
        require(!(len == 1 && path.at[start] == '.'));
        require(!(len == 2 && path.at[start] == '.' && path.at[start + 1] == '.'));
        start = i + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text raw = {.at = (const char *)data, .len = size};
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct target target;

    require(arena_new(&arena, 1 << 20) == 0);
    struct text cookie = target_cookie(raw, (struct text){.at = "ward", .len = 4});
    require(!cookie.at || (cookie.at >= raw.at && cookie.len <= raw.len));
    if (target_parse(raw, arena, &target))
        return 0;
    check_path(target.path);
    require(target.path.len <= size && target.parameter_count <= TARGET_PARAMETERS_MAX);
    for (size_t i = 0; i < target.parameter_count; i++) {
        require(utf8_valid(target.parameters[i].name));
        require(utf8_valid(target.parameters[i].value));
    }
    return 0;
}
