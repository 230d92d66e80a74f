#pragma once

/*
 * Events to open pages: who or what changed, never what it is; a page then asks as always
 *
 * Changes gather and leave together, at most four times a second. A stream gets only what its
 * session may see, and ends when the session does. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/id.h"
#include "base/result.h"
#include "net/server.h"
#include "store/records/records.h"

#define EVENTS_EVERY_MS 250
#define EVENTS_STREAMS_MAX 256

struct events;

enum event_kind { EVENT_PEOPLE = 1, EVENT_DEVICES = 2, EVENT_AUDIT = 4, EVENT_NOTICES = 8 };

RESULT events_new(struct events **ret_events);
struct events *events_free(struct events *events);
DEFINE_CLEANUP(struct events *, events_free)

/* Takes a stream (and its reference) for a user's session until the moment until_at; of people it
 * tells of one only, or of everyone (0). ERR_BUSY. */
RESULT events_add(struct events *events, struct http_stream *stream, unsigned kinds,
                  struct person_id only, struct user_id user, uint64_t session, int64_t until_at);

/* Is there room for one more? */
bool events_room(struct events *events);

/* Closes a session's streams. */
void events_end_session(struct events *events, uint64_t session);

/* Closes all streams of a user: their sessions have ended. */
void events_end_user(struct events *events, struct user_id user);

/* An account did something. Whose it is is asked when the event leaves, so that nobody is told of
 * what another did under an account that was theirs. */
void events_account(struct events *events, struct account_id account);
/* Whose accounts are changed: everything about people is stale. */
void events_people(struct events *events);
void events_devices(struct events *events);
void events_audit(struct events *events);
/* What stands on everybody's page. */
void events_notices(struct events *events);

/* Sends what has gathered. After a fault everyone is told to ask again. */
RESULT events_flush(struct events *events, struct records *records, int64_t now);
