#include "server/serve/signer_client.h"

#include <pthread.h>
#include <stdlib.h>

#include "os/file.h"
#include "server/link/channel.h"

#define ANSWER_MS 10000

struct signer_client {
    pthread_mutex_t lock;
    int fd;
    bool broken; /* an answer was missed: what comes next would belong to another question */
    struct buffer keys_body;
    struct signer_keys keys;
};

static int exchange(struct signer_client *client, const struct signer_message *message,
                    struct bytes body, struct buffer *answer)
{
    uint8_t kind;
    int r = channel_send(client->fd, (uint8_t)message->kind, body);

    if (!r)
        r = channel_receive(client->fd, ANSWER_MS, &kind, answer);
    if (r) {
        client->broken = true;
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    }
    if (kind == SIGNER_INVALID || kind == SIGNER_INCONSISTENT)
        return SIGNER_REFUSED;
    return kind == SIGNER_DONE ? 0 : FAULT(ERR_SYSTEM);
}

RESULT signer_client_ask(struct signer_client *client, const struct signer_message *message,
                         struct buffer *ret_answer)
{
    CLEANUP(buffer_deinit) struct buffer body = buffer_init(CHANNEL_MESSAGE_MAX);
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(CHANNEL_MESSAGE_MAX);
    int r = signer_message_encode(message, &body);

    if (r)
        return r;
    pthread_mutex_lock(&client->lock);
    r = client->broken ? FAULT(ERR_SYSTEM)
                       : exchange(client, message, buffer_bytes(&body), &answer);
    pthread_mutex_unlock(&client->lock);
    if (r)
        return r;
    buffer_append(ret_answer, answer.at, answer.len);
    return buffer_check(ret_answer);
}

RESULT signer_client_new(struct signer_client **ret_client, int fd)
{
    CLEANUP(signer_client_free) struct signer_client *client = calloc(1, sizeof *client);
    struct signer_message message = {.kind = SIGNER_KEYS};
    int r;

    if (!client)
        return FAULT(ERR_MEMORY);
    pthread_mutex_init(&client->lock, NULL);
    client->fd = fd;
    client->keys_body = buffer_init(CHANNEL_MESSAGE_MAX);
    r = signer_client_ask(client, &message, &client->keys_body);
    if (!r)
        r = signer_keys_decode(buffer_bytes(&client->keys_body), &client->keys);
    if (r)
        return r < 0 ? r : FAULT(ERR_SYSTEM);
    *ret_client = TAKE(client);
    return 0;
}

void signer_client_replace(struct signer_client *client, int fd)
{
    pthread_mutex_lock(&client->lock);
    file_close(client->fd);
    client->fd = fd;
    client->broken = false;
    pthread_mutex_unlock(&client->lock);
}

struct signer_client *signer_client_free(struct signer_client *client)
{
    if (!client)
        return NULL;
    pthread_mutex_destroy(&client->lock);
    buffer_deinit(&client->keys_body);
    free(client);
    return NULL;
}

const struct signer_keys *signer_client_keys(const struct signer_client *client)
{
    return &client->keys;
}
