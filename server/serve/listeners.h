#pragma once

/* The three places where serve listens, and their ceilings. */

#include "base/result.h"

struct serve;

enum listener_kind { LISTENER_PEOPLE, LISTENER_AGENTS, LISTENER_LOCAL };

/* Opens one. Outcomes: those of http_server_new(). */
RESULT listeners_open(struct serve *serve, enum listener_kind kind);
