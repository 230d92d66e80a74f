#pragma once

/*
 * The ingest benchmark: a real wardd, real enrolments, mutual TLS, tags, durable answers
 *
 * Batches are made before the clock starts, so that the generator, which shares the machine, costs
 * little.
 */

#include <sys/types.h>

#include "base/buffer.h"
#include "base/id.h"
#include "base/result.h"
#include "crypto/hash.h"

#define BENCH_SPANS 500 /* in a batch */

struct bench_server {
    pid_t pid;
    char data[256];
    char socket[300];
};

struct bench_device {
    struct device_id id;
    char id_text[2 * DEVICE_ID_SIZE + 1];
    uint32_t epoch;
    uint16_t agents_port;
    struct buffer ca;          /* PEM */
    struct buffer certificate; /* PEM */
    struct buffer key;         /* PEM */
    uint8_t instance_key[32];
};

struct bench_batch {
    uint64_t sequence;
    struct bytes bytes;
    char tag[2 * HASH_SIZE + 1];
};

struct bench_load {
    struct bench_device *device;
    struct bench_batch *batches;
    size_t count;
    struct buffer bytes; /* of all batches */
};

/* Starts the wardd that is built beside this program, on an empty directory. */
RESULT bench_server_start(struct bench_server *server);
void bench_server_stop(struct bench_server *server);

/* Makes a package and enrols count devices by it. */
RESULT bench_enrol(const struct bench_server *server, struct bench_device *devices, size_t count);

/* Makes batches of the reference workload for a device, each with its tag. */
RESULT bench_load_make(struct bench_load *load, uint32_t person, size_t batches);

/* Sends all loads at once, a connection each; spans per second until the last is acknowledged. */
RESULT bench_load_send(struct bench_load *loads, size_t count, double *ret_spans_per_s);

/* Did the server take that many spans? What was only answered does not count. */
RESULT bench_check(const struct bench_server *server, size_t spans);

/* The same batches, one after the other, decoded into plain rows of an SQLite file, a durable
 * transaction each. */
RESULT bench_rows(const struct bench_load *loads, size_t count, const char *path,
                  double *ret_spans_per_s);
