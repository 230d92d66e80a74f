/* The audit log: read, exported, verified. To look at it is itself written down. */

#include <inttypes.h>

#include "routes.h"
#include "server/serve/api/call.h"
#include "server/serve/api/look.h"
#include "server/serve/serve.h"

#define PAGE_STANDARD 100
#define EXPORT_PIECE 1000
#define EXPORT_MAX ((size_t)256 * 1024 * 1024)
#define ARENA_MAX ((size_t)64 * 1024 * 1024)

struct page {
    struct api_call *call;
    struct arena *arena;
    uint64_t before;
    size_t limit;
    struct records_audit_row *rows;
    size_t count;
    struct records_user *users;
    size_t user_count;
    uint64_t size;
    uint64_t checkpoint_size;
    struct bytes note;
};

static int read_page(struct records_tx *tx, void *context)
{
    struct page *page = context;
    int r =
        records_audit_list(tx, page->before, page->limit, page->arena, &page->rows, &page->count);

    if (!r)
        r = records_user_list(tx, page->arena, &page->users, &page->user_count);
    if (!r)
        r = records_audit_size(tx, &page->size);
    if (!r)
        r = records_checkpoint_newest(tx, page->arena, &page->checkpoint_size, &page->note);
    return r == RECORDS_ABSENT ? 0 : r;
}

/* Who it is, for people; empty where nobody is known by that id. */
static struct text actor_name(const struct page *page, const struct audit_entry *entry)
{
    for (size_t i = 0; entry->actor == AUDIT_USER && i < page->user_count; i++) {
        struct text number = arena_print(page->arena, "%u", page->users[i].id.number);

        if (text_equal(number, entry->actor_id))
            return page->users[i].name;
    }
    return entry->actor == AUDIT_OPERATOR ? text_of("operator")
           : entry->actor == AUDIT_SYSTEM ? text_of("Ward")
                                          : (struct text){0};
}

static int write_entry(const struct page *page, const struct records_audit_row *row,
                       struct json_out *out)
{
    struct audit_entry entry;
    int r = audit_entry_decode(row->entry, page->arena, &entry);

    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    json_out_object(out, NULL);
    json_out_integer(out, "index", (int64_t)row->index);
    json_out_moment(out, "at", entry.at);
    json_out_string(out, "actor", audit_actor_word(entry.actor));
    json_out_text(out, "actor_id", entry.actor_id);
    json_out_text(out, "actor_name", actor_name(page, &entry));
    json_out_text(out, "action", entry.action);
    json_out_text(out, "target", entry.target);
    json_out_string(out, "outcome", audit_outcome_word(entry.outcome));
    json_out_text(out, "source", entry.source);
    json_out_text(out, "factors", entry.factors);
    json_out_text(out, "purpose", entry.purpose);
    json_out_text(out, "detail", entry.detail);
    json_out_text(out, "request", entry.request);
    json_out_integer(out, "emergency", (int64_t)entry.emergency);
    json_out_object_end(out);
    return 0;
}

/* The cursor is the index before which the next page ends, in decimal; to clients it is opaque. */
static bool read_cursor(struct text cursor, uint64_t *ret_before)
{
    uint64_t before = 0;

    if (!cursor.at) {
        *ret_before = UINT64_MAX;
        return true;
    }
    if (cursor.len == 0 || cursor.len > 18)
        return false;
    for (size_t i = 0; i < cursor.len; i++) {
        if (cursor.at[i] < '0' || cursor.at[i] > '9')
            return false;
        before = before * 10 + (uint64_t)(cursor.at[i] - '0');
    }
    *ret_before = before;
    return true;
}

static int write_page(const struct page *page, struct json_out *out)
{
    uint64_t next = page->count ? page->rows[page->count - 1].index : 0;
    int r = 0;

    json_out_object(out, NULL);
    json_out_array(out, "entries");
    for (size_t i = 0; i < page->count && !r; i++)
        r = write_entry(page, &page->rows[i], out);
    json_out_array_end(out);
    if (next && page->count == page->limit) {
        struct text cursor = arena_print(page->arena, "%" PRIu64, next);

        json_out_text(out, "next", cursor);
    } else {
        json_out_null(out, "next");
    }
    json_out_integer(out, "size", (int64_t)page->size);
    json_out_integer(out, "checkpoint_size", (int64_t)page->checkpoint_size);
    json_out_object_end(out);
    return r;
}

