#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/moment.h"
#include "bench/spans/workload.h"
#include "bench_ingest.h"
#include "net/client.h"
#include "net/server.h"
#include "net/tag.h"
#include "os/clock.h"
#include "redact/redact.h"
#include "wire/batch.h"

#define PATH "/agent/v1/batches"
#define DAYS_BACK 200
#define LOAD_BYTES_MAX ((size_t)64 * 1024 * 1024)
#define APPLICATIONS 200
#define SITES 2001

struct maker {
    struct workload *workload;
    struct redactor *redactor;
    struct arena *arena;
    struct batch_writer *writer;
    const struct clean_text *applications[APPLICATIONS];
    const struct clean_text *sites[SITES];
    struct workload_span day[WORKLOAD_DAY_MAX];
    size_t day_count;
    size_t day_next;
    int32_t day_number;
    int32_t today;
};

static int name(struct maker *maker, bool site, unsigned number, const struct clean_text **ret)
{
    char text[64];
    struct redaction redaction;
    int len;
    int r;

    if (site)
        len = snprintf(text, sizeof text, "site%u.example", number);
    else
        len = snprintf(text, sizeof text, "program-%c%c", (char)('a' + number % 26),
                       (char)('a' + number / 26));
    r = site ? redact_domain(maker->redactor, (struct raw_text){text, (size_t)len}, maker->arena,
                             &redaction)
             : redact_application(maker->redactor, (struct raw_text){text, (size_t)len},
                                  maker->arena, &redaction);
    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    *ret = redaction.clean;
    return 0;
}

static int make_names(struct maker *maker)
{
    int r = 0;

    for (unsigned i = 0; i < APPLICATIONS && !r; i++)
        r = name(maker, false, i, &maker->applications[i]);
    for (unsigned i = 1; i < SITES && !r; i++)
        r = name(maker, true, i, &maker->sites[i]);
    return r;
}

/* The next span of the person's days, moved so that they end before today. */
static void next_span(struct maker *maker, uint32_t person, struct span *ret_span)
{
    const struct workload_span *from;

    while (maker->day_next == maker->day_count) {
        maker->day_count =
            workload_day(maker->workload, 1, person, WORKLOAD_FIRST_DAY + maker->day_number,
                         maker->day, WORKLOAD_DAY_MAX);
        maker->day_next = 0;
        maker->day_number++;
    }
    from = &maker->day[maker->day_next++];
    *ret_span = (struct span){
        .start_at =
            from->start_ms + (int64_t)(maker->today - DAYS_BACK - WORKLOAD_FIRST_DAY) * MS_PER_DAY,
        .duration_ms = from->duration_ms,
        .state = (enum span_state)from->state,
        .application = maker->applications[from->application],
        .domain = maker->sites[from->site]};
}

static int make_batch(struct maker *maker, struct bench_load *load, uint32_t person,
                      struct bench_batch *batch, size_t *ret_len)
{
    char account[32];
    uint32_t number;
    size_t before = load->bytes.len;
    int len = snprintf(account, sizeof account, "user%u", person);
    int r = batch_writer_account(maker->writer, (struct text){account, (size_t)len}, BATCH_PERSON,
                                 &number);

    for (size_t i = 0; i < BENCH_SPANS && !r; i++) {
        struct span span;

        next_span(maker, person, &span);
        r = batch_writer_span(maker->writer, number, &span);
    }
    if (!r)
        r = batch_writer_finish(maker->writer, load->device->id, load->device->epoch,
                                batch->sequence, clock_now_ms(), 0, &load->bytes);
    *ret_len = load->bytes.len - before;
    return r < 0 ? r : r ? FAULT(ERR_SYSTEM) : 0;
}

static int tag_batch(const struct bench_device *device, struct bench_batch *batch)
{
    struct tag_request tagged = {.method = text_of("POST"),
                                 .path = text_of(PATH),
                                 .device = text_of(device->id_text),
                                 .epoch = device->epoch,
                                 .sequence = batch->sequence,
                                 .body = batch->bytes};
    struct hash hash;
    int r =
        tag_make((struct bytes){device->instance_key, sizeof device->instance_key}, &tagged, &hash);

    if (!r)
        hex_print((struct bytes){hash.at, HASH_SIZE}, batch->tag);
    return r;
}

static int make_all(struct maker *maker, struct bench_load *load, uint32_t person)
{
    size_t at = 0;
    int r = make_names(maker);

    for (size_t i = 0; i < load->count && !r; i++) {
        load->batches[i].sequence = i + 1;
        r = make_batch(maker, load, person, &load->batches[i], &load->batches[i].bytes.len);
    }
    for (size_t i = 0; i < load->count && !r; i++) {
        load->batches[i].bytes.at = load->bytes.at + at;
        at += load->batches[i].bytes.len;
        r = tag_batch(load->device, &load->batches[i]);
    }
    return r;
}

