/*
 * ward-agent: one per machine. `run` is the service; the rest are commands beside it.
 */

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "common/vouch.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "service/control.h"
#include "service/enrol.h"
#include "service/service.h"

enum {
    EXIT_FOUND = 1,
    EXIT_USAGE = 2,
    POLLS_MAX = 3 + HUB_PEERS_MAX,
    IDLE_MS = 30000,
    TRIM_EVERY_MS = 10 * 60 * 1000,
    RECEIPTS_STORE_MS = 60 * 1000,
    DRIFT_MAX_MS = 3600 * 1000,
    PAUSE_DEFAULT_MINUTES = 60,
    PAUSE_MAX_MINUTES = 24 * 60,
};

/* ---- run ---- */

/* Old records are dropped only while the wall clock goes as it did when we started: a clock that
 * was set far ahead drops nothing. */
static int trim(struct service *service, int64_t boot_at)
{
    int64_t drift = clock_now_ms() - boot_at - service->clock_drift;

    if (boot_at < service->trim_at)
        return 0;
    service->trim_at = boot_at + TRIM_EVERY_MS;
    if (drift > DRIFT_MAX_MS || drift < -DRIFT_MAX_MS) {
        log_event(LOG_WARN, "agent.clock.jumped", LOG_I64("ms", drift));
        return 0;
    }
    return spool_trim(service->spool, clock_now_ms());
}

/* Now and then, so that a crash has little to add up again. */
static int store_receipts(struct service *service, int64_t boot_at)
{
    if (boot_at < service->receipts_store_at)
        return 0;
    service->receipts_store_at = boot_at + RECEIPTS_STORE_MS;
    return receipts_store(service->receipts);
}

static int step(struct service *service)
{
    int64_t boot_at = clock_boot_ms();
    int r = hub_take(service, boot_at);

    if (r == 0)
        r = service_end_pauses(service);
    if (r == 0)
        r = service_canaries(service, boot_at);
    if (r == 0)
        r = trim(service, boot_at);
    if (r == 0 && service->flush_at && boot_at >= service->flush_at)
        r = service_flush(service);
    service_clean(service, boot_at);
    if (r == 0)
        r = store_receipts(service, boot_at);
    if (r == 0)
        r = uplink_step(service, boot_at);
    return r;
}

static int64_t pauses_end_ms(struct service *service)
{
    struct account *account;
    int64_t ms = IDLE_MS;

    for (size_t i = 0; (account = ledger_at(service->ledger, i)); i++) {
        int64_t left = account->paused_until_at - clock_now_ms();

        if (account->paused && left < ms)
            ms = left > 0 ? left : 0;
    }
    return ms;
}

static int wait_ms(struct service *service)
{
    int64_t boot_at = clock_boot_ms();
    int64_t wake_at = uplink_wake_at(service, boot_at);
    int64_t ms = pauses_end_ms(service);

    if (service->flush_at && service->flush_at - boot_at < ms)
        ms = service->flush_at - boot_at;
    if (wake_at != INT64_MAX && wake_at - boot_at < ms)
        ms = wake_at - boot_at;
    return ms > 0 ? (int)ms : 0;
}

/* A full disk or a lack of memory passes: the service waits and goes on. */
static bool passes(int r)
{
    return r == ERR_FULL || r == ERR_MEMORY || r == ERR_BUSY;
}

static int serve(struct service *service, int signals)
{
    struct pollfd polls[POLLS_MAX];

    for (;;) {
        int r = step(service);
        int wait = wait_ms(service);

        if (r && !passes(r))
            return r;
        if (r) {
            log_event(LOG_ERROR, "agent.waiting", LOG_FAULT(r));
            wait = 1000;
        }
        size_t count = 0;
        polls[count++] = (struct pollfd){.fd = signals, .events = POLLIN};
        polls[count++] =
            (struct pollfd){.fd = courier_fd(service->uplink.courier), .events = POLLIN};
        count += hub_poll(service, polls + count);
        if (poll(polls, (nfds_t)count, wait) < 0 && errno != EINTR)
            return FAULT(ERR_SYSTEM);
        if (polls[0].revents)
            return 0;
    }
}

