#pragma once

/*
 * Canaries: invented texts that are sent through redaction to see that it works
 *
 * In each the invented identifiers stand in braces, which do not go through. What comes out is
 * clean when every letter and digit in it belongs to what stood outside of them, or to a
 * placeholder. The list is in canary.c and nowhere else. Pure.
 */

#include "base/arena.h"
#include "base/bytes.h"
#include "base/result.h"
#include "redact/redact.h"

struct canary {
    enum redact_kind kind; /* of what is in it */
    const char *text;
};

#define CANARY_BYTES_MAX 160

extern const struct canary canary_list[];
extern const size_t canary_count;

/* What came of the canaries. */
struct canary_verdict {
    uint32_t run;
    uint32_t passed;
    enum redact_kind failed; /* of the first that did not; REDACT_KINDS: all did */
};

static inline bool canary_all_passed(const struct canary_verdict *verdict)
{
    return verdict->run > 0 && verdict->passed == verdict->run;
}

/* The path of a text that is tried. *ret_clean is what came out, from the arena; *ret_counted
 * whether something was counted, or true where nothing ever is. Outcome: any, when nothing came
 * out. */
typedef int canary_path(void *context, struct raw_text raw, struct arena *arena,
                        struct text *ret_clean, bool *ret_counted);

/* Sends each through the path. What does not come out at all does not pass. */
RESULT canary_run(const struct canary *list, size_t count, canary_path *path, void *context,
                  struct canary_verdict *ret_verdict);

/* The text without its braces, at most CANARY_BYTES_MAX. */
size_t canary_text(const struct canary *canary, char ret_text[CANARY_BYTES_MAX]);

/* Whether nothing that stands in braces is left. */
bool canary_clean(const struct canary *canary, struct text clean);

/* ---- when ---- */

#define CANARY_EVERY_MS ((int64_t)60 * 60 * 1000)

struct canary_watch {
    bool known; /* they have run */
    int64_t next_at;
    struct canary_verdict verdict;
};

static inline bool canary_due(const struct canary_watch *watch, int64_t now)
{
    return !watch->known || now >= watch->next_at;
}

static inline void canary_note(struct canary_watch *watch, struct canary_verdict verdict,
                               int64_t now)
{
    *watch =
        (struct canary_watch){.known = true, .next_at = now + CANARY_EVERY_MS, .verdict = verdict};
}

/* True where what has failed stops nothing: in the test build that takes nothing out, when the
 * environment says WARD_TEST_BUILD=1. */
bool canary_waived(void);

/* True when texts may go: all passed, or it is waived. */
static inline bool canary_lets_pass(const struct canary_watch *watch)
{
    return watch->known && (canary_all_passed(&watch->verdict) || canary_waived());
}

/* ---- from sensor to service: the body of AGENT_CANARY ---- */

#define CANARY_SIZE 9

enum {
    CANARY_INVALID = 1,
};

void canary_print(const struct canary_verdict *verdict, uint8_t ret_body[CANARY_SIZE]);
/* Outcome: CANARY_INVALID. */
RESULT canary_parse(struct bytes body, struct canary_verdict *ret_verdict);
