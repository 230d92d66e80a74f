/*
 * ward-sensor: one per desktop session, without privileges
 *
 * One thread, one poll(): X events, the service, logind, browser hosts, signals, and a slow tick.
 */

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "common/canary.h"
#include "common/vouch.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "os/secret.h"
#include "sensor/desktop.h"
#include "sensor/link.h"
#include "sensor/logind.h"
#include "sensor/relay.h"
#include "sensor/sense.h"
#include "sensor/sites.h"
#include "wire/local.h"

enum {
    TICK_ACTIVE_MS = 5000,
    TICK_QUIET_MS = 15000, /* well below the gap that ends a span */
    QUIET_AFTER_MS = 60000,
    NOTHING_AFTER_MS = 300, /* between two windows there is often none for a moment */
    LOOK_PAUSE_MS = 100,    /* titles that spin are looked at ten times a second at most */
    REPORT_PAUSE_MS = 500,
    ALIVE_EVERY_MS = 20000,
    DESKTOP_RETRY_MAX_MS = 30000,
    END_WAIT_MS = 3000,
    POLICY_BYTES = 4 * 1024 * 1024,
    POLLS_MAX = 4 + 1 + SITES_PEERS_MAX,
};

struct sensor {
    const char *display;
    const char *policy_key_path;
    uint8_t policy_key[SIGN_PUBLIC_SIZE];
    bool policy_key_known;
    struct arena *policy_arena;
    struct policy policy;
    bool policy_known;
    bool paused;
    struct canary_watch canaries; /* times of the boot clock */
    struct desktop *desktop;
    int64_t desktop_retry_at;
    int64_t desktop_retry_ms;
    struct logind *logind;
    struct sites *sites;
    struct link *link;
    struct sense *sense;
    struct window window;
    bool look_wanted;
    int64_t nothing_since; /* 0: something is in front */
    int64_t look_at;
    int64_t tick_at;
    int64_t report_at; /* not before */
    int64_t told_at;   /* when the service was last told anything */
    struct hash current_told;
    uint8_t key[HASH_SIZE];
};

static bool senses(const struct sensor *sensor)
{
    return sensor->policy_known && !sensor->paused && sensor->desktop &&
           canary_lets_pass(&sensor->canaries) && !logind_sleeping(sensor->logind);
}

/* ---- canaries ---- */

static void tell_canaries(struct sensor *sensor)
{
    uint8_t body[CANARY_SIZE];

    if (!sensor->canaries.known)
        return;
    canary_print(&sensor->canaries.verdict, body);
    link_tell(sensor->link, AGENT_CANARY, (struct bytes){.at = body, .len = sizeof(body)});
}

/* Nothing leaves any more, neither what waits here nor what comes: redaction does not work. */
static int stop_telling(struct sensor *sensor)
{
    log_event(LOG_ERROR, "sensor.canary.unclean", LOG_U64("run", sensor->canaries.verdict.run),
              LOG_U64("passed", sensor->canaries.verdict.passed),
              LOG_U64("kind", sensor->canaries.verdict.failed));
    struct span open = {0};
    bool any = sense_current(sensor->sense, &open);
    link_forget(sensor->link, any, open.start_at, open.start_at + (int64_t)open.duration_ms);
    return sense_forget(sensor->sense);
}

static int try_canaries(struct sensor *sensor, int64_t now)
{
    struct canary_verdict verdict;
    bool passed = canary_lets_pass(&sensor->canaries);
    bool known = sensor->canaries.known;

    if (!sensor->policy_known || !canary_due(&sensor->canaries, now))
        return 0;
    sensor->canaries.next_at = now + TICK_ACTIVE_MS;
    int r = sense_canaries(sensor->sense, canary_list, canary_count, &verdict);
    if (r)
        return r;
    canary_note(&sensor->canaries, verdict, now);
    if (!canary_all_passed(&verdict) && canary_waived())
        log_event(LOG_WARN, "sensor.canary.waived", LOG_U64("passed", verdict.passed));
    else if (!known || passed != canary_lets_pass(&sensor->canaries))
        log_event(LOG_INFO, "sensor.canaries", LOG_U64("run", verdict.run),
                  LOG_U64("passed", verdict.passed));
    if (!canary_lets_pass(&sensor->canaries))
        r = stop_telling(sensor);
    else if (!passed)
        sensor->look_wanted = true;
    tell_canaries(sensor);
    return r;
}

