#include "window.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

enum { WIDTH = 640, HEIGHT = 120, SOURCE_PAGER = 2 };

struct window {
    xcb_connection_t *connection;
    xcb_window_t id;
};

static xcb_atom_t atom(xcb_connection_t *connection, const char *name)
{
    xcb_intern_atom_reply_t *reply = xcb_intern_atom_reply(
        connection, xcb_intern_atom(connection, 0, (uint16_t)strlen(name), name), NULL);
    xcb_atom_t found = reply ? reply->atom : XCB_ATOM_NONE;

    free(reply);
    return found;
}

static void text_set(const struct window *window, xcb_atom_t property, xcb_atom_t type,
                     struct text text)
{
    xcb_change_property(window->connection, XCB_PROP_MODE_REPLACE, window->id, property, type, 8,
                        (uint32_t)text.len, text.at);
}

/* Window managers bring a window to the front when a pager asks (EWMH, _NET_ACTIVE_WINDOW). */
static void bring_to_front(const struct window *window, xcb_window_t root)
{
    xcb_client_message_event_t message = {.response_type = XCB_CLIENT_MESSAGE,
                                          .format = 32,
                                          .window = window->id,
                                          .type = atom(window->connection, "_NET_ACTIVE_WINDOW")};

    message.data.data32[0] = SOURCE_PAGER;
    xcb_send_event(window->connection, 0, root,
                   XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY | XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT,
                   (const char *)&message);
}

static void show(struct window *window, struct text title)
{
    static const char class[] = "ward-try-leak\0Ward-try-leak";
    const xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(window->connection)).data;
    const uint32_t values[] = {screen->white_pixel, XCB_EVENT_MASK_STRUCTURE_NOTIFY};

    window->id = xcb_generate_id(window->connection);
    xcb_create_window(window->connection, XCB_COPY_FROM_PARENT, window->id, screen->root, 40, 40,
                      WIDTH, HEIGHT, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, screen->root_visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_EVENT_MASK, values);
    text_set(window, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING,
             (struct text){.at = class, .len = sizeof(class)});
    text_set(window, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, title);
    text_set(window, atom(window->connection, "_NET_WM_NAME"),
             atom(window->connection, "UTF8_STRING"), title);
    xcb_map_window(window->connection, window->id);
    xcb_flush(window->connection);
    window_wait(window, 300); /* the manager takes it in before it is asked */
    bring_to_front(window, screen->root);
    xcb_flush(window->connection);
}

bool window_possible(void)
{
    xcb_connection_t *connection = xcb_connect(NULL, NULL);
    bool possible = !xcb_connection_has_error(connection);

    xcb_disconnect(connection);
    return possible;
}

RESULT window_open(struct window **ret_window, struct text title)
{
    CLEANUP(window_free) struct window *window = calloc(1, sizeof(*window));

    if (!window)
        return FAULT(ERR_MEMORY);
    window->connection = xcb_connect(NULL, NULL);
    if (xcb_connection_has_error(window->connection))
        return WINDOW_ABSENT;
    show(window, title);
    if (xcb_connection_has_error(window->connection))
        return WINDOW_ABSENT;
    *ret_window = TAKE(window);
    return 0;
}

void window_wait(struct window *window, int ms)
{
    struct pollfd wait = {.fd = xcb_get_file_descriptor(window->connection), .events = POLLIN};
    xcb_generic_event_t *event;

    (void)poll(&wait, 1, 0);
    while ((event = xcb_poll_for_event(window->connection)))
        free(event);
    (void)poll(NULL, 0, ms);
}

struct window *window_free(struct window *window)
{
    if (!window)
        return NULL;
    if (window->connection)
        xcb_disconnect(window->connection);
    free(window);
    return NULL;
}
