#pragma once

/*
 * Files: whole-file reads and writes that survive a power cut, and directories made private
 *
 * Paths are ours (configuration and fixed names below a directory), never a peer's.
 */

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/needles.h"
#include "base/result.h"

enum {
    FILE_ABSENT = 1, /* no such file or directory */
    FILE_DENIED,     /* not permitted */
    FILE_LARGE,      /* longer than the caller's ceiling */
    FILE_LOCKED,     /* another process holds the lock */
};

/* Appends the whole file to buffer (its ceiling is the file's). FILE_ABSENT, FILE_DENIED,
 * FILE_LARGE. */
RESULT file_read(const char *path, struct buffer *buffer);

/*
 * Replaces path by content: temporary file beside it, write, fsync, rename, fsync of the directory.
 * After a crash the old or the new content is there, whole. The file gets exactly that mode,
 * whatever the umask. The temporary file is path.new: what a crash left of it is used again.
 * FILE_DENIED; ERR_FULL.
 */
RESULT file_replace(const char *path, struct bytes content, unsigned mode);

/* Makes the directory (and its parents) with mode; one that exists keeps its mode. FILE_DENIED. */
RESULT file_make_directory(const char *path, unsigned mode);

/* fsyncs a directory, so that names made or removed in it are durable. */
RESULT file_sync_directory(const char *path);

/* Removes a file; one that is absent is no error. FILE_DENIED. */
RESULT file_remove(const char *path);

/* Takes an exclusive lock on path (made if absent) until *ret_fd is closed. FILE_LOCKED,
 * FILE_DENIED. */
RESULT file_lock(const char *path, int *ret_fd);

/* Joins directory and name with '/' into a NUL-closed text of size bytes at most; ERR_MEMORY when
 * it is too long. */
RESULT file_path(char *ret_path, size_t size, const char *directory, const char *name);

/* Bytes free for us on the file system of path. */
RESULT file_free_bytes(const char *path, uint64_t *ret_bytes);

/* Looks for needles in a file, or in every file below a directory, links not followed; one across
 * two pieces may count twice. FILE_ABSENT; FILE_DENIED: some were not read. */
RESULT file_look(const char *path, const struct needles *needles, struct needles_sweep *sweep);

void file_close(int fd);

/* Closes a descriptor at the end of a scope: CLEANUP(file_close) int fd = -1; */
static inline void file_close_at(int *fd)
{
    if (*fd >= 0)
        file_close(*fd);
}

/* What TAKE is to pointers: the descriptor is given away and not closed here. */
static inline int file_take(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}
