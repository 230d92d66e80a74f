/*
 * The whole agent but its sensor: real ward-agent processes against a small server of our own, over
 * TLS. Arguments: the path of ward-agent.
 */

#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "activity/policy.h"
#include "base/base64.h"
#include "base/hex.h"
#include "base/moment.h"
#include "common/vouch.h"
#include "crypto/x509.h"
#include "net/server.h"
#include "net/tag.h"
#include "net/test-net.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/local.h"
#include "tap.h"
#include "wire/frame.h"
#include "wire/local.h"
#include "wire/signed.h"

enum { BATCHES_MAX = 4096, WAIT_MS = 20000 };

static const char *agent_program;
static char top[] = "/tmp/ward-test-agent-XXXXXX";
static char state[64];
static char socket_path[64];
static char package_path[64];
static const uint8_t instance_key[32] = {5};
static const uint8_t seed[SIGN_SEED_SIZE] = {6};
static struct test_identity ca;
static struct test_identity server_identity;

/* What the server knows; handlers run in other threads. */
static struct {
    pthread_mutex_t mutex;
    unsigned batch_status;    /* 200: take it */
    unsigned refuse_sequence; /* 400 for this one */
    bool revoked;
    uint64_t policy_version;
    int from_days; /* validity of certificates that are issued */
    int to_days;
    uint64_t last;    /* sequence taken */
    unsigned repeats; /* of a sequence with the same bytes */
    unsigned changed; /* of a sequence with other bytes: never */
    unsigned forged;
    unsigned lives;
    unsigned renewals;
    unsigned tries;
    unsigned spans;
    unsigned paused_gaps;
    unsigned gaps;
    unsigned stations;
    struct hash digests[BATCHES_MAX];
    struct buffer seen; /* every string of every batch */
} server = {.mutex = PTHREAD_MUTEX_INITIALIZER};

#define SERVER(expression)                                                                         \
    ({                                                                                             \
        (void)pthread_mutex_lock(&server.mutex);                                                   \
        __typeof__(expression) value_ = (expression);                                              \
        (void)pthread_mutex_unlock(&server.mutex);                                                 \
        value_;                                                                                    \
    })

#define WAIT_FOR(condition)                                                                        \
    do {                                                                                           \
        int64_t until_ = clock_boot_ms() + WAIT_MS;                                                \
        while (!(condition) && clock_boot_ms() < until_)                                           \
            (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);                        \
        CHECK(condition);                                                                          \
    } while (0)

/* ---- the server ---- */

static void signed_policy(struct buffer *ret_envelope)
{
    CLEANUP(buffer_deinit) struct buffer bytes = buffer_init(WIRE_POLICY_MAX);
    CLEANUP(buffer_deinit) struct buffer message = buffer_init(WIRE_POLICY_MAX);
    struct policy policy = policy_default();
    uint8_t signature[SIGN_SIZE];
    struct text stations[] = {text_of("kiosk")};

    policy.version = server.policy_version;
    policy.pause_allowed = true;
    policy.hipaa = false;
    policy.stations = stations;
    policy.station_count = 1;
    CHECK(policy_encode(&policy, &bytes) == 0);
    buffer_append_string(&message, SIGNED_POLICY_PREFIX);
    buffer_append(&message, bytes.at, bytes.len);
    CHECK(sign_make((struct bytes){.at = seed, .len = sizeof(seed)}, buffer_bytes(&message),
                    signature) == 0);
    CHECK(signed_encode(buffer_bytes(&bytes),
                        (struct bytes){.at = signature, .len = sizeof(signature)},
                        ret_envelope) == 0);
}

static json_t *base64url(struct bytes bytes)
{
    char text[BASE64URL_SIZE(4096)];

    CHECK(bytes.len <= 4096);
    base64url_print(bytes, text);
    return json_string(text);
}

static const struct device_id device = {.at = {0xaa, 0xbb}};