/* ---- policy ---- */

static bool policy_key_read(struct sensor *sensor)
{
    CLEANUP(buffer_deinit) struct buffer key = buffer_init(SIGN_PUBLIC_SIZE);

    if (!sensor->policy_key_known && file_read(sensor->policy_key_path, &key) == 0 &&
        key.len == SIGN_PUBLIC_SIZE) {
        memcpy(sensor->policy_key, key.at, SIGN_PUBLIC_SIZE);
        sensor->policy_key_known = true;
    }
    return sensor->policy_key_known;
}

/* The service hands policies over, but they are the server's: believed by their signature only, and
 * never an older one. */
static int policy_take(struct sensor *sensor, struct bytes envelope)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct policy policy;
    int r = arena_new(&arena, POLICY_BYTES);

    if (r)
        return r;
    if (!policy_key_read(sensor)) {
        log_event(LOG_ERROR, "sensor.policy.no_key", LOG_U64("len", envelope.len));
        return 0;
    }
    r = vouch_policy(envelope, sensor->policy_key, arena, &policy);
    if (r == VOUCH_FORGED) {
        log_event(LOG_ERROR, "sensor.policy.forged", LOG_U64("len", envelope.len));
        return 0;
    }
    if (r)
        return r;
    if (sensor->policy_known && policy.version < sensor->policy.version) {
        log_event(LOG_ERROR, "sensor.policy.older", LOG_U64("version", policy.version));
        return 0;
    }
    if (sensor->policy_known && policy.version == sensor->policy.version)
        return 0;
    sensor->policy = policy;
    r = sense_set_policy(sensor->sense, &sensor->policy);
    if (r < 0)
        return r;
    sensor->policy_known = true;
    sensor->canaries.next_at = 0; /* the redactor may be another */
    sensor->look_wanted = true;
    arena_free(sensor->policy_arena);
    sensor->policy_arena = TAKE(arena);
    log_event(LOG_INFO, "sensor.policy", LOG_U64("version", policy.version));
    if (r == SENSE_BLIND)
        log_event(LOG_ERROR, "sensor.patterns.refused", LOG_U64("version", policy.version));
    return 0;
}

/* ---- telling ---- */

static int tell_reports(struct sensor *sensor)
{
    for (;;) {
        CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
        struct sense_reported reported = {0};
        int r = sense_report(sensor->sense, &body, &reported);

        if (r)
            return r;
        if (reported.empty)
            return 0;
        r = link_report(sensor->link, buffer_bytes(&body), reported.spans, reported.from_at,
                        reported.to_at);
        if (r)
            return r;
    }
}

/* The open span, when it is another than the one told before or some time has gone by. */
static int tell_current(struct sensor *sensor, int64_t now)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(WIRE_LOCAL_MAX);
    struct span span;
    struct hash hash;
    bool any = senses(sensor) && sense_current(sensor->sense, &span);
    struct bytes pieces[4] = {{0}};

    if (any) {
        pieces[0] = (struct bytes){.at = (const uint8_t *)&span.start_at, .len = 8};
        pieces[1] = bytes_of_text(clean_text_view(span.application));
        pieces[2] = bytes_of_text(clean_text_view(span.domain));
        pieces[3] = (struct bytes){.at = (const uint8_t *)&span.state, .len = sizeof(span.state)};
    }
    int r = hash_hmac((struct bytes){.at = sensor->key, .len = HASH_SIZE}, pieces, 4, &hash);
    if (r)
        return r;
    if (memcmp(hash.at, sensor->current_told.at, HASH_SIZE) == 0 &&
        now - sensor->told_at < ALIVE_EVERY_MS)
        return 0;
    r = local_current_encode(any ? &span : NULL, &body);
    if (r)
        return r;
    link_tell(sensor->link, LOCAL_CURRENT, buffer_bytes(&body));
    sensor->current_told = hash;
    sensor->told_at = now;
    return 0;
}

static int hear_service(struct sensor *sensor)
{
    struct frame frame;
    int r = 0;

    while (r == 0 && link_take(sensor->link, &frame) == 0) {
        if (frame.kind == LOCAL_POLICY)
            r = policy_take(sensor, frame.body);
        else if (frame.kind == LOCAL_PAUSED && frame.body.len == 1) {
            sensor->paused = frame.body.at[0] != 0;
            sensor->look_wanted = true;
            if (sensor->paused)
                r = sense_end(sensor->sense);
        } else if (frame.kind == LOCAL_REFUSED) {
            log_event(LOG_WARN, "sensor.refused", LOG_U64("len", frame.body.len));
        }
    }
    return r;
}

