/*
 * Single sign-on's settings: metadata is looked at first, imported switched off, tried out by a
 * sign-in, and only then switched on.
 */

#include "access/class.h"
#include "base/hex.h"
#include "crypto/x509.h"
#include "routes.h"
#include "server/serve/api/saml_flow.h"
#include "server/serve/serve.h"

#define CERTIFICATES_MAX (SAML_CERTIFICATES_MAX * (SAML_CERTIFICATE_MAX + 2))

enum {
    SSO_UNTRIED = 300, /* no test came through yet */
};

/* ---- the answer ---- */

struct state {
    struct api_call *call;
    struct records_saml saml;
    struct records_saml_class *classes;
    size_t class_count;
    bool there;
};

static int read_state(struct records_tx *tx, void *context)
{
    struct state *state = context;
    int r = records_saml(tx, state->call->arena, &state->saml);

    if (r)
        return r == RECORDS_ABSENT ? 0 : r;
    state->there = true;
    return records_saml_classes(tx, state->call->arena, &state->classes, &state->class_count);
}

static int write_certificates(struct json_out *out, const struct bytes *certificates, size_t count)
{
    json_out_array(out, "certificates");
    for (size_t i = 0; i < count; i++) {
        struct hash fingerprint;
        int64_t from;
        int64_t to;
        int r = x509_fingerprint(certificates[i], &fingerprint);

        if (!r)
            r = x509_validity(certificates[i], &from, &to);
        if (r)
            return r < 0 ? r : FAULT(ERR_CORRUPT);
        json_out_object(out, NULL);
        json_out_hex(out, "fingerprint",
                     (struct bytes){.at = fingerprint.at, .len = sizeof fingerprint.at});
        json_out_moment(out, "from_at", from);
        json_out_moment(out, "to_at", to);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    return 0;
}

static int write_provider(struct json_out *out, const struct state *state)
{
    struct bytes certificates[SAML_CERTIFICATES_MAX];
    size_t count = 0;
    int r = flow_certificates(state->saml.certificates, certificates, &count);

    if (r)
        return r;
    json_out_object(out, "provider");
    json_out_text(out, "title", state->saml.title);
    json_out_text(out, "entity_id", state->saml.entity_id);
    json_out_text(out, "sign_in_url", state->saml.sign_in_url);
    json_out_boolean(out, "enabled", state->saml.enabled);
    json_out_boolean(out, "make_users", state->saml.make_users);
    json_out_boolean(out, "second_factor", state->saml.second_factor);
    json_out_text(out, "class_attribute", state->saml.class_attribute);
    json_out_array(out, "classes");
    for (size_t i = 0; i < state->class_count; i++) {
        json_out_object(out, NULL);
        json_out_text(out, "value", state->classes[i].value);
        json_out_text(out, "class", state->classes[i].class);
        json_out_object_end(out);
    }
    json_out_array_end(out);
    json_out_moment(out, "imported_at", state->saml.imported_at);
    json_out_moment_or_null(out, "tested_at", state->saml.tested_at);
    if (state->saml.test.len)
        json_out_json(out, "test", state->saml.test);
    else
        json_out_null(out, "test");
    r = write_certificates(out, certificates, count);
    json_out_object_end(out);
    return r;
}

static int reply_state(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct state state = {.call = call};
    struct flow_self self;
    int r = records_read(call->serve->records, read_state, &state);

    if (!r)
        r = flow_self(call, &self);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    json_out_object(&out, NULL);
    json_out_text(&out, "entity_id", self.entity_id);
    json_out_text(&out, "acs_url", self.acs_url);
    if (state.there)
        r = write_provider(&out, &state);
    else
        json_out_null(&out, "provider");
    json_out_object_end(&out);
    return r ? r : api_reply(call, 200, &out);
}

int api_get_sso(struct api_call *call)
{
    return reply_state(call);
}

/* ---- metadata ---- */

static int refuse_metadata(struct api_call *call, int outcome, enum saml_refusal refusal)
{
    if (outcome == SAML_CLIENT_GONE)
        return api_problem(call, 503, "sso-away", "The process that reads SAML is starting again",
                           "Try again in a few seconds.");
    return api_problem(call, 422, saml_refusal_word(refusal), "The metadata is refused",
                       saml_refusal_sentence(refusal));
}

/* Whatever is wrong with it is answered; *ret_read false then. */
static int read_metadata(struct api_call *call, struct buffer *answer,
                         struct saml_provider *ret_provider, bool *ret_read)
{
    struct saml_ask ask = {.kind = SAML_ASK_PROVIDER,
                           .expected = {.now = call->now},
                           .xml = bytes_of_text(api_body_text(call, "metadata"))};
    enum saml_refusal refusal = SAML_FINE;
    int r = SAML_CLIENT_REFUSED;

    *ret_read = false;
    if (ask.xml.len > SAML_MESSAGE_MAX)
        refusal = SAML_LARGE;
    else
        r = saml_client_ask(call->serve->saml, &ask, answer, &refusal);
    if (r)
        return r < 0 ? r : refuse_metadata(call, r, refusal);
    r = saml_provider_decode(buffer_bytes(answer), ret_provider);
    if (r)
        return FAULT(ERR_SYSTEM);
    *ret_read = true;
    return 0;
}

int api_preview_sso(struct api_call *call)
{
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(SAML_MESSAGE_MAX);
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(API_REPLY_MAX);
    struct saml_provider provider;
    bool read;
    int r = read_metadata(call, &answer, &provider, &read);

    if (r || !read)
        return r;
    json_out_object(&out, NULL);
    json_out_text(&out, "entity_id", provider.entity_id);
    json_out_text(&out, "sign_in_url", provider.sign_in_url);
    json_out_moment_or_null(&out, "valid_until", provider.valid_until);
    r = write_certificates(&out, provider.certificates, provider.certificate_count);
    json_out_object_end(&out);
    return r ? r : api_reply(call, 200, &out);
}

struct import {
    struct api_call *call;
    struct saml_provider provider;
    struct bytes packed;
};

/* Does any key stay that was pinned before? Then people go on signing in while it changes. */
static bool overlaps(const struct import *import, struct bytes before)
{
    struct bytes certificates[SAML_CERTIFICATES_MAX];
    size_t count = 0;

    if (flow_certificates(before, certificates, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < import->provider.certificate_count; k++)
            if (certificates[i].len == import->provider.certificates[k].len &&
                memcmp(certificates[i].at, import->provider.certificates[k].at,
                       certificates[i].len) == 0)
                return true;
    return false;
}

static int write_import(struct records_tx *tx, void *context)
{
    struct import *import = context;
    struct api_call *call = import->call;
    struct api_entry entry = {.action = "sso.import"};
    struct records_saml saml = {.second_factor = true};
    int r = records_saml(tx, call->arena, &saml);
    bool same;

    if (r < 0)
        return r;
    same = r == 0 && text_equal(saml.entity_id, import->provider.entity_id);
    /* Of another provider the names mean other people. */
    if (r == 0 && !same)
        r = records_saml_remove(tx);
    if (r < 0)
        return r;
    if (!same || !overlaps(import, saml.certificates)) {
        saml.enabled = false;
        saml.tested_at = 0;
        saml.test = (struct text){.at = "", .len = 0};
    }
    if (!same) {
        saml.class_attribute = (struct text){.at = "", .len = 0};
        saml.make_users = false;
        saml.second_factor = true;
    }
    saml.title = api_body_text(call, "title");
    saml.entity_id = import->provider.entity_id;
    saml.sign_in_url = import->provider.sign_in_url;
    saml.certificates = import->packed;
    saml.imported_at = call->now;
    r = records_saml_set(tx, &saml);
    entry.target = saml.entity_id;
    entry.detail = arena_print(call->arena, "{\"certificates\":%zu,\"enabled\":%s}",
                               import->provider.certificate_count, saml.enabled ? "true" : "false");
    return r ? r : api_audit(tx, call, &entry);
}

int api_import_sso(struct api_call *call)
{
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(SAML_MESSAGE_MAX);
    CLEANUP(buffer_deinit) struct buffer packed = buffer_init(CERTIFICATES_MAX);
    struct import import = {.call = call};
    bool read;
    int r = read_metadata(call, &answer, &import.provider, &read);

    if (r || !read)
        return r;
    for (size_t i = 0; i < import.provider.certificate_count; i++) {
        struct bytes one = import.provider.certificates[i];
        const uint8_t head[] = {(uint8_t)(one.len >> 8), (uint8_t)one.len};

        buffer_append(&packed, head, sizeof head);
        buffer_append(&packed, one.at, one.len);
    }
    import.packed = buffer_bytes(&packed);
    r = buffer_check(&packed);
    if (!r)
        r = records_act(call->serve->records, write_import, &import);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    events_audit(call->serve->events);
    return reply_state(call);
}

/* ---- change ---- */

struct change {
    struct api_call *call;
    struct records_saml_class *classes;
    size_t count;
};

static int write_change(struct records_tx *tx, void *context)
{
    struct change *change = context;
    struct api_call *call = change->call;
    struct api_entry entry = {.action = "sso.change"};
    struct records_saml saml;
    bool before;
    int r = records_saml(tx, call->arena, &saml);

    if (r)
        return r;
    before = saml.enabled;
    saml.enabled = api_body_boolean(call, "enabled");
    saml.make_users = api_body_boolean(call, "make_users");
    saml.second_factor = api_body_boolean(call, "second_factor");
    saml.class_attribute = api_body_text(call, "class_attribute");
    if (saml.enabled && !saml.tested_at)
        return SSO_UNTRIED;
    r = records_saml_set(tx, &saml);
    if (!r)
        r = records_saml_classes_set(tx, change->classes, change->count);
    entry.target = saml.entity_id;
    entry.detail = arena_print(
        call->arena, "{\"enabled\":[%s,%s],\"make_users\":%s,\"second_factor\":%s,\"classes\":%zu}",
        before ? "true" : "false", saml.enabled ? "true" : "false",
        saml.make_users ? "true" : "false", saml.second_factor ? "true" : "false", change->count);
    return r ? r : api_audit(tx, call, &entry);
}

/* *ret_fit false: answered. */
static int take_classes(struct api_call *call, struct change *change, bool *ret_fit)
{
    const json_t *rows = json_object_get(call->body, "classes");
    size_t count = json_array_size(rows);

    *ret_fit = false;
    change->classes = arena_take_array(call->arena, count, sizeof *change->classes);
    if (!change->classes)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(rows, i);

        change->classes[i] = (struct records_saml_class){
            .value = text_of(json_string_value(json_object_get(row, "value"))),
            .class = text_of(json_string_value(json_object_get(row, "class")))};
        /* Nor more than whoever gives it has. */
        if (!flow_class_may_be_given(change->classes[i].class) ||
            access_class_above(access_class_find(change->classes[i].class),
                               api_subject(call).class))
            return api_problem_field(
                call, "/classes",
                "a built-in class that changes nothing, and not above your own: "
                "who may change what others see or do is named in Ward");
    }
    change->count = count;
    *ret_fit = true;
    return 0;
}

static int refuse_absent(struct api_call *call)
{
    return api_problem(call, 404, "absent", "There is no identity provider",
                       "Import its metadata.");
}

int api_change_sso(struct api_call *call)
{
    struct change change = {.call = call};
    bool fit;
    int r = take_classes(call, &change, &fit);

    if (r || !fit)
        return r;
    r = records_act(call->serve->records, write_change, &change);
    if (r == SSO_UNTRIED)
        return api_problem(call, 409, "sso-untried", "Nobody has signed in by it yet",
                           "Try it out first: a test sign-in has to come through.");
    if (r)
        return r < 0 ? r : refuse_absent(call);
    events_audit(call->serve->events);
    return reply_state(call);
}

static int remove_it(struct records_tx *tx, void *context)
{
    struct api_call *call = context;
    struct api_entry entry = {.action = "sso.remove"};
    struct records_saml saml;
    int r = records_saml(tx, call->arena, &saml);

    if (!r)
        r = records_saml_remove(tx);
    if (r)
        return r;
    entry.target = saml.entity_id;
    return api_audit(tx, call, &entry);
}

int api_remove_sso(struct api_call *call)
{
    int r = records_act(call->serve->records, remove_it, call);

    if (r)
        return r < 0 ? r : refuse_absent(call);
    events_audit(call->serve->events);
    return api_reply_empty(call);
}

/* ---- trying it out ---- */

int api_try_sso(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(64 * 1024);
    struct state state = {.call = call};
    struct text url;
    struct flow flow;
    int r = records_read(call->serve->records, read_state, &state);

    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    if (call->who.kind != WHO_USER)
        return api_problem(call, 409, "needs-browser", "A test sign-in needs a browser",
                           "Open the page Settings and try it out there.");
    if (!state.there)
        return refuse_absent(call);
    r = flow_begin(call, call->who.session.user.id.number, &flow);
    if (!r)
        r = flow_location(call, &state.saml, &flow, &url);
    if (r)
        return r > 0 ? FAULT(ERR_SYSTEM) : r;
    json_out_object(&out, NULL);
    json_out_text(&out, "location", url);
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}