/* A certificate for the request in the body, or nothing. */
static json_t *issue(struct http_request *request)
{
    CLEANUP(buffer_deinit) struct buffer certificate = buffer_init(4096);
    struct bytes body = http_body(request);
    json_t *json = json_loadb((const char *)body.at, body.len, 0, NULL);
    const char *text = json_string_value(json_object_get(json, "request"));
    uint8_t der[2048];
    size_t len = text ? strlen(text) * 3 / 4 : 0;
    int64_t now = clock_now_ms();

    CHECK(text && len <= sizeof(der) && base64url_parse(text_of(text), der, len) == 0);
    json_decref(json);
    CHECK(x509_issue_device(buffer_bytes(&ca.key), buffer_bytes(&ca.certificate),
                            (struct bytes){.at = der, .len = len}, device,
                            now + server.from_days * MS_PER_DAY, now + server.to_days * MS_PER_DAY,
                            &certificate) == 0);
    return base64url(buffer_bytes(&certificate));
}

static void reply_json(struct http_request *request, unsigned status, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);

    http_reply(request, status, "application/json", bytes_of_text(text_of(text)));
    free(text);
    json_decref(json);
}

static bool tagged(struct http_request *request)
{
    struct text sequence = http_header(request, "Ward-Sequence");
    struct text epoch = http_header(request, "Ward-Epoch");
    struct tag_request tag = {
        .method = http_method(request),
        .path = http_path(request),
        .device = http_header(request, "Ward-Device"),
        .body = http_body(request),
    };

    for (size_t i = 0; i < sequence.len; i++)
        tag.sequence = tag.sequence * 10 + (uint64_t)(sequence.at[i] - '0');
    for (size_t i = 0; i < epoch.len; i++)
        tag.epoch = tag.epoch * 10 + (uint32_t)(epoch.at[i] - '0');
    if (!tag.device.at)
        tag.device = (struct text){.at = ""};
    return tag_check((struct bytes){.at = instance_key, .len = sizeof(instance_key)}, &tag,
                     http_header(request, "Ward-Tag")) == 0;
}

static void handle_enrol(void *context, struct http_request *request)
{
    CLEANUP(buffer_deinit) struct buffer policy = buffer_init(WIRE_POLICY_MAX);
    uint8_t public[SIGN_PUBLIC_SIZE];

    (void)context;
    if (!tagged(request) || memmem(http_body(request).at, http_body(request).len, "used", 4)) {
        http_reply_problem(request, 403, "token", "Refused", "This package was used already.", NULL,
                           0);
        return;
    }
    (void)pthread_mutex_lock(&server.mutex);
    signed_policy(&policy);
    CHECK(sign_public((struct bytes){.at = seed, .len = sizeof(seed)}, public) == 0);
    char id[2 * DEVICE_ID_SIZE + 1];
    hex_print((struct bytes){.at = device.at, .len = DEVICE_ID_SIZE}, id);
    json_t *json = json_pack(
        "{s:s, s:i, s:o, s:o, s:o, s:s}", "device", id, "epoch", 7, "certificate", issue(request),
        "policy_key", base64url((struct bytes){.at = public, .len = sizeof(public)}), "policy",
        base64url(buffer_bytes(&policy)), "server_at", "2026-11-23T00:00:00Z");
    (void)pthread_mutex_unlock(&server.mutex);
    reply_json(request, 201, json);
}

static void note_batch(const struct batch *batch, struct hash digest)
{
    if (batch->sequence <= server.last) {
        bool same = memcmp(digest.at, server.digests[batch->sequence].at, HASH_SIZE) == 0;
        server.repeats += same;
        server.changed += !same;
        return;
    }
    CHECK(batch->sequence < BATCHES_MAX);
    server.digests[batch->sequence] = digest;
    server.last = batch->sequence;
    server.spans += (unsigned)batch->span_count;
    for (size_t i = 0; i < batch->gap_count; i++) {
        server.gaps++;
        server.paused_gaps += batch->gaps[i].reason == BATCH_GAP_PAUSED;
    }
    for (size_t i = 0; i < batch->account_count; i++)
        server.stations += batch->accounts[i].kind == BATCH_STATION;
    for (size_t i = 0; i < batch->string_count; i++) {
        buffer_append(&server.seen, batch->strings[i].at, batch->strings[i].len);
        buffer_append_string(&server.seen, "\n");
    }
}

