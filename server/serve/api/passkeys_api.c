/* One's own passkeys: to see, to add, to rename and to remove. */

#include "routes.h"
#include "server/serve/api/passkeys.h"
#include "server/serve/serve.h"

enum {
    PASSKEYS_MANY = 270, /* one more than a user may have */
    PASSKEYS_OVER,       /* the session has ended meanwhile */
};

struct own {
    struct api_call *call;
    struct records_passkey *passkeys;
    size_t count;
};

static int list(struct records_tx *tx, void *context)
{
    struct own *own = context;

    return records_passkey_list(tx, own->call->who.session.user.id, own->call->arena,
                                &own->passkeys, &own->count);
}

static void write_passkey(struct json_out *out, const struct records_passkey *passkey,
                          struct text party)
{
    json_out_object(out, NULL);
    json_out_integer(out, "number", (int64_t)passkey->number);
    json_out_text(out, "name", passkey->name);
    json_out_text(out, "party", passkey->party);
    json_out_boolean(out, "usable", text_equal(passkey->party, party));
    json_out_moment(out, "created_at", passkey->created_at);
    json_out_moment_or_null(out, "used_at", passkey->used_at);
    json_out_object_end(out);
}

int api_list_passkeys(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct webauthn_party party = {0};
    struct own own = {.call = call};
    struct text address;
    int r = records_read(call->serve->records, list, &own);

    if (!r)
        r = passkeys_address(call, &address);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    r = passkeys_party(call, &party);
    if (r < 0)
        return r;
    json_out_object(&out, NULL);
    json_out_boolean(&out, "available", r == 0);
    json_out_text(&out, "address", address);
    json_out_array(&out, "passkeys");
    for (size_t i = 0; i < own.count; i++)
        write_passkey(&out, &own.passkeys[i], party.id);
    json_out_array_end(&out);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

/* ---- adding one ---- */

static int refuse_many(struct api_call *call)
{
    return api_problem(call, 409, "passkeys-many", "You have as many passkeys as there may be",
                       "Remove one that you do not use any more.");
}

static int write_offer(struct api_call *call, const struct webauthn_party *party,
                       const struct own *own)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    const struct records_user *user = &call->who.session.user;
    uint8_t challenge[CHALLENGE_SIZE];
    uint8_t handle[HASH_SIZE];
    struct settings settings;
    int r = passkeys_ask(call, CHALLENGE_ADD, challenge);

    if (!r)
        r = passkeys_handle(party, user, handle);
    if (r)
        return r;
    settings_get(call->serve->settings, &settings);
    json_out_object(&out, NULL);
    json_out_base64url(&out, "challenge", (struct bytes){challenge, sizeof challenge});
    json_out_text(&out, "party", party->id);
    json_out_string(&out, "party_name", settings.organisation);
    json_out_base64url(&out, "user_handle", (struct bytes){handle, sizeof handle});
    json_out_text(&out, "user_name", user->name);
    json_out_text(&out, "user_display_name", user->display_name);
    json_out_array(&out, "algorithms");
    json_out_integer(&out, NULL, WEBAUTHN_ES256);
    json_out_integer(&out, NULL, WEBAUTHN_EDDSA);
    json_out_integer(&out, NULL, WEBAUTHN_RS256);
    json_out_array_end(&out);
    passkeys_write_allowed(&out, "exclude", party, own->passkeys, own->count);
    json_out_integer(&out, "timeout_ms", PASSKEYS_TIMEOUT_MS);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

int api_begin_passkey(struct api_call *call)
{
    struct webauthn_party party;
    struct own own = {.call = call};
    int r = passkeys_party(call, &party);

    if (r)
        return r < 0 ? r : passkeys_refuse_nameless(call);
    r = records_read(call->serve->records, list, &own);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    return own.count >= PASSKEYS_MAX ? refuse_many(call) : write_offer(call, &party, &own);
}

struct adding {
    struct own own;
    struct access_limits limits;
    struct passkeys_proof proof; /* its party, and why it was refused */
    struct records_passkey passkey;
};

/* "usb,nfc": words that the schema has judged. */
static int read_transports(struct api_call *call, struct text *ret_words)
{
    const json_t *list_given = json_object_get(call->body, "transports");
    struct text words = {"", 0};

    for (size_t i = 0; i < json_array_size(list_given); i++) {
        words = arena_print(call->arena, "%.*s%s%s", (int)words.len, words.at, i ? "," : "",
                            json_string_value(json_array_get(list_given, i)));
        if (!words.at)
            return FAULT(ERR_MEMORY);
    }
    *ret_words = words;
    return 0;
}

static int judge_new(struct records_tx *tx, struct adding *adding,
                     struct webauthn_credential *credential)
{
    struct api_call *call = adding->own.call;
    struct webauthn_question question = {.party = adding->proof.party};
    struct bytes client;
    struct bytes attestation;
    int r = api_body_bytes(call, "client", &client);

    if (!r)
        r = api_body_bytes(call, "attestation", &attestation);
    if (r) {
        adding->proof.reason = "malformed";
        return r < 0 ? r : PASSKEY_WRONG;
    }
    r = passkeys_answered(tx, call, CHALLENGE_ADD, &question, &adding->proof.reason);
    if (r)
        return r;
    r = webauthn_register(&question, client, attestation, credential);
    if (r > 0)
        adding->proof.reason = webauthn_word(r);
    return r > 0 ? PASSKEY_WRONG : r;
}

static int keep(struct records_tx *tx, struct adding *adding,
                const struct webauthn_credential *credential)
{
    struct api_call *call = adding->own.call;
    struct api_entry entry = {.action = "passkey.add"};
    int r;

    adding->passkey = (struct records_passkey){
        .user = call->who.session.user.id,
        .party = adding->proof.party.id,
        .credential = {credential->id, credential->id_len},
        .algorithm = credential->algorithm,
        .public_key = {credential->key, credential->key_len},
        .counter = credential->counter,
        .name = api_body_text(call, "name"),
        .created_at = call->now,
    };
    r = read_transports(call, &adding->passkey.transports);
    if (!r)
        r = records_passkey_add(tx, &adding->passkey, &adding->passkey.number);
    if (r == RECORDS_EXISTS) {
        adding->proof.reason = "taken";
        return PASSKEY_WRONG;
    }
    if (r)
        return r;
    entry.target =
        arena_print(call->arena, "passkey:%llu", (unsigned long long)adding->passkey.number);
    return api_audit(tx, call, &entry);
}

/* Who asked is still signed in: verifying takes time, and so may the writer. */
static int add(struct records_tx *tx, void *context)
{
    struct adding *adding = context;
    struct api_call *call = adding->own.call;
    struct webauthn_credential credential;
    int r = access_session_find(tx, call->who.token, &adding->limits, call->now, call->arena,
                                &call->who.session);

    if (r || call->who.session.record.stage != RECORDS_STAGE_SIGNED_IN)
        return r < 0 ? r : PASSKEYS_OVER;
    r = list(tx, &adding->own);
    if (!r && adding->own.count >= PASSKEYS_MAX)
        r = PASSKEYS_MANY;
    if (!r)
        r = judge_new(tx, adding, &credential);
    return r ? r : keep(tx, adding, &credential);
}

static int refuse_add(struct api_call *call, int outcome, const struct adding *adding)
{
    if (outcome == PASSKEYS_OVER)
        return api_problem(call, 401, "signed-out", "Nobody is signed in",
                           "Sign in, and try again.");
    return outcome == PASSKEYS_MANY ? refuse_many(call)
                                    : passkeys_refuse(call, 403, &adding->proof);
}

int api_add_passkey(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct adding adding = {.own = {.call = call},
                            .limits = settings_limits(call->serve->settings)};
    int r = passkeys_party(call, &adding.proof.party);

    if (r)
        return r < 0 ? r : passkeys_refuse_nameless(call);
    r = records_act(call->serve->records, add, &adding);
    events_audit(call->serve->events);
    if (r)
        return r < 0 ? r : refuse_add(call, r, &adding);
    write_passkey(&out, &adding.passkey, adding.proof.party.id);
    return api_reply(call, 201, &out);
}

/* ---- changing one ---- */

static int change(struct records_tx *tx, struct api_call *call, const char *action, bool remove)
{
    struct user_id user = call->who.session.user.id;
    uint64_t number = (uint64_t)api_integer(call, "passkey", 0);
    struct api_entry entry = {.action = action};
    int r = remove ? records_passkey_remove(tx, user, number)
                   : records_passkey_rename(tx, user, number, api_body_text(call, "name"));

    if (r)
        return r;
    entry.target = arena_print(call->arena, "passkey:%llu", (unsigned long long)number);
    return api_audit(tx, call, &entry);
}

static int rename_one(struct records_tx *tx, void *context)
{
    return change(tx, context, "passkey.rename", false);
}

static int remove_one(struct records_tx *tx, void *context)
{
    return change(tx, context, "passkey.remove", true);
}

static int reply_change(struct api_call *call, records_job *job)
{
    int r = records_act(call->serve->records, job, call);

    events_audit(call->serve->events);
    if (r > 0)
        return api_problem(call, 404, "absent", "There is no such passkey", "Reload the list.");
    return r ? r : api_reply_empty(call);
}

int api_rename_passkey(struct api_call *call)
{
    return reply_change(call, rename_one);
}

int api_remove_passkey(struct api_call *call)
{
    return reply_change(call, remove_one);
}
