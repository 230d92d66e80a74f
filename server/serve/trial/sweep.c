#include "server/serve/trial/sweep.h"

#include "os/file.h"
#include "server/serve/serve.h"

#define LIVE_ARENA_MAX ((size_t)96 * 1024 * 1024)

static const char *const words[SWEEP_PLACES] = {
    [SWEEP_SPANS_SEALED] = "spans.sealed",
    [SWEEP_SPANS_FILE] = "spans.file",
    [SWEEP_SPANS_MEMORY] = "spans.memory",
    [SWEEP_RECORDS] = "records",
    [SWEEP_AUDIT] = "audit",
    [SWEEP_LIVE] = "live",
    [SWEEP_FILES] = "files",
    [SWEEP_LOG] = "log",
};

const char *sweep_word(enum sweep_place place)
{
    return words[place];
}

static void place_set(struct sweep *sweep, enum sweep_place place, struct needles_sweep found,
                      bool whole)
{
    sweep->places[place].sweep = found;
    sweep->places[place].whole = whole;
}

static int look_at_spans(struct serve *serve, const struct needles *needles, struct sweep *sweep)
{
    struct spans_found found;
    int r = spans_look(serve->spans, needles, &found);

    if (r)
        return r;
    place_set(sweep, SWEEP_SPANS_SEALED, found.sealed, true);
    place_set(sweep, SWEEP_SPANS_FILE, found.file, true);
    place_set(sweep, SWEEP_SPANS_MEMORY, found.memory, true);
    return 0;
}

struct looking {
    const struct needles *needles;
    struct records_found found;
};

static int look_at_records(struct records_tx *tx, void *context)
{
    struct looking *looking = context;

    return records_search(tx, looking->needles, &looking->found);
}

static void look_at(const struct needles *needles, const struct clean_text *text,
                    struct needles_sweep *sweep)
{
    if (text)
        needles_look(needles, bytes_of_text(clean_text_view(text)), sweep);
}

static int look_at_live(struct serve *serve, const struct needles *needles, int64_t now,
                        struct sweep *sweep)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct needles_sweep found = {0};
    struct live_open *open;
    size_t count;
    int r = arena_new(&arena, LIVE_ARENA_MAX);

    if (!r)
        r = live_table_list(serve->live, now, arena, &open, &count);
    if (r)
        return r;
    for (size_t i = 0; i < count; i++) {
        look_at(needles, open[i].span.application, &found);
        look_at(needles, open[i].span.domain, &found);
        look_at(needles, open[i].span.title, &found);
    }
    place_set(sweep, SWEEP_LIVE, found, true);
    return 0;
}

static int look_at_files(struct serve *serve, const struct needles *needles, struct sweep *sweep)
{
    struct needles_sweep files = {0};
    struct needles_sweep log = {0};
    int r = file_look(serve->handover.data, needles, &files);

    if (r < 0)
        return r;
    place_set(sweep, SWEEP_FILES, files, r == 0);
    r = file_look("/proc/self/fd/2", needles, &log);
    place_set(sweep, SWEEP_LOG, log, r == 0);
    return r < 0 ? r : 0;
}

RESULT sweep_all(struct serve *serve, const struct needles *needles, int64_t now,
                 struct sweep *ret_sweep)
{
    struct looking looking = {.needles = needles};
    struct sweep sweep = {0};
    int r = look_at_spans(serve, needles, &sweep);

    if (!r)
        r = records_read(serve->records, look_at_records, &looking);
    if (!r)
        r = look_at_live(serve, needles, now, &sweep);
    if (!r)
        r = look_at_files(serve, needles, &sweep);
    if (r)
        return r;
    place_set(&sweep, SWEEP_RECORDS, looking.found.rest, true);
    place_set(&sweep, SWEEP_AUDIT, looking.found.audit, true);
    *ret_sweep = sweep;
    return 0;
}

uint64_t sweep_found(const struct sweep *sweep)
{
    uint64_t found = 0;

    for (size_t i = 0; i < SWEEP_PLACES; i++)
        found += sweep->places[i].sweep.found;
    return found;
}