static void handle_batch(struct http_request *request)
{
    struct batch batch;
    struct hash digest;

    CHECK(batch_decode(http_body(request), http_arena(request), &batch) == 0);
    CHECK(device_id_equal(batch.device, device) && batch.epoch == 7);
    CHECK(hash_bytes(http_body(request), &digest) == 0);
    server.tries++;
    if (server.batch_status == 503)
        http_reply_header(request, "Retry-After", text_of("1"));
    if (server.batch_status != 200) {
        http_reply_problem(request, server.batch_status, "busy", "Not now", "Later.", NULL, 0);
    } else if (server.refuse_sequence == batch.sequence) {
        http_reply_problem(request, 400, "batch", "Broken", "Never.", NULL, 0);
    } else {
        note_batch(&batch, digest);
        reply_json(request, 200, json_pack("{s:I}", "sequence", (json_int_t)batch.sequence));
    }
}

static void handle_agent(void *context, struct http_request *request)
{
    struct text path = http_path(request);

    (void)context;
    (void)pthread_mutex_lock(&server.mutex);
    char version[24];
    (void)snprintf(version, sizeof(version), "%llu", (unsigned long long)server.policy_version);
    http_reply_header(request, "Ward-Policy", text_of(version));
    if (!tagged(request)) {
        server.forged++;
        http_reply_problem(request, 403, "tag", "Forged", "No.", NULL, 0);
    } else if (server.revoked) {
        server.tries++;
        http_reply_problem(request, 403, "revoked", "Revoked", "Enrol again.", NULL, 0);
    } else if (text_equal(path, text_of("/agent/v1/batches"))) {
        handle_batch(request);
    } else if (text_equal(path, text_of("/agent/v1/live"))) {
        struct live live;
        CHECK(live_decode(http_body(request), http_arena(request), &live) == 0);
        server.lives++;
        http_reply(request, 204, NULL, (struct bytes){0});
    } else if (text_equal(path, text_of("/agent/v1/policy"))) {
        CLEANUP(buffer_deinit) struct buffer policy = buffer_init(WIRE_POLICY_MAX);
        signed_policy(&policy);
        http_reply(request, 200, "application/x-ward-policy", buffer_bytes(&policy));
    } else if (text_equal(path, text_of("/agent/v1/renew"))) {
        server.renewals++;
        server.from_days = -1;
        server.to_days = 30;
        reply_json(request, 200, json_pack("{s:o}", "certificate", issue(request)));
    } else {
        http_reply(request, 404, NULL, (struct bytes){0});
    }
    (void)pthread_mutex_unlock(&server.mutex);
}

static struct http_server *listen_at(bool agents)
{
    struct http_server *listener = NULL;
    struct http_listener config = {
        .name = "test",
        .address = "127.0.0.1",
        .identity = test_http_identity(&server_identity),
        .client_ca = agents ? test_certificate_pem(&ca) : (struct text){0},
        .body_max = WIRE_BODY_MAX,
        .head_deadline_ms = 10000,
        .body_deadline_ms = 10000,
        .idle_ms = 60000,
        .connections_max = 50,
        .connections_per_address_max = 50,
        .threads = 1,
        .workers = 1,
        .queue_max = 50,
        .streams_max = 1,
        .handle = agents ? handle_agent : handle_enrol,
    };

    CHECK(http_server_new(&listener, &config) == 0);
    return listener;
}

/* ---- the agent ---- */

static pid_t spawn(const char *const *arguments, const char *output)
{
    pid_t child = fork();

    if (child)
        return child;
    if (!freopen(output, "a", stdout) || !freopen(output, "a", stderr))
        _exit(99);
    (void)execv(agent_program, (char *const *)arguments);
    _exit(98);
}

