#include "server/serve/serve.h"

#include <errno.h>
#include <jansson.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "access/token.h"
#include "base/log.h"
#include "base/moment.h"
#include "base/wipe.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "os/sandbox.h"
#include "server/link/channel.h"
#include "server/serve/api/call.h"
#include "server/serve/jobs/jobs.h"
#include "server/serve/listeners.h"
#include "server/serve/setup_link.h"

#define LINE_MAX_BYTES ((size_t)4096)

enum {
    SERVE_REFUSED_RECORDS_KEY = 1,
    SERVE_REFUSED_RECORDS_NEWER,
    SERVE_REFUSED_KEYRING_KEY,
    SERVE_REFUSED_SPANS_KEY,
    SERVE_REFUSED_SPANS_NEWER,
    SERVE_REFUSED_NAMES,
    SERVE_REFUSED_PEOPLE,
    SERVE_REFUSED_AGENTS,
    SERVE_REFUSED_LOCAL,
    SERVE_REFUSED_HANDOVER,
    SERVE_REFUSED_RECORDS,
};

static const struct refusal refusals[] = {
    {SERVE_REFUSED_RECORDS_KEY,
     "root key does not fit this data: restore the right root key (DIR/root.key, or the file that "
     "--root-key names)"},
    {SERVE_REFUSED_RECORDS_NEWER,
     "records.db was written by a newer version: install that version of Ward"},
    {SERVE_REFUSED_KEYRING_KEY,
     "root key does not fit this data: the keyring is not opened by it; restore the right root key "
     "or the keyring that belongs to it"},
    {SERVE_REFUSED_SPANS_KEY,
     "spans.db is not a span store, or is of another keyring: restore both together"},
    {SERVE_REFUSED_SPANS_NEWER,
     "spans.db was written by a newer version: install that version of Ward"},
    {SERVE_REFUSED_NAMES, "a name given with --names or in the settings cannot stand in a "
                          "certificate: give host names and addresses, comma-separated"},
    {SERVE_REFUSED_PEOPLE, "cannot listen where --listen says: the address is in use, not ours, or "
                           "not permitted; give another"},
    {SERVE_REFUSED_AGENTS, "cannot listen where --agents says: the address is in use, not ours, or "
                           "not permitted; give another"},
    {SERVE_REFUSED_LOCAL, "cannot listen at DIR/ward.sock: another wardd serves it, or the data "
                          "directory may not be written"},
    {SERVE_REFUSED_RECORDS,
     "the audit log does not hold: somebody changed records.db. Keep a copy of "
     "the data directory, and run ward audit verify to see where it begins"},
    {ERR_CORRUPT,
     "the data was changed or is damaged: keep a copy of the data directory, and restore "
     "the newest backup"},
    {0}};

static int path_in_data(const struct serve *serve, const char *name,
                        char ret_path[HANDOVER_PATH_MAX])
{
    return file_path(ret_path, HANDOVER_PATH_MAX, serve->handover.data, name);
}

static int open_records(struct serve *serve)
{
    struct bytes key = {.at = serve->handover.records_key, .len = AEAD_KEY_SIZE};
    char path[HANDOVER_PATH_MAX];
    int r = path_in_data(serve, "records.db", path);

    if (!r)
        r = records_open(&serve->records, path, key);
    return r == RECORDS_KEY     ? SERVE_REFUSED_RECORDS_KEY
           : r == RECORDS_NEWER ? SERVE_REFUSED_RECORDS_NEWER
                                : r;
}

static int open_spans(struct serve *serve)
{
    struct bytes key = {.at = serve->handover.keyring_key, .len = AEAD_KEY_SIZE};
    char path[HANDOVER_PATH_MAX];
    int r = path_in_data(serve, "keyring", path);

    if (!r)
        r = keyring_open(&serve->keyring, path, key);
    if (r)
        return r == KEYRING_KEY ? SERVE_REFUSED_KEYRING_KEY : r;
    r = jobs_ensure_keys(serve);
    if (!r)
        r = path_in_data(serve, "spans.db", path);
    if (!r)
        r = spans_open_embedded(&serve->spans, path, serve->keyring);
    return r == SPANS_KEY     ? SERVE_REFUSED_SPANS_KEY
           : r == SPANS_NEWER ? SERVE_REFUSED_SPANS_NEWER
                              : r;
}

static int make_tables(struct serve *serve)
{
    int r = backoff_new(&serve->backoff);

    if (!r)
        r = secret_new_random(&serve->flow_key, HASH_SIZE);

    if (!r)
        r = devices_new(&serve->devices, serve->records);
    if (!r)
        r = accounts_new(&serve->accounts, serve->records);
    if (!r)
        r = live_table_new(&serve->live);
    if (!r)
        r = events_new(&serve->events);
    if (!r)
        r = views_new(&serve->views);
    if (!r)
        r = trials_new(&serve->trials);
    if (!r)
        r = site_new(&serve->site, serve->handover.web);
    if (!r)
        r = denials_new(&serve->denials, serve->records);
    if (!r)
        r = spills_new(&serve->spills, serve);
    if (!r)
        r = redactor_new(&serve->balanced, &(struct redactor_options){.profile = REDACT_BALANCED},
                         NULL);
    return r;
}

