#pragma once

/*
 * Sites: which site is in front in which browser, as the native-messaging hosts of this session say
 *
 * A host process connects to our private socket; who it is, is the kernel's word: it must be of our
 * user, and its parent is the browser that it speaks for. A site counts only while a window of that
 * browser is in front, the browser says that it has the focus, and it said so within the last
 * minute. Hosts are reduced to registrable domains (libpsl) as they come in.
 */

#include <poll.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/result.h"
#include "redact/redact.h"

#define SITES_PEERS_MAX 8

struct sites;

/* The socket's path for a display, in the user's private run-time directory. With make, that
 * directory is made where there is none. Outcome: SITES_NOWHERE. */
enum { SITES_NOWHERE = 1 };
RESULT sites_path(const char *display, bool make, char *ret_path, size_t size);

/* Listens. SITES_NOWHERE: no socket could be made there; there are no sites then. */
RESULT sites_new(struct sites **ret_sites, const char *path);
struct sites *sites_free(struct sites *sites);
DEFINE_CLEANUP(struct sites *, sites_free)

/* Descriptors to poll: writes at most 1 + SITES_PEERS_MAX, returns how many. */
size_t sites_poll(const struct sites *sites, struct pollfd *ret_polls);

/* Takes what has come. Returns true when a site may have changed. */
bool sites_take(struct sites *sites, int64_t boot_at);

struct site {
    char domain[256]; /* empty: none; whoever asked wipes it */
    size_t domain_len;
    bool incognito;
    bool media;
};

/* The site in front when the window in front is of process pid. */
void sites_front(const struct sites *sites, pid_t pid, const char *executable, int64_t boot_at,
                 struct site *ret_site);

/* The registrable domain of a host name, NUL-closed in ret_domain; empty for addresses and names
 * that have none. */
void sites_reduce(struct text host, char ret_domain[256]);
