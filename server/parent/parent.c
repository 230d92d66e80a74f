#include "server/parent/parent.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/process.h"
#include "server/parent/children.h"
#include "server/parent/root.h"

#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS 30000
#define STEADY_MS 5000
#define LINE_MAX_BYTES ((size_t)4096)

struct parent {
    struct handover handover; /* without keys between starts */
    char root_key[HANDOVER_PATH_MAX];
    char records[HANDOVER_PATH_MAX + 16];
    int lock;
    int signals;
    struct children children;
};

static int complain(const char *what, const char *path)
{
    (void)fprintf(stderr, "wardd: %s: %s\n", what, path);
    return OPTIONS_WRONG;
}

/* Gives a folder to a user of its own, where wardd is root and there is one. */
static int give(const char *path, const char *user, mode_t mode)
{
    const struct passwd *entry = getpwnam(user);

    if (!entry)
        return complain("no such user", user);
    if (chown(path, entry->pw_uid, entry->pw_gid) < 0 || chmod(path, mode) < 0)
        return complain("cannot be given to its own user", path);
    return 0;
}

/* A folder of a child's own below the data. */
static int make_own_folder(struct parent *parent, const char *name, enum child_role role)
{
    char path[HANDOVER_PATH_MAX];
    int r = file_path(path, sizeof path, parent->handover.data, name);

    if (!r)
        r = file_make_directory(path, 0700);
    if (r > 0)
        return complain("the data directory cannot be made: permission denied",
                        parent->handover.data);
    return r || !parent->handover.own_uids ? r : give(path, children_user(role), 0700);
}

static int make_folders(struct parent *parent)
{
    int r = file_make_directory(parent->handover.data, 0700);

    if (r > 0)
        return complain("the data directory cannot be made: permission denied",
                        parent->handover.data);
    /* serve owns the data; the others only pass through to their folders. */
    if (!r && parent->handover.own_uids)
        r = give(parent->handover.data, children_user(CHILD_SERVE), 0711);
    if (!r)
        r = make_own_folder(parent, "signer", CHILD_SIGNER);
    return r ? r : make_own_folder(parent, "saml", CHILD_SAML);
}

static int lock(struct parent *parent)
{
    char path[HANDOVER_PATH_MAX];
    int r = file_path(path, sizeof path, parent->handover.data, "lock");

    if (!r)
        r = file_lock(path, &parent->lock);
    if (r == FILE_LOCKED)
        return complain("another wardd runs on this data: stop it, or give another --data",
                        parent->handover.data);
    if (r > 0)
        return complain("the data directory may not be written", parent->handover.data);
    return r;
}

/* The dashboard's files: as told, or beside the program. */
static int find_web(struct parent *parent, const struct options *options)
{
    char own[HANDOVER_PATH_MAX];
    char resolved[PATH_MAX];
    char *slash;
    int r;

    if (options->web[0]) {
        if (!realpath(options->web, resolved) || strlen(resolved) >= HANDOVER_PATH_MAX)
            return complain("no such directory (--web)", options->web);
        memcpy(parent->handover.web, resolved, strlen(resolved) + 1);
        return 0;
    }
    r = process_own_path(own, sizeof own);
    if (r)
        return r;
    slash = strrchr(own, '/');
    if (!slash)
        return 0;
    *slash = '\0';
    r = file_path(parent->handover.web, sizeof parent->handover.web, own, "web");
    if (!r && access(parent->handover.web, R_OK | X_OK) < 0)
        parent->handover.web[0] = '\0';
    return r;
}

static int find_data(struct parent *parent, const struct options *options)
{
    char here[PATH_MAX];
    int length;

    if (!options->data[0])
        return complain("say where the data is kept", "wardd --data DIR");
    if (!getcwd(here, sizeof here))
        return FAULT(ERR_SYSTEM);
    length = options->data[0] == '/'
                 ? snprintf(parent->handover.data, HANDOVER_PATH_MAX, "%s", options->data)
                 : snprintf(parent->handover.data, HANDOVER_PATH_MAX, "%s/%s", here, options->data);
    if (length < 0 || length >= HANDOVER_PATH_MAX)
        return complain("the path is too long", options->data);
    return file_path(parent->records, sizeof parent->records, parent->handover.data, "records.db");
}

