#include "server/parent/children.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "os/file.h"
#include "os/process.h"
#include "server/link/channel.h"
#include "server/link/refusal.h"

#define READY_MS 120000
#define STOP_MS 20000

static const struct {
    const char *name;
    const char *user;
} roles[CHILDREN] = {
    [CHILD_SIGNER] = {"signer", "ward-signer"},
    [CHILD_SAML] = {"saml", "ward-saml"},
    [CHILD_SERVE] = {"serve", "ward-serve"},
};

const char *children_user(enum child_role role)
{
    return roles[role].user;
}

/* What a child finds open, from CHANNEL_PARENT_FD on: its parent, then its siblings. */
#define DESCRIPTORS_MAX 3

struct descriptors {
    int at[DESCRIPTORS_MAX];
    size_t count;
};

static bool place(const struct descriptors *open)
{
    int high[DESCRIPTORS_MAX];

    for (size_t i = 0; i < open->count; i++) {
        high[i] = fcntl(open->at[i], F_DUPFD, 10);
        if (high[i] < 0)
            return false;
    }
    for (size_t i = 0; i < open->count; i++)
        if (dup2(high[i], CHANNEL_PARENT_FD + (int)i) < 0 || close(high[i]))
            return false;
    return true;
}

/* In the child: takes its descriptors to their numbers and becomes the program again. */
__attribute__((noreturn)) static void become(enum child_role role, const struct descriptors *open,
                                             bool own_uid)
{
    char program[] = "wardd";
    char option[] = "--role";
    char *const arguments[] = {program, option, (char *)(uintptr_t)roles[role].name, NULL};
    sigset_t none;

    sigemptyset(&none);
    if (!place(open) || sigprocmask(SIG_SETMASK, &none, NULL))
        _exit(1);
    /* Ctrl-C reaches the whole group: the parent alone decides what stops when. */
    (void)signal(SIGINT, SIG_IGN);
    /* So does a service manager's SIGTERM. The others answer until serve has gone. */
    if (role != CHILD_SERVE)
        (void)signal(SIGTERM, SIG_IGN);
    if (own_uid && process_become(roles[role].user))
        _exit(1);
    execv("/proc/self/exe", arguments);
    _exit(1);
}

static int start(struct child *child, enum child_role role, struct descriptors siblings,
                 bool own_uid)
{
    struct descriptors open = {.count = siblings.count + 1};
    int pair[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return FAULT(ERR_SYSTEM);
    open.at[0] = pair[1];
    memcpy(open.at + 1, siblings.at, siblings.count * sizeof *siblings.at);
    pid = fork();
    if (pid == 0)
        become(role, &open, own_uid);
    file_close(pair[1]);
    if (pid < 0) {
        file_close(pair[0]);
        return FAULT(ERR_SYSTEM);
    }
    *child = (struct child){.pid = pid, .fd = pair[0]};
    return 0;
}

/* Waits until the child says that it is ready, or why not. */
static int await_ready(const struct child *child, struct buffer *body)
{
    uint8_t kind;
    int r = channel_receive(child->fd, READY_MS, &kind, body);

    if (r < 0)
        return r;
    if (r)
        return CHILDREN_FAILED;
    if (kind == HANDOVER_READY)
        return 0;
    if (kind != HANDOVER_REFUSE)
        return CHILDREN_FAILED;
    (void)fprintf(stderr, "wardd: %.*s\n", (int)body->len, (const char *)body->at);
    return CHILDREN_REFUSED;
}

static int hand_over(const struct child *child, const struct handover *handover,
                     enum handover_for whom, struct buffer *body)
{
    int r = handover_send(child->fd, handover, whom);

    return r ? r : await_ready(child, body);
}

/* The signer or saml, with their end of the channel to serve. */
static int start_helper(struct children *children, enum child_role role, struct handover *handover,
                        int sibling)
{
    CLEANUP(buffer_deinit) struct buffer level = buffer_init(CHANNEL_MESSAGE_MAX);
    struct child *child = &children->at[role];
    const struct descriptors siblings = {.at = {sibling}, .count = 1};
    bool signer = role == CHILD_SIGNER;
    uint32_t sandbox;
    int r = start(child, role, siblings, handover->own_uids != 0);

    if (!r)
        r = hand_over(child, handover, signer ? HANDOVER_FOR_SIGNER : HANDOVER_FOR_SAML, &level);
    if (r)
        return r;
    sandbox = level.len == 1 ? level.at[0] : LINK_SANDBOX_NONE;
    if (signer) {
        handover->signer_pid = (uint32_t)child->pid;
        handover->signer_sandbox = sandbox;
    } else {
        handover->saml_sandbox = sandbox;
    }
    return 0;
}

static int start_all(struct children *children, struct handover *handover, const int signer[2],
                     const int saml[2], struct buffer *ret_line)
{
    const struct descriptors siblings = {.at = {signer[1], saml[1]}, .count = 2};
    int r = start_helper(children, CHILD_SIGNER, handover, signer[0]);

    if (!r)
        r = start_helper(children, CHILD_SAML, handover, saml[0]);
    if (!r)
        r = start(&children->at[CHILD_SERVE], CHILD_SERVE, siblings, handover->own_uids != 0);
    if (!r)
        r = hand_over(&children->at[CHILD_SERVE], handover, HANDOVER_FOR_SERVE, ret_line);
    return r;
}

static void close_pair(const int pair[2])
{
    file_close(pair[0]);
    file_close(pair[1]);
}

RESULT children_start(struct children *children, struct handover *handover, struct buffer *ret_line)
{
    int signer[2];
    int saml[2];
    int r;

    for (size_t i = 0; i < CHILDREN; i++)
        children->at[i] = (struct child){.fd = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, signer) < 0)
        return FAULT(ERR_SYSTEM);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, saml) < 0) {
        close_pair(signer);
        return FAULT(ERR_SYSTEM);
    }
    r = start_all(children, handover, signer, saml, ret_line);
    close_pair(signer);
    close_pair(saml);
    if (r)
        children_stop(children);
    return r;
}

