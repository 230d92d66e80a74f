/* Users of Ward: who may sign in. The last administrator stays one. */

#include <stdio.h>

#include "access/class_kept.h"
#include "base/moment.h"
#include "base/wipe.h"
#include "routes.h"
#include "server/serve/api/people.h"
#include "server/serve/serve.h"
#include "server/serve/setup_link.h"

#define LINK_MS (72 * MS_PER_HOUR)

enum {
    USERS_LAST = 100, /* it would leave Ward without an administrator */
    USERS_PERSON,     /* no such person */
    USERS_CLASS,      /* no such class */
    USERS_ABOVE,      /* more than the caller's own class, now or then */
    USERS_OWN,        /* the caller's own class */
};

void api_write_user(struct json_out *out, const char *name, const struct records_user *user)
{
    json_out_object(out, name);
    json_out_integer(out, "id", user->id.number);
    json_out_text(out, "name", user->name);
    json_out_text(out, "display_name", user->display_name);
    json_out_text(out, "class", user->class);
    json_out_integer(out, "person", user->person.number);
    json_out_text(out, "emergency", user->emergency);
    json_out_boolean(out, "totp", user->totp_confirmed);
    json_out_integer(out, "passkeys", user->passkeys);
    json_out_moment(out, "created_at", user->created_at);
    json_out_moment_or_null(out, "disabled_at", user->disabled_at);
    json_out_object_end(out);
}

struct listing {
    struct arena *arena;
    struct records_user *users;
    size_t count;
};

static int list(struct records_tx *tx, void *context)
{
    struct listing *listing = context;

    return records_user_list(tx, listing->arena, &listing->users, &listing->count);
}

RESULT api_read_users(struct api_call *call, struct records_user **ret_users, size_t *ret_count)
{
    struct listing listing = {.arena = call->arena};
    int r = records_read(call->serve->records, list, &listing);

    if (r)
        return r;
    *ret_users = listing.users;
    *ret_count = listing.count;
    return 0;
}

