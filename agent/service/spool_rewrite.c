/* Batches changed where they wait, segment by segment. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "service/spool-private.h"

/* A segment that is written again. */
struct rewrite {
    struct spool *spool;
    spool_change *change;
    const void *context;
    struct segment_id id;
    int from;
    int to;              /* -1: only looked at */
    uint64_t size;       /* of what is written */
    uint64_t sent_at;    /* where the oldest record that was not sent is now */
    uint64_t peeked_end; /* where the record that was peeked ends now */
    uint64_t changed;
    struct buffer batch;
    struct buffer instead;
};

static int rewrite_record(struct rewrite *rewrite, const struct segment_record *record)
{
    const struct spool *spool = rewrite->spool;
    struct segment_record again = *record;
    struct bytes bytes = buffer_bytes(&rewrite->batch);

    buffer_clear(&rewrite->instead);
    int r = rewrite->change(rewrite->context, bytes, &rewrite->instead);
    if (r)
        return r;
    if (rewrite->instead.len > 0) {
        bytes = buffer_bytes(&rewrite->instead);
        rewrite->changed++;
    }
    if (rewrite->to < 0)
        return 0;
    if (record->sequence == spool->sent)
        rewrite->sent_at = rewrite->size;
    r = segment_write(rewrite->to, &spool->keys, &rewrite->id, rewrite->size, &again, bytes);
    if (r)
        return r;
    rewrite->size = again.next;
    if (record->sequence == spool->peeked.sequence)
        rewrite->peeked_end = again.next;
    return 0;
}

static int rewrite_records(struct rewrite *rewrite, const struct segment *segment)
{
    struct segment_record record = {.next = SEGMENT_HEAD_SIZE};
    int r = 0;

    rewrite->changed = 0;
    rewrite->size = SEGMENT_HEAD_SIZE;
    for (uint64_t at = segment->first; r == 0 && at < segment->end; at++) {
        buffer_clear(&rewrite->batch);
        r = segment_read(rewrite->from, &rewrite->spool->keys, &rewrite->id, record.next, at,
                         &record, &rewrite->batch);
        if (r > 0) /* the disk lost it since: that is found, and told, when it is sent */
            return SPOOL_ABSENT;
        if (r == 0)
            r = rewrite_record(rewrite, &record);
    }
    return r;
}

/* What the medium still has of the old file is overwritten, as far as it lets us. */
static void segment_wipe(int fd)
{
    static const uint8_t zeros[4096];
    struct stat status;

    if (fstat(fd, &status))
        return;
    for (off_t at = 0; at < status.st_size; at += (off_t)sizeof(zeros)) {
        if (pwrite(fd, zeros, sizeof(zeros), at) < 0)
            return;
    }
    (void)!fsync(fd);
}

static int rewrite_replace(struct rewrite *rewrite, struct segment *segment)
{
    struct spool *spool = rewrite->spool;
    char making[PATH_MAX];
    char path[PATH_MAX];
    int r = spool_segment_path(spool, segment->first, ".new", making);

    if (r == 0)
        r = spool_segment_path(spool, segment->first, ".spool", path);
    if (r)
        return r;
    CLEANUP(file_close)
    int fd = open(making, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return FAULT(errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_SYSTEM);
    rewrite->to = fd;
    r = segment_begin(fd, &rewrite->id);
    if (r == 0)
        r = rewrite_records(rewrite, segment);
    if (r == 0 && (fsync(fd) || rename(making, path)))
        r = FAULT(errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_SYSTEM);
    if (r) {
        (void)unlink(making);
        return r;
    }
    if (segment == spool_newest(spool)) {
        file_close(spool->writer);
        spool->writer = fd;
        fd = -1;
    }
    return file_sync_directory(spool->directory);
}

/* Where things are in the segment now. */
static void rewrite_settle(const struct rewrite *rewrite, struct segment *segment)
{
    struct spool *spool = rewrite->spool;

    segment->size = rewrite->size;
    segment->tail = false;
    if (segment != spool->segments)
        return;
    if (spool->reader >= 0)
        file_close(spool->reader);
    spool->reader = -1;
    spool->sent_offset = rewrite->sent_at ? rewrite->sent_at : rewrite->size;
    if (rewrite->peeked_end)
        spool->peeked.next = rewrite->peeked_end;
}

static int segment_rewrite(struct rewrite *rewrite, struct segment *segment)
{
    CLEANUP(file_close) int from = -1;
    int r = spool_segment_open(rewrite->spool, segment->first, &from);

    if (r)
        return r;
    rewrite->from = from;
    rewrite->to = -1;
    rewrite->id = spool_segment_id(rewrite->spool, segment->first);
    rewrite->sent_at = rewrite->peeked_end = 0;
    r = rewrite_records(rewrite, segment);
    if (r || rewrite->changed == 0)
        return r == SPOOL_ABSENT ? 0 : r;
    r = rewrite_replace(rewrite, segment);
    if (r)
        return r == SPOOL_ABSENT ? 0 : r;
    rewrite_settle(rewrite, segment);
    segment_wipe(from);
    return 0;
}

static void rewrite_deinit_at(struct rewrite *rewrite)
{
    buffer_deinit(&rewrite->batch);
    buffer_deinit(&rewrite->instead);
}

RESULT spool_rewrite(struct spool *spool, spool_change *change, const void *context,
                     uint64_t *ret_changed)
{
    __attribute__((cleanup(rewrite_deinit_at))) struct rewrite rewrite = {
        .spool = spool,
        .change = change,
        .context = context,
        .batch = buffer_init(SEGMENT_BOX_MAX),
        .instead = buffer_init(WIRE_BODY_MAX),
    };
    uint64_t changed = 0;
    int r = 0;

    /* A newest segment that is not trusted tells by its bytes which numbers are used: it is left
     * for another first. */
    if (spool->count > 0 && spool->writer < 0)
        r = spool_roll(spool);
    for (size_t i = 0; r == 0 && i < spool->count; i++) {
        r = segment_rewrite(&rewrite, &spool->segments[i]);
        changed += rewrite.changed;
    }
    if (r)
        return r > 0 ? FAULT(ERR_SYSTEM) : r;
    *ret_changed = changed;
    return 0;
}
