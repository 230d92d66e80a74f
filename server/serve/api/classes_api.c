/*
 * Classes of workforce: the matrix as it stands, and the organisation's own
 *
 * Nobody makes, changes or removes a class that is above their own, nor their own. A change ends
 * the sessions of everybody who is of the class.
 */

#include "base/moment.h"
#include "routes.h"
#include "server/serve/api/class_in.h"
#include "server/serve/api/class_out.h"
#include "server/serve/api/people.h"
#include "server/serve/serve.h"

enum {
    CLASSES_ABOVE = 100, /* above the caller's own */
    CLASSES_OWN,         /* the caller's own */
    CLASSES_USED,        /* somebody is of it */
    CLASSES_OWNER,       /* whoever is to answer for it may not sign in */
    CLASSES_BASE,        /* it was copied from another */
    CLASSES_MANY,
};

/* ---- the list ---- */

struct listing {
    struct arena *arena;
    struct records_class *rows;
    size_t row_count;
    struct records_user *users;
    size_t user_count;
};

static int list(struct records_tx *tx, void *context)
{
    struct listing *listing = context;
    int r = records_class_list(tx, listing->arena, &listing->rows, &listing->row_count);

    return r ? r : records_user_list(tx, listing->arena, &listing->users, &listing->user_count);
}

static int64_t users_of(const struct listing *listing, struct text word)
{
    int64_t count = 0;

    for (size_t i = 0; i < listing->user_count; i++)
        count += text_equal(listing->users[i].class, word);
    return count;
}

static void write_class(const struct api_call *call, const struct listing *listing,
                        const struct access_class *class, const struct records_class *row,
                        struct json_out *out)
{
    json_out_object(out, NULL);
    json_out_string(out, "class", class->word);
    json_out_string(out, "title", class->title);
    json_out_string(out, "reach", access_reach_word(class->reach));
    class_write_levels(out, class);
    class_write_permissions(out, class);
    class_write_conditions(out, class);
    class_write_copied(out, class, row, time_day(call->now));
    json_out_integer(out, "users", users_of(listing, text_of(class->word)));
    json_out_object_end(out);
}

