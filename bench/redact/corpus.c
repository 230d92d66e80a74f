#include "corpus.h"

#include <stdio.h>

static const char *const given[] = {"James", "Mary",    "Robert", "Linda",  "Michael", "Susan",
                                    "Devon", "Yolanda", "Percy",  "Ingrid", "Rashad",  "Noemi"};
static const char *const family[] = {"Smith",    "Garcia",  "Kowalski", "Nguyen",
                                     "Whitlow",  "Osborne", "Delduca",  "Patel",
                                     "Fritzman", "Burdett", "Lajoye",   "Moreno"};
static const char *const words[] = {"budget",   "meeting", "protein", "quarter",
                                    "planning", "shift",   "supply",  "review",
                                    "garden",   "kettle",  "invoice", "harbour"};
static const char *const apps[] = {"Outlook", "Excel",      "Visual Studio Code", "Google Chrome",
                                   "Slack",   "PowerChart", "Hyperspace",         "Word"};

/* {g} {f} names, {w} word, {a} application, {n} a digit */
static const char *const clean[] = {
    "Inbox ({n}{n}{n}) - {a}",          "{w}.go - Visual Studio Code",
    "{w} {w} 202{n}.xlsx - Excel",      "https://www.example.com/{w}/{w}?{w}={w}",
    "#{w}-{w} | {w} | Slack",           "{n}:{n}{n} AM Zoom Meeting",
    "RE: {w} {w} {w} - Message (HTML)", "In Basket - {a}",
    "{w} {w} {w} {w} {w} {w} - {a}",
};
static const char *const named[] = {
    "{f}, {g} | DOB: 0{n}/1{n}/19{n}{n} | MRN: {n}{n}{n}{n}{n}{n}{n} - {a}",
    "{g} {f} - Chart Review - {a}",
    "{f}_{g}_{n}{n}{n}{n}{n}{n}{n}_labs.pdf",
    "SSN 2{n}{n}-{n}{n}-{n}{n}{n}{n} {f}, {g} - Registration",
    "Call with {g} {f} 2{n}{n}-{n}{n}{n}-{n}{n}{n}{n} - {a}",
    "https://ehr.example.org/chart/{n}{n}{n}{n}{n}{n}{n}/encounters/{n}{n}{n}{n}{n}{n}",
    "{g}.{f}@example.org - Compose - Gmail",
    "{n}{n}{n} {w} Rd, Erie, PA 1{n}{n}{n}{n} - Google Maps",
};

#define PICK(list) list[next(state) % (sizeof(list) / sizeof((list)[0]))]

/* xorshift64: the same corpus each time */
static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 11;
}

static void put(struct buffer *buffer, char what, uint64_t *state)
{
    switch (what) {
    case 'g':
        buffer_append_string(buffer, PICK(given));
        break;
    case 'f':
        buffer_append_string(buffer, PICK(family));
        break;
    case 'w':
        buffer_append_string(buffer, PICK(words));
        break;
    case 'a':
        buffer_append_string(buffer, PICK(apps));
        break;
    default:
        buffer_print(buffer, "%u", (unsigned)(next(state) % 10));
    }
}

void corpus_fill(struct buffer *buffer, size_t bytes)
{
    uint64_t seed = 0x9e3779b97f4a7c15;
    uint64_t *state = &seed;

    while (buffer->len < bytes && !buffer->failed) {
        const char *line = next(state) % 5 ? PICK(clean) : PICK(named);

        for (; *line; line++) {
            if (*line != '{') {
                buffer_append(buffer, line, 1);
                continue;
            }
            put(buffer, line[1], state);
            line += 2;
        }
        buffer_append_string(buffer, "\n");
    }
}