static int finish(pid_t child)
{
    int status = 0;

    CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static char log_path[64];

static int command(const char *first, const char *second, const char *third, const char *fourth)
{
    const char *arguments[] = {"ward-agent", first, second,     third,       fourth,
                               "--state",    state, "--socket", socket_path, NULL};
    const char *packed[12];
    size_t count = 0;

    for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]) - 1; i++) {
        if (arguments[i])
            packed[count++] = arguments[i];
    }
    packed[count] = NULL;
    return finish(spawn(packed, log_path));
}

static pid_t start_agent(void)
{
    const char *arguments[] = {"ward-agent", "run",       "--state", state,
                               "--socket",   socket_path, NULL};
    pid_t child = spawn(arguments, log_path);
    int fd = -1;

    WAIT_FOR(local_connect(socket_path, &fd) == 0);
    file_close(fd);
    return child;
}

static void stop_agent(pid_t agent, int signal)
{
    CHECK(kill(agent, signal) == 0);
    int code = finish(agent);
    CHECK(code == (signal == SIGKILL ? 128 + SIGKILL : 0));
}

static void write_package(const char *token, const char *expires, uint16_t enrol, uint16_t agents)
{
    struct hash print;
    char hex[2 * HASH_SIZE + 1];

    CHECK(x509_fingerprint(buffer_bytes(&ca.certificate), &print) == 0);
    hex_print((struct bytes){.at = print.at, .len = HASH_SIZE}, hex);
    json_t *json =
        json_pack("{s:i, s:s, s:i, s:i, s:s, s:s, s:o, s:s, s:s}", "version", 1, "server",
                  "127.0.0.1", "agent_port", agents, "enrol_port", enrol, "ca",
                  (const char *)ca.certificate_pem.at, "ca_fingerprint", hex, "instance_key",
                  base64url((struct bytes){.at = instance_key, .len = sizeof(instance_key)}),
                  "token", token, "expires_at", expires);
    char *text = json_dumps(json, 0);
    CHECK(file_replace(package_path, bytes_of_text(text_of(text)), 0600) == 0);
    free(text);
    json_decref(json);
}

/* ---- a sensor ---- */

static void send_frame(int fd, uint8_t kind, struct bytes body)
{
    CLEANUP(buffer_deinit) struct buffer frame = buffer_init(WIRE_LOCAL_MAX + 16);

    frame_append(&frame, kind, body);
    CHECK(local_write(fd, buffer_bytes(&frame), 5000) == 0);
}

/* Reads frames until one of that kind, whose body goes to ret_body. */
static bool read_frame(int fd, uint8_t kind, struct buffer *ret_body)
{
    for (;;) {
        uint8_t head[5];
        static uint8_t body[WIRE_LOCAL_MAX];

        if (local_read_exactly(fd, head, sizeof(head), WAIT_MS))
            return false;
        size_t len = ((size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3]) - 1;
        if (local_read_exactly(fd, body, len, WAIT_MS))
            return false;
        if (head[4] != kind)
            continue;
        if (ret_body) {
            buffer_clear(ret_body);
            buffer_append(ret_body, body, len);
        }
        return true;
    }
}

static int sensor_connect(const char *session)
{
    char hello[64];
    int fd = -1;

    CHECK(local_connect(socket_path, &fd) == 0);
    (void)snprintf(hello, sizeof(hello), "%s\n1", session);
    send_frame(fd, LOCAL_HELLO, bytes_of_text(text_of(hello)));
    return fd;
}

static void report(int fd, const char *title, int64_t start_at, uint32_t duration_ms)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    const struct clean_text *application = NULL;
    const struct clean_text *clean = NULL;

    CHECK(arena_new(&arena, 65536) == 0);
    /* what a sensor that does not redact would send */
    CHECK(redact_restore(bytes_of_text(text_of("xterm")), arena, &application) == 0);
    CHECK(redact_restore(bytes_of_text(text_of(title)), arena, &clean) == 0);
    struct span span = {.start_at = start_at,
                        .duration_ms = duration_ms,
                        .application = application,
                        .title = clean};
    CHECK(local_report_encode(&span, 1, NULL, 0, NULL, 0, NULL, &body) == 0);
    send_frame(fd, LOCAL_REPORT, buffer_bytes(&body));
}

