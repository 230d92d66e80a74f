#include "service/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/wipe.h"
#include "common/big-endian.h"
#include "os/file.h"
#include "service/spool-private.h"

enum {
    SEGMENTS_MAX = 8192,
    NAME_SIZE = 32,
    ROLL_WHEN_SENT = 64 * 1024, /* a segment this long is left as soon as all of it was sent */
    RECORD_MIN = SEGMENT_RECORD_HEAD_SIZE + 28,
};

struct segment *spool_newest(struct spool *spool)
{
    return spool->count ? &spool->segments[spool->count - 1] : NULL;
}

struct segment_id spool_segment_id(const struct spool *spool, uint64_t first)
{
    return (struct segment_id){.device = spool->device, .epoch = spool->epoch, .first = first};
}

int spool_segment_path(const struct spool *spool, uint64_t first, const char *end,
                       char ret_path[PATH_MAX])
{
    char name[NAME_SIZE];

    (void)snprintf(name, sizeof(name), "%016" PRIx64 "%s", first, end);
    return file_path(ret_path, PATH_MAX, spool->directory, name);
}

int spool_segment_open(const struct spool *spool, uint64_t first, int *ret_fd)
{
    char path[PATH_MAX];
    int r = spool_segment_path(spool, first, ".spool", path);

    if (r)
        return r;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return FAULT(ERR_SYSTEM);
    *ret_fd = fd;
    return 0;
}

/* Two losses of one kind are told as one when there is no room for more. */
static void gap_note(struct spool *spool, enum batch_gap_reason reason, int64_t from_at,
                     int64_t to_at, uint64_t spans)
{
    struct spool_gap *last = spool->gap_count ? &spool->gaps[spool->gap_count - 1] : NULL;

    if (spool->gap_count == SPOOL_GAPS_MAX) {
        last->to_at = to_at > last->to_at ? to_at : last->to_at;
        last->spans += spans;
        return;
    }
    spool->gaps[spool->gap_count++] =
        (struct spool_gap){.reason = reason, .from_at = from_at, .to_at = to_at, .spans = spans};
}

bool spool_gap(struct spool *spool, struct spool_gap *ret_gap)
{
    if (spool->gap_count == 0)
        return false;
    *ret_gap = spool->gaps[0];
    spool->gap_count--;
    memmove(spool->gaps, spool->gaps + 1, spool->gap_count * sizeof(*spool->gaps));
    return true;
}

static int segment_add(struct spool *spool, struct segment segment)
{
    if (spool->count == SEGMENTS_MAX)
        return FAULT(ERR_FULL);
    if (spool->count == spool->room) {
        size_t room = spool->room ? spool->room * 2 : 8;
        struct segment *grown = realloc(spool->segments, room * sizeof(*grown));

        if (!grown)
            return FAULT(ERR_MEMORY);
        spool->segments = grown;
        spool->room = room;
    }
    spool->segments[spool->count++] = segment;
    return 0;
}

static int segment_remove(const struct spool *spool, uint64_t first)
{
    char path[PATH_MAX];
    int r = spool_segment_path(spool, first, ".spool", path);

    if (r == 0)
        r = file_remove(path);
    return r > 0 ? FAULT(ERR_SYSTEM) : r;
}

/* The oldest segment is no more of use. */
static int segment_drop_oldest(struct spool *spool)
{
    int r = segment_remove(spool, spool->segments[0].first);

    if (r)
        return r;
    if (spool->reader >= 0)
        file_close(spool->reader);
    spool->reader = -1;
    spool->count--;
    memmove(spool->segments, spool->segments + 1, spool->count * sizeof(*spool->segments));
    spool->sent = spool->count ? spool->segments[0].first : spool->next;
    spool->sent_offset = SEGMENT_HEAD_SIZE;
    spool->peeked = (struct segment_record){0};
    return 0;
}

