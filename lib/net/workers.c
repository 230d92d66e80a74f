#include "server-private.h"

/* Workers: threads that run handlers, fed by a queue with a ceiling */

bool workers_push(struct http_server *server, struct http_request *request)
{
    if (server->queued >= server->config.queue_max)
        return false;
    if (server->queue_last)
        server->queue_last->next = request;
    else
        server->queue_first = request;
    server->queue_last = request;
    server->queued++;
    pthread_cond_signal(&server->work);
    return true;
}

/* The oldest request; NULL when the server stops. Those still waiting then are cut, not run. */
static struct http_request *pull(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    while (!server->queue_first && !server->stopping)
        pthread_cond_wait(&server->work, &server->lock);
    struct http_request *request = server->stopping ? NULL : server->queue_first;
    if (request) {
        server->queue_first = TAKE(request->next);
        if (!server->queue_first)
            server->queue_last = NULL;
        server->queued--;
    }
    pthread_mutex_unlock(&server->lock);
    return request;
}

static void run(struct http_server *server, struct http_request *request)
{
    server->config.handle(server->config.context, request);
    pthread_mutex_lock(&request->lock);
    bool owed = !request->answered && !request->deferred;
    pthread_mutex_unlock(&request->lock);
    if (owed)
        http_reply_problem(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "fault",
                           "Something went wrong in the server",
                           "Try again; if it stays, give the request's number to whoever runs "
                           "Ward.",
                           NULL, 0);
    request_unref(request);
}

void *worker_main(void *context)
{
    struct http_server *server = context;
    struct http_request *request;

    while ((request = pull(server)))
        run(server, request);
    return NULL;
}
