#include "server/serve/jobs/jobs.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/moment.h"
#include "os/clock.h"
#include "os/file.h"
#include "server/serve/serve.h"

struct jobs {
    struct serve *serve;
    pthread_t thread;
    int stop; /* eventfd */
};

static int flush_events(struct serve *serve)
{
    return events_flush(serve->events, serve->records, clock_now_ms());
}

static int flush_devices(struct serve *serve)
{
    return devices_flush(serve->devices);
}

struct expiry {
    int64_t idle_before;
    int64_t made_before;
};

static int expire(struct records_tx *tx, void *context)
{
    const struct expiry *expiry = context;

    return records_session_expire(tx, expiry->idle_before, expiry->made_before);
}

static int expire_sessions(struct serve *serve)
{
    struct access_limits limits = settings_limits(serve->settings);
    struct expiry expiry = {.idle_before = clock_now_ms() - limits.idle_ms,
                            .made_before = clock_now_ms() - limits.absolute_ms};

    return records_act(serve->records, expire, &expiry);
}

static int expire_trials(struct serve *serve)
{
    trials_expire(serve->trials, clock_now_ms());
    return 0;
}

RESULT jobs_ensure_keys(struct serve *serve)
{
    struct settings settings;
    int64_t now = clock_now_ms();

    settings_get(serve->settings, &settings);
    return keyring_ensure(serve->keyring, time_day(now - settings.retention_days * MS_PER_DAY),
                          time_day(now) + KEYRING_DAYS_AHEAD);
}

static int carry_rules(struct serve *serve)
{
    return spills_carry(serve, clock_now_ms());
}

static int renew_identity(struct serve *serve)
{
    if (identity_is_old(&serve->identity, clock_now_ms()))
        serve_restart(serve);
    return 0;
}

static int check_emergencies(struct serve *serve)
{
    return jobs_emergencies(serve, clock_now_ms());
}

/* What, how often, and what to call it when it fails. */
static const struct job {
    const char *name;
    int64_t every_ms;
    int (*run)(struct serve *serve);
} table[] = {
    {"events", EVENTS_EVERY_MS, flush_events},
    {"devices", 30 * MS_PER_SECOND, flush_devices},
    {"emergencies", MS_PER_SECOND, check_emergencies},
    {"checkpoint", MS_PER_MINUTE, serve_checkpoint},
    {"sessions", MS_PER_MINUTE, expire_sessions},
    {"keys", MS_PER_HOUR, jobs_ensure_keys},
    {"identity", MS_PER_HOUR, renew_identity},
    {"rules", MS_PER_HOUR, carry_rules},
    {"trials", 10 * MS_PER_SECOND, expire_trials},
};
#define JOBS (sizeof table / sizeof *table)

static void *run_all(void *context)
{
    struct jobs *jobs = context;
    int64_t due[JOBS];
    struct epoll_event event = {.events = EPOLLIN};
    int queue = epoll_create1(EPOLL_CLOEXEC);

    if (queue < 0 || epoll_ctl(queue, EPOLL_CTL_ADD, jobs->stop, &event) < 0) {
        log_event(LOG_ERROR, "job.failed", LOG_FAULT(ERR_SYSTEM));
        serve_restart(jobs->serve);
        return NULL;
    }
    for (size_t i = 0; i < JOBS; i++)
        due[i] = clock_boot_ms() + table[i].every_ms;
    while (epoll_wait(queue, &event, 1, EVENTS_EVERY_MS) <= 0) {
        for (size_t i = 0; i < JOBS; i++) {
            int r;

            if (clock_boot_ms() < due[i])
                continue;
            due[i] = clock_boot_ms() + table[i].every_ms;
            r = table[i].run(jobs->serve);
            if (r)
                log_event(LOG_ERROR, "job.failed", LOG_U64("job", i), LOG_FAULT(r));
        }
    }
    file_close(queue);
    return NULL;
}

RESULT jobs_start(struct jobs **ret_jobs, struct serve *serve)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);

    if (!jobs)
        return FAULT(ERR_MEMORY);
    jobs->serve = serve;
    jobs->stop = eventfd(0, EFD_CLOEXEC);
    if (jobs->stop < 0 || pthread_create(&jobs->thread, NULL, run_all, jobs)) {
        file_close(jobs->stop);
        free(jobs);
        return FAULT(ERR_SYSTEM);
    }
    *ret_jobs = jobs;
    return 0;
}

void jobs_stop(struct jobs *jobs)
{
    uint64_t one = 1;

    if (!jobs)
        return;
    if (write(jobs->stop, &one, sizeof one) == (ssize_t)sizeof one)
        pthread_join(jobs->thread, NULL);
    file_close(jobs->stop);
    free(jobs);
}
