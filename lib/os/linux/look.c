#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/wipe.h"
#include "os/file.h"

enum { LOOK_CHUNK = 256 * 1024, LOOK_DEPTH_MAX = 8 };

/* Piece by piece; the end of each is looked at again with the next, for what lies across. */
static RESULT look_through(int fd, uint8_t *room, const struct needles *needles,
                           struct needles_sweep *sweep)
{
    struct needles_sweep file = {0};
    size_t kept = 0;

    for (;;) {
        ssize_t got = read(fd, room + kept, LOOK_CHUNK - kept);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return FAULT(ERR_SYSTEM);
        if (got == 0)
            break;
        size_t len = kept + (size_t)got;
        struct needles_sweep piece = {0};
        needles_look(needles, (struct bytes){.at = room, .len = len}, &piece);
        file.found += piece.found;
        file.bytes += (uint64_t)got;
        kept = len < NEEDLE_BYTES_MAX - 1 ? len : NEEDLE_BYTES_MAX - 1;
        memmove(room, room + len - kept, kept);
    }
    sweep->texts++;
    sweep->bytes += file.bytes;
    sweep->found += file.found;
    return 0;
}

static void directory_close(DIR **directory)
{
    if (*directory)
        (void)closedir(*directory);
}

struct walk {
    const struct needles *needles;
    struct needles_sweep *sweep;
    uint8_t *room;
    bool denied;
};

static RESULT walk_directory(struct walk *walk, int fd, unsigned depth);

static RESULT walk_entry(struct walk *walk, int directory, const char *name, unsigned depth)
{
    CLEANUP(file_close)
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;

    if (fd < 0 || fstat(fd, &status)) {
        /* Sockets, links and what has just gone hold nothing of ours. */
        walk->denied |= errno == EACCES || errno == EPERM;
        return 0;
    }
    if (S_ISREG(status.st_mode))
        return look_through(fd, walk->room, walk->needles, walk->sweep);
    if (!S_ISDIR(status.st_mode))
        return 0;
    walk->denied |= depth == LOOK_DEPTH_MAX;
    int inner = depth < LOOK_DEPTH_MAX ? dup(fd) : -1;
    return inner < 0 ? 0 : walk_directory(walk, inner, depth + 1);
}

/* Takes fd. */
static RESULT walk_directory(struct walk *walk, int fd, unsigned depth)
{
    __attribute__((cleanup(directory_close))) DIR *directory = fdopendir(fd);
    const struct dirent *entry;
    int r = 0;

    if (!directory) {
        file_close(fd);
        return FAULT(ERR_SYSTEM);
    }
    while (r == 0 && (entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            r = walk_entry(walk, dirfd(directory), entry->d_name, depth);
    return r;
}

static RESULT look(int fd, bool directory, const struct needles *needles,
                   struct needles_sweep *sweep)
{
    struct walk walk = {.needles = needles, .sweep = sweep, .room = malloc(LOOK_CHUNK)};
    int r;

    if (!walk.room) {
        file_close(fd);
        return FAULT(ERR_MEMORY);
    }
    if (directory) {
        r = walk_directory(&walk, fd, 0);
    } else {
        r = look_through(fd, walk.room, needles, sweep);
        file_close(fd);
    }
    wipe(walk.room, LOOK_CHUNK);
    free(walk.room);
    return r == 0 && walk.denied ? FILE_DENIED : r;
}

RESULT file_look(const char *path, const struct needles *needles, struct needles_sweep *sweep)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;

    if (fd < 0)
        return errno == EACCES || errno == EPERM ? FILE_DENIED : FILE_ABSENT;
    if (fstat(fd, &status) || (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) {
        file_close(fd);
        return FILE_ABSENT;
    }
    return look(fd, S_ISDIR(status.st_mode), needles, sweep);
}
