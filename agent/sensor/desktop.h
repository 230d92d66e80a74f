#pragma once

/*
 * Desktop: what an X11 session shows, by events
 *
 * PropertyNotify on the root's _NET_ACTIVE_WINDOW and on the active window's title wake us; idle
 * time comes from the XScreenSaver extension. Never reads keys, contents or other windows.
 */

#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "base/result.h"
#include "redact/redact.h"

enum {
    DESKTOP_ABSENT = 1, /* no X server there, or it may not be used */
    DESKTOP_GONE,       /* the connection broke */
};

struct desktop;

/* Connects to a display (NULL: $DISPLAY). DESKTOP_ABSENT. */
RESULT desktop_open(struct desktop **ret_desktop, const char *display);
struct desktop *desktop_free(struct desktop *desktop);
DEFINE_CLEANUP(struct desktop *, desktop_free)

int desktop_fd(const struct desktop *desktop);

/* Takes the events that have come; *ret_changed when something in front may have changed.
 * DESKTOP_GONE. */
RESULT desktop_events(struct desktop *desktop, bool *ret_changed);

struct window {
    char application[256]; /* lower case, NUL-closed: executable's base name, else WM_CLASS */
    char title[REDACT_TEXT_MAX + 1];
    size_t title_len; /* REDACT_TEXT_MAX + 1: longer than can be kept */
    pid_t pid;        /* 0: not known, or of another computer */
    uint32_t since_input_ms;
};

/* Looks at what is in front. The caller wipes the window. DESKTOP_GONE. */
RESULT desktop_look(struct desktop *desktop, struct window *ret_window);
