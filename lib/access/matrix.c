#include "access/matrix.h"

#define CATEGORY_WORD(name, word, text) [ACCESS_CATEGORY_##name] = word,
static const char *const categories[ACCESS_CATEGORY_COUNT] = {ACCESS_CATEGORIES(CATEGORY_WORD)};
#undef CATEGORY_WORD

static const char *const levels[] = {"none", "see", "change"};

#define LEVEL_COUNT (sizeof levels / sizeof *levels)

const char *access_category_word(enum access_category category)
{
    return category < ACCESS_CATEGORY_COUNT ? categories[category] : "";
}

const char *access_level_word(unsigned level)
{
    return level < LEVEL_COUNT ? levels[level] : "";
}

static int find(const char *const *words, size_t count, struct text word)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(word, text_of(words[i])))
            return (int)i;
    return -1;
}

int access_category_find(struct text word)
{
    return find(categories, ACCESS_CATEGORY_COUNT, word);
}

int access_level_find(struct text word)
{
    return find(levels, LEVEL_COUNT, word);
}

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
