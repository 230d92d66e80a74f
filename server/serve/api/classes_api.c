/* Classes of workforce: the matrix as it stands. */

#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/api/class_out.h"

#define CATEGORY_WORD(name, word, text) [ACCESS_CATEGORY_##name] = word,
static const char *const category_words[ACCESS_CATEGORY_COUNT] = {ACCESS_CATEGORIES(CATEGORY_WORD)};
#undef CATEGORY_WORD

static const char *const level_words[] = {"none", "see", "change"};
static const char *const reach_words[] = {"everyone", "self"};

const char *class_category_word(enum access_category category)
{
    return category_words[category];
}

const char *class_level_word(const struct access_class *class, enum access_category category)
{
    return level_words[class ? class->levels[category] : ACCESS_NONE];
}

void class_write_levels(struct json_out *out, const struct access_class *class)
{
    json_out_object(out, "levels");
    for (unsigned i = 0; i < ACCESS_CATEGORY_COUNT; i++)
        json_out_string(out, category_words[i], class_level_word(class, (enum access_category)i));
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

static void write_class(struct json_out *out, const struct access_class *class)
{
    json_out_object(out, NULL);
    json_out_string(out, "class", class->word);
    json_out_string(out, "title", class->title);
    json_out_string(out, "reach", reach_words[class->reach]);
    class_write_levels(out, class);
    class_write_permissions(out, class);
    json_out_object_end(out);
}

int api_list_classes(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    const struct access_class *class;

    json_out_object(&out, NULL);
    json_out_array(&out, "classes");
    for (size_t i = 0; (class = access_class_at(i)); i++)
        write_class(&out, class);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}
