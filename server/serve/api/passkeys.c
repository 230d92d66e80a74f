#include "server/serve/api/passkeys.h"

#include "server/serve/serve.h"
#include "server/serve/setup_link.h"

#define ADDRESS_MAX 512

/* ---- the party ---- */

RESULT passkeys_address(struct api_call *call, struct text *ret_address)
{
    CLEANUP(buffer_deinit) struct buffer line = buffer_init(ADDRESS_MAX);
    static const char standard[] = ":443";
    struct settings settings;
    struct text address;
    int r;

    settings_get(call->serve->settings, &settings);
    if (settings.public_address[0])
        buffer_append_string(&line, settings.public_address);
    else
        setup_link_address(call->serve, &line);
    r = buffer_check(&line);
    if (r)
        return r;
    address = arena_print(call->arena, "%.*s", (int)line.len, (const char *)line.at);
    if (!address.at)
        return FAULT(ERR_MEMORY);
    /* Browsers leave it out. */
    if (address.len > sizeof standard && memcmp(address.at + address.len - (sizeof standard - 1),
                                                standard, sizeof standard - 1) == 0)
        address.len -= sizeof standard - 1;
    *ret_address = address;
    return 0;
}

RESULT passkeys_party(struct api_call *call, struct webauthn_party *ret_party)
{
    struct text address;
    int r = passkeys_address(call, &address);

    if (!r)
        r = webauthn_party_of(address, ret_party);
    return r > 0 ? PASSKEY_NAMELESS : r;
}

RESULT passkeys_handle(const struct webauthn_party *party, const struct records_user *user,
                       uint8_t ret_handle[HASH_SIZE])
{
    static const char label[] = "ward user handle";
    const struct bytes pieces[] = {
        {(const uint8_t *)label, sizeof label},
        bytes_of_text(party->id),
        {(const uint8_t *)&user->id.number, sizeof user->id.number},
        {(const uint8_t *)&user->created_at, sizeof user->created_at},
    };
    struct hash hash;
    int r = hash_pieces(pieces, sizeof pieces / sizeof pieces[0], &hash);

    if (!r)
        memcpy(ret_handle, hash.at, HASH_SIZE);
    return r;
}

/* ---- challenges ---- */

static struct challenge_use use_of(const struct api_call *call, enum challenge_purpose purpose)
{
    struct challenge_use use = {.key = secret_bytes(call->serve->challenge_key),
                                .purpose = purpose};

    if (purpose != CHALLENGE_SIGN_IN)
        use.session = call->who.session.record.token_hash;
    return use;
}

RESULT passkeys_ask(struct api_call *call, enum challenge_purpose purpose,
                    uint8_t ret_challenge[CHALLENGE_SIZE])
{
    struct challenge_use use = use_of(call, purpose);

    return challenge_make(&use, call->now, ret_challenge);
}

RESULT passkeys_answered(struct records_tx *tx, struct api_call *call,
                         enum challenge_purpose purpose, struct webauthn_question *question,
                         const char **ret_reason)
{
    static const char *const reasons[] = {
        [CHALLENGE_FOREIGN] = "challenge",
        [CHALLENGE_OVER] = "challenge-over",
        [CHALLENGE_USED] = "challenge-used",
    };
    struct challenge_use use = use_of(call, purpose);
    struct bytes challenge;
    int r = api_body_bytes(call, "challenge", &challenge);

    if (!r && challenge.len != CHALLENGE_SIZE)
        r = API_BODY_INVALID;
    if (r) {
        if (r > 0)
            *ret_reason = "malformed";
        return r < 0 ? r : PASSKEY_WRONG;
    }
    r = challenge_take(tx, &use, challenge.at, call->now);
    if (r > 0)
        *ret_reason = reasons[r];
    if (r)
        return r < 0 ? r : PASSKEY_WRONG;
    memcpy(question->challenge, challenge.at, CHALLENGE_SIZE);
    return 0;
}

/* ---- proofs ---- */

static int wrong(struct passkeys_proof *proof, const char *reason)
{
    proof->reason = reason;
    return PASSKEY_WRONG;
}

static int read_parts(struct api_call *call, struct bytes *id, struct webauthn_assertion *assertion)
{
    int r = api_body_bytes(call, "id", id);

    if (!r)
        r = api_body_bytes(call, "client", &assertion->client);
    if (!r)
        r = api_body_bytes(call, "authenticator", &assertion->authenticator);
    if (!r)
        r = api_body_bytes(call, "signature", &assertion->signature);
    return r;
}

