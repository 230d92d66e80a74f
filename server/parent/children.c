#include "server/parent/children.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
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
    [CHILD_SERVE] = {"serve", "ward-serve"},
};

const char *children_user(enum child_role role)
{
    return roles[role].user;
}

/* In the child: takes its two descriptors to their numbers and becomes the program again. */
__attribute__((noreturn)) static void become(enum child_role role, int parent, int sibling,
                                             bool own_uid)
{
    char program[] = "wardd";
    char option[] = "--role";
    char *const arguments[] = {program, option, (char *)(uintptr_t)roles[role].name, NULL};
    sigset_t none;
    int high_parent = fcntl(parent, F_DUPFD, 10);
    int high_sibling = fcntl(sibling, F_DUPFD, 10);

    sigemptyset(&none);
    if (high_parent < 0 || high_sibling < 0 || dup2(high_parent, CHANNEL_PARENT_FD) < 0 ||
        dup2(high_sibling, CHANNEL_SIBLING_FD) < 0 || close(high_parent) || close(high_sibling) ||
        sigprocmask(SIG_SETMASK, &none, NULL))
        _exit(1);
    /* Ctrl-C reaches the whole group: the parent alone decides what stops when. */
    (void)signal(SIGINT, SIG_IGN);
    /* So does a service manager's SIGTERM. The signer signs until serve has gone. */
    if (role == CHILD_SIGNER)
        (void)signal(SIGTERM, SIG_IGN);
    if (own_uid && process_become(roles[role].user))
        _exit(1);
    execv("/proc/self/exe", arguments);
    _exit(1);
}

static int start(struct child *child, enum child_role role, int sibling, bool own_uid)
{
    int pair[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return FAULT(ERR_SYSTEM);
    pid = fork();
    if (pid == 0)
        become(role, pair[1], sibling, own_uid);
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

static int start_signer(struct children *children, struct handover *handover, int sibling)
{
    CLEANUP(buffer_deinit) struct buffer level = buffer_init(CHANNEL_MESSAGE_MAX);
    struct child *child = &children->at[CHILD_SIGNER];
    int r = start(child, CHILD_SIGNER, sibling, handover->own_uids != 0);

    if (!r)
        r = hand_over(child, handover, HANDOVER_FOR_SIGNER, &level);
    if (r)
        return r;
    handover->signer_pid = (uint32_t)child->pid;
    handover->signer_sandbox = level.len == 1 ? level.at[0] : LINK_SANDBOX_NONE;
    return 0;
}

static int start_all(struct children *children, struct handover *handover, int pair[2],
                     struct buffer *ret_line)
{
    int r = start_signer(children, handover, pair[0]);

    if (!r)
        r = start(&children->at[CHILD_SERVE], CHILD_SERVE, pair[1], handover->own_uids != 0);
    if (!r)
        r = hand_over(&children->at[CHILD_SERVE], handover, HANDOVER_FOR_SERVE, ret_line);
    return r;
}

RESULT children_start(struct children *children, struct handover *handover, struct buffer *ret_line)
{
    int pair[2];
    int r;

    for (size_t i = 0; i < CHILDREN; i++)
        children->at[i] = (struct child){.fd = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return FAULT(ERR_SYSTEM);
    r = start_all(children, handover, pair, ret_line);
    file_close(pair[0]);
    file_close(pair[1]);
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

RESULT children_replace_signer(struct children *children, struct handover *handover)
{
    struct link_signer note;
    int pair[2];
    int r;

    stop(&children->at[CHILD_SIGNER], 0);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return FAULT(ERR_SYSTEM);
    r = start_signer(children, handover, pair[0]);
    if (!r) {
        note =
            (struct link_signer){.pid = handover->signer_pid, .sandbox = handover->signer_sandbox};
        r = channel_pass(children->at[CHILD_SERVE].fd,
                         (struct bytes){.at = (const uint8_t *)&note, .len = sizeof note}, pair[1]);
    }
    file_close(pair[0]);
    file_close(pair[1]);
    return r > 0 ? CHILDREN_FAILED : r;
}

void children_stop(struct children *children)
{
    if (children->at[CHILD_SERVE].pid)
        kill(children->at[CHILD_SERVE].pid, SIGTERM);
    stop(&children->at[CHILD_SERVE], STOP_MS);
    /* The signer ends by itself when serve's end of their channel closes; it may still sign until
     * then. */
    if (children->at[CHILD_SIGNER].pid)
        shutdown(children->at[CHILD_SIGNER].fd, SHUT_RDWR);
    stop(&children->at[CHILD_SIGNER], STOP_MS);
}