int api_list_users(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct records_user *users;
    size_t count;
    int r = api_read_users(call, &users, &count);

    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_array(&out, "users");
    for (size_t i = 0; i < count; i++)
        api_write_user(&out, NULL, &users[i]);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

/* What a change of a user does in its one transaction. */
struct change {
    struct api_call *call;
    struct records_user user;
    struct user_id id;
    bool ended; /* the user's sessions */
    char token[ACCESS_TOKEN_SIZE];
    int64_t expires_at;
};

static int add_link(struct records_tx *tx, struct change *change)
{
    struct records_link link = {.user = change->id};
    struct api_entry entry = {.action = "setup.link_made",
                              .target =
                                  arena_print(change->call->arena, "user:%u", change->id.number)};
    int r = access_token_new(change->token, &link.token_hash);

    change->expires_at = change->call->now + LINK_MS;
    link.expires_at = change->expires_at;
    if (!r)
        r = records_link_remove_of(tx, change->id);
    if (!r)
        r = records_link_add(tx, &link);
    return r ? r : api_audit(tx, change->call, &entry);
}

static int reply_link(struct api_call *call, struct change *change)
{
    CLEANUP(buffer_deinit) struct buffer link = buffer_init(4096);
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(8192);
    int r;

    setup_link_address(call->serve, &link);
    buffer_print(&link, "/setup#%s", change->token);
    r = buffer_check(&link);
    json_out_object(&out, NULL);
    json_out_text(&out, "link", text_of_bytes(buffer_bytes(&link)));
    json_out_moment(&out, "expires_at", change->expires_at);
    json_out_object_end(&out);
    wipe(change->token, sizeof change->token);
    events_audit(call->serve->events);
    return r ? r : api_reply(call, 201, &out);
}

static int check_person(struct records_tx *tx, const struct change *change)
{
    struct records_person person;
    int r = 0;

    if (change->user.person.number)
        r = records_person_get(tx, change->user.person, change->call->arena, &person);
    if (r == 0 && change->user.person.number && person.merged_into.number)
        return USERS_PERSON;
    return r == RECORDS_ABSENT ? USERS_PERSON : r;
}

/* Nobody gives what they do not have, nor decides about whoever has it. */
static int check_class(struct records_tx *tx, const struct change *change, struct text word)
{
    struct api_call *call = change->call;
    const struct access_class *class;
    int r = access_class_load(tx, word, call->arena, &class);

    if (r)
        return r;
    return access_class_above(class, api_subject(call).class) ? USERS_ABOVE
           : class                                            ? 0
                                                              : USERS_CLASS;
}

static int add(struct records_tx *tx, void *context)
{
    struct change *change = context;
    struct api_call *call = change->call;
    struct api_entry entry = {.action = "user.add"};
    int r = check_class(tx, change, change->user.class);

    if (!r)
        r = check_person(tx, change);
    if (!r)
        r = records_user_add(tx, &change->user, &change->id);
    if (r)
        return r;
    entry.target = arena_print(call->arena, "user:%u", change->id.number);
    entry.detail =
        arena_print(call->arena, "{\"class\":\"%.*s\",\"name\":\"%.*s\",\"person\":%u}",
                    (int)change->user.class.len, change->user.class.at, (int)change->user.name.len,
                    change->user.name.at, change->user.person.number);
    r = api_audit(tx, call, &entry);
    return r ? r : add_link(tx, change);
}

static int refuse_class(struct api_call *call)
{
    return api_problem_field(call, "/class", "a class of workforce (docs/permissions.md)");
}

static int refuse_person(struct api_call *call)
{
    return api_problem_field(call, "/person", "the number of somebody who is there, or 0");
}

static int refuse_change(struct api_call *call, int outcome)
{
    if (outcome == USERS_PERSON)
        return refuse_person(call);
    if (outcome == USERS_CLASS)
        return refuse_class(call);
    if (outcome == USERS_ABOVE)
        return api_refuse_above(call);
    if (outcome == USERS_OWN)
        return api_refuse_own(call);
    if (outcome == USERS_LAST)
        return api_problem(call, 409, "last-administrator", "Ward would have no administrator",
                           "Make somebody else an administrator first.");
    return api_problem(call, 404, "absent", "There is no such user", "Reload the list.");
}

int api_add_user(struct api_call *call)
{
    struct change change = {.call = call,
                            .user = {.name = api_body_text(call, "name"),
                                     .display_name = api_body_text(call, "display_name"),
                                     .class = api_body_text(call, "class"),
                                     .person = {(uint32_t)api_body_integer(call, "person")},
                                     .created_at = call->now}};
    int r;

    r = records_act(call->serve->records, add, &change);
    if (r == RECORDS_EXISTS)
        return api_problem_field(call, "/name", "a name that is not taken");
    if (r)
        return r < 0 ? r : refuse_change(call, r);
    return reply_link(call, &change);
}

static bool is_admin(const struct records_user *user)
{
    return text_equal(user->class, text_of(ACCESS_CLASS_ADMIN)) && !user->disabled_at;
}

/* Would nobody be left who may do everything? */
static int check_last(struct records_tx *tx, const struct change *change)
{
    struct listing listing = {.arena = change->call->arena};
    int r = list(tx, &listing);

    if (r || is_admin(&change->user))
        return r;
    for (size_t i = 0; i < listing.count; i++)
        if (is_admin(&listing.users[i]) && listing.users[i].password_hash.len &&
            listing.users[i].id.number != change->id.number)
            return 0;
    return USERS_LAST;
}

static void apply(struct change *change)
{
    struct api_call *call = change->call;
    struct text display_name = api_body_text(call, "display_name");
    struct text class = api_body_text(call, "class");
    const json_t *person = json_object_get(call->body, "person");
    struct text emergency = api_body_text(call, "emergency");

    if (display_name.at)
        change->user.display_name = display_name;
    if (class.at)
        change->user.class = class;
    if (person)
        change->user.person.number = (uint32_t)json_integer_value(person);
    if (emergency.at)
        change->user.emergency = emergency;
    if (api_body_boolean(call, "disabled") && !change->user.disabled_at)
        change->user.disabled_at = call->now;
    else if (json_is_false(json_object_get(call->body, "disabled")))
        change->user.disabled_at = 0;
}

static int check_emergency(struct records_tx *tx, const struct change *change, struct text word)
{
    return word.len ? check_class(tx, change, word) : 0;
}

/* What was taken under another naming, or by whoever is disabled, does not come back. */
static int end_emergency(struct records_tx *tx, const struct change *change)
{
    struct api_call *call = change->call;
    struct api_entry entry = {.action = "emergency.end"};
    struct records_emergency emergency;
    int r = records_emergency_of(tx, change->id, call->now, call->arena, &emergency);

    if (r)
        return r < 0 ? r : 0;
    r = records_emergency_end(tx, emergency.number, call->now, api_by(call));
    if (r)
        return r;
    entry.target = arena_print(call->arena, "emergency:%llu", (unsigned long long)emergency.number);
    return api_audit(tx, call, &entry);
}

/* Before and after: neither may be above the caller's class. */
static int check_standing(struct records_tx *tx, const struct change *change,
                          const struct records_user *before)
{
    const struct api_call *call = change->call;
    bool other = !text_equal(before->class, change->user.class);
    int r;

    if (other && call->who.kind == WHO_USER &&
        call->who.session.user.id.number == change->id.number)
        return USERS_OWN;
    r = check_class(tx, change, before->class);
    /* Whoever is of a class that is gone may be given another. */
    if (r == USERS_CLASS && other)
        r = 0;
    if (!r && other)
        r = check_class(tx, change, change->user.class);
    /* What they may take in an emergency is theirs too, and a new one is given. */
    if (!r)
        r = check_emergency(tx, change, before->emergency);
    return r ? r : check_emergency(tx, change, change->user.emergency);
}

static int change_one(struct records_tx *tx, void *context)
{
    struct change *change = context;
    struct api_call *call = change->call;
    struct api_entry entry = {.target = arena_print(call->arena, "user:%u", change->id.number)};
    struct records_user before;
    int r = records_user_get(tx, change->id, call->arena, &change->user);

    if (r)
        return r;
    before = change->user;
    apply(change);
    r = check_standing(tx, change, &before);
    if (!r)
        r = check_person(tx, change);
    if (!r)
        r = check_last(tx, change);
    if (!r)
        r = records_user_set(tx, &change->user);
    /* Less or more to see: the sessions that knew the old class end. */
    change->ended = !text_equal(before.class, change->user.class) ||
                    before.person.number != change->user.person.number ||
                    !text_equal(before.emergency, change->user.emergency) ||
                    change->user.disabled_at;
    if (!r && change->ended)
        r = records_session_remove_of(tx, change->id);
    if (!r && (change->user.disabled_at || !text_equal(before.emergency, change->user.emergency)))
        r = end_emergency(tx, change);
    if (r)
        return r;
    entry.action = change->user.disabled_at && !before.disabled_at ? "user.disable" : "user.change";
    entry.detail = arena_print(
        call->arena,
        "{\"class\":[\"%.*s\",\"%.*s\"],\"person\":[%u,%u],"
        "\"emergency\":[\"%.*s\",\"%.*s\"]}",
        (int)before.class.len, before.class.at, (int)change->user.class.len, change->user.class.at,
        before.person.number, change->user.person.number, (int)before.emergency.len,
        before.emergency.at, (int)change->user.emergency.len, change->user.emergency.at);
    return api_audit(tx, call, &entry);
}

/* Nobody names themselves, and nobody manages users in an emergency. */
static bool emergency_fits(const struct api_call *call, struct user_id id, struct text word)
{
    const struct access_class *class = access_class_find(word);
    bool own = call->who.kind == WHO_USER && call->who.session.user.id.number == id.number;

    return class && !own && !access_class_may(class, ACCESS_USERS_MANAGE);
}

static int refuse_emergency(struct api_call *call)
{
    return api_problem_field(call, "/emergency",
                             "a built-in class that does not manage users, and for somebody else; "
                             "or nothing");
}

int api_change_user(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct change change = {.call = call, .id = {(uint32_t)api_integer(call, "user", 0)}};
    struct text emergency = api_body_text(call, "emergency");
    int r;

    if (emergency.len && !emergency_fits(call, change.id, emergency))
        return refuse_emergency(call);
    r = records_act(call->serve->records, change_one, &change);
    if (r)
        return r < 0 ? r : refuse_change(call, r);
    if (change.ended)
        events_end_user(call->serve->events, change.id);
    events_audit(call->serve->events);
    events_notices(call->serve->events);
    api_write_user(&out, NULL, &change.user);
    return api_reply(call, 200, &out);
}

static int renew_link(struct records_tx *tx, void *context)
{
    struct change *change = context;
    int r = records_user_get(tx, change->id, change->call->arena, &change->user);

    /* Whoever has the link is that user. */
    if (!r)
        r = check_class(tx, change, change->user.class);
    if (!r)
        r = check_emergency(tx, change, change->user.emergency);
    if (!r)
        r = records_session_remove_of(tx, change->id);
    return r ? r : add_link(tx, change);
}

int api_make_link(struct api_call *call)
{
    struct change change = {.call = call, .id = {(uint32_t)api_integer(call, "user", 0)}};
    int r = records_act(call->serve->records, renew_link, &change);

    if (r)
        return r < 0 ? r : refuse_change(call, r);
    events_end_user(call->serve->events, change.id);
    return reply_link(call, &change);
}
