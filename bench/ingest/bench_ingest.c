#include "bench_ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES 24
#define BATCHES 250 /* a device */
#define ROW_LOADS 2 /* devices whose batches the peer takes */

static int run(struct bench_server *server, struct bench_device *devices, struct bench_load *loads)
{
    double ward;
    double rows;
    char path[300];
    int r = bench_enrol(server, devices, DEVICES);

    for (size_t i = 0; i < DEVICES && !r; i++) {
        loads[i].device = &devices[i];
        r = bench_load_make(&loads[i], (uint32_t)i, BATCHES);
    }
    if (!r)
        r = bench_load_send(loads, DEVICES, &ward);
    if (!r)
        r = bench_check(server, (size_t)DEVICES * BATCHES * BENCH_SPANS);
    snprintf(path, sizeof path, "%s/rows.db", server->data);
    if (!r)
        r = bench_rows(loads, ROW_LOADS, path, &rows);
    if (!r)
        printf("{\"name\":\"ingest_spans_per_s\",\"value\":%.0f,\"unit\":\"spans/s\",\"peers\":["
               "{\"name\":\"plain SQLite rows, no network\",\"value\":%.0f}]}\n",
               ward, rows);
    return r;
}

int main(void)
{
    static struct bench_device devices[DEVICES];
    static struct bench_load loads[DEVICES];
    struct bench_server server = {0};
    int r = bench_server_start(&server);

    if (!r)
        r = run(&server, devices, loads);
    bench_server_stop(&server);
    if (r)
        fprintf(stderr, "bench_ingest: %d %s\n", r, fault_name(r));
    return r ? 1 : 0;
}
