/*
 * Segments of arbitrary bytes, read as the spool reads them. What the target itself has sealed is
 * put before the input, so that the reader gets past a good record into hostile bytes; whatever
 * comes back as a batch must be what was sealed.
 */

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "service/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t spool_key[32] = {9};

static void must(bool held)
{
    if (!held)
        abort();
}

/* Reads to the end, as the spool does when it opens. Returns how many records were verified. */
static size_t walk(int fd, const struct segment_keys *keys, const struct segment_id *id)
{
    struct segment_record record = {.next = SEGMENT_HEAD_SIZE};
    uint64_t sequence = id->first;
    size_t count = 0;

    for (;;) {
        CLEANUP(buffer_deinit) struct buffer batch = buffer_init(SEGMENT_BOX_MAX);
        uint64_t offset = record.next;
        int r = segment_read(fd, keys, id, offset, sequence, &record, &batch);

        if (r)
            return count;
        must(record.next > offset && record.sequence == sequence);
        must(batch.len == 5 && memcmp(batch.at, "batch", 5) == 0);
        sequence++;
        count++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct segment_keys keys;
    struct segment_id id = {0};
    int fd = memfd_create("segment", MFD_CLOEXEC);

    must(fd >= 0);
    must(segment_keys_make((struct bytes){.at = spool_key, .len = sizeof(spool_key)}, &keys) == 0);
    must(write(fd, data, size) == (ssize_t)size);
    if (segment_read_head(fd, &id) == 0)
        must(walk(fd, &keys, &id) == 0); /* nobody but us can seal */

    id = (struct segment_id){.epoch = 1, .first = 5};
    struct segment_record record = {.sequence = 5, .spans = 1, .at = 1};
    struct bytes batch = {.at = (const uint8_t *)"batch", .len = 5};
    must(ftruncate(fd, 0) == 0 && segment_begin(fd, &id) == 0);
    must(segment_write(fd, &keys, &id, SEGMENT_HEAD_SIZE, &record, batch) == 0);
    must(pwrite(fd, data, size, (off_t)record.next) == (ssize_t)size);
    must(walk(fd, &keys, &id) == 1);
    (void)close(fd);
    return 0;
}
