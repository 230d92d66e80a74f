#include "service/courier.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/hex.h"
#include "os/file.h"
#include "os/secret.h"
#include "wire/limits.h"

enum { STACK_SIZE = 256 * 1024, ANSWER_MAX = 2 * 1024 * 1024, RETRY_AFTER_MAX_S = 3600 };

enum courier_state { COURIER_IDLE, COURIER_ASKED, COURIER_ANSWERED, COURIER_END };

struct courier {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool running;
    enum courier_state state;
    int event;
    struct client *client;
    struct letter letter;
    struct answer answer;
};

static uint64_t number_of(struct text text, uint64_t max)
{
    uint64_t number = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || number > max)
            return 0;
        number = number * 10 + (uint64_t)(text.at[i] - '0');
    }
    return number > max ? max : number;
}

static void carry(struct courier *courier)
{
    const struct letter *letter = &courier->letter;
    struct answer *answer = &courier->answer;
    struct client_response response = {0};
    struct client_header headers[] = {
        {.name = "Ward-Device", .value = text_of(letter->device)},
        {.name = "Ward-Epoch", .value = text_of(letter->epoch)},
        {.name = "Ward-Sequence", .value = text_of(letter->sequence)},
        {.name = "Ward-Tag", .value = text_of(letter->tag)},
    };

    buffer_clear(&answer->body);
    answer->retry_after_ms = 0;
    answer->policy = 0;
    answer->rules_known = false;
    answer->receipt_wanted = false;
    answer->status = 0;
    answer->result = client_request(courier->client, letter->method, letter->path, headers,
                                    sizeof(headers) / sizeof(headers[0]), letter->type,
                                    buffer_bytes(&letter->body), &response);
    if (answer->result)
        return;
    answer->status = response.status;
    buffer_append(&answer->body, response.body.at, response.body.len);
    answer->result = buffer_check(&answer->body);
    answer->retry_after_ms =
        (int64_t)number_of(client_response_header(courier->client, "Retry-After"),
                           RETRY_AFTER_MAX_S) *
        1000;
    answer->policy =
        number_of(client_response_header(courier->client, "Ward-Policy"), UINT64_MAX / 16);
    answer->receipt_wanted =
        number_of(client_response_header(courier->client, "Ward-Receipt"), 1) == 1;
    struct text rules = client_response_header(courier->client, "Ward-Rules");
    answer->rules_known = rules.at && hex_parse(rules, answer->rules, sizeof(answer->rules)) == 0;
}

static void *work(void *context)
{
    struct courier *courier = context;

    (void)pthread_mutex_lock(&courier->mutex);
    for (;;) {
        while (courier->state != COURIER_ASKED && courier->state != COURIER_END)
            (void)pthread_cond_wait(&courier->changed, &courier->mutex);
        if (courier->state == COURIER_END)
            break;
        (void)pthread_mutex_unlock(&courier->mutex);
        carry(courier);
        (void)pthread_mutex_lock(&courier->mutex);
        if (courier->state == COURIER_ASKED) {
            uint64_t one = 1;

            courier->state = COURIER_ANSWERED;
            ssize_t put = write(courier->event, &one, sizeof(one));
            (void)put;
        }
    }
    (void)pthread_mutex_unlock(&courier->mutex);
    return NULL;
}

/* Signals are for the main thread. */
static int thread_start(struct courier *courier)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;

    if (pthread_attr_init(&attributes))
        return FAULT(ERR_SYSTEM);
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_attr_setstacksize(&attributes, STACK_SIZE) ||
                 pthread_create(&courier->thread, &attributes, work, courier);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    if (failed)
        return FAULT(ERR_SYSTEM);
    courier->running = true;
    return 0;
}

RESULT courier_new(struct courier **ret_courier, const struct client_config *config)
{
    CLEANUP(courier_free) struct courier *courier = calloc(1, sizeof(*courier));

    if (!courier)
        return FAULT(ERR_MEMORY);
    courier->answer.body = buffer_init(ANSWER_MAX);
    courier->letter.body = buffer_init(WIRE_BODY_MAX);
    (void)pthread_mutex_init(&courier->mutex, NULL);
    (void)pthread_cond_init(&courier->changed, NULL);
    courier->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (courier->event < 0)
        return FAULT(ERR_SYSTEM);
    int r = client_new(&courier->client, config);
    if (r == 0)
        r = thread_start(courier);
    if (r)
        return r;
    *ret_courier = TAKE(courier);
    return 0;
}

struct courier *courier_free(struct courier *courier)
{
    if (!courier)
        return NULL;
    if (courier->running) {
        (void)pthread_mutex_lock(&courier->mutex);
        courier->state = COURIER_END;
        (void)pthread_cond_signal(&courier->changed);
        (void)pthread_mutex_unlock(&courier->mutex);
        (void)pthread_join(courier->thread, NULL);
    }
    client_free(courier->client);
    if (courier->event >= 0)
        file_close(courier->event);
    (void)pthread_mutex_destroy(&courier->mutex);
    (void)pthread_cond_destroy(&courier->changed);
    buffer_deinit(&courier->letter.body);
    buffer_deinit(&courier->answer.body);
    free(courier);
    return NULL;
}

int courier_fd(const struct courier *courier)
{
    return courier->event;
}

void courier_send(struct courier *courier, struct letter *letter)
{
    (void)pthread_mutex_lock(&courier->mutex);
    buffer_deinit(&courier->letter.body);
    courier->letter = *letter;
    letter->body = buffer_init(WIRE_BODY_MAX);
    courier->state = COURIER_ASKED;
    (void)pthread_cond_signal(&courier->changed);
    (void)pthread_mutex_unlock(&courier->mutex);
}

bool courier_take(struct courier *courier, const struct answer **ret_answer)
{
    uint64_t count;
    bool there;

    (void)pthread_mutex_lock(&courier->mutex);
    there = courier->state == COURIER_ANSWERED;
    if (there) {
        ssize_t got = read(courier->event, &count, sizeof(count));
        (void)got;
        courier->state = COURIER_IDLE;
        *ret_answer = &courier->answer;
    }
    (void)pthread_mutex_unlock(&courier->mutex);
    return there;
}