/* ---- looking ---- */

static void desktop_lost(struct sensor *sensor, int64_t now)
{
    sensor->desktop = desktop_free(sensor->desktop);
    sensor->desktop_retry_ms = sensor->desktop_retry_ms ? sensor->desktop_retry_ms * 2 : 500;
    if (sensor->desktop_retry_ms > DESKTOP_RETRY_MAX_MS)
        sensor->desktop_retry_ms = DESKTOP_RETRY_MAX_MS;
    sensor->desktop_retry_at = now + sensor->desktop_retry_ms;
}

static int desktop_step(struct sensor *sensor, int64_t now)
{
    bool changed = false;

    if (!sensor->desktop && now >= sensor->desktop_retry_at) {
        int r = desktop_open(&sensor->desktop, sensor->display);

        if (r < 0)
            return r;
        if (r) {
            if (sensor->desktop_retry_ms == 0)
                log_event(LOG_WARN, "sensor.desktop.absent", LOG_U64("retry_ms", 500));
            desktop_lost(sensor, now);
        } else {
            log_event(LOG_INFO, "sensor.desktop", LOG_U64("pid", getpid()));
            sensor->desktop_retry_ms = 0;
            sensor->look_wanted = true;
        }
    }
    if (!sensor->desktop)
        return 0;
    int r = desktop_events(sensor->desktop, &changed);
    if (r < 0)
        return r;
    if (r) {
        log_event(LOG_WARN, "sensor.desktop.gone", LOG_U64("waiting", link_waiting(sensor->link)));
        desktop_lost(sensor, now);
        return sense_end(sensor->sense);
    }
    sensor->look_wanted |= changed;
    return 0;
}

/* True while nothing is in front for so short a time that it is only a change. */
static bool passing_nothing(struct sensor *sensor, int64_t now)
{
    if (sensor->window.application[0] || sensor->window.title_len) {
        sensor->nothing_since = 0;
        return false;
    }
    if (sensor->nothing_since == 0)
        sensor->nothing_since = now;
    if (now - sensor->nothing_since >= NOTHING_AFTER_MS)
        return false;
    sensor->look_wanted = true;
    sensor->look_at = sensor->tick_at = now + NOTHING_AFTER_MS;
    return true;
}

static struct sight sight_of(struct sensor *sensor, struct site *site)
{
    struct window *window = &sensor->window;

    return (struct sight){
        .application = {.at = window->application, .len = strlen(window->application)},
        .title = {.at = window->title, .len = window->title_len},
        .domain = {.at = site->domain, .len = site->domain_len},
        .incognito = site->incognito,
        .media = site->media,
        .locked = logind_locked(sensor->logind),
        .since_input_ms = window->since_input_ms,
    };
}

static int look(struct sensor *sensor, int64_t now)
{
    struct site site = {0};
    int r = desktop_look(sensor->desktop, &sensor->window);

    sensor->look_wanted = false;
    sensor->look_at = now + LOOK_PAUSE_MS;
    if (r < 0)
        return r;
    if (r) {
        wipe(&sensor->window, sizeof(sensor->window));
        desktop_lost(sensor, now);
        return sense_end(sensor->sense);
    }
    if (passing_nothing(sensor, now))
        return 0;
    if (sensor->sites)
        sites_front(sensor->sites, sensor->window.pid, sensor->window.application, now, &site);
    struct sight sight = sight_of(sensor, &site);
    bool quiet = sight.locked || sight.since_input_ms > QUIET_AFTER_MS;
    sensor->tick_at = now + (quiet ? TICK_QUIET_MS : TICK_ACTIVE_MS);
    r = sense_take(sensor->sense, &sight, clock_now_ms(), now);
    wipe(&sensor->window, sizeof(sensor->window));
    wipe(&site, sizeof(site));
    return r;
}