static json_t *status_json(int fd)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);

    send_frame(fd, LOCAL_STATUS_QUERY, (struct bytes){0});
    CHECK(read_frame(fd, LOCAL_STATUS, &body));
    json_t *json = json_loadb((const char *)body.at, body.len, 0, NULL);
    CHECK(json != NULL);
    return json;
}

static bool connection_is(int fd, const char *wanted)
{
    json_t *json = status_json(fd);
    const char *word =
        json_string_value(json_object_get(json_object_get(json, "connection"), "state"));
    bool same = word && strcmp(word, wanted) == 0;

    json_decref(json);
    return same;
}

static bool nothing_waits(int fd)
{
    json_t *json = status_json(fd);
    const json_t *waiting = json_object_get(json, "waiting");
    bool nothing = json_integer_value(json_object_get(waiting, "batches")) == 0;

    json_decref(json);
    return nothing;
}

/* What the tests before left in the spool is the server's. */
static void drain(void)
{
    pid_t agent = start_agent();
    int fd = sensor_connect(":1");

    WAIT_FOR(nothing_waits(fd));
    file_close(fd);
    stop_agent(agent, SIGTERM);
}

/* ---- tests ---- */

static int64_t t0;
static struct http_server *enrol_listener;
static struct http_server *agents_listener;

static void a_package_that_is_expired_used_or_changed_is_refused(void)
{
    uint16_t enrol = http_server_port(enrol_listener);
    uint16_t agents = http_server_port(agents_listener);

    CHECK(command("run", NULL, NULL, NULL) == 1); /* not enrolled yet */
    CHECK(command("enrol", "--package", "/nonexistent", NULL) == 2);
    write_package("token", "2020-01-01T00:00:00Z", enrol, agents);
    CHECK(command("enrol", "--package", package_path, NULL) == 1);
    write_package("used", "2099-01-01T00:00:00Z", enrol, agents);
    CHECK(command("enrol", "--package", package_path, NULL) == 1);
    write_package("token", "2099-01-01T00:00:00Z", 1, agents);
    CHECK(command("enrol", "--package", package_path, NULL) == 3);
    CHECK(file_replace(package_path, bytes_of_text(text_of("{\"version\":1}")), 0600) == 0);
    CHECK(command("enrol", "--package", package_path, NULL) == 1);
    CHECK(command("status", NULL, NULL, NULL) == 3);
}

static void a_computer_enrols_and_keeps_its_secrets_to_itself(void)
{
    char path[128];
    struct stat status;

    write_package("token", "2099-01-01T00:00:00.000Z", http_server_port(enrol_listener),
                  http_server_port(agents_listener));
    CHECK(command("enrol", "--package", package_path, NULL) == 0);
    (void)snprintf(path, sizeof(path), "%s/private", state);
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0700);
    (void)snprintf(path, sizeof(path), "%s/private/identity", state);
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
    (void)snprintf(path, sizeof(path), "%s/" AGENT_POLICY_KEY, state);
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0644);
}