/* Of an authenticator that chose among its users: does it mean the same one? */
static int judge_handle(struct records_tx *tx, struct api_call *call, struct passkeys_proof *proof)
{
    uint8_t handle[HASH_SIZE];
    struct records_user user;
    struct bytes given;
    int r;

    if (!api_body_text(call, "user_handle").len)
        return proof->purpose == CHALLENGE_SIGN_IN ? wrong(proof, "user-handle") : 0;
    r = api_body_bytes(call, "user_handle", &given);
    if (r)
        return r < 0 ? r : wrong(proof, "malformed");
    r = records_user_get(tx, proof->passkey.user, call->arena, &user);
    if (!r)
        r = passkeys_handle(&proof->party, &user, handle);
    if (r)
        return r < 0 ? r : FAULT(ERR_CORRUPT);
    return given.len == sizeof handle && memcmp(given.at, handle, sizeof handle) == 0
               ? 0
               : wrong(proof, "user-handle");
}

static int kept_credential(const struct records_passkey *passkey,
                           struct webauthn_credential *ret_credential)
{
    if (passkey->public_key.len > sizeof ret_credential->key)
        return FAULT(ERR_CORRUPT);
    ret_credential->algorithm = (enum webauthn_algorithm)passkey->algorithm;
    ret_credential->counter = passkey->counter;
    ret_credential->key_len = passkey->public_key.len;
    memcpy(ret_credential->key, passkey->public_key.at, passkey->public_key.len);
    return 0;
}

static int find_passkey(struct records_tx *tx, struct api_call *call, struct bytes id,
                        struct passkeys_proof *proof)
{
    int r = records_passkey_find(tx, id, call->arena, &proof->passkey);

    if (r)
        return r < 0 ? r : wrong(proof, "unknown");
    if (proof->user.number && proof->user.number != proof->passkey.user.number)
        return wrong(proof, "unknown");
    return text_equal(proof->passkey.party, proof->party.id) ? 0 : wrong(proof, "party");
}

RESULT passkeys_judge(struct records_tx *tx, struct api_call *call, struct passkeys_proof *proof)
{
    struct webauthn_question question = {.party = proof->party,
                                         .verified = proof->purpose == CHALLENGE_SIGN_IN};
    struct webauthn_credential credential = {0};
    struct webauthn_assertion assertion;
    struct bytes id;
    uint32_t counter = 0;
    int r = read_parts(call, &id, &assertion);

    if (r)
        return r < 0 ? r : wrong(proof, "malformed");
    r = passkeys_answered(tx, call, proof->purpose, &question, &proof->reason);
    if (!r)
        r = find_passkey(tx, call, id, proof);
    if (!r)
        r = judge_handle(tx, call, proof);
    if (!r)
        r = kept_credential(&proof->passkey, &credential);
    if (r)
        return r;
    r = webauthn_assert(&question, &credential, &assertion, &counter);
    if (r)
        return r < 0 ? r : wrong(proof, webauthn_word(r));
    r = records_passkey_use(tx, proof->passkey.number, counter, call->now);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* ---- answers ---- */

void passkeys_write_allowed(struct json_out *out, const char *name,
                            const struct webauthn_party *party,
                            const struct records_passkey *passkeys, size_t count)
{
    json_out_array(out, name);
    for (size_t i = 0; i < count; i++) {
        if (!text_equal(passkeys[i].party, party->id))
            continue;
        json_out_object(out, NULL);
        json_out_base64url(out, "id", passkeys[i].credential);
        json_out_text(out, "transports", passkeys[i].transports);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

RESULT passkeys_refuse_nameless(struct api_call *call)
{
    return api_problem(call, 409, "passkeys-nameless", "Passkeys need a name",
                       "Browsers tie a passkey to a host name. Ward is used by an IP address here: "
                       "give it a name, and say it in the settings as the address that people "
                       "use.");
}

RESULT passkeys_refuse(struct api_call *call, unsigned status, const struct passkeys_proof *proof)
{
    struct api_entry entry = {.action = "login.passkey_failed", .outcome = AUDIT_DENIED};
    int r;

    entry.detail = arena_print(call->arena, "{\"reason\":\"%s\",\"passkey\":%llu}", proof->reason,
                               (unsigned long long)proof->passkey.number);
    if (proof->passkey.user.number)
        entry.target = arena_print(call->arena, "user:%u", proof->passkey.user.number);
    r = api_audit_alone(call, &entry);
    if (r)
        return r;
    if (strcmp(proof->reason, webauthn_word(WEBAUTHN_COUNTER)) == 0)
        return api_problem(call, status, "passkey-counter", "This passkey may have been copied",
                           "Its counter went back, as that of a copy does. Sign in in another way, "
                           "remove it under My sign-in, and tell whoever is responsible for "
                           "security.");
    return api_problem(call, status, "passkey", "The passkey was not accepted",
                       "Try again. If it stays so, sign in in another way and see under My "
                       "sign-in whether the passkey is there.");
}
