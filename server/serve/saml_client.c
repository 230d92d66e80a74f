#include "server/serve/saml_client.h"

#include <pthread.h>
#include <stdlib.h>

#include "os/file.h"
#include "server/link/channel.h"

#define ANSWER_MS 15000 /* the process ends itself before that */

struct saml_client {
    pthread_mutex_t lock;
    int fd;
    bool broken; /* an answer was missed: what comes next would belong to another question */
};

RESULT saml_client_new(struct saml_client **ret_client, int fd)
{
    struct saml_client *client = calloc(1, sizeof *client);

    if (!client)
        return FAULT(ERR_MEMORY);
    pthread_mutex_init(&client->lock, NULL);
    client->fd = fd;
    *ret_client = client;
    return 0;
}

struct saml_client *saml_client_free(struct saml_client *client)
{
    if (!client)
        return NULL;
    pthread_mutex_destroy(&client->lock);
    free(client);
    return NULL;
}

void saml_client_replace(struct saml_client *client, int fd)
{
    pthread_mutex_lock(&client->lock);
    file_close(client->fd);
    client->fd = fd;
    client->broken = false;
    pthread_mutex_unlock(&client->lock);
}

static int exchange(struct saml_client *client, uint8_t kind, struct bytes body, uint8_t *ret_kind,
                    struct buffer *answer)
{
    int r;

    if (client->broken)
        return SAML_CLIENT_GONE;
    r = channel_send(client->fd, kind, body);
    if (!r)
        r = channel_receive(client->fd, ANSWER_MS, ret_kind, answer);
    if (!r)
        return 0;
    client->broken = true;
    return r < 0 ? r : SAML_CLIENT_GONE;
}

RESULT saml_client_ask(struct saml_client *client, const struct saml_ask *ask,
                       struct buffer *ret_answer, enum saml_refusal *ret_refusal)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(CHANNEL_MESSAGE_MAX);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(CHANNEL_MESSAGE_MAX);
    uint8_t kind = SAML_ANSWER_FAILED;
    int r = saml_ask_encode(ask, &body);

    if (r)
        return r;
    pthread_mutex_lock(&client->lock);
    r = exchange(client, (uint8_t)ask->kind, buffer_bytes(&body), &kind, &answer);
    pthread_mutex_unlock(&client->lock);
    if (r)
        return r;
    if (kind == SAML_ANSWER_REFUSED)
        return saml_refusal_decode(buffer_bytes(&answer), ret_refusal) ? FAULT(ERR_SYSTEM)
                                                                       : SAML_CLIENT_REFUSED;
    if (kind != SAML_ANSWER_DONE)
        return FAULT(ERR_SYSTEM);
    buffer_append(ret_answer, answer.at, answer.len);
    return buffer_check(ret_answer);
}
