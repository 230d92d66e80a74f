/* The first hour's checklist: what is done by itself is seen; the rest somebody says they looked
 * at. */

#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/api/facts.h"
#include "server/serve/serve.h"

static const char *const items[] = {"second_factor", "packages", "privacy",
                                    "retention",     "access",   "try_leak"};
#define ITEMS (sizeof items / sizeof *items)

struct looking {
    struct api_call *call;
    int64_t at[ITEMS]; /* acknowledged; 0: not */
};

static int read_moment(struct records_tx *tx, struct looking *looking, size_t item)
{
    struct text word = arena_print(looking->call->arena, "checklist.%s", items[item]);
    struct bytes value;
    int r =
        word.at ? records_setting(tx, word.at, looking->call->arena, &value) : FAULT(ERR_MEMORY);

    if (r)
        return r < 0 ? r : 0;
    for (size_t i = 0; i < value.len; i++)
        looking->at[item] = looking->at[item] * 10 + (value.at[i] - '0');
    return 0;
}

static int look(struct records_tx *tx, void *context)
{
    struct looking *looking = context;
    int r = 0;

    for (size_t i = 0; i < ITEMS && !r; i++)
        r = read_moment(tx, looking, i);
    return r;
}

static bool is_done(const struct facts *facts, const struct looking *looking, size_t item)
{
    switch (item) {
    case 0:
        return facts->administrator && facts->second_factor;
    case 1:
        return facts->enrolled > 0;
    case 5:
        return facts->trial_passed_at != 0;
    default:
        return looking->at[item] != 0;
    }
}

static int reply(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(8192);
    struct looking looking = {.call = call};
    struct facts facts;
    int r = facts_read(call->serve, call->now, call->arena, &facts);

    if (!r)
        r = records_read(call->serve->records, look, &looking);
    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_array(&out, "items");
    for (size_t i = 0; i < ITEMS; i++) {
        json_out_object(&out, NULL);
        json_out_string(&out, "id", items[i]);
        json_out_boolean(&out, "done", is_done(&facts, &looking, i));
        json_out_moment_or_null(&out, "acknowledged_at", looking.at[i]);
        json_out_object_end(&out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

int api_get_checklist(struct api_call *call)
{
    return reply(call);
}

static int acknowledge(struct records_tx *tx, void *context)
{
    struct api_call *call = context;
    struct text item = api_text(call, "item");
    struct text word = arena_print(call->arena, "checklist.%.*s", (int)item.len, item.at);
    struct text now = arena_print(call->arena, "%lld", (long long)call->now);
    struct api_entry entry = {.action = "settings.change", .target = word};
    int r;

    if (!word.at || !now.at)
        return FAULT(ERR_MEMORY);
    r = records_setting_set(tx, word.at, bytes_of_text(now));
    return r ? r : api_audit(tx, call, &entry);
}

int api_acknowledge_checklist(struct api_call *call)
{
    bool known = false;
    int r;

    for (size_t i = 0; i < ITEMS; i++)
        known |= text_equal(api_text(call, "item"), text_of(items[i]));
    if (!known)
        return api_problem(call, 404, "absent", "There is no such item", "Reload the list.");
    r = records_act(call->serve->records, acknowledge, call);
    return r ? r : reply(call);
}