static void spans_reach_the_server_redacted_again_and_a_certificate_is_renewed(void)
{
    pid_t agent = start_agent();
    int fd = sensor_connect(":1");
    CLEANUP(buffer_deinit) struct buffer policy = buffer_init(WIRE_LOCAL_MAX);

    CHECK(read_frame(fd, LOCAL_POLICY, &policy) && policy.len > 0);
    report(fd, "Call 555-867-5309 or jane.roe@example.org", t0, 1000);
    CHECK(read_frame(fd, LOCAL_DONE, NULL));
    WAIT_FOR(SERVER(server.spans) == 1);
    WAIT_FOR(SERVER(server.lives) > 0);
    /* it was issued with more than two thirds of its life behind it */
    WAIT_FOR(SERVER(server.renewals) == 1);
    CHECK(SERVER(server.forged) == 0);
    WAIT_FOR(connection_is(fd, "online"));
    (void)pthread_mutex_lock(&server.mutex);
    CHECK(memmem(server.seen.at, server.seen.len, "xterm", 5) != NULL);
    CHECK(memmem(server.seen.at, server.seen.len, "5309", 4) == NULL);
    CHECK(memmem(server.seen.at, server.seen.len, "jane", 4) == NULL);
    (void)pthread_mutex_unlock(&server.mutex);
    file_close(fd);
    stop_agent(agent, SIGTERM);
    CHECK(command("status", NULL, NULL, NULL) == 3);
}

static void a_newer_policy_is_fetched_kept_and_handed_on(void)
{
    pid_t agent = start_agent();
    int fd = sensor_connect(":1");
    CLEANUP(buffer_deinit) struct buffer first = buffer_init(WIRE_LOCAL_MAX);
    CLEANUP(buffer_deinit) struct buffer second = buffer_init(WIRE_LOCAL_MAX);

    CHECK(read_frame(fd, LOCAL_POLICY, &first));
    SERVER(server.policy_version = 9);
    report(fd, "one", t0 + 2000, 1000);
    CHECK(read_frame(fd, LOCAL_POLICY, &second));
    CHECK(second.len != first.len || memcmp(first.at, second.at, first.len) != 0);
    json_t *json = status_json(fd);
    CHECK(json_integer_value(json_object_get(json_object_get(json, "policy"), "version")) == 9);
    json_decref(json);
    SERVER(server.policy_version = 3); /* a server that went back is not followed */
    file_close(fd);
    stop_agent(agent, SIGTERM);
    agent = start_agent();
    fd = sensor_connect(":1");
    CHECK(read_frame(fd, LOCAL_POLICY, &first));
    CHECK(first.len == second.len && memcmp(first.at, second.at, first.len) == 0);
    file_close(fd);
    stop_agent(agent, SIGTERM);
}

static void killed_at_any_moment_nothing_told_as_durable_is_lost_or_doubled(void)
{
    int64_t at = t0 + 100000;
    unsigned told = 0;

    drain();
    unsigned before = SERVER(server.spans);

    for (int round = 0; round < 6; round++) {
        pid_t agent = start_agent();
        int fd = sensor_connect(":1");

        SERVER(server.batch_status = round % 2 ? 503u : 200u);
        for (int i = 0; i < 3; i++, at += 1000) {
            report(fd, "span", at, 1000);
            CHECK(read_frame(fd, LOCAL_DONE, NULL));
            told++;
        }
        stop_agent(agent, SIGKILL);
        file_close(fd);
    }
    SERVER(server.batch_status = 200);
    pid_t agent = start_agent();
    int fd = sensor_connect(":1");
    /* what a sensor that missed the answer says again */
    report(fd, "span", at - 1000, 1000);
    CHECK(read_frame(fd, LOCAL_DONE, NULL));
    WAIT_FOR(SERVER(server.spans) >= before + told);
    report(fd, "last", at, 500);
    CHECK(read_frame(fd, LOCAL_DONE, NULL));
    WAIT_FOR(SERVER(server.spans) >= before + told + 1);
    CHECK(SERVER(server.spans) == before + told + 1);
    CHECK(SERVER(server.changed) == 0);
    file_close(fd);
    stop_agent(agent, SIGTERM);
}