/* Waits up to timeout_ms for its end; its channel closes with it. */
static bool ended(const struct child *child, int timeout_ms)
{
    struct pollfd wait = {.fd = child->fd, .events = POLLIN};
    uint8_t rest[256];

    while (poll(&wait, 1, timeout_ms) > 0) {
        ssize_t n = read(child->fd, rest, sizeof rest);

        if (n == 0 || (n < 0 && errno != EINTR))
            return true;
    }
    return false;
}

static void stop(struct child *child, int timeout_ms)
{
    if (child->pid == 0)
        return;
    if (!ended(child, timeout_ms)) {
        log_event(LOG_WARN, "child.killed", LOG_I64("pid", child->pid));
        kill(child->pid, SIGKILL);
    }
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    file_close(child->fd);
    *child = (struct child){.fd = -1};
}

void children_end(struct children *children, enum child_role role)
{
    stop(&children->at[role], 0);
}

RESULT children_replace(struct children *children, enum child_role role, struct handover *handover)
{
    struct link_note note;
    int pair[2];
    int r;

    stop(&children->at[role], 0);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return FAULT(ERR_SYSTEM);
    r = start_helper(children, role, handover, pair[0]);
    if (!r) {
        note = role == CHILD_SIGNER ? (struct link_note){.child = LINK_SIGNER,
                                                         .pid = handover->signer_pid,
                                                         .sandbox = handover->signer_sandbox}
                                    : (struct link_note){.child = LINK_SAML,
                                                         .pid = (uint32_t)children->at[role].pid,
                                                         .sandbox = handover->saml_sandbox};
        r = channel_pass(children->at[CHILD_SERVE].fd,
                         (struct bytes){.at = (const uint8_t *)&note, .len = sizeof note}, pair[1]);
    }
    close_pair(pair);
    return r > 0 ? CHILDREN_FAILED : r;
}

void children_stop(struct children *children)
{
    if (children->at[CHILD_SERVE].pid)
        kill(children->at[CHILD_SERVE].pid, SIGTERM);
    stop(&children->at[CHILD_SERVE], STOP_MS);
    /* The others end by themselves when serve's end of their channel closes; they may still answer
     * until then. */
    for (size_t i = CHILD_SIGNER; i < CHILD_SERVE; i++) {
        if (children->at[i].pid)
            shutdown(children->at[i].fd, SHUT_RDWR);
        stop(&children->at[i], STOP_MS);
    }
}
