#pragma once

/* What a spool is made of: for its own two files. */

#include <limits.h>

#include "service/segment.h"
#include "service/spool.h"

enum {
    SPOOL_GAPS_MAX = 64,
};

struct segment {
    uint64_t first;
    uint64_t end;  /* sequence after its last record */
    uint64_t size; /* bytes that are good */
    uint64_t spans;
    int64_t first_at; /* 0: it is empty */
    int64_t last_at;
    bool tail; /* there are bytes behind the good ones, to be cut off */
};

struct spool {
    char directory[PATH_MAX];
    int lock;
    int writer; /* the newest segment; -1: begin another before the next record */
    int reader; /* the oldest segment; -1: not open */
    int acked;
    struct segment_keys keys;
    struct device_id device;
    uint32_t epoch;
    uint64_t spans_max;
    uint64_t next; /* sequence of the next record */
    struct segment *segments;
    size_t count;
    size_t room;
    uint64_t sent;        /* sequence of the oldest record not sent */
    uint64_t sent_offset; /* where it is in the oldest segment */
    struct segment_record peeked;
    struct spool_gap gaps[SPOOL_GAPS_MAX];
    size_t gap_count;
};

/* NULL: there is none. */
struct segment *spool_newest(struct spool *spool);
struct segment_id spool_segment_id(const struct spool *spool, uint64_t first);
int spool_segment_path(const struct spool *spool, uint64_t first, const char *end,
                       char ret_path[PATH_MAX]);
int spool_segment_open(const struct spool *spool, uint64_t first, int *ret_fd);
/* Begins another segment. */
int spool_roll(struct spool *spool);