RESULT bench_load_make(struct bench_load *load, uint32_t person, size_t batches)
{
    static struct maker maker;
    int r;

    maker = (struct maker){.today = time_day(clock_now_ms()), .workload = workload_new()};
    load->count = batches;
    load->bytes = buffer_init(LOAD_BYTES_MAX);
    load->batches = calloc(batches, sizeof *load->batches);
    r = !maker.workload || !load->batches ? FAULT(ERR_MEMORY) : 0;
    if (!r)
        r = redactor_new(&maker.redactor, &(struct redactor_options){.profile = REDACT_BALANCED},
                         NULL);
    if (!r)
        r = arena_new(&maker.arena, (size_t)16 * 1024 * 1024);
    if (!r)
        r = batch_writer_new(&maker.writer);
    if (!r)
        r = make_all(&maker, load, person);
    batch_writer_free(maker.writer);
    arena_free(maker.arena);
    redactor_free(maker.redactor);
    workload_free(maker.workload);
    return r;
}

/* ---- sending ---- */

struct sender {
    struct bench_load *load;
    pthread_barrier_t *begin;
    int result;
};

static int send_one(struct client *client, const struct bench_load *load,
                    const struct bench_batch *batch, const char *epoch)
{
    char sequence[24];
    int len = snprintf(sequence, sizeof sequence, "%" PRIu64, batch->sequence);
    struct client_header headers[] = {{"Ward-Device", text_of(load->device->id_text)},
                                      {"Ward-Epoch", text_of(epoch)},
                                      {"Ward-Sequence", {sequence, (size_t)len}},
                                      {"Ward-Tag", text_of(batch->tag)}};
    struct client_response response;
    int r = client_request(client, "POST", PATH, headers, 4, "application/x-ward-batch",
                           batch->bytes, &response);

    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    if (response.status == 200)
        return 0;
    if (response.status == 503)
        return ERR_BUSY;
    fprintf(stderr, "batch: %u %.*s\n", response.status, (int)response.body.len,
            (const char *)response.body.at);
    return FAULT(ERR_SYSTEM);
}

static int connect_device(const struct bench_device *device, struct client **ret_client)
{
    struct client_config config = {.address = "127.0.0.1",
                                   .port = device->agents_port,
                                   .name = HTTP_AGENT_NAME,
                                   .ca = text_of_bytes(buffer_bytes(&device->ca)),
                                   .certificate = text_of_bytes(buffer_bytes(&device->certificate)),
                                   .key = text_of_bytes(buffer_bytes(&device->key)),
                                   .connect_ms = 5000,
                                   .total_ms = 30000,
                                   .response_max = 65536};

    return client_new(ret_client, &config);
}

static void *send_all(void *context)
{
    CLEANUP(client_free) struct client *client = NULL;
    struct sender *sender = context;
    const struct bench_load *load = sender->load;
    char epoch[16];
    int r = connect_device(load->device, &client);

    snprintf(epoch, sizeof epoch, "%u", load->device->epoch);
    pthread_barrier_wait(sender->begin);
    for (size_t i = 0; i < load->count && !r; i++) {
        /* Busy is an answer, too: an agent asks again, and so do we. */
        do {
            r = send_one(client, load, &load->batches[i], epoch);
        } while (r == ERR_BUSY);
    }
    sender->result = r;
    return NULL;
}

RESULT bench_load_send(struct bench_load *loads, size_t count, double *ret_spans_per_s)
{
    struct sender *senders = calloc(count, sizeof *senders);
    pthread_t *threads = calloc(count, sizeof *threads);
    pthread_barrier_t begin;
    size_t batches = 0;
    int64_t started_ms;
    int r = 0;

    if (!senders || !threads || pthread_barrier_init(&begin, NULL, (unsigned)count + 1))
        return FAULT(ERR_MEMORY);
    for (size_t i = 0; i < count; i++) {
        senders[i] = (struct sender){.load = &loads[i], .begin = &begin};
        if (pthread_create(&threads[i], NULL, send_all, &senders[i]))
            return FAULT(ERR_SYSTEM);
        batches += loads[i].count;
    }
    pthread_barrier_wait(&begin);
    started_ms = clock_boot_ms();
    for (size_t i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        if (senders[i].result)
            r = senders[i].result;
    }
    *ret_spans_per_s =
        (double)(batches * BENCH_SPANS) * 1000.0 / (double)(clock_boot_ms() - started_ms);
    free(senders);
    free(threads);
    return r;
}
