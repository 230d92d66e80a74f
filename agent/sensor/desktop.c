#include "sensor/desktop.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/screensaver.h>
#include <xcb/xcb.h>

#include "base/utf8.h"
#include "base/wipe.h"
#include "os/process.h"

enum atom {
    ATOM_ACTIVE_WINDOW,
    ATOM_NET_NAME,
    ATOM_NET_PID,
    ATOM_UTF8,
    ATOMS,
};

static const char *const atom_names[ATOMS] = {
    "_NET_ACTIVE_WINDOW",
    "_NET_WM_NAME",
    "_NET_WM_PID",
    "UTF8_STRING",
};

enum { TITLE_WORDS = REDACT_TEXT_MAX / 4 + 1 };

struct desktop {
    xcb_connection_t *connection;
    xcb_window_t root;
    xcb_window_t active;
    bool idle_known;
    xcb_atom_t atoms[ATOMS];
    char host[256];
};

static void free_at(void *at)
{
    free(*(void **)at);
}

#define CLEANUP_FREE __attribute__((cleanup(free_at)))

static int find_atoms(struct desktop *desktop)
{
    xcb_intern_atom_cookie_t cookies[ATOMS];

    for (int i = 0; i < ATOMS; i++)
        cookies[i] =
            xcb_intern_atom(desktop->connection, 0, (uint16_t)strlen(atom_names[i]), atom_names[i]);
    for (int i = 0; i < ATOMS; i++) {
        CLEANUP_FREE xcb_intern_atom_reply_t *reply =
            xcb_intern_atom_reply(desktop->connection, cookies[i], NULL);

        if (!reply)
            return DESKTOP_GONE;
        desktop->atoms[i] = reply->atom;
    }
    return 0;
}

/* Asks to be told of changes of a window's properties, and of nothing else. */
static void watch(struct desktop *desktop, xcb_window_t window, bool on)
{
    uint32_t mask = on ? XCB_EVENT_MASK_PROPERTY_CHANGE : 0;

    if (window)
        xcb_change_window_attributes(desktop->connection, window, XCB_CW_EVENT_MASK, &mask);
}

RESULT desktop_open(struct desktop **ret_desktop, const char *display)
{
    CLEANUP(desktop_free) struct desktop *desktop = calloc(1, sizeof(*desktop));
    int screen = 0;

    if (!desktop)
        return FAULT(ERR_MEMORY);
    desktop->connection = xcb_connect(display, &screen);
    if (xcb_connection_has_error(desktop->connection))
        return DESKTOP_ABSENT;
    xcb_screen_iterator_t screens = xcb_setup_roots_iterator(xcb_get_setup(desktop->connection));
    for (; screen > 0 && screens.rem > 1; screen--)
        xcb_screen_next(&screens);
    if (screens.rem == 0)
        return DESKTOP_ABSENT;
    desktop->root = screens.data->root;
    const xcb_query_extension_reply_t *extension =
        xcb_get_extension_data(desktop->connection, &xcb_screensaver_id);
    desktop->idle_known = extension && extension->present;
    if (process_host_name(desktop->host, sizeof(desktop->host)))
        desktop->host[0] = 0;
    if (find_atoms(desktop))
        return DESKTOP_ABSENT;
    watch(desktop, desktop->root, true);
    xcb_flush(desktop->connection);
    *ret_desktop = TAKE(desktop);
    return 0;
}

struct desktop *desktop_free(struct desktop *desktop)
{
    if (!desktop)
        return NULL;
    if (desktop->connection)
        xcb_disconnect(desktop->connection);
    free(desktop);
    return NULL;
}

int desktop_fd(const struct desktop *desktop)
{
    return xcb_get_file_descriptor(desktop->connection);
}

static bool concerns_us(const struct desktop *desktop, const xcb_property_notify_event_t *event)
{
    if (event->window == desktop->root)
        return event->atom == desktop->atoms[ATOM_ACTIVE_WINDOW];
    return event->atom == desktop->atoms[ATOM_NET_NAME] || event->atom == XCB_ATOM_WM_NAME ||
           event->atom == XCB_ATOM_WM_CLASS || event->atom == desktop->atoms[ATOM_NET_PID];
}

RESULT desktop_events(struct desktop *desktop, bool *ret_changed)
{
    bool changed = false;

    for (;;) {
        CLEANUP_FREE xcb_generic_event_t *event = xcb_poll_for_event(desktop->connection);

        if (!event)
            break;
        if ((event->response_type & 0x7f) == XCB_PROPERTY_NOTIFY &&
            concerns_us(desktop, (const xcb_property_notify_event_t *)event))
            changed = true;
    }
    if (xcb_connection_has_error(desktop->connection))
        return DESKTOP_GONE;
    *ret_changed = changed;
    return 0;
}

static xcb_get_property_cookie_t ask(struct desktop *desktop, xcb_window_t window, xcb_atom_t what,
                                     uint32_t words)
{
    return xcb_get_property(desktop->connection, 0, window, what, XCB_GET_PROPERTY_TYPE_ANY, 0,
                            words);
}

/* Copies a property of text out of the reply, and wipes the reply: it came from a screen. Returns
 * its length, or size when it is longer than that. */
