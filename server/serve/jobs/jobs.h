#pragma once

/*
 * What serve does by itself: one thread, one table of jobs and their intervals
 *
 * events leave 4 times a second; what devices said is written down; a checkpoint is signed each
 * minute when the log grew; keys are made ahead; sessions expire; days past retention are
 * destroyed; emergency access ends; an old certificate is replaced by starting anew; rules of
 * spills leave the policy when their time is over.
 */

#include <stdint.h>

#include "base/result.h"

struct jobs;
struct serve;

RESULT jobs_start(struct jobs **ret_jobs, struct serve *serve);
/* Waits for its end. NULL is fine. */
void jobs_stop(struct jobs *jobs);

/* Makes the keys of all days that may come: those kept, and 35 ahead. */
RESULT jobs_ensure_keys(struct serve *serve);

/* Settles emergency access, closes event streams of whoever sees less from now on, tells pages. */
RESULT jobs_emergencies(struct serve *serve, int64_t now);