static int open_state(struct service *service)
{
    char path[PATH_MAX];
    int r = file_path(path, sizeof(path), service->directory, "spool");
    struct spool_config config = {
        .directory = path,
        .key = {.at = service->identity.spool_key, .len = 32},
        .device = service->identity.device,
        .epoch = service->identity.epoch,
    };

    if (r == 0)
        r = spool_open(&service->spool, &config, clock_now_ms());
    if (r == 0)
        r = ledger_new(&service->ledger);
    return r;
}

static int load_policy(struct service *service)
{
    CLEANUP(buffer_deinit) struct buffer envelope = buffer_init(WIRE_POLICY_MAX);
    int r = identity_read_private(service->directory, "policy", &envelope);

    if (r == 0)
        r = service_policy(service, buffer_bytes(&envelope), true);
    return r > 0 ? FAULT(ERR_CORRUPT) : r;
}

/* The key that sensors check policies with, also beside the socket: there they find it. */
static int publish_key(const struct service *service)
{
    char path[PATH_MAX];
    const char *slash = strrchr(service->socket_path, '/');
    int len = snprintf(path, sizeof(path), "%.*s/policy.key",
                       slash ? (int)(slash - service->socket_path) : 1,
                       slash ? service->socket_path : ".");

    if (len < 0 || (size_t)len >= sizeof(path))
        return FAULT(ERR_MEMORY);
    int r = file_replace(path, identity_bytes(&service->identity, IDENTITY_POLICY_KEY), 0644);
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

static int service_begin(struct service *service)
{
    int r = load_policy(service);

    service->clock_drift = clock_now_ms() - clock_boot_ms();
    if (r == 0)
        r = rules_begin(service);
    if (r == 0)
        r = service_recall_pauses(service);
    if (r == 0)
        r = ledger_recall(service->ledger, service->spool);
    if (r == 0)
        r = receipts_new(&service->receipts, service->directory, &service->identity, service->spool,
                         clock_now_ms());
    if (r == 0)
        r = hub_open(service);
    if (r == 0)
        r = publish_key(service);
    if (r == 0)
        r = uplink_begin(service);
    if (r == 0)
        service_touch(service, clock_boot_ms()); /* what the spool lost is told */
    return r;
}

static void service_end(struct service *service)
{
    if (service->ledger && service->spool && service->policy_arena && service_flush(service))
        log_event(LOG_ERROR, "agent.end.unsaved", LOG_U64("waiting", 1));
    if (service->receipts && receipts_store(service->receipts))
        log_event(LOG_ERROR, "agent.end.unsaved", LOG_U64("waiting", 0));
    uplink_end(service);
    hub_close(service);
    service->receipts = receipts_free(service->receipts);
    service->ledger = ledger_free(service->ledger);
    service->spool = spool_free(service->spool);
    arena_free(service->policy_arena);
    buffer_deinit(&service->policy_envelope);
    identity_deinit(&service->identity);
}

static int signals_open(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL))
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int not_enrolled(int r, const char *directory)
{
    const char *what = r == IDENTITY_ABSENT   ? "this computer is not enrolled"
                       : r == IDENTITY_DENIED ? "the state directory may not be read"
                                              : "the identity in the state directory is damaged";
    const char *remedy = r == IDENTITY_DENIED
                             ? "Run the service as the user that enrolled it (root)."
                             : "Enrol it: ward-agent enrol --package FILE --state DIR";

    (void)fprintf(stderr, "ward-agent: %s (%s).\n  %s\n", what, directory, remedy);
    return EXIT_FOUND;
}