static void two_sessions_of_one_account_never_count_a_minute_twice(void)
{
    pid_t agent = start_agent();
    int first = sensor_connect(":1");
    int second = sensor_connect(":2");
    unsigned before = SERVER(server.spans);
    int64_t at = t0 + 1000000;

    report(first, "a", at, 1000);
    CHECK(read_frame(first, LOCAL_DONE, NULL));
    report(second, "b", at, 1000); /* all of it is told */
    CHECK(read_frame(second, LOCAL_DONE, NULL));
    report(second, "c", at + 500, 1000); /* the second half is new */
    CHECK(read_frame(second, LOCAL_DONE, NULL));
    WAIT_FOR(SERVER(server.spans) >= before + 2);
    CHECK(SERVER(server.spans) == before + 2);
    file_close(first);
    file_close(second);
    stop_agent(agent, SIGTERM);
}

static void a_batch_that_the_server_will_never_take_blocks_no_other(void)
{
    pid_t agent = start_agent();
    int fd = sensor_connect(":1");
    unsigned before = SERVER(server.spans);
    unsigned gaps = SERVER(server.gaps);
    int64_t at = t0 + 2000000;

    SERVER(server.refuse_sequence = (unsigned)server.last + 1);
    report(fd, "bad", at, 1000);
    CHECK(read_frame(fd, LOCAL_DONE, NULL));
    report(fd, "good", at + 1000, 1000);
    CHECK(read_frame(fd, LOCAL_DONE, NULL));
    WAIT_FOR(SERVER(server.spans) == before + 1);
    WAIT_FOR(SERVER(server.gaps) == gaps + 1);
    json_t *json = status_json(fd);
    CHECK(json_integer_value(json_object_get(json_object_get(json, "connection"), "quarantined")) ==
          1);
    json_decref(json);
    SERVER(server.refuse_sequence = 0);
    file_close(fd);
    stop_agent(agent, SIGTERM);
}

static void a_pause_stops_sensors_outlives_the_service_and_is_recorded(void)
{
    pid_t agent = start_agent();
    int fd = sensor_connect(":1");
    CLEANUP(buffer_deinit) struct buffer paused = buffer_init(64);
    unsigned before = SERVER(server.spans);

    CHECK(read_frame(fd, LOCAL_PAUSED, &paused) && paused.at[0] == 0);
    CHECK(command("pause", NULL, NULL, NULL) == 2); /* no reason */
    CHECK(command("pause", "--reason", "call from jane.roe@example.org", NULL) == 0);
    CHECK(read_frame(fd, LOCAL_PAUSED, &paused) && paused.at[0] == 1);
    report(fd, "not to be seen", clock_now_ms() + 1000, 1000);
    CHECK(read_frame(fd, LOCAL_DONE, NULL));
    file_close(fd);
    stop_agent(agent, SIGKILL);
    agent = start_agent();
    fd = sensor_connect(":1");
    CHECK(read_frame(fd, LOCAL_PAUSED, &paused) && paused.at[0] == 1);
    CHECK(command("status", NULL, NULL, NULL) == 0);
    CHECK(command("resume", NULL, NULL, NULL) == 0);
    CHECK(read_frame(fd, LOCAL_PAUSED, &paused) && paused.at[0] == 0);
    WAIT_FOR(SERVER(server.paused_gaps) == 1);
    CHECK(SERVER(server.spans) == before);
    CHECK(SERVER(memmem(server.seen.at, server.seen.len, "jane", 4) == NULL));
    file_close(fd);
    stop_agent(agent, SIGTERM);
}

static void peers_that_break_the_protocol_are_let_go(void)
{
    pid_t agent = start_agent();
    int fd = -1;
    uint8_t byte;

    CHECK(local_connect(socket_path, &fd) == 0);
    send_frame(fd, LOCAL_REPORT, (struct bytes){0}); /* before hello */
    CHECK(local_read_exactly(fd, &byte, 1, WAIT_MS) == LOCAL_CLOSED);
    file_close(fd);
    CHECK(local_connect(socket_path, &fd) == 0);
    CHECK(local_write(fd, (struct bytes){.at = (const uint8_t *)"\xff\xff\xff\xff\1", .len = 5},
                      1000) == 0);
    CHECK(local_read_exactly(fd, &byte, 1, WAIT_MS) == LOCAL_CLOSED);
    file_close(fd);
    fd = sensor_connect(":1");
    CHECK(read_frame(fd, LOCAL_POLICY, NULL));
    send_frame(fd, LOCAL_REPORT, bytes_of_text(text_of("\x08\x96\x01garbage")));
    CHECK(!read_frame(fd, LOCAL_DONE, NULL));
    file_close(fd);
    fd = sensor_connect(":1");
    for (int i = 0; i < 2000; i++) {
        CLEANUP(buffer_deinit) struct buffer frame = buffer_init(64);
        frame_append(&frame, LOCAL_ALIVE, (struct bytes){0});
        if (local_write(fd, buffer_bytes(&frame), 1000))
            break;
    }
    CHECK(!read_frame(fd, LOCAL_DONE, NULL)); /* too fast */
    file_close(fd);
    stop_agent(agent, SIGTERM);
}

