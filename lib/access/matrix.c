#include "access/matrix.h"

#define ROW(name, word, category, level)                                                           \
    [ACCESS_##name] = {word, {ACCESS_CATEGORY_##category, ACCESS_##level}},
static const struct {
    const char *word;
    struct access_need need;
} rows[ACCESS_PERMISSION_COUNT] = {ACCESS_PERMISSIONS(ROW)};
#undef ROW

const char *access_permission_word(enum access_permission permission)
{
    return permission < ACCESS_PERMISSION_COUNT ? rows[permission].word : "";
}

struct access_need access_need_of(enum access_permission permission)
{
    return permission < ACCESS_PERMISSION_COUNT
               ? rows[permission].need
               : (struct access_need){ACCESS_CATEGORY_SYSTEM, ACCESS_CHANGE + 1};
}
