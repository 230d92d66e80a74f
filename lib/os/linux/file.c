#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/wipe.h"

enum { CHUNK_SIZE = 16 * 1024 };

/* What a failed call means to callers of this module. */
static int failure(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return FILE_ABSENT;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP: /* a symbolic link where none belongs */
        return FILE_DENIED;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return FAULT(ERR_FULL);
    case ENOMEM:
        return FAULT(ERR_MEMORY);
    default:
        return FAULT(ERR_SYSTEM);
    }
}

/* For functions to which absence is a fault: their callers made the directory before. */
static int failure_present(void)
{
    int r = failure();

    return r == FILE_ABSENT ? FAULT(ERR_SYSTEM) : r;
}

static int read_rest(int fd, struct buffer *buffer)
{
    uint8_t chunk[CHUNK_SIZE];
    int r = 0;

    for (;;) {
        ssize_t got = read(fd, chunk, sizeof(chunk));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            r = failure();
        else if ((size_t)got > buffer->max - buffer->len)
            r = FILE_LARGE;
        else
            buffer_append(buffer, chunk, (size_t)got);
        if (r || got == 0)
            break;
    }
    wipe(chunk, sizeof(chunk)); /* it may have been a key */
    return r ? r : buffer_check(buffer);
}

RESULT file_read(const char *path, struct buffer *buffer)
{
    CLEANUP(file_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return failure();
    size_t held = buffer->len;
    int r = read_rest(fd, buffer);
    if (r && buffer->len > held) {
        wipe(buffer->at + held, buffer->len - held);
        buffer->len = held;
    }
    return r;
}

static int write_all(int fd, struct bytes content)
{
    while (content.len > 0) {
        ssize_t put = write(fd, content.at, content.len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return failure_present();
        content.at += put;
        content.len -= (size_t)put;
    }
    return 0;
}

/*
 * Opens and locks the temporary file. Whoever held the lock before has renamed or removed it since,
 * so the name is looked up again until it is the file that was locked: two writers never share one.
 */
static int open_temporary(const char *path, int *ret_fd)
{
    for (;;) {
        CLEANUP(file_close)
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
        struct stat held;
        struct stat named;

        if (fd < 0)
            return failure_present();
        while (flock(fd, LOCK_EX)) {
            if (errno != EINTR)
                return FAULT(ERR_SYSTEM);
        }
        if (fstat(fd, &held))
            return FAULT(ERR_SYSTEM);
        if (stat(path, &named) || held.st_ino != named.st_ino || held.st_dev != named.st_dev)
            continue;
        *ret_fd = file_take(&fd);
        return 0;
    }
}

static int write_temporary(int fd, struct bytes content, unsigned mode)
{
    if (ftruncate(fd, 0) || fchmod(fd, (mode_t)mode))
        return failure_present();
    int r = write_all(fd, content);
    if (r)
        return r;
    return fsync(fd) ? failure_present() : 0;
}

/* The directory that path is a name in, which is what has to be synced for the name to last. */
static int directory_of(const char *path, char ret_directory[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;

    if (!slash)
        path = ".", len = 1;
    else if (len == 0)
        len = 1;
    if (len >= PATH_MAX)
        return FAULT(ERR_MEMORY);
    memcpy(ret_directory, path, len);
    ret_directory[len] = '\0';
    return 0;
}

RESULT file_replace(const char *path, struct bytes content, unsigned mode)
{
    char temporary[PATH_MAX];
    char directory[PATH_MAX];
    CLEANUP(file_close) int fd = -1;

    int len = snprintf(temporary, sizeof(temporary), "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof(temporary))
        return FAULT(ERR_MEMORY);
    int r = directory_of(path, directory);
    if (r)
        return r;
    r = open_temporary(temporary, &fd);
    if (r)
        return r;
    r = write_temporary(fd, content, mode);
    if (!r && rename(temporary, path))
        r = failure_present();
    if (r) {
        (void)unlink(temporary);
        return r;
    }
    return file_sync_directory(directory);
}

static int make_one(const char *path, unsigned mode)
{
    struct stat is;

    if (mkdir(path, (mode_t)mode) == 0)
        return 0;
    int why = errno;
    if (stat(path, &is) == 0)
        return S_ISDIR(is.st_mode) ? 0 : FILE_DENIED;
    errno = why;
    return failure_present();
}

RESULT file_make_directory(const char *path, unsigned mode)
{
    char part[PATH_MAX];
    size_t len = strlen(path);

    if (len == 0 || len >= sizeof(part))
        return FAULT(ERR_MEMORY);
    memcpy(part, path, len + 1);
    for (size_t i = 1; i < len; i++) {
        if (part[i] != '/')
            continue;
        part[i] = '\0';
        int r = make_one(part, mode);
        if (r)
            return r;
        part[i] = '/';
    }
    return make_one(part, mode);
}

RESULT file_sync_directory(const char *path)
{
    CLEANUP(file_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd))
        return FAULT(ERR_SYSTEM);
    return 0;
}

RESULT file_remove(const char *path)
{
    if (unlink(path) == 0)
        return 0;
    int r = failure();
    return r == FILE_ABSENT ? 0 : r;
}

RESULT file_lock(const char *path, int *ret_fd)
{
    CLEANUP(file_close)
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

    if (fd < 0)
        return failure_present();
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        if (errno == EWOULDBLOCK)
            return FILE_LOCKED;
        if (errno != EINTR)
            return FAULT(ERR_SYSTEM);
    }
    *ret_fd = file_take(&fd);
    return 0;
}

RESULT file_path(char *ret_path, size_t size, const char *directory, const char *name)
{
    size_t head = strlen(directory);
    size_t tail = strlen(name);

    /* Judged before anything is written: a path cut short would be another path. */
    if (head >= size || tail >= size || head + tail + 2 > size)
        return FAULT(ERR_MEMORY);
    memcpy(ret_path, directory, head);
    ret_path[head] = '/';
    memcpy(ret_path + head + 1, name, tail);
    ret_path[head + 1 + tail] = '\0';
    return 0;
}

RESULT file_free_bytes(const char *path, uint64_t *ret_bytes)
{
    struct statvfs is;

    if (statvfs(path, &is))
        return FAULT(ERR_SYSTEM);
    *ret_bytes = (uint64_t)is.f_bavail * is.f_frsize;
    return 0;
}

void file_close(int fd)
{
    (void)close(fd);
}
