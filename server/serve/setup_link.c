#include "server/serve/setup_link.h"

#include "access/token.h"
#include "base/wipe.h"
#include "os/clock.h"
#include "os/process.h"
#include "server/serve/serve.h"
#include "store/records/nouns.h"

#define WORD "setup.link" /* hash 32, u64 big endian: expires_at; empty: none */
#define ARENA_MAX ((size_t)4 * 1024 * 1024)

struct making {
    char token[ACCESS_TOKEN_SIZE];
    struct hash hash;
    int64_t expires_at;
    bool done;
};

RESULT setup_is_done(struct records_tx *tx, bool *ret_done)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct records_user *users;
    size_t count;
    bool done = false;
    int r = arena_new(&arena, ARENA_MAX);

    if (!r)
        r = records_user_list(tx, arena, &users, &count);
    if (r)
        return r;
    for (size_t i = 0; i < count; i++)
        done |= text_equal(users[i].class, text_of(ACCESS_CLASS_ADMIN)) &&
                users[i].password_hash.len != 0;
    *ret_done = done;
    return 0;
}

static int keep_link(struct records_tx *tx, const struct hash *hash, int64_t expires_at)
{
    uint8_t value[HASH_SIZE + 8];

    memcpy(value, hash->at, HASH_SIZE);
    for (size_t i = 0; i < 8; i++)
        value[HASH_SIZE + i] = (uint8_t)((uint64_t)expires_at >> (8 * (7 - i)));
    return records_setting_set(tx, WORD, (struct bytes){.at = value, .len = sizeof value});
}

static int make(struct records_tx *tx, void *context)
{
    struct making *making = context;
    struct audit_entry entry = {
        .at = clock_now_ms(), .actor = AUDIT_SYSTEM, .action = text_of("setup.link_made")};
    uint64_t index;
    int r = setup_is_done(tx, &making->done);

    if (r || making->done)
        return r;
    r = access_token_new(making->token, &making->hash);
    if (!r)
        r = keep_link(tx, &making->hash, making->expires_at);
    return r ? r : records_audit_append(tx, &entry, &index);
}

RESULT setup_link_find(struct records_tx *tx, const struct hash *token, int64_t *ret_expires_at)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct bytes value;
    uint64_t expires_at = 0;
    int r = arena_new(&arena, 4096);

    if (!r)
        r = records_setting(tx, WORD, arena, &value);
    if (r < 0)
        return r;
    if (r || value.len != HASH_SIZE + 8 || !bytes_equal_secret(value.at, token->at, HASH_SIZE))
        return SETUP_LINK_ABSENT;
    for (size_t i = 0; i < 8; i++)
        expires_at = expires_at << 8 | value.at[HASH_SIZE + i];
    *ret_expires_at = (int64_t)expires_at;
    return 0;
}

RESULT setup_link_remove(struct records_tx *tx)
{
    return records_setting_set(tx, WORD, (struct bytes){0});
}

/* The host that people can use: as listened at, unless that is "everywhere". */
void setup_link_address(struct serve *serve, struct buffer *line)
{
    const char *address = serve->handover.people_address;
    char host[256];
    bool everywhere = strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;

    if (everywhere && serve->handover.names[0]) {
        size_t len = strcspn(serve->handover.names, ",");

        buffer_print(line, "https://%.*s", (int)len, serve->handover.names);
    } else if (everywhere && process_host_name(host, sizeof host) == 0) {
        buffer_print(line, "https://%s", host);
    } else if (strchr(address, ':')) {
        buffer_print(line, "https://[%s]", address);
    } else {
        buffer_print(line, "https://%s", strcmp(address, "127.0.0.1") == 0 ? "localhost" : address);
    }
    buffer_print(line, ":%u", http_server_port(serve->people));
}

RESULT setup_link_line(struct serve *serve, struct buffer *ret_line)
{
    struct making making = {.expires_at = clock_now_ms() + SETUP_LINK_MS};
    int r = records_act(serve->records, make, &making);

    if (r)
        return r;
    buffer_append_string(ret_line, making.done ? "Ward is ready at " : "Open ");
    setup_link_address(serve, ret_line);
    if (!making.done)
        buffer_print(ret_line, "/setup#%s", making.token);
    wipe(&making, sizeof making);
    return buffer_check(ret_line);
}