static size_t take_text(struct desktop *desktop, xcb_get_property_cookie_t cookie, char *ret_text,
                        size_t size)
{
    CLEANUP_FREE xcb_get_property_reply_t *reply =
        xcb_get_property_reply(desktop->connection, cookie, NULL);
    size_t len = 0;

    if (!reply)
        return 0;
    if (reply->format == 8) {
        void *value = xcb_get_property_value(reply);

        len = (size_t)xcb_get_property_value_length(reply);
        memcpy(ret_text, value, len < size ? len : size);
        wipe(value, len);
        if (reply->bytes_after || len > size)
            len = size;
    }
    return len;
}

static uint32_t take_number(struct desktop *desktop, xcb_get_property_cookie_t cookie)
{
    CLEANUP_FREE xcb_get_property_reply_t *reply =
        xcb_get_property_reply(desktop->connection, cookie, NULL);
    uint32_t number = 0;

    if (reply && reply->format == 32 && xcb_get_property_value_length(reply) >= 4)
        memcpy(&number, xcb_get_property_value(reply), sizeof(number));
    return number;
}

/* Titles of old programs are Latin-1: each byte is a character. */
static size_t from_latin1(char *text, size_t len, size_t size)
{
    char wide[REDACT_TEXT_MAX + 1];
    size_t put = 0;

    if (utf8_valid((struct text){.at = text, .len = len}))
        return len;
    for (size_t i = 0; i < len && put + 2 <= sizeof(wide); i++) {
        uint8_t c = (uint8_t)text[i];

        if (c >= 0x80)
            wide[put++] = (char)(0xc0 | c >> 6);
        wide[put++] = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
    }
    put = put < size ? put : size;
    memcpy(text, wide, put);
    wipe(wide, sizeof(wide));
    return put;
}

static void lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

/* The second text of WM_CLASS: the class. */
static void application_of_class(const char *class, size_t len, char *ret_name, size_t size)
{
    const char *second = memchr(class, 0, len);

    ret_name[0] = 0;
    if (!second || second + 1 >= class + len)
        return;
    second++;
    size_t second_len = strnlen(second, (size_t)(class + len - second));
    second_len = second_len < size ? second_len : size - 1;
    memcpy(ret_name, second, second_len);
    ret_name[second_len] = 0;
}

static void look_at_window(struct desktop *desktop, xcb_window_t window, struct window *ret)
{
    char class[256] = {0};
    char machine[256] = {0};
    xcb_get_property_cookie_t net_name =
        ask(desktop, window, desktop->atoms[ATOM_NET_NAME], TITLE_WORDS);
    xcb_get_property_cookie_t name = ask(desktop, window, XCB_ATOM_WM_NAME, TITLE_WORDS);
    xcb_get_property_cookie_t class_of = ask(desktop, window, XCB_ATOM_WM_CLASS, 64);
    xcb_get_property_cookie_t pid = ask(desktop, window, desktop->atoms[ATOM_NET_PID], 1);
    xcb_get_property_cookie_t machine_of =
        ask(desktop, window, XCB_ATOM_WM_CLIENT_MACHINE, sizeof(machine) / 4 - 1);

    ret->title_len = take_text(desktop, net_name, ret->title, sizeof(ret->title));
    if (ret->title_len == 0) {
        ret->title_len = take_text(desktop, name, ret->title, sizeof(ret->title));
        if (ret->title_len <= REDACT_TEXT_MAX)
            ret->title_len = from_latin1(ret->title, ret->title_len, sizeof(ret->title));
    } else {
        xcb_discard_reply(desktop->connection, name.sequence);
    }
    size_t class_len = take_text(desktop, class_of, class, sizeof(class) - 1);
    uint32_t number = take_number(desktop, pid);
    size_t machine_len = take_text(desktop, machine_of, machine, sizeof(machine) - 1);
    /* The number is of the window's own computer: of another one it names nobody here. */
    bool here = machine_len == 0 || !desktop->host[0] || strcmp(machine, desktop->host) == 0;
    ret->pid = here && number <= INT32_MAX ? (pid_t)number : 0;
    if (ret->pid == 0 ||
        process_executable(ret->pid, ret->application, sizeof(ret->application)) != 0)
        application_of_class(class, class_len, ret->application, sizeof(ret->application));
    lower(ret->application);
    wipe(class, sizeof(class));
}

RESULT desktop_look(struct desktop *desktop, struct window *ret_window)
{
    xcb_get_property_cookie_t active =
        ask(desktop, desktop->root, desktop->atoms[ATOM_ACTIVE_WINDOW], 1);
    xcb_screensaver_query_info_cookie_t idle = {0};

    memset(ret_window, 0, sizeof(*ret_window));
    if (desktop->idle_known)
        idle = xcb_screensaver_query_info(desktop->connection, desktop->root);
    xcb_window_t window = take_number(desktop, active);
    if (desktop->idle_known) {
        CLEANUP_FREE xcb_screensaver_query_info_reply_t *reply =
            xcb_screensaver_query_info_reply(desktop->connection, idle, NULL);

        ret_window->since_input_ms = reply ? reply->ms_since_user_input : 0;
    }
    if (window != desktop->active) {
        watch(desktop, desktop->active, false);
        watch(desktop, window, true);
        desktop->active = window;
    }
    if (window)
        look_at_window(desktop, window, ret_window);
    return xcb_connection_has_error(desktop->connection) ? DESKTOP_GONE : 0;
}
