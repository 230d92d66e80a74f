#include "server/serve/api/facts.h"

#include "audit/entry.h"
#include "server/serve/serve.h"
#include "server/serve/setup_link.h"
#include "store/records/nouns.h"

struct looking {
    struct serve *serve;
    struct arena *arena;
    int64_t now;
    struct facts facts;
};

static int look_at_devices(struct records_tx *tx, struct looking *looking)
{
    struct records_device *devices;
    size_t count;
    int r = records_device_list(tx, looking->arena, &devices, &count);

    for (size_t i = 0; !r && i < count; i++) {
        struct device_seen seen = {.seen_at = devices[i].seen_at, .waiting = devices[i].waiting};

        if (devices[i].revoked_at) {
            looking->facts.revoked++;
            continue;
        }
        devices_seen(looking->serve->devices, devices[i].id, &seen);
        looking->facts.enrolled++;
        looking->facts.live += looking->now - seen.seen_at < FACTS_LIVE_MS;
        looking->facts.waiting += seen.waiting;
    }
    return r;
}

static int look_at_users(struct records_tx *tx, struct looking *looking)
{
    struct records_user *users;
    size_t count;
    int r = records_user_list(tx, looking->arena, &users, &count);

    looking->facts.second_factor = true;
    for (size_t i = 0; !r && i < count; i++) {
        looking->facts.users += !users[i].disabled_at;
        if (text_equal(users[i].class, text_of(ACCESS_CLASS_ADMIN)) && !users[i].disabled_at &&
            users[i].password_hash.len && !users[i].totp_confirmed)
            looking->facts.second_factor = false;
    }
    return r ? r : setup_is_done(tx, &looking->facts.administrator);
}

/* The note itself does not say when; what is signed last is an entry's moment at the latest. */
static int entry_at(struct records_tx *tx, struct looking *looking, uint64_t index, int64_t *ret_at)
{
    struct records_audit_row *rows;
    struct audit_entry entry;
    size_t count;
    int r = records_audit_read(tx, index, 1, looking->arena, &rows, &count);

    if (r || count == 0)
        return r;
    r = audit_entry_decode(rows[0].entry, looking->arena, &entry);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    *ret_at = entry.at;
    return 0;
}

static int look_at_log(struct records_tx *tx, struct looking *looking)
{
    struct facts *facts = &looking->facts;
    struct bytes note;
    int r = records_audit_size(tx, &facts->audit_size);

    if (!r)
        r = records_checkpoint_newest(tx, looking->arena, &facts->checkpoint_size, &note);
    if (r == RECORDS_ABSENT)
        r = 0;
    if (!r && facts->audit_size)
        r = entry_at(tx, looking, facts->audit_size - 1, &facts->newest_entry_at);
    if (!r && facts->checkpoint_size && facts->checkpoint_size <= facts->audit_size)
        r = entry_at(tx, looking, facts->checkpoint_size - 1, &facts->checkpoint_at);
    return r;
}

static int look(struct records_tx *tx, void *context)
{
    struct looking *looking = context;
    struct records_package *packages;
    size_t count;
    int r = look_at_devices(tx, looking);

    if (!r)
        r = look_at_users(tx, looking);
    if (!r)
        r = records_missed_open(tx, &looking->facts.missed, &looking->facts.missed_same);
    if (!r)
        r = look_at_log(tx, looking);
    if (!r)
        r = records_trial_passed_at(tx, &looking->facts.trial_passed_at);
    if (!r)
        r = records_package_list(tx, looking->arena, &packages, &count);
    if (!r)
        looking->facts.packages = count;
    return r;
}

RESULT facts_read(struct serve *serve, int64_t now, struct arena *arena, struct facts *ret_facts)
{
    struct looking looking = {.serve = serve, .arena = arena, .now = now};
    int r = records_read(serve->records, look, &looking);

    if (r)
        return r;
    *ret_facts = looking.facts;
    return 0;
}