static int settle_addresses(struct parent *parent, const struct options *options)
{
    struct handover *handover = &parent->handover;

    if (options_split_address(options->listen, handover->people_address, HANDOVER_ADDRESS_MAX,
                              &handover->people_port))
        return complain("not an address and port (--listen)", options->listen);
    if (options_split_address(options->agents, handover->agents_address, HANDOVER_ADDRESS_MAX,
                              &handover->agents_port))
        return complain("not an address and port (--agents)", options->agents);
    snprintf(handover->names, sizeof handover->names, "%s", options->names);
    return 0;
}

static int settle(struct parent *parent, const struct options *options)
{
    struct handover *handover = &parent->handover;
    int r = settle_addresses(parent, options);

    if (!r)
        r = find_data(parent, options);
    if (!r)
        r = find_web(parent, options);
    if (r)
        return r;
    /* Never quietly back to one uid: whoever made two of the users has to make the third. */
    if (geteuid() == 0 && getpwnam(children_user(CHILD_SERVE)) &&
        getpwnam(children_user(CHILD_SIGNER)) && !getpwnam(children_user(CHILD_SAML)))
        return complain("no such user (useradd --system it)", children_user(CHILD_SAML));
    handover->parent_pid = (uint32_t)getpid();
    handover->own_uids = geteuid() == 0 && getpwnam(children_user(CHILD_SERVE)) &&
                         getpwnam(children_user(CHILD_SIGNER)) &&
                         getpwnam(children_user(CHILD_SAML));
    handover->signer_uid =
        handover->own_uids ? getpwnam(children_user(CHILD_SIGNER))->pw_uid : geteuid();
    handover->root_beside = options->root_key[0] == '\0';
    if (handover->root_beside)
        return file_path(parent->root_key, sizeof parent->root_key, handover->data, "root.key");
    memcpy(parent->root_key, options->root_key, sizeof parent->root_key);
    return 0;
}

/* Keys are in this process's memory only while its children are told theirs. */
static int with_keys(struct parent *parent,
                     int (*run)(struct parent *parent, struct handover *handover))
{
    struct handover handover = parent->handover;
    int r;

    handover.established = access(parent->records, F_OK) == 0;
    r = root_derive(parent->root_key, handover.established, &handover);
    if (!r)
        r = run(parent, &handover);
    wipe(&handover, sizeof handover);
    return r;
}

static int start_children(struct parent *parent, struct handover *handover)
{
    CLEANUP(buffer_deinit) struct buffer line = buffer_init(LINE_MAX_BYTES);
    int r = children_start(&parent->children, handover, &line);

    if (r)
        return r;
    (void)printf("%.*s\n", (int)line.len, (const char *)line.at);
    (void)fflush(stdout);
    return 0;
}

static int replace_signer(struct parent *parent, struct handover *handover)
{
    return children_replace(&parent->children, CHILD_SIGNER, handover);
}

static int replace_saml(struct parent *parent, struct handover *handover)
{
    return children_replace(&parent->children, CHILD_SAML, handover);
}

enum wait_end { WAIT_TIME, WAIT_TOLD, WAIT_SIGNER, WAIT_SAML, WAIT_SERVE };

/* Until told to stop, a child ends, or timeout_ms (-1: never) are over. */
static enum wait_end wait_for_end(struct parent *parent, int timeout_ms)
{
    struct pollfd wait[] = {{.fd = parent->signals, .events = POLLIN},
                            {.fd = parent->children.at[CHILD_SIGNER].fd, .events = POLLIN},
                            {.fd = parent->children.at[CHILD_SERVE].fd, .events = POLLIN},
                            {.fd = parent->children.at[CHILD_SAML].fd, .events = POLLIN}};

    while (poll(wait, 4, timeout_ms) < 0 && errno == EINTR)
        ;
    return wait[0].revents   ? WAIT_TOLD
           : wait[2].revents ? WAIT_SERVE
           : wait[1].revents ? WAIT_SIGNER
           : wait[3].revents ? WAIT_SAML
                             : WAIT_TIME;
}

