/* Recovery codes: a new set in place of the old, shown once; and how many are left. */

#include "access/recovery.h"
#include "base/wipe.h"
#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/serve.h"

struct making {
    struct api_call *call;
    char codes[RECOVERY_CODES][RECOVERY_SIZE];
    struct hash hashes[RECOVERY_CODES];
};

static int keep(struct records_tx *tx, void *context)
{
    struct making *making = context;
    struct api_call *call = making->call;
    struct user_id user = call->who.session.user.id;
    struct api_entry entry = {.action = "recovery.make",
                              .target = arena_print(call->arena, "user:%u", user.number)};
    int r = records_recovery_set(tx, user, making->hashes, RECOVERY_CODES, call->now);

    return r ? r : api_audit(tx, call, &entry);
}

static int reply_codes(struct making *making)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(4096);

    json_out_object(&out, NULL);
    json_out_array(&out, "codes");
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        json_out_string(&out, NULL, making->codes[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(making->call, 201, &out);
}

int api_make_recovery_codes(struct api_call *call)
{
    struct making making = {.call = call};
    int r = 0;

    for (size_t i = 0; !r && i < RECOVERY_CODES; i++)
        r = recovery_new(call->who.session.user.id, making.codes[i], &making.hashes[i]);
    if (!r)
        r = records_act(call->serve->records, keep, &making);
    if (!r)
        r = reply_codes(&making);
    wipe(making.codes, sizeof making.codes);
    events_audit(call->serve->events);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

struct looking {
    struct api_call *call;
    size_t left;
    int64_t made_at;
};

static int look(struct records_tx *tx, void *context)
{
    struct looking *looking = context;
    struct hash *hashes;

    return records_recovery_list(tx, looking->call->who.session.user.id, looking->call->arena,
                                 &hashes, &looking->left, &looking->made_at);
}

int api_get_recovery_codes(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(4096);
    struct looking looking = {.call = call};
    int r = records_read(call->serve->records, look, &looking);

    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    json_out_object(&out, NULL);
    json_out_integer(&out, "left", (int64_t)looking.left);
    json_out_moment_or_null(&out, "made_at", looking.made_at);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}