static int open_all(struct serve *serve)
{
    struct settings settings;
    int r = signer_client_new(&serve->signer, CHANNEL_SIBLING_FD);

    if (!r)
        r = saml_client_new(&serve->saml, CHANNEL_SAML_FD);
    if (!r)
        r = secret_new_copy(&serve->instance_key, (struct bytes){.at = serve->handover.instance_key,
                                                                 .len = AEAD_KEY_SIZE});
    if (!r)
        r = secret_new_random(&serve->challenge_key, AEAD_KEY_SIZE);
    if (!r)
        r = open_records(serve);
    if (!r)
        r = settings_cache_new(&serve->settings, serve->records);
    if (!r)
        r = open_spans(serve);
    if (!r)
        r = policies_new(&serve->policies, serve->records, serve->signer, serve->started_at);
    if (!r)
        r = make_tables(serve);
    if (r)
        return r;
    settings_get(serve->settings, &settings);
    r = identity_load(&serve->identity, serve->records, serve->signer, serve->handover.names,
                      settings.server_names, serve->started_at);
    return r > 0 ? SERVE_REFUSED_NAMES : r;
}

static int listen_all(struct serve *serve)
{
    int r = listeners_open(serve, LISTENER_PEOPLE);

    if (r)
        return r > 0 ? SERVE_REFUSED_PEOPLE : r;
    r = listeners_open(serve, LISTENER_AGENTS);
    if (r)
        return r > 0 ? SERVE_REFUSED_AGENTS : r;
    r = listeners_open(serve, LISTENER_LOCAL);
    return r > 0 ? SERVE_REFUSED_LOCAL : r;
}

static void free_all(struct serve *serve)
{
    /* Handlers first, then what they use; answers that come later than that reach nobody. */
    http_server_free(serve->people);
    http_server_free(serve->agents);
    http_server_free(serve->local);
    spills_free(serve->spills);
    spans_free(serve->spans);
    events_free(serve->events);
    identity_deinit(&serve->identity);
    redactor_free(serve->balanced);
    denials_free(serve->denials);
    site_free(serve->site);
    trials_free(serve->trials);
    views_free(serve->views);
    live_table_free(serve->live);
    accounts_free(serve->accounts);
    devices_free(serve->devices);
    backoff_free(serve->backoff);
    policies_free(serve->policies);
    settings_cache_free(serve->settings);
    keyring_free(serve->keyring);
    records_free(serve->records);
    secret_free(serve->challenge_key);
    secret_free(serve->flow_key);
    secret_free(serve->instance_key);
    saml_client_free(serve->saml);
    signer_client_free(serve->signer);
}

static int enter(struct serve *serve)
{
    const char *const data[] = {serve->handover.data, NULL};
    const char *web = serve->handover.web[0] ? serve->handover.web : "/usr/share/zoneinfo";
    const char *const read_only[] = {web, "/usr/share/zoneinfo", "/etc/localtime", "/etc/gnutls",
                                     NULL};
    int r = sandbox_enter(&(struct sandbox){.read_write = data,
                                            .read_only = read_only,
                                            .network = true,
                                            .sockets_unix = true,
                                            .threads = true});

    if (r < 0)
        return r;
    serve->sandbox = r == SANDBOX_NONE ? LINK_SANDBOX_NONE
                     : r               ? LINK_SANDBOX_PARTIAL
                                       : LINK_SANDBOX_FULL;
    return 0;
}

/* An entry about the server itself. */
static int note_alone(struct records_tx *tx, void *context)
{
    const char *const *action = context;
    struct audit_entry entry = {
        .at = clock_now_ms(), .actor = AUDIT_SYSTEM, .action = text_of(*action)};
    uint64_t index;

    return records_audit_append(tx, &entry, &index);
}

static int note(struct serve *serve, const char *action)
{
    return records_act(serve->records, note_alone, &action);
}

static int say_ready(struct serve *serve)
{
    CLEANUP(buffer_deinit) struct buffer line = buffer_init(LINE_MAX_BYTES);
    int r = setup_link_line(serve, &line);

    if (!r)
        r = buffer_check(&line);
    if (!r)
        r = channel_send(CHANNEL_PARENT_FD, HANDOVER_READY, buffer_bytes(&line));
    return r;
}

enum link_sandbox serve_signer_sandbox(const struct serve *serve)
{
    unsigned level = atomic_load(&serve->signer_sandbox);

    return level <= LINK_SANDBOX_NONE ? (enum link_sandbox)level : LINK_SANDBOX_NONE;
}

enum link_sandbox serve_saml_sandbox(const struct serve *serve)
{
    unsigned level = atomic_load(&serve->saml_sandbox);

    return level <= LINK_SANDBOX_NONE ? (enum link_sandbox)level : LINK_SANDBOX_NONE;
}

