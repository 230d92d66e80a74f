/*
 * Signing in by the identity provider: where the browser goes, and what it comes back with
 *
 * Whoever sent an answer that is refused learns nothing but that; the reason is in the audit log.
 */

#include <stdio.h>

#include "access/slots.h"
#include "base/base64.h"
#include "base/wipe.h"
#include "net/target.h"
#include "routes.h"
#include "server/serve/api/saml_flow.h"
#include "server/serve/api/signin.h"
#include "server/serve/serve.h"

#define NAME_MAX_BYTES 64
#define REFUSED "/?sso=refused"
#define AGAIN "/?sso=again"
#define TESTED "/settings?sso=tested"

/* Outcomes of the job, in words for the audit log. */
enum {
    SSO_REPLAYED = 320,
    SSO_NOBODY,
    SSO_NAME_TAKEN,
    SSO_NAME_UNFIT,
    SSO_NO_CLASS,
    SSO_DISABLED,
};

static const char *const outcome_words[] = {"replayed",   "not-known", "name-taken",
                                            "name-unfit", "no-class",  "disabled"};

/* An answer costs the process milliseconds, and a worker waits for it. */
static struct slots answers = SLOTS_INIT(1, 2);
#define ANSWER_WAIT_MS 5000

struct answer {
    struct api_call *call;
    struct flow flow;
    struct flow_self self;
    struct records_saml provider;
    struct records_saml_class *classes;
    size_t class_count;
    struct saml_claims claims;
    struct text class; /* as the provider's attributes say; empty: none fits */
    struct access_limits limits;
    struct records_user user;
    char token[ACCESS_TOKEN_SIZE];
    uint64_t ended;
};

static int read_provider(struct records_tx *tx, void *context)
{
    struct answer *answer = context;
    int r = records_saml(tx, answer->call->arena, &answer->provider);

    return r ? r
             : records_saml_classes(tx, answer->call->arena, &answer->classes,
                                    &answer->class_count);
}

/* ---- to the provider ---- */

int api_start_sso(struct api_call *call)
{
    struct answer answer = {.call = call};
    struct text url;
    int r = records_read(call->serve->records, read_provider, &answer);

    if (r < 0)
        return r;
    if (r || !answer.provider.enabled)
        return flow_go(call, REFUSED);
    r = flow_begin(call, 0, &answer.flow);
    if (!r)
        r = flow_location(call, &answer.provider, &answer.flow, &url);
    if (r)
        return r > 0 ? FAULT(ERR_SYSTEM) : r;
    return flow_go(call, url.at);
}

/* Whether there is a button, and what stands on it. */
int api_sso_offered(struct api_call *call)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(4096);
    struct answer answer = {.call = call};
    int r = records_read(call->serve->records, read_provider, &answer);

    if (r < 0)
        return r;
    json_out_object(&out, NULL);
    json_out_boolean(&out, "enabled", r == 0 && answer.provider.enabled);
    json_out_text(&out, "title",
                  r == 0 && answer.provider.enabled ? answer.provider.title : text_of(""));
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

/* ---- our metadata ---- */

int api_get_sso_metadata(struct api_call *call)
{
    const struct signer_message message = {.kind = SIGNER_SAML_CERTIFICATE};
    const struct saml_ask ask = {.kind = SAML_ASK_CERTIFICATE};
    CLEANUP(buffer_deinit) struct buffer signing = buffer_init(SAML_CERTIFICATE_MAX);
    CLEANUP(buffer_deinit) struct buffer encryption = buffer_init(SAML_CERTIFICATE_MAX);
    CLEANUP(buffer_deinit) struct buffer xml = buffer_init(64 * 1024);
    enum saml_refusal refusal;
    struct flow_self self;
    int r = flow_self(call, &self);

    if (!r)
        r = signer_client_ask(call->serve->signer, &message, &signing);
    if (!r)
        r = saml_client_ask(call->serve->saml, &ask, &encryption, &refusal);
    if (!r)
        r = saml_self_print(
            &(struct saml_self){.entity_id = self.entity_id,
                                .acs_url = self.acs_url,
                                .signing_certificate = buffer_bytes(&signing),
                                .encryption_certificate = buffer_bytes(&encryption)},
            &xml);
    if (r)
        return r > 0 ? ERR_BUSY : r;
    http_reply(call->request, 200, "application/samlmetadata+xml", buffer_bytes(&xml));
    return 0;
}

/* ---- the form that comes back ---- */

