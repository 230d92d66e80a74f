#include "sensor/sites.h"

#include <fcntl.h>
#include <libpsl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wipe.h"
#include "common/vouch.h"
#include "os/file.h"
#include "os/local.h"
#include "os/process.h"
#include "wire/frame.h"

enum { FORGET_AFTER_MS = 60000 };

struct peer {
    int fd; /* -1: free */
    struct frame_reader *reader;
    pid_t browser;
    char executable[64];
    struct site site;
    bool focused;
    int64_t heard_at;
};

struct sites {
    int listener;
    char path[PATH_MAX];
    struct peer peers[SITES_PEERS_MAX];
};

/* ---- where ---- */

/* A directory that is ours alone: nobody else may have put a socket there. */
static bool directory_is_ours(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == getuid() &&
           (status.st_mode & 077) == 0;
}

static bool run_time_directory(char *ret_path, size_t size, bool make)
{
    const char *given = getenv("XDG_RUNTIME_DIR");

    if (given && given[0] == '/' && directory_is_ours(given) &&
        (size_t)snprintf(ret_path, size, "%s", given) < size)
        return true;
    (void)snprintf(ret_path, size, "/run/user/%u", (unsigned)getuid());
    if (directory_is_ours(ret_path))
        return true;
    (void)snprintf(ret_path, size, "/tmp/ward-%u", (unsigned)getuid());
    if (make)
        (void)mkdir(ret_path, 0700);
    return directory_is_ours(ret_path);
}

RESULT sites_path(const char *display, bool make, char *ret_path, size_t size)
{
    char directory[PATH_MAX];
    char name[32];
    size_t len = 0;

    if (!run_time_directory(directory, sizeof(directory) - 8, make))
        return SITES_NOWHERE;
    (void)snprintf(directory + strlen(directory), 8, "/ward");
    if (make)
        (void)mkdir(directory, 0700);
    if (!directory_is_ours(directory))
        return SITES_NOWHERE;
    /* ":1.0" and ":1" are one display; nothing of it becomes a path. */
    const char *number = strrchr(display, ':');
    for (number = number ? number + 1 : display; *number >= '0' && *number <= '9' && len < 8;)
        name[len++] = *number++;
    name[len] = 0;
    int written = snprintf(ret_path, size, "%s/sensor-%s.sock", directory, len ? name : "0");
    return written < 0 || (size_t)written >= size ? SITES_NOWHERE : 0;
}

/* ---- the public suffix list ---- */

void sites_reduce(struct text host, char ret_domain[256])
{
    char name[256];

    ret_domain[0] = 0;
    while (host.len && host.at[host.len - 1] == '.')
        host.len--;
    if (host.len == 0 || host.len > AGENT_HOST_MAX || host.at[0] == '[')
        return;
    memcpy(name, host.at, host.len);
    name[host.len] = 0;
    const psl_ctx_t *list = psl_builtin();
    const char *domain = list ? psl_registrable_domain(list, name) : NULL;
    const char *last = strrchr(name, '.');
    /* A name whose last label is a number is an address. */
    if (domain && last && (last[1] < '0' || last[1] > '9'))
        (void)snprintf(ret_domain, 256, "%s", domain);
    wipe(name, sizeof(name));
}

/* ---- the hosts ---- */

static void peer_drop(struct peer *peer)
{
    if (peer->fd >= 0)
        file_close(peer->fd);
    frame_reader_free(peer->reader);
    wipe(peer, sizeof(*peer));
    peer->fd = -1;
}

RESULT sites_new(struct sites **ret_sites, const char *path)
{
    CLEANUP(sites_free) struct sites *sites = calloc(1, sizeof(*sites));

    if (!sites)
        return FAULT(ERR_MEMORY);
    sites->listener = -1;
    for (size_t i = 0; i < SITES_PEERS_MAX; i++)
        sites->peers[i].fd = -1;
    int r = local_listen(path, 0600, &sites->listener);
    if (r)
        return r < 0 ? r : SITES_NOWHERE;
    (void)snprintf(sites->path, sizeof(sites->path), "%s", path);
    *ret_sites = TAKE(sites);
    return 0;
}

struct sites *sites_free(struct sites *sites)
{
    if (!sites)
        return NULL;
    for (size_t i = 0; i < SITES_PEERS_MAX; i++)
        peer_drop(&sites->peers[i]);
    if (sites->listener >= 0) {
        file_close(sites->listener);
        (void)unlink(sites->path);
    }
    free(sites);
    return NULL;
}