/* Writes a new segment's head under another name first, so that no half of one is ever found. */
static int segment_make(struct spool *spool, int *ret_fd)
{
    char making[PATH_MAX];
    char path[PATH_MAX];
    struct segment_id id = spool_segment_id(spool, spool->next);
    int r = spool_segment_path(spool, spool->next, ".new", making);

    if (r == 0)
        r = spool_segment_path(spool, spool->next, ".spool", path);
    if (r)
        return r;
    CLEANUP(file_close)
    int fd = open(making, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return FAULT(errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_SYSTEM);
    r = segment_begin(fd, &id);
    if (r)
        return r;
    if (fsync(fd) || rename(making, path))
        return FAULT(ERR_SYSTEM);
    r = file_sync_directory(spool->directory);
    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    *ret_fd = fd;
    fd = -1;
    return 0;
}

/* Cuts off what stands behind the good bytes. Only once a later segment says which numbers are
 * taken. */
static void segment_cut(struct spool *spool, struct segment *segment)
{
    CLEANUP(file_close) int fd = -1;

    if (!segment->tail || spool_segment_open(spool, segment->first, &fd))
        return;
    if (ftruncate(fd, (off_t)segment->size) == 0)
        segment->tail = false;
}

int spool_roll(struct spool *spool)
{
    CLEANUP(file_close) int fd = -1;
    int r = segment_make(spool, &fd);

    if (r)
        return r;
    r = segment_add(
        spool,
        (struct segment){.first = spool->next, .end = spool->next, .size = SEGMENT_HEAD_SIZE});
    if (r)
        return r;
    if (spool->writer >= 0)
        file_close(spool->writer);
    spool->writer = fd;
    fd = -1;
    if (spool->count > 1)
        segment_cut(spool, &spool->segments[spool->count - 2]);
    while (spool->count > 1 && spool->sent >= spool->segments[0].end) {
        r = segment_drop_oldest(spool);
        if (r)
            return r;
    }
    return 0;
}

/* ---- opening ---- */

/* Verifies the records of a segment. Sets what is good of it, and how the reading ended. */
static int segment_verify(const struct spool *spool, int fd, struct segment *segment, int *ret_end)
{
    struct segment_id id = spool_segment_id(spool, segment->first);
    struct segment_record record;
    int r;

    for (;;) {
        r = segment_read(fd, &spool->keys, &id, segment->size, segment->end, &record, NULL);
        if (r)
            break;
        segment->size = record.next;
        segment->end = record.sequence + 1;
        segment->spans += record.spans;
        segment->first_at = segment->first_at ? segment->first_at : record.at;
        segment->last_at = record.at;
    }
    if (r < 0)
        return r;
    *ret_end = r;
    return 0;
}

/* How many sequence numbers bytes that cannot be read may have used up. */
static uint64_t numbers_in(int fd, uint64_t from)
{
    struct stat status;

    if (fstat(fd, &status) || (uint64_t)status.st_size <= from)
        return 1;
    return ((uint64_t)status.st_size - from) / RECORD_MIN + 1;
}

static int segment_load(struct spool *spool, uint64_t first, bool last, int64_t now_at)
{
    CLEANUP(file_close) int fd = -1;
    struct segment segment = {.first = first, .end = first, .size = SEGMENT_HEAD_SIZE};
    struct segment_id id = {0};
    int end = SEGMENT_END;
    int r = spool_segment_open(spool, first, &fd);

    if (r)
        return r;
    r = segment_read_head(fd, &id);
    if (r < 0)
        return r;
    bool ours = r == 0 && id.first == first && id.epoch == spool->epoch &&
                device_id_equal(id.device, spool->device);
    bool foreign = r == 0 && !ours && id.first == first; /* of an earlier enrolment */
    if (foreign) {
        gap_note(spool, BATCH_GAP_SPOOL_CORRUPT, now_at, now_at, 0);
        return segment_remove(spool, first);
    }
    if (ours)
        r = segment_verify(spool, fd, &segment, &end);
    if (r < 0)
        return r;
    if (segment.end > spool->next)
        spool->next = segment.end;
    if (!ours || end == SEGMENT_CORRUPT || (end == SEGMENT_TORN && !last)) {
        gap_note(spool, BATCH_GAP_SPOOL_CORRUPT, segment.last_at ? segment.last_at : now_at, now_at,
                 0);
        if (last) /* what follows tells for the others */
            spool->next = segment.end + numbers_in(fd, segment.size);
    }
    segment.tail = end != SEGMENT_END;
    if (segment.tail && end == SEGMENT_TORN && last &&
        ftruncate(fd, (off_t)segment.size) == 0) /* it was never finished: the number is free */
        segment.tail = false;
    r = segment_add(spool, segment);
    if (r == 0 && last && ours && !segment.tail && segment.end == spool->next) {
        spool->writer = fd;
        fd = -1;
    }
    return r;
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return left < right ? -1 : left > right;
}

static bool name_parse(const char *name, const char *end, uint64_t *ret_first)
{
    char *rest = NULL;
    size_t len = strlen(name);

    if (len != 16 + strlen(end) || strcmp(name + 16, end) != 0)
        return false;
    errno = 0;
    *ret_first = strtoull(name, &rest, 16);
    return errno == 0 && rest == name + 16 && *ret_first > 0;
}

static void closedir_at(DIR **directory)
{
    if (*directory)
        (void)closedir(*directory);
}

static void free_at(uint64_t **at)
{
    free(*at);
}

/* The segments that are there, ascending; the halves of one that was being made are removed. */
static int list_segments(struct spool *spool, uint64_t **ret_firsts, size_t *ret_count)
{
    __attribute__((cleanup(closedir_at))) DIR *directory = opendir(spool->directory);
    __attribute__((cleanup(free_at))) uint64_t *firsts = malloc(SEGMENTS_MAX * sizeof(*firsts));
    const struct dirent *entry;
    size_t count = 0;
    uint64_t first;
    char path[PATH_MAX];

    if (!directory || !firsts)
        return FAULT(directory ? ERR_MEMORY : ERR_SYSTEM);
    while ((entry = readdir(directory))) {
        if (name_parse(entry->d_name, ".spool", &first) && count < SEGMENTS_MAX)
            firsts[count++] = first;
        else if (name_parse(entry->d_name, ".new", &first) &&
                 spool_segment_path(spool, first, ".new", path) == 0)
            (void)unlink(path);
    }
    qsort(firsts, count, sizeof(*firsts), compare_numbers);
    *ret_firsts = TAKE(firsts);
    *ret_count = count;
    return 0;
}

/* The hint of what was sent already. Not synced: after a power cut a few batches may be sent again,
 * which the server knows. A hint that is not whole is none. */
static uint64_t acked_read(const struct spool *spool)
{
    uint8_t bytes[20];

    if (pread(spool->acked, bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return 0;
    uint64_t sequence = big_endian_get(bytes + 4, 8);
    if (big_endian_get(bytes, 4) != spool->epoch || big_endian_get(bytes + 12, 8) != ~sequence)
        return 0;
    return sequence;
}

static void acked_write(const struct spool *spool, uint64_t sequence)
{
    uint8_t bytes[20];

    big_endian_put(bytes, 4, spool->epoch);
    big_endian_put(bytes + 4, 8, sequence);
    big_endian_put(bytes + 12, 8, ~sequence);
    /* A hint: when it cannot be written, more is sent again. */
    ssize_t put = pwrite(spool->acked, bytes, sizeof(bytes), 0);
    (void)put;
}

static int spool_load(struct spool *spool, int64_t now_at)
{
    __attribute__((cleanup(free_at))) uint64_t *firsts = NULL;
    size_t count = 0;
    int r = list_segments(spool, &firsts, &count);

    for (size_t i = 0; r == 0 && i < count; i++)
        r = segment_load(spool, firsts[i], i + 1 == count, now_at);
    if (r)
        return r;
    for (size_t i = 0; i + 1 < spool->count; i++)
        segment_cut(spool, &spool->segments[i]);
    spool->sent = spool->count ? spool->segments[0].first : spool->next;
    spool->sent_offset = SEGMENT_HEAD_SIZE;
    uint64_t acked = acked_read(spool);
    if (acked >= spool->next && spool->next < acked + 1) {
        spool->next = acked + 1; /* segments were taken away: their numbers stay used */
        if (spool->writer >= 0)
            file_close(spool->writer);
        spool->writer = -1;
    }
    while (spool->sent <= acked) {
        r = spool_peek(spool, NULL, &(uint64_t){0});
        if (r == 0)
            r = spool_done(spool, spool->sent);
        if (r)
            return r == SPOOL_EMPTY ? 0 : r;
    }
    return 0;
}

static int spool_begin(struct spool *spool, const struct spool_config *config)
{
    char path[PATH_MAX];
    int r = file_make_directory(config->directory, 0700);

    if (r == 0)
        r = file_path(spool->directory, sizeof(spool->directory), config->directory, "");
    if (r == 0)
        r = file_path(path, sizeof(path), spool->directory, "lock");
    if (r == 0)
        r = file_lock(path, &spool->lock);
    if (r == FILE_LOCKED)
        return SPOOL_LOCKED;
    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    r = file_path(path, sizeof(path), spool->directory, "acked");
    if (r)
        return r;
    spool->acked = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (spool->acked < 0)
        return FAULT(ERR_SYSTEM);
    spool->device = config->device;
    spool->epoch = config->epoch;
    spool->spans_max = config->spans_max ? config->spans_max : SPOOL_SPANS_MAX;
    return segment_keys_make(config->key, &spool->keys);
}

RESULT spool_open(struct spool **ret_spool, const struct spool_config *config, int64_t now_at)
{
    CLEANUP(spool_free) struct spool *spool = calloc(1, sizeof(*spool));

    if (!spool)
        return FAULT(ERR_MEMORY);
    spool->lock = spool->writer = spool->reader = spool->acked = -1;
    spool->next = 1;
    int r = spool_begin(spool, config);
    if (r == 0)
        r = spool_load(spool, now_at);
    if (r)
        return r;
    *ret_spool = TAKE(spool);
    return 0;
}

struct spool *spool_free(struct spool *spool)
{
    if (!spool)
        return NULL;
    file_close_at(&spool->writer);
    file_close_at(&spool->reader);
    file_close_at(&spool->acked);
    file_close_at(&spool->lock);
    wipe(&spool->keys, sizeof(spool->keys));
    free(spool->segments);
    free(spool);
    return NULL;
}

/* ---- in ---- */

uint64_t spool_sequence(const struct spool *spool)
{
    return spool->next;
}

/* Gives up the oldest segment; the newest is left for another one first. */
static int spool_lose_oldest(struct spool *spool, enum batch_gap_reason reason)
{
    int r = spool->count == 1 ? spool_roll(spool) : 0;

    if (r || spool->count < 2)
        return r;
    struct segment lost = spool->segments[0];
    r = segment_drop_oldest(spool);
    if (r == 0)
        gap_note(spool, reason, lost.first_at, lost.last_at, lost.spans);
    return r;
}

static bool segment_is_left(const struct spool *spool, const struct segment *segment)
{
    return segment->size >= SPOOL_SEGMENT_BYTES ||
           (spool->sent >= segment->end && segment->size >= ROLL_WHEN_SENT);
}

/* Nobody knows what is on the disk now: the number is used up, and the file is left. */
static void spool_distrust(struct spool *spool)
{
    struct segment *segment = spool_newest(spool);

    segment->tail = true;
    file_close(spool->writer);
    spool->writer = -1;
    spool->next++;
}

RESULT spool_append(struct spool *spool, struct bytes batch, uint32_t spans, int64_t now_at)
{
    int r = 0;

    while (r == 0 && spool_waiting_spans(spool) + spans > spool->spans_max &&
           spool_waiting(spool) > 0)
        r = spool_lose_oldest(spool, BATCH_GAP_SPOOL_FULL);
    if (r == 0 && (spool->writer < 0 || segment_is_left(spool, spool_newest(spool))))
        r = spool_roll(spool);
    if (r)
        return r;
    struct segment *segment = spool_newest(spool);
    struct segment_id id = spool_segment_id(spool, segment->first);
    struct segment_record record = {.sequence = spool->next, .spans = spans, .at = now_at};
    r = segment_write(spool->writer, &spool->keys, &id, segment->size, &record, batch);
    if (r) {
        if (ftruncate(spool->writer, (off_t)segment->size))
            spool_distrust(spool);
        return r;
    }
    if (fsync(spool->writer)) {
        r = FAULT(errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_SYSTEM);
        spool_distrust(spool);
        return r;
    }
    segment->size = record.next;
    segment->end = ++spool->next;
    segment->spans += spans;
    segment->first_at = segment->first_at ? segment->first_at : now_at;
    segment->last_at = now_at;
    return 0;
}

RESULT spool_trim(struct spool *spool, int64_t now_at)
{
    int r = 0;

    while (r == 0 && spool_waiting(spool) > 0 && spool->segments[0].last_at < now_at - SPOOL_AGE_MS)
        r = spool_lose_oldest(spool, BATCH_GAP_SPOOL_AGED);
    return r;
}

/* ---- out ---- */

/* Moves to the next segment when the oldest has nothing left. SPOOL_EMPTY. */
static int spool_settle(struct spool *spool)
{
    while (spool->count > 1 && spool->sent >= spool->segments[0].end) {
        int r = segment_drop_oldest(spool);

        if (r)
            return r;
    }
    if (spool->count == 0 || spool->sent >= spool->segments[0].end)
        return SPOOL_EMPTY;
    return 0;
}

RESULT spool_peek(struct spool *spool, struct buffer *ret_batch, uint64_t *ret_sequence)
{
    for (;;) {
        int r = spool_settle(spool);

        if (r == 0 && spool->reader < 0)
            r = spool_segment_open(spool, spool->segments[0].first, &spool->reader);
        if (r)
            return r;
        struct segment_id id = spool_segment_id(spool, spool->segments[0].first);
        r = segment_read(spool->reader, &spool->keys, &id, spool->sent_offset, spool->sent,
                         &spool->peeked, ret_batch);
        if (r < 0)
            return r;
        if (r == 0)
            break;
        /* It was good when it was opened or written: the disk has lost it since. */
        struct segment lost = spool->segments[0];
        gap_note(spool, BATCH_GAP_SPOOL_CORRUPT, lost.first_at, lost.last_at, lost.spans);
        spool->sent = lost.end;
        spool->segments[0].spans = 0;
        if (spool->count == 1) {
            r = spool_roll(spool);
            if (r)
                return r;
        }
    }
    *ret_sequence = spool->sent;
    return 0;
}

RESULT spool_done(struct spool *spool, uint64_t sequence)
{
    if (spool->count == 0 || sequence != spool->sent || spool->peeked.sequence != sequence)
        return 0;
    struct segment *segment = &spool->segments[0];
    segment->spans -= spool->peeked.spans < segment->spans ? spool->peeked.spans : segment->spans;
    segment->first_at = spool->peeked.at;
    spool->sent = sequence + 1;
    spool->sent_offset = spool->peeked.next;
    spool->peeked = (struct segment_record){0};
    acked_write(spool, sequence);
    int r = spool_settle(spool);
    return r == SPOOL_EMPTY ? 0 : r;
}

RESULT spool_read(struct spool *spool, uint64_t sequence, struct buffer *ret_batch)
{
    CLEANUP(file_close) int fd = -1;
    CLEANUP(buffer_deinit) struct buffer passed = buffer_init(SEGMENT_BOX_MAX);
    size_t i = 0;

    while (i < spool->count &&
           (sequence < spool->segments[i].first || sequence >= spool->segments[i].end))
        i++;
    if (i == spool->count)
        return SPOOL_ABSENT;
    struct segment_id id = spool_segment_id(spool, spool->segments[i].first);
    struct segment_record record = {.next = SEGMENT_HEAD_SIZE};
    int r = spool_segment_open(spool, id.first, &fd);
    for (uint64_t at = id.first; r == 0 && at <= sequence; at++) {
        struct buffer *into = at == sequence ? ret_batch : &passed;

        buffer_clear(&passed);
        r = segment_read(fd, &spool->keys, &id, record.next, at, &record, into);
    }
    return r > 0 ? SPOOL_ABSENT : r;
}

uint64_t spool_waiting(const struct spool *spool)
{
    uint64_t waiting = 0;

    for (size_t i = 0; i < spool->count; i++) {
        uint64_t from = i == 0 ? spool->sent : spool->segments[i].first;

        if (spool->segments[i].end > from)
            waiting += spool->segments[i].end - from;
    }
    return waiting;
}

uint64_t spool_waiting_spans(const struct spool *spool)
{
    uint64_t spans = 0;

    for (size_t i = 0; i < spool->count; i++)
        spans += spool->segments[i].spans;
    return spans;
}

int64_t spool_oldest_at(const struct spool *spool)
{
    return spool_waiting(spool) ? spool->segments[0].first_at : 0;
}