/* The value of a form's member that is there once; .at NULL otherwise. */
static int form_value(struct api_call *call, const char *name, struct text *ret_value)
{
    struct target form = {0};
    int r = target_parse_form(text_of_bytes(http_body(call->request)), call->arena, &form);

    *ret_value = (struct text){0};
    if (r)
        return r < 0 ? r : 0;
    for (size_t i = 0; i < form.parameter_count; i++) {
        if (!text_equal(form.parameters[i].name, text_of(name)))
            continue;
        if (ret_value->at) {
            *ret_value = (struct text){0};
            return 0;
        }
        *ret_value = form.parameters[i].value;
    }
    return 0;
}

/* What an answer holds: base64, which some providers break into lines. .at NULL: it is none. */
static int form_response(struct api_call *call, struct bytes *ret_xml)
{
    struct text value;
    int r = form_value(call, "SAMLResponse", &value);
    char *packed = r ? NULL : arena_take(call->arena, value.len + 1);
    size_t len = 0;

    *ret_xml = (struct bytes){0};
    if (r)
        return r;
    if (!packed)
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < value.len; i++)
        if (!strchr(" \r\n\t", value.at[i]))
            packed[len++] = value.at[i];
    value = (struct text){packed, len};
    len = base64_len(value);
    uint8_t *xml = arena_take(call->arena, len + 1);
    if (!xml)
        return FAULT(ERR_MEMORY);
    if (len && base64_parse(value, xml, len) == 0)
        *ret_xml = (struct bytes){.at = xml, .len = len};
    return 0;
}

/* ---- reading it ---- */

static int ask(struct answer *answer, struct bytes xml, struct buffer *reply,
               enum saml_refusal *ret_refusal)
{
    struct saml_ask question = {.kind = SAML_ASK_RESPONSE,
                                .xml = xml,
                                .expected = {.entity_id = answer->self.entity_id,
                                             .acs_url = answer->self.acs_url,
                                             .provider = answer->provider.entity_id,
                                             .in_reply_to = text_of(answer->flow.id),
                                             .now = answer->call->now}};
    int r = flow_certificates(answer->provider.certificates, question.expected.certificates,
                              &question.expected.certificate_count);

    if (!r)
        r = slots_take(&answers, ANSWER_WAIT_MS);
    if (r)
        return r;
    r = saml_client_ask(answer->call->serve->saml, &question, reply, ret_refusal);
    slots_give(&answers);
    return r;
}

static bool fits(const struct answer *answer, const struct records_saml_class *class)
{
    const struct saml_attribute *attribute =
        saml_claims_find(&answer->claims, answer->provider.class_attribute);

    for (size_t i = 0; attribute && i < attribute->value_count; i++)
        if (text_equal(attribute->values[i], class->value))
            return true;
    return false;
}

/* The first row that fits; what may not be given is not, whatever the rows say. */
static struct text class_of(const struct answer *answer)
{
    for (size_t i = 0; i < answer->class_count; i++)
        if (fits(answer, &answer->classes[i]) && flow_class_may_be_given(answer->classes[i].class))
            return answer->classes[i].class;
    return (struct text){0};
}

/* ---- refusing ---- */

static int note_refusal(struct answer *answer, const char *word)
{
    struct api_entry entry = {
        .action = "login.sso_failed",
        .outcome = AUDIT_DENIED,
        .target = answer->claims.name_id.at ? answer->claims.name_id : answer->provider.entity_id,
        .detail = arena_print(answer->call->arena, "{\"reason\":\"%s\"}", word)};

    return api_audit_alone(answer->call, &entry);
}

struct test {
    struct answer *answer;
    struct text json;
    bool through;
};

static int write_test(struct records_tx *tx, void *context)
{
    struct test *test = context;
    struct api_call *call = test->answer->call;
    struct api_entry entry = {.action = "sso.test",
                              .outcome = test->through ? AUDIT_OK : AUDIT_DENIED,
                              .target = test->answer->provider.entity_id,
                              .detail = arena_print(call->arena, "{\"user\":%u,\"through\":%s}",
                                                    test->answer->flow.tester,
                                                    test->through ? "true" : "false")};
    struct records_saml saml;
    int r = records_saml(tx, call->arena, &saml);

    if (r)
        return r;
    saml.test = test->json;
    if (test->through)
        saml.tested_at = call->now;
    r = records_saml_set(tx, &saml);
    return r ? r : api_audit(tx, call, &entry);
}

