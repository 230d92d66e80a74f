#pragma once

/*
 * The dashboard's files: read once at start, served from memory, with gzip where a .gz lies beside
 *
 * Every GET that is neither a file nor below /api or /agent, and whose last segment has no dot,
 * gets index.html: views live in the URL. Read-only once made.
 */

#include "base/cleanup.h"
#include "base/result.h"
#include "net/server.h"

struct site;

/* Reads a directory; empty directory: a site that has nothing. */
RESULT site_new(struct site **ret_site, const char *directory);
struct site *site_free(struct site *site);
DEFINE_CLEANUP(struct site *, site_free)

/* Answers, or says false: there is no such file. */
bool site_reply(const struct site *site, struct http_request *request);