/* The parent says one thing only: here is another signer, or another saml. False: it has gone. */
static bool take_child(struct serve *serve)
{
    struct link_note note;
    int fd;

    if (channel_take(CHANNEL_PARENT_FD, (uint8_t *)&note, sizeof note, &fd))
        return false;
    if (note.child == LINK_SAML) {
        saml_client_replace(serve->saml, fd);
        atomic_store(&serve->saml_sandbox, note.sandbox);
        return true;
    }
    signer_client_replace(serve->signer, fd);
    atomic_store(&serve->signer_pid, note.pid);
    atomic_store(&serve->signer_sandbox, note.sandbox);
    return true;
}

/* Until the parent asks to stop or has gone, or serve_restart(). */
static void wait_for_end(struct serve *serve, int signals)
{
    struct pollfd wait[] = {{.fd = signals, .events = POLLIN},
                            {.fd = serve->wake, .events = POLLIN},
                            {.fd = CHANNEL_PARENT_FD, .events = POLLIN}};

    for (;;) {
        if (poll(wait, 3, -1) < 0 && errno == EINTR)
            continue;
        if (wait[0].revents || wait[1].revents || !take_child(serve))
            return;
    }
}

void serve_restart(struct serve *serve)
{
    uint64_t one = 1;

    if (write(serve->wake, &one, sizeof one) < 0)
        log_event(LOG_ERROR, "serve.wake", LOG_FAULT(ERR_SYSTEM));
}

static int take_signals(int *ret_fd)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL))
        return FAULT(ERR_SYSTEM);
    *ret_fd = signalfd(-1, &set, SFD_CLOEXEC);
    return *ret_fd < 0 ? FAULT(ERR_SYSTEM) : 0;
}

static int run(struct serve *serve, int signals)
{
    struct jobs *jobs = NULL;
    int r = note(serve, "server.start");

    if (!r)
        r = listen_all(serve);
    if (!r)
        r = jobs_start(&jobs, serve);
    if (!r)
        r = spills_start(serve->spills);
    if (!r)
        r = say_ready(serve);
    if (!r)
        wait_for_end(serve, signals);
    atomic_store(&serve->stopping, true);
    spills_stop(serve->spills);
    jobs_stop(jobs);
    if (r)
        return r;
    if (devices_flush(serve->devices) || note(serve, "server.stop") || serve_checkpoint(serve))
        log_event(LOG_WARN, "serve.stop", LOG_FAULT(ERR_SYSTEM));
    return 0;
}

/* What was opened is looked through: every page, and the log, whose entries prove each other. */
static int look_through(struct records_tx *tx, void *context)
{
    const struct serve *serve = context;
    struct records_audit_finding finding;
    int r = records_check_pages(tx);

    return r ? r : records_audit_verify(tx, signer_client_keys(serve->signer)->audit, &finding);
}

static int check(struct serve *serve)
{
    static const char line[] = "wardd: options, root key and data are in order";
    int r = records_read(serve->records, look_through, serve);

    if (r)
        return r < 0 ? r : SERVE_REFUSED_RECORDS;
    return channel_send(CHANNEL_PARENT_FD, HANDOVER_READY,
                        (struct bytes){(const uint8_t *)line, sizeof line - 1});
}

static int receive(struct serve *serve)
{
    int r = handover_receive(CHANNEL_PARENT_FD, &serve->handover);

    atomic_store(&serve->signer_pid, serve->handover.signer_pid);
    atomic_store(&serve->signer_sandbox, serve->handover.signer_sandbox);
    atomic_store(&serve->saml_sandbox, serve->handover.saml_sandbox);
    return r > 0 ? SERVE_REFUSED_HANDOVER : r;
}

static void wipe_keys(struct handover *handover)
{
    wipe(handover->records_key, AEAD_KEY_SIZE);
    wipe(handover->keyring_key, AEAD_KEY_SIZE);
    wipe(handover->instance_key, AEAD_KEY_SIZE);
    wipe(handover->signer_key, AEAD_KEY_SIZE);
    wipe(handover->saml_key, AEAD_KEY_SIZE);
}

/* What was in JSON may have been a secret: freed memory keeps nothing of it. */
static void json_free_wiped(void *at)
{
    if (at)
        wipe(at, malloc_usable_size(at));
    free(at);
}

int serve_main(void)
{
    static struct serve serve;
    int signals = -1;
    int r = 0;

    log_begin("serve", LOG_INFO);
    json_set_alloc_funcs(malloc, json_free_wiped);
    if (process_follow_parent())
        return 1;
    serve.started_at = clock_now_ms();
    serve.wake = eventfd(0, EFD_CLOEXEC);
    if (serve.wake < 0)
        r = FAULT(ERR_SYSTEM);
    if (!r)
        r = receive(&serve);
    if (!r)
        r = take_signals(&signals);
    /* Before the first thread, so that all are confined. */
    if (!r)
        r = enter(&serve);
    if (!r)
        r = open_all(&serve);
    wipe_keys(&serve.handover);
    if (!r)
        r = serve.handover.check ? check(&serve) : run(&serve, signals);
    if (r) {
        refusal_send(CHANNEL_PARENT_FD, refusals, r);
        log_event(LOG_ERROR, "serve.start", LOG_I64("result", r), LOG_FAULT(r));
    }
    free_all(&serve);
    return r ? 1 : 0;
}