static int step(struct sensor *sensor)
{
    int64_t now = clock_boot_ms();
    int r = desktop_step(sensor, now);

    if (link_step(sensor->link, now)) {
        sensor->current_told = (struct hash){0};
        tell_canaries(sensor);
    }
    if (r == 0)
        r = hear_service(sensor);
    if (r == 0)
        r = try_canaries(sensor, now);
    if (sensor->sites && sites_take(sensor->sites, now))
        sensor->look_wanted = true;
    if (r == 0 && senses(sensor) &&
        ((sensor->look_wanted && now >= sensor->look_at) || now >= sensor->tick_at))
        r = look(sensor, now);
    if (r == 0 && now >= sensor->report_at) {
        r = tell_reports(sensor);
        sensor->report_at = now + REPORT_PAUSE_MS;
    }
    if (r == 0)
        r = tell_current(sensor, now);
    return r;
}

/* ---- waiting ---- */

static void earlier(int64_t *at, int64_t other)
{
    if (other < *at)
        *at = other;
}

static int wait_ms(struct sensor *sensor)
{
    int64_t now = clock_boot_ms();
    int64_t at = now + ALIVE_EVERY_MS;

    if (sensor->policy_known)
        earlier(&at, sensor->canaries.next_at);
    earlier(&at, link_wake_at(sensor->link));
    if (!sensor->desktop)
        earlier(&at, sensor->desktop_retry_at);
    if (senses(sensor)) {
        earlier(&at, sensor->tick_at);
        if (sensor->look_wanted)
            earlier(&at, sensor->look_at);
        if (now < sensor->report_at)
            earlier(&at, sensor->report_at);
    }
    return at > now ? (int)(at - now) : 0;
}

static size_t polls_make(struct sensor *sensor, int signals, struct pollfd *polls)
{
    size_t count = 0;

    polls[count++] = (struct pollfd){.fd = signals, .events = POLLIN};
    if (sensor->desktop)
        polls[count++] = (struct pollfd){.fd = desktop_fd(sensor->desktop), .events = POLLIN};
    if (link_up(sensor->link))
        polls[count++] = link_poll(sensor->link);
    if (sensor->logind)
        polls[count++] = logind_poll(sensor->logind);
    if (sensor->sites)
        count += sites_poll(sensor->sites, polls + count);
    return count;
}

/* After a sleep or a lock nothing of before is in front any more. */
static int hear_logind(struct sensor *sensor)
{
    bool slept = logind_sleeping(sensor->logind);
    bool locked = logind_locked(sensor->logind);

    if (!sensor->logind)
        return 0;
    if (!logind_take(sensor->logind)) {
        log_event(LOG_WARN, "sensor.logind.gone", LOG_U64("pid", getpid()));
        sensor->logind = logind_free(sensor->logind);
    }
    if (logind_locked(sensor->logind) != locked || logind_sleeping(sensor->logind) != slept)
        sensor->look_wanted = true;
    if (logind_sleeping(sensor->logind) && !slept) {
        int r = sense_end(sensor->sense);
        return r ? r : tell_reports(sensor);
    }
    return 0;
}

static int run(struct sensor *sensor, int signals)
{
    struct pollfd polls[POLLS_MAX];

    for (;;) {
        int r = step(sensor);

        if (r == ERR_MEMORY) {
            log_event(LOG_ERROR, "sensor.memory", LOG_FAULT(r));
            sensor->tick_at = clock_boot_ms() + TICK_ACTIVE_MS; /* later there may be some */
        } else if (r) {
            return r;
        }
        /* A reply may have brought events with it: those would not wake poll(). */
        if (sensor->desktop) {
            r = desktop_step(sensor, clock_boot_ms());
            if (r)
                return r;
        }
        size_t count = polls_make(sensor, signals, polls);
        if (poll(polls, (nfds_t)count, wait_ms(sensor)) < 0 && errno != EINTR)
            return FAULT(ERR_SYSTEM);
        if (polls[0].revents)
            return 0;
        r = hear_logind(sensor);
        if (r)
            return r;
    }
}

/* ---- beginning and end ---- */

static int signals_open(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &set, NULL))
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int sensor_begin(struct sensor *sensor, const char *socket_path, char *session, size_t size)
{
    char path[PATH_MAX];
    int r = secret_random(sensor->key, sizeof(sensor->key));

    if (r == 0)
        r = sense_new(&sensor->sense, sensor->key);
    if (r == 0)
        r = logind_open(&sensor->logind);
    if (r < 0)
        return r;
    if (r)
        log_event(LOG_INFO, "sensor.logind.absent", LOG_U64("pid", getpid()));
    const char *name = logind_session(sensor->logind);
    (void)snprintf(session, size, "%s%s", name ? "logind:" : "x11:", name ? name : sensor->display);
    r = sites_path(sensor->display, true, path, sizeof(path));
    if (r == 0)
        r = sites_new(&sensor->sites, path);
    if (r < 0)
        return r;
    if (r)
        log_event(LOG_WARN, "sensor.sites.nowhere", LOG_U64("pid", getpid()));
    return link_new(&sensor->link, socket_path, session);
}