size_t sites_poll(const struct sites *sites, struct pollfd *ret_polls)
{
    size_t count = 0;

    ret_polls[count++] = (struct pollfd){.fd = sites->listener, .events = POLLIN};
    for (size_t i = 0; i < SITES_PEERS_MAX; i++) {
        if (sites->peers[i].fd >= 0)
            ret_polls[count++] = (struct pollfd){.fd = sites->peers[i].fd, .events = POLLIN};
    }
    return count;
}

/* The fourth field of /proc/<pid>/stat, after the name in brackets, which may hold anything. */
static pid_t parent_of(pid_t pid)
{
    char path[64];
    char text[512];

    (void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t len = read(fd, text, sizeof(text) - 1);
    if (len <= 0)
        return 0;
    text[len] = 0;
    const char *after = strrchr(text, ')');
    if (!after || strlen(after) < 5)
        return 0;
    return (pid_t)strtol(after + 4, NULL, 10);
}

static void accept_one(struct sites *sites, int fd)
{
    struct local_peer who;
    struct peer *peer = NULL;

    for (size_t i = 0; i < SITES_PEERS_MAX && !peer; i++) {
        if (sites->peers[i].fd < 0)
            peer = &sites->peers[i];
    }
    if (!peer || local_peer(fd, &who) || who.uid != getuid() ||
        frame_reader_new(&peer->reader, AGENT_HOST_MAX + 1)) {
        file_close(fd);
        return;
    }
    peer->fd = fd;
    peer->browser = parent_of(who.pid);
    if (process_executable(peer->browser, peer->executable, sizeof(peer->executable)))
        peer->executable[0] = 0;
}

static void peer_told(struct peer *peer, struct bytes body, int64_t boot_at)
{
    struct text host = {.at = (const char *)body.at + 1, .len = body.len - 1};
    unsigned flags = body.at[0];

    sites_reduce(host, peer->site.domain);
    peer->site.domain_len = strlen(peer->site.domain);
    peer->site.incognito = flags & AGENT_SITE_INCOGNITO;
    peer->site.media = flags & AGENT_SITE_AUDIBLE;
    peer->focused = flags & AGENT_SITE_FOCUSED;
    peer->heard_at = boot_at;
}

static bool peer_take(struct peer *peer, int64_t boot_at)
{
    uint8_t chunk[512];
    struct frame frame;
    size_t len = 0;
    bool changed = false;
    int r = local_read(peer->fd, chunk, sizeof(chunk), &len);

    if (r == LOCAL_AGAIN)
        return false;
    if (r) {
        peer_drop(peer);
        return true;
    }
    for (size_t at = 0; at < len;) {
        at += frame_reader_push(peer->reader, (struct bytes){.at = chunk + at, .len = len - at});
        while ((r = frame_reader_next(peer->reader, &frame)) == 0) {
            if (frame.kind != AGENT_SITE || frame.body.len < 1)
                continue;
            peer_told(peer, frame.body, boot_at);
            changed = true;
        }
        if (r != FRAME_PARTIAL) {
            peer_drop(peer);
            return true;
        }
    }
    wipe(chunk, sizeof(chunk));
    return changed;
}

bool sites_take(struct sites *sites, int64_t boot_at)
{
    bool changed = false;
    int fd;

    while (local_accept(sites->listener, &fd) == 0)
        accept_one(sites, fd);
    for (size_t i = 0; i < SITES_PEERS_MAX; i++) {
        if (sites->peers[i].fd >= 0 && peer_take(&sites->peers[i], boot_at))
            changed = true;
    }
    return changed;
}

void sites_front(const struct sites *sites, pid_t pid, const char *executable, int64_t boot_at,
                 struct site *ret_site)
{
    const struct peer *best = NULL;

    *ret_site = (struct site){0};
    for (size_t i = 0; i < SITES_PEERS_MAX; i++) {
        const struct peer *peer = &sites->peers[i];
        bool same_process = pid > 0 && peer->browser == pid;
        bool same_program = pid <= 0 && executable[0] && strcmp(executable, peer->executable) == 0;

        if (peer->fd < 0 || !peer->focused || boot_at - peer->heard_at > FORGET_AFTER_MS ||
            !(same_process || same_program))
            continue;
        if (!best || peer->heard_at > best->heard_at)
            best = peer;
    }
    if (best)
        *ret_site = best->site;
}
