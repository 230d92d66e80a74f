#pragma once

/*
 * A small window on the present X display, by xcb: its title is the text, which stands on no
 * command line that others may read
 */

#include <stdbool.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/result.h"

enum {
    WINDOW_ABSENT = 1, /* no X display there, or it may not be used */
};

struct window;

/* Can one be opened? Asked before anything is begun. */
bool window_possible(void);

/* Opens it and asks for it to be in front. WINDOW_ABSENT. */
RESULT window_open(struct window **ret_window, struct text title);
/* Takes what has come, and stays so long. */
void window_wait(struct window *window, int ms);
struct window *window_free(struct window *window);
DEFINE_CLEANUP(struct window *, window_free)