static int run(const char *directory, const char *socket_path)
{
    static struct service service;
    int signals = signals_open();

    service = (struct service){.directory = directory,
                               .socket_path = socket_path,
                               .listener = -1,
                               .policy_envelope = buffer_init(WIRE_POLICY_MAX)};
    if (signals < 0)
        return EXIT_FOUND;
    int r = identity_load(directory, &service.identity);
    if (r > 0)
        return not_enrolled(r, directory);
    if (r == 0)
        r = open_state(&service);
    if (r == SPOOL_LOCKED) {
        (void)fputs("ward-agent: another ward-agent uses this state directory.\n  Stop it first: "
                    "one service serves all sessions of this computer.\n",
                    stderr);
        identity_deinit(&service.identity);
        return EXIT_FOUND;
    }
    if (r == 0)
        r = service_begin(&service);
    if (r == 0) {
        log_event(LOG_INFO, "agent.started", LOG_U64("waiting", spool_waiting(service.spool)));
        r = serve(&service, signals);
    }
    if (r)
        log_event(LOG_ERROR, "agent.failed", LOG_FAULT(r));
    service_end(&service);
    return r ? EXIT_FOUND : EXIT_SUCCESS;
}

/* ---- command line ---- */

static const char usage[] = "usage: ward-agent run [--state DIR] [--socket PATH]\n"
                            "       ward-agent enrol --package FILE [--state DIR]\n"
                            "       ward-agent status [--socket PATH] [--output text|json]\n"
                            "       ward-agent pause --reason TEXT [--minutes N] [--socket PATH]\n"
                            "       ward-agent resume [--socket PATH]\n"
                            "       ward-agent search [--socket PATH] [--output text|json]\n"
                            "See ward-agent(8).\n";

struct options {
    const char *state;
    const char *socket;
    const char *package;
    const char *reason;
    const char *output;
    uint32_t minutes;
    bool help;
};

static bool options_read(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"state", required_argument, NULL, 's'},   {"socket", required_argument, NULL, 'S'},
        {"package", required_argument, NULL, 'p'}, {"reason", required_argument, NULL, 'r'},
        {"minutes", required_argument, NULL, 'm'}, {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    char *end = NULL;
    int c;

    while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        switch (c) {
        case 's':
            options->state = optarg;
            break;
        case 'S':
            options->socket = optarg;
            break;
        case 'p':
            options->package = optarg;
            break;
        case 'r':
            options->reason = optarg;
            break;
        case 'o':
            options->output = optarg;
            break;
        case 'm':
            options->minutes = (uint32_t)strtoul(optarg, &end, 10);
            if (*end || options->minutes < 1 || options->minutes > PAUSE_MAX_MINUTES)
                return false;
            break;
        case 'h':
            options->help = true;
            break;
        default:
            return false;
        }
    }
    return strcmp(options->output, "text") == 0 || strcmp(options->output, "json") == 0;
}

static int dispatch(const char *command, const struct options *options)
{
    if (strcmp(command, "run") == 0)
        return run(options->state, options->socket);
    if (strcmp(command, "enrol") == 0 && options->package)
        return enrol_run(options->package, options->state);
    if (strcmp(command, "status") == 0)
        return control_status(options->socket, strcmp(options->output, "json") == 0);
    if (strcmp(command, "pause") == 0 && options->reason && options->reason[0])
        return control_pause(options->socket, options->minutes, options->reason);
    if (strcmp(command, "resume") == 0)
        return control_pause(options->socket, 0, "");
    if (strcmp(command, "search") == 0)
        return control_search(options->socket, strcmp(options->output, "json") == 0);
    (void)fputs(usage, stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct options options = {.state = AGENT_STATE_DIRECTORY,
                              .socket = AGENT_SOCKET,
                              .output = "text",
                              .minutes = PAUSE_DEFAULT_MINUTES};

    log_begin("agent", LOG_INFO);
    if (process_harden())
        return EXIT_FOUND;
    (void)mallopt(M_ARENA_MAX, 1);
#ifdef WARD_REDACTION_OFF
    if (!getenv("WARD_TEST_BUILD"))
        return EXIT_FOUND;
#endif
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        (void)printf("ward-agent %s\n", WARD_VERSION);
        return EXIT_SUCCESS;
    }
    if (argc < 2 || !options_read(argc - 1, argv + 1, &options)) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (options.help || strcmp(argv[1], "--help") == 0) {
        (void)fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    return dispatch(argv[1], &options);
}