int api_list_classes(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct listing listing = {.arena = call->arena};
    const struct access_class *built_in;
    int r = records_read(call->serve->records, list, &listing);

    json_out_object(&out, NULL);
    json_out_array(&out, "classes");
    for (size_t i = 0; !r && (built_in = access_class_at(i)); i++)
        write_class(call, &listing, built_in, NULL, &out);
    for (size_t i = 0; !r && i < listing.row_count; i++) {
        struct access_class class;

        r = access_class_read(&listing.rows[i], call->arena, &class);
        if (!r)
            write_class(call, &listing, &class, &listing.rows[i], &out);
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return r ? r : api_reply(call, 200, &out);
}

/* ---- changes ---- */

struct change {
    struct api_call *call;
    struct class_form form;
    struct records_user *users;
    size_t user_count;
};

static bool is_own(const struct api_call *call, struct text word)
{
    return call->who.kind == WHO_USER && text_equal(word, call->who.session.user.class);
}

/* The class as it is now: may the caller touch it? */
static int check_present(struct records_tx *tx, const struct change *change)
{
    struct api_call *call = change->call;
    struct records_class row;
    struct access_class present;
    int r;

    if (is_own(call, change->form.row.word))
        return CLASSES_OWN;
    r = records_class_get(tx, change->form.row.word, call->arena, &row);
    if (!r)
        r = access_class_read(&row, call->arena, &present);
    if (r)
        return r;
    if (access_class_above(&present, api_subject(call).class))
        return CLASSES_ABOVE;
    if (change->form.base && !text_equal(row.base, change->form.row.base))
        return CLASSES_BASE;
    return 0;
}

static int check_wanted(struct records_tx *tx, const struct change *change)
{
    struct user_id owner = change->form.row.owner;
    struct records_user user;
    int r = 0;

    if (access_class_above(&change->form.class, api_subject(change->call).class))
        return CLASSES_ABOVE;
    if (owner.number)
        r = records_user_get(tx, owner, change->call->arena, &user);
    if (r == RECORDS_ABSENT || (!r && owner.number && user.disabled_at))
        return CLASSES_OWNER;
    return r;
}

static void print_hours(const struct access_conditions *conditions, struct buffer *out)
{
    buffer_append_string(out, ",\"hours\":\"");
    for (size_t i = 0; conditions->by_hours && i < ACCESS_WEEKDAYS; i++)
        buffer_print(out, "%s%u-%u", i ? " " : "", conditions->hours[i].from_minute,
                     conditions->hours[i].to_minute);
    buffer_append_string(out, "\"");
}

/* What the class is from now on; an earlier entry says what it was. */
static int audit_class(struct records_tx *tx, const struct change *change, const char *action)
{
    CLEANUP(buffer_deinit) struct buffer detail = buffer_init(AUDIT_TEXT_MAX);
    const struct records_class *row = &change->form.row;
    struct api_entry entry = {
        .action = action,
        .target = arena_print(change->call->arena, "class:%.*s", (int)row->word.len, row->word.at)};

    if (change->form.base) {
        buffer_print(&detail, "{\"base\":\"%.*s\",\"reach\":\"%.*s\",\"levels\":\"%.*s\"",
                     (int)row->base.len, row->base.at, (int)row->reach.len, row->reach.at,
                     (int)row->levels.len, row->levels.at);
        buffer_print(&detail, ",\"zone\":\"%.*s\",\"networks\":\"%.*s\"", (int)row->zone.len,
                     row->zone.at, (int)row->networks.len, row->networks.at);
        print_hours(&change->form.conditions, &detail);
        buffer_print(&detail,
                     ",\"window\":%u,\"factor\":%u,\"idle\":%u,\"absolute\":%u,\"owner\":%u,"
                     "\"until\":%d}",
                     row->window_days, row->factor_minutes, row->idle_minutes,
                     row->absolute_minutes, row->owner.number, row->until_day);
    }
    entry.detail = text_of_bytes(buffer_bytes(&detail));
    if (buffer_check(&detail) || !entry.target.at)
        return FAULT(ERR_MEMORY);
    return api_audit(tx, change->call, &entry);
}

static int add(struct records_tx *tx, void *context)
{
    struct change *change = context;
    struct records_class *rows;
    size_t count;
    int r = records_class_list(tx, change->call->arena, &rows, &count);

    if (!r && count >= ACCESS_CLASSES_MAX)
        return CLASSES_MANY;
    if (!r && access_class_find(change->form.row.word))
        return RECORDS_EXISTS;
    if (!r)
        r = check_wanted(tx, change);
    if (!r)
        r = records_class_add(tx, &change->form.row);
    return r ? r : audit_class(tx, change, "class.add");
}

/* Less or more to see: the sessions that knew the class as it was end. */
static int end_sessions(struct records_tx *tx, struct change *change)
{
    int r = records_user_list(tx, change->call->arena, &change->users, &change->user_count);
    size_t kept = 0;

    for (size_t i = 0; !r && i < change->user_count; i++) {
        if (!text_equal(change->users[i].class, change->form.row.word))
            continue;
        change->users[kept] = change->users[i];
        r = records_session_remove_of(tx, change->users[kept++].id);
    }
    change->user_count = kept;
    return r;
}

static int replace(struct records_tx *tx, void *context)
{
    struct change *change = context;
    int r = check_present(tx, change);

    if (!r)
        r = check_wanted(tx, change);
    if (!r)
        r = records_class_set(tx, &change->form.row);
    if (!r)
        r = end_sessions(tx, change);
    return r ? r : audit_class(tx, change, "class.change");
}

static int remove_class(struct records_tx *tx, void *context)
{
    struct change *change = context;
    struct listing listing = {.arena = change->call->arena};
    int r = check_present(tx, change);

    if (!r)
        r = list(tx, &listing);
    if (!r && users_of(&listing, change->form.row.word) > 0)
        return CLASSES_USED;
    if (!r)
        r = records_class_remove(tx, change->form.row.word);
    return r ? r : audit_class(tx, change, "class.remove");
}

RESULT api_refuse_above(struct api_call *call)
{
    int r = api_audit_denied(call, "above-own-class");

    return r ? r
             : api_problem(call, 403, "above-own-class",
                           "It would be more than your own class may do",
                           "Ask somebody whose class may do all of it.");
}

RESULT api_refuse_own(struct api_call *call)
{
    return api_problem(call, 403, "own-class", "Nobody changes their own class",
                       "Ask another administrator of Ward.");
}

static int refuse(struct api_call *call, int outcome)
{
    switch (outcome) {
    case CLASSES_ABOVE:
        return api_refuse_above(call);
    case CLASSES_OWN:
        return api_refuse_own(call);
    case CLASSES_USED:
        return api_problem(call, 409, "class-in-use", "Users are of this class",
                           "Give them another class first.");
    case CLASSES_OWNER:
        return api_problem_field(call, "/owner", "the number of a user who may sign in");
    case CLASSES_BASE:
        return api_problem_field(call, "/base", "the class that it was copied from");
    case CLASSES_MANY:
        return api_problem(call, 409, "too-many", "There are too many classes already",
                           "Remove one that nobody is of.");
    case RECORDS_EXISTS:
        return api_problem_field(call, "/class", "a word that no class has");
    default:
        return api_problem(call, 404, "absent", "There is no such class of your organisation's own",
                           "Built-in classes stay as they are: copy one. Reload the list.");
    }
}

static int answer(struct change *change, int r)
{
    struct api_call *call = change->call;

    if (r)
        return r < 0 ? r : refuse(call, r);
    for (size_t i = 0; i < change->user_count; i++)
        events_end_user(call->serve->events, change->users[i].id);
    events_audit(call->serve->events);
    return api_reply_empty(call);
}

int api_add_class(struct api_call *call)
{
    struct change change = {.call = call};
    bool pass;
    int r = class_form_read(call, &change.form, &pass);

    if (r || !pass)
        return r;
    change.form.row.word = api_body_text(call, "class");
    return answer(&change, records_act(call->serve->records, add, &change));
}

int api_change_class(struct api_call *call)
{
    struct change change = {.call = call};
    bool pass;
    int r = class_form_read(call, &change.form, &pass);

    if (r || !pass)
        return r;
    change.form.row.word = api_text(call, "class");
    return answer(&change, records_act(call->serve->records, replace, &change));
}

int api_remove_class(struct api_call *call)
{
    struct change change = {.call = call, .form = {.row = {.word = api_text(call, "class")}}};

    return answer(&change, records_act(call->serve->records, remove_class, &change));
}