/* Starts all again, later each time that it does not last; or is told to stop meanwhile. */
static int start_again(struct parent *parent, int *backoff_ms, bool *ret_told)
{
    int r;

    children_stop(&parent->children);
    do {
        if (wait_for_end(parent, *backoff_ms) == WAIT_TOLD)
            *ret_told = true;
        if (*ret_told)
            return 0;
        *backoff_ms = *backoff_ms * 2 < BACKOFF_MAX_MS ? *backoff_ms * 2 : BACKOFF_MAX_MS;
        r = with_keys(parent, start_children);
        /* Who said why will say it again: only what failed for no reason is tried again. */
        if (r == CHILDREN_REFUSED)
            return FAULT(ERR_SYSTEM);
    } while (r);
    return 0;
}

/* Whoever makes it crash again and again finds it gone for longer each time; the rest goes on. */
static bool keep_saml(struct parent *parent, enum wait_end end, int *backoff_ms)
{
    if (end == WAIT_TIME)
        return with_keys(parent, replace_saml) == 0 || parent->children.at[CHILD_SAML].fd < 0;
    if (end != WAIT_SAML)
        return false;
    children_end(&parent->children, CHILD_SAML);
    *backoff_ms = *backoff_ms * 2 < BACKOFF_MAX_MS ? *backoff_ms * 2 : BACKOFF_MAX_MS;
    return true;
}

/* Starts, watches, starts again what died, until told to stop. */
static int watch(struct parent *parent)
{
    int backoff_ms = BACKOFF_FIRST_MS;
    int saml_ms = BACKOFF_FIRST_MS / 2;
    bool told = false;
    int r = with_keys(parent, start_children);

    while (!r && !told) {
        int64_t started_at = clock_boot_ms();
        bool saml_gone = parent->children.at[CHILD_SAML].fd < 0;
        enum wait_end end = wait_for_end(parent, saml_gone ? saml_ms : -1);

        if (end == WAIT_TOLD)
            break;
        if (clock_boot_ms() - started_at > STEADY_MS) {
            backoff_ms = BACKOFF_FIRST_MS;
            saml_ms = BACKOFF_FIRST_MS / 2;
        }
        if (end == WAIT_SAML)
            log_event(LOG_ERROR, "saml.ended", LOG_I64("again_in_ms", saml_ms));
        if (keep_saml(parent, end, &saml_ms))
            continue;
        log_event(LOG_ERROR, "child.ended", LOG_U64("signer", end == WAIT_SIGNER));
        /* Without a signer serve goes on for a while; without serve there is nothing to sign. */
        if (end == WAIT_SIGNER && with_keys(parent, replace_signer) == 0)
            continue;
        r = start_again(parent, &backoff_ms, &told);
    }
    children_stop(&parent->children);
    return r;
}

static int take_signals(struct parent *parent)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return FAULT(ERR_SYSTEM);
    parent->signals = signalfd(-1, &set, SFD_CLOEXEC);
    return parent->signals < 0 ? FAULT(ERR_SYSTEM) : 0;
}

/* Everything is opened, by those who will open it, and closed again. */
static int check(struct parent *parent)
{
    int r;

    if (access(parent->records, F_OK) < 0) {
        (void)puts("wardd: options are in order; there is no data yet");
        return 0;
    }
    parent->handover.check = 1;
    r = with_keys(parent, start_children);
    children_stop(&parent->children);
    return r;
}

int parent_main(const struct options *options)
{
    struct parent parent = {.lock = -1, .signals = -1};
    int r;

    log_begin("wardd", LOG_INFO);
    for (size_t i = 0; i < CHILDREN; i++)
        parent.children.at[i].fd = -1;
    r = settle(&parent, options);
    if (r)
        return r < 0 ? 1 : 2;
    r = make_folders(&parent);
    if (!r)
        r = lock(&parent);
    if (!r)
        r = options->check ? check(&parent) : take_signals(&parent);
    if (!r && !options->check)
        r = watch(&parent);
    if (r < 0)
        log_event(LOG_ERROR, "wardd.failed", LOG_FAULT(r));
    if (parent.lock >= 0)
        file_close(parent.lock);
    return r ? 1 : 0;
}