static void write_attributes(struct json_out *out, const struct saml_claims *claims)
{
    json_out_array(out, "attributes");
    for (size_t i = 0; i < claims->attribute_count; i++) {
        json_out_object(out, NULL);
        json_out_text(out, "name", claims->attributes[i].name);
        json_out_array(out, "values");
        for (size_t k = 0; k < claims->attributes[i].value_count && k < 32; k++)
            json_out_text(out, NULL, claims->attributes[i].values[k]);
        json_out_array_end(out);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

/* What the administrator is shown of a test: what was said, or why it was refused. */
static int finish_test(struct answer *answer, int refusal)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(256 * 1024);
    struct test test = {.answer = answer, .through = refusal == SAML_FINE};
    int r;

    json_out_object(&out, NULL);
    json_out_moment(&out, "at", answer->call->now);
    json_out_boolean(&out, "through", test.through);
    json_out_string(&out, "reason", test.through ? "" : saml_refusal_word(refusal));
    json_out_string(&out, "sentence", test.through ? "" : saml_refusal_sentence(refusal));
    json_out_text(&out, "name_id", answer->claims.name_id);
    json_out_text(&out, "class", answer->class);
    json_out_boolean(&out, "encrypted", answer->claims.encrypted);
    write_attributes(&out, &answer->claims);
    json_out_object_end(&out);
    r = buffer_check(&out.buffer);
    if (r)
        return r;
    test.json = text_of_bytes(buffer_bytes(&out.buffer));
    r = records_act(answer->call->serve->records, write_test, &test);
    if (r < 0)
        return r;
    events_audit(answer->call->serve->events);
    return flow_go(answer->call, TESTED);
}

static int refuse(struct answer *answer, const char *word)
{
    int r = note_refusal(answer, word);

    return r ? r : flow_go(answer->call, REFUSED);
}

/* ---- letting in ---- */

/* The name to sign in with, of the name that the provider gave: lower case, and of what names have.
 */
static struct text name_of(struct answer *answer)
{
    struct text name = answer->claims.name_id;
    char *copy = arena_take(answer->call->arena, name.len + 1);

    if (!copy || name.len == 0 || name.len > NAME_MAX_BYTES)
        return (struct text){0};
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c | 0x20);
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("._@-", c)) || !c)
            return (struct text){0};
        copy[i] = c;
    }
    return (struct text){.at = copy, .len = name.len};
}

/* An account for somebody whom the provider names for the first time. A name that is taken is not
 * theirs because it is spelt alike. */
static int make_user(struct records_tx *tx, struct answer *answer)
{
    struct api_call *call = answer->call;
    struct text name = name_of(answer);
    struct api_entry entry = {.action = "user.add"};
    int r;

    if (!answer->provider.make_users)
        return SSO_NOBODY;
    if (!answer->class.len)
        return SSO_NO_CLASS;
    if (!name.at)
        return SSO_NAME_UNFIT;
    answer->user = (struct records_user){
        .name = name, .display_name = name, .class = answer->class, .created_at = call->now};
    r = records_user_add(tx, &answer->user, &answer->user.id);
    if (r)
        return r < 0 ? r : SSO_NAME_TAKEN;
    r = records_saml_user_add(tx, answer->provider.entity_id, answer->claims.name_id,
                              answer->user.id);
    entry.target = arena_print(call->arena, "user:%u", answer->user.id.number);
    entry.detail = arena_print(call->arena, "{\"class\":\"%.*s\",\"name\":\"%.*s\",\"sso\":true}",
                               (int)answer->class.len, answer->class.at, (int)name.len, name.at);
    return r ? r : api_audit(tx, call, &entry);
}

/* The class follows the provider, unless an administrator gave one that it may not give. */
static int follow_class(struct records_tx *tx, struct answer *answer)
{
    struct api_call *call = answer->call;
    struct api_entry entry = {.action = "user.change"};
    int r;

    if (!answer->class_count || !flow_class_may_be_given(answer->user.class))
        return 0;
    if (!answer->class.len)
        return SSO_NO_CLASS;
    if (text_equal(answer->class, answer->user.class))
        return 0;
    entry.target = arena_print(call->arena, "user:%u", answer->user.id.number);
    entry.detail = arena_print(call->arena, "{\"class\":[\"%.*s\",\"%.*s\"],\"sso\":true}",
                               (int)answer->user.class.len, answer->user.class.at,
                               (int)answer->class.len, answer->class.at);
    answer->user.class = answer->class;
    r = records_user_set(tx, &answer->user);
    if (!r)
        r = records_session_remove_of(tx, answer->user.id);
    return r ? r : api_audit(tx, call, &entry);
}

static int find_user(struct records_tx *tx, struct answer *answer)
{
    struct user_id id;
    int r = records_saml_user(tx, answer->provider.entity_id, answer->claims.name_id, &id);

    if (r == RECORDS_ABSENT)
        return make_user(tx, answer);
    if (!r)
        r = records_user_get(tx, id, answer->call->arena, &answer->user);
    if (r)
        return r < 0 ? r : SSO_NOBODY;
    return answer->user.disabled_at ? SSO_DISABLED : follow_class(tx, answer);
}