static void sensor_end(struct sensor *sensor)
{
    if (sensor->sense && sensor->link) {
        /* The time since the last look belongs to what is in front still. */
        int looked = senses(sensor) ? look(sensor, clock_boot_ms()) : 0;
        int r = sense_end(sensor->sense);

        if (r == 0)
            r = tell_reports(sensor);
        if (looked || r || !link_end(sensor->link, END_WAIT_MS))
            log_event(LOG_WARN, "sensor.end.unsent",
                      LOG_U64("reports", link_waiting(sensor->link)));
    }
    sensor->sense = sense_free(sensor->sense);
    sensor->link = link_free(sensor->link);
    sensor->sites = sites_free(sensor->sites);
    sensor->desktop = desktop_free(sensor->desktop);
    sensor->logind = logind_free(sensor->logind);
    arena_free(sensor->policy_arena);
    wipe(sensor, sizeof(*sensor));
}

static const char usage[] =
    "usage: ward-sensor [--socket PATH] [--policy-key FILE] [--display NAME]\n"
    "       ward-sensor --native-host\n"
    "Senses what is in front in this desktop session. See ward-sensor(8).\n";

static int options_read(int argc, char **argv, struct sensor *sensor, const char **ret_socket)
{
    static const struct option options[] = {
        {"socket", required_argument, NULL, 's'},  {"policy-key", required_argument, NULL, 'k'},
        {"display", required_argument, NULL, 'd'}, {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (c) {
        case 's':
            *ret_socket = optarg;
            break;
        case 'k':
            sensor->policy_key_path = optarg;
            break;
        case 'd':
            sensor->display = optarg;
            break;
        case 'V':
            (void)printf("ward-sensor %s\n", WARD_VERSION);
            return EXIT_SUCCESS;
        case 'h':
            (void)fputs(usage, stdout);
            return EXIT_SUCCESS;
        default:
            (void)fputs(usage, stderr);
            return 2;
        }
    }
    if (optind < argc) {
        (void)fputs(usage, stderr);
        return 2;
    }
    return -1;
}

/* The service publishes its policy key beside its socket. */
static const char *key_beside(const char *socket_path, char *ret_path, size_t size)
{
    assert(socket_path);
    const char *slash = strrchr(socket_path, '/');
    int len = snprintf(ret_path, size, "%.*s/policy.key", slash ? (int)(slash - socket_path) : 1,
                       slash ? socket_path : ".");

    return len < 0 || (size_t)len >= size ? "" : ret_path;
}

int main(int argc, char **argv)
{
    static struct sensor sensor;
    const char *socket_path = AGENT_SOCKET;
    char session[AGENT_SESSION_MAX];

    log_begin("sensor", LOG_INFO);
    if (process_harden())
        return EXIT_FAILURE;
    (void)mallopt(M_ARENA_MAX, 1);
#ifdef WARD_REDACTION_OFF
    if (!getenv("WARD_TEST_BUILD"))
        return EXIT_FAILURE;
#endif
    if (argc > 1 &&
        (strcmp(argv[1], "--native-host") == 0 || strncmp(argv[1], "chrome-extension://", 19) == 0))
        return relay_run();
    sensor.display = getenv("DISPLAY");
    int code = options_read(argc, argv, &sensor, &socket_path);
    if (code >= 0)
        return code;
    if (!sensor.display || !sensor.display[0]) {
        (void)fputs("ward-sensor: no display: set DISPLAY or give --display\n", stderr);
        return 2;
    }
    char key_path[PATH_MAX];
    if (!sensor.policy_key_path)
        sensor.policy_key_path = key_beside(socket_path, key_path, sizeof(key_path));
    int signals = signals_open();
    if (signals < 0)
        return EXIT_FAILURE;
    int r = sensor_begin(&sensor, socket_path, session, sizeof(session));
    if (r == 0)
        r = run(&sensor, signals);
    if (r)
        log_event(LOG_ERROR, "sensor.failed", LOG_FAULT(r));
    sensor_end(&sensor);
    return r ? EXIT_FAILURE : EXIT_SUCCESS;
}