int api_list_audit(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct page page = {.call = call, .limit = (size_t)api_integer(call, "limit", PAGE_STANDARD)};
    struct look look = {.call = call};
    int r;

    if (!read_cursor(api_text(call, "before"), &page.before))
        return api_problem_field(call, "/before", "a cursor that Ward gave");
    r = arena_new(&arena, ARENA_MAX);
    if (!r)
        r = look_note(&look, "audit.view", (struct text){0}, 0);
    if (r)
        return r;
    page.arena = arena;
    r = records_read(call->serve->records, read_page, &page);
    if (!r)
        r = write_page(&page, &out);
    return r ? r : api_reply(call, 200, &out);
}

/* ---- export ---- */

struct export
{
    struct arena *arena;
    struct buffer *out;
    uint64_t size;
    struct bytes note;
};

/* One snapshot, so that entries and checkpoint fit each other. */
static int read_export(struct records_tx *tx, void *context)
{
    struct export *export = context;
    uint64_t signed_size;
    size_t count;
    int r = records_checkpoint_newest(tx, export->arena, &signed_size, &export->note);

    if (r)
        return r;
    for (uint64_t from = 0; from < signed_size; from += count) {
        CLEANUP(arena_free) struct arena *arena = NULL;
        struct records_audit_row *rows;
        uint64_t left = signed_size - from;

        r = arena_new(&arena, ARENA_MAX);
        if (!r)
            r = records_audit_read(tx, from, left < EXPORT_PIECE ? (size_t)left : EXPORT_PIECE,
                                   arena, &rows, &count);
        if (r)
            return r;
        if (count == 0)
            return FAULT(ERR_CORRUPT);
        for (size_t i = 0; i < count; i++) {
            buffer_append(export->out, rows[i].entry.at, rows[i].entry.len);
            buffer_append(export->out, "\n", 1);
        }
    }
    buffer_append(export->out, export->note.at, export->note.len);
    return buffer_check(export->out);
}

int api_export_audit(struct api_call *call)
{
    CLEANUP(buffer_deinit) struct buffer out = buffer_init(EXPORT_MAX);
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct api_entry entry = {.action = "audit.export"};
    struct export export = {.out = &out};
    int r = arena_new(&arena, 64 * 1024);

    if (!r)
        r = api_audit_alone(call, &entry);
    if (!r)
        r = serve_checkpoint(call->serve);
    if (r)
        return r;
    export.arena = arena;
    r = records_read(call->serve->records, read_export, &export);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    http_reply(call->request, 200, "application/x-ndjson", buffer_bytes(&out));
    return 0;
}

static int read_note(struct records_tx *tx, void *context)
{
    struct page *page = context;

    return records_checkpoint_newest(tx, page->arena, &page->checkpoint_size, &page->note);
}

int api_get_checkpoint(struct api_call *call)
{
    struct page page = {.arena = call->arena};
    int r = records_read(call->serve->records, read_note, &page);

    if (r < 0)
        return r;
    if (r)
        return api_problem(call, 404, "absent", "Nothing has been signed yet",
                           "Wait a minute: the log is signed each minute when it grew.");
    http_reply(call->request, 200, "text/plain; charset=utf-8", page.note);
    return 0;
}

/* ---- verification ---- */

struct verifying {
    const uint8_t *key;
    struct records_audit_finding finding;
};

static int verify(struct records_tx *tx, void *context)
{
    struct verifying *verifying = context;

    return records_audit_verify(tx, verifying->key, &verifying->finding);
}

int api_verify_audit(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(4096);
    struct verifying verifying = {.key = signer_client_keys(call->serve->signer)->audit};
    struct api_entry entry = {.action = "audit.verify"};
    int r = serve_checkpoint(call->serve);
    bool holds;

    /* A log that the signer refuses is looked at all the same: that is what this is for. */
    holds = r == 0;
    if (r && r != ERR_CORRUPT)
        return r;
    r = records_read(call->serve->records, verify, &verifying);
    if (r < 0 && r != ERR_CORRUPT)
        return r;
    holds = holds && r == 0;
    entry.outcome = holds ? AUDIT_OK : AUDIT_FAILED;
    r = api_audit_alone(call, &entry);
    if (r)
        return r;
    json_out_object(&out, NULL);
    json_out_integer(&out, "size", (int64_t)verifying.finding.size);
    json_out_integer(&out, "checkpoint_size", (int64_t)verifying.finding.checkpoint_size);
    if (!holds && verifying.finding.first_bad != UINT64_MAX)
        json_out_integer(&out, "first_bad", (int64_t)verifying.finding.first_bad);
    else
        json_out_null(&out, "first_bad");
    json_out_boolean(&out, "holds", holds);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}