/* Request and assertion count once, whoever brings them. */
static int use(struct records_tx *tx, struct answer *answer, const char *kind, struct text id)
{
    const struct bytes pieces[] = {bytes_of_text(text_of(kind)),
                                   bytes_of_text(answer->provider.entity_id),
                                   bytes_of_text(text_of("\n")), bytes_of_text(id)};
    int64_t until = answer->claims.valid_until > answer->flow.begun_at + FLOW_MS
                        ? answer->claims.valid_until
                        : answer->flow.begun_at + FLOW_MS;
    struct hash hash;
    int r = hash_pieces(pieces, 4, &hash);

    if (!r)
        r = records_saml_use(tx, &hash, until, answer->call->now);
    return r == RECORDS_EXISTS ? SSO_REPLAYED : r;
}

static int let_in(struct records_tx *tx, void *context)
{
    struct answer *answer = context;
    struct api_call *call = answer->call;
    struct api_entry entry = {.action = answer->provider.second_factor ? "login.sso" : "login",
                              .factors = text_of("sso")};
    struct signin_as as = {.stage = RECORDS_STAGE_SIGNED_IN, .limits = answer->limits};
    int r = use(tx, answer, "request ", text_of(answer->flow.id));

    if (!r)
        r = use(tx, answer, "assertion ", answer->claims.assertion_id);
    if (!r)
        r = find_user(tx, answer);
    if (r)
        return r;
    if (answer->provider.second_factor)
        as.stage = answer->user.totp_confirmed ? RECORDS_STAGE_TOTP : RECORDS_STAGE_TOTP_ENROL;
    as.user = answer->user.id;
    r = signin_begin(tx, call, &as, answer->token, &answer->ended);
    return r ? r : api_audit(tx, call, &entry);
}

static int finish(struct answer *answer)
{
    struct api_call *call = answer->call;
    int r = records_act(call->serve->records, let_in, answer);

    if (r >= SSO_REPLAYED)
        return refuse(answer, outcome_words[r - SSO_REPLAYED]);
    if (!r)
        r = signin_set_cookie(call, answer->token);
    wipe(answer->token, sizeof answer->token);
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    if (answer->ended)
        events_end_session(call->serve->events, answer->ended);
    events_audit(call->serve->events);
    return flow_go(call, "/");
}

/* Of a test only that it counts once; nobody is signed in by it. */
static int count_test(struct records_tx *tx, void *context)
{
    struct answer *answer = context;
    int r = use(tx, answer, "request ", text_of(answer->flow.id));

    return r ? r : use(tx, answer, "assertion ", answer->claims.assertion_id);
}

static int judge(struct answer *answer, struct bytes xml)
{
    CLEANUP(buffer_deinit) struct buffer reply = buffer_init((size_t)2 * 1024 * 1024);
    enum saml_refusal refusal = SAML_ENCODING;
    int r = xml.at ? ask(answer, xml, &reply, &refusal) : SAML_CLIENT_REFUSED;

    if (r < 0)
        return r;
    if (r == SAML_CLIENT_GONE)
        return refuse(answer, "sso-away");
    if (r)
        return answer->flow.tester ? finish_test(answer, (int)refusal)
                                   : refuse(answer, saml_refusal_word((int)refusal));
    if (saml_claims_decode(buffer_bytes(&reply), answer->call->arena, &answer->claims))
        return FAULT(ERR_SYSTEM);
    answer->class = class_of(answer);
    if (!answer->flow.tester)
        return finish(answer);
    r = records_act(answer->call->serve->records, count_test, answer);
    if (r)
        return r < 0 ? r : refuse(answer, outcome_words[0]);
    return finish_test(answer, SAML_FINE);
}

int api_answer_sso(struct api_call *call)
{
    struct answer answer = {.call = call, .limits = settings_limits(call->serve->settings)};
    struct bytes xml;
    int r = flow_find(call, &answer.flow);

    if (r)
        return r < 0 ? r : flow_go(call, AGAIN);
    r = flow_end(call);
    if (!r)
        r = flow_self(call, &answer.self);
    if (!r)
        r = records_read(call->serve->records, read_provider, &answer);
    if (r < 0)
        return r;
    /* Switched off or removed meanwhile. */
    if (r || (!answer.provider.enabled && !answer.flow.tester))
        return flow_go(call, REFUSED);
    r = form_response(call, &xml);
    return r ? r : judge(&answer, xml);
}