static void a_revoked_computer_stops_sending_and_keeps_its_spool(void)
{
    pid_t agent = start_agent();
    int fd = sensor_connect(":1");

    SERVER(server.revoked = true);
    report(fd, "kept", t0 + 3000000, 1000);
    CHECK(read_frame(fd, LOCAL_DONE, NULL));
    WAIT_FOR(connection_is(fd, "revoked"));
    unsigned tries = SERVER(server.tries);
    report(fd, "kept too", t0 + 3001000, 1000);
    CHECK(read_frame(fd, LOCAL_DONE, NULL));
    json_t *json = status_json(fd);
    CHECK(json_integer_value(json_object_get(json_object_get(json, "waiting"), "batches")) > 0);
    json_decref(json);
    CHECK(SERVER(server.tries) == tries);
    CHECK(command("status", NULL, NULL, NULL) == 1);
    file_close(fd);
    stop_agent(agent, SIGTERM);
}

static void begin(void)
{
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* children must not say it again */
    CHECK(mkdtemp(top) != NULL);
    (void)snprintf(state, sizeof(state), "%s/state", top);
    (void)snprintf(socket_path, sizeof(socket_path), "%s/run/agent.sock", top);
    (void)snprintf(package_path, sizeof(package_path), "%s/package.json", top);
    (void)snprintf(log_path, sizeof(log_path), "%s/log", top);
    (void)signal(SIGPIPE, SIG_IGN);
    server.seen = buffer_init(1 << 20);
    server.batch_status = 200;
    server.policy_version = 5;
    server.from_days = -20;
    server.to_days = 1;
    test_ca(&ca);
    test_issue(&ca, HTTP_AGENT_NAME, -1, 30, &server_identity);
    t0 = clock_now_ms() - 4000000;
    enrol_listener = listen_at(false);
    agents_listener = listen_at(true);
}

static void end(void)
{
    const char *arguments[] = {"rm", "-rf", top, NULL};

    http_server_free(enrol_listener);
    http_server_free(agents_listener);
    test_identity_deinit(&ca);
    test_identity_deinit(&server_identity);
    buffer_deinit(&server.seen);
    pid_t child = fork();
    if (child == 0) {
        (void)execvp("rm", (char *const *)arguments);
        _exit(1);
    }
    CHECK(finish(child) == 0);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    agent_program = argv[1];
    begin();
    RUN(a_package_that_is_expired_used_or_changed_is_refused);
    RUN(a_computer_enrols_and_keeps_its_secrets_to_itself);
    RUN(spans_reach_the_server_redacted_again_and_a_certificate_is_renewed);
    RUN(a_newer_policy_is_fetched_kept_and_handed_on);
    RUN(killed_at_any_moment_nothing_told_as_durable_is_lost_or_doubled);
    RUN(two_sessions_of_one_account_never_count_a_minute_twice);
    RUN(a_batch_that_the_server_will_never_take_blocks_no_other);
    RUN(a_pause_stops_sensors_outlives_the_service_and_is_recorded);
    RUN(peers_that_break_the_protocol_are_let_go);
    RUN(a_revoked_computer_stops_sending_and_keeps_its_spool);
    end();
    return tap_done();
}
