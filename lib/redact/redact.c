#include "redact/redact.h"

#include <stdlib.h>

#include "redact/patterns.h"
#include "redact/redact-private.h"

RESULT redactor_new(struct redactor **ret_redactor, const struct redactor_options *options,
                    struct redactor_error *ret_error)
{
    CLEANUP(redactor_free) struct redactor *redactor = calloc(1, sizeof(*redactor));

    if (!redactor)
        return FAULT(ERR_MEMORY);
    redactor->profile = options->profile;
    redactor->structured = options->structured;
    labels_index(redactor->label_index);
    forms_index(redactor->forms);
    int r = patterns_new(&redactor->patterns, options->patterns, options->words, ret_error);
    if (r)
        return r;
    *ret_redactor = TAKE(redactor);
    return 0;
}

struct redactor *redactor_free(struct redactor *redactor)
{
    if (redactor) {
        patterns_free(redactor->patterns);
        free(redactor);
    }
    return NULL;
}

RESULT redaction_make(struct raw_text raw, const struct hits *hits, struct arena *arena,
                      struct redaction *ret_redaction)
{
    static const struct redaction nothing; /* a copy is quicker than a loop that clears */
    const struct clean_text *clean;
    struct redact_found *found = NULL;

    if (hits->count) {
        found = arena_take_array(arena, hits->count, sizeof(*found));
        if (!found)
            return FAULT(ERR_MEMORY);
        memcpy(found, hits->at, hits->count * sizeof(*found));
    }
    int r = clean_make(raw, hits, arena, &clean);
    if (r)
        return r;
    *ret_redaction = nothing;
    ret_redaction->clean = clean;
    ret_redaction->found = found;
    ret_redaction->found_count = hits->count;
    for (size_t i = 0; i < hits->count; i++)
        ret_redaction->counts[found[i].kind]++;
    return 0;
}

static RESULT redact_with(const struct redactor *redactor, enum redact_profile profile,
                          struct raw_text raw, struct arena *arena, struct redaction *ret_redaction)
{
    struct view view;
    struct hits hits;

    if (raw.len > REDACT_TEXT_MAX)
        return REDACT_LONG;
    view_init(&view, redactor, profile, &hits);
    int r = hits_find(&view, raw);
    return r ? r : redaction_make(raw, &hits, arena, ret_redaction);
}

RESULT redact_counted(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                      struct redaction *ret_redaction, uint64_t *ret_steps)
{
    uint64_t steps = 0;
    struct view view;
    struct hits hits;

    if (raw.len > REDACT_TEXT_MAX)
        return REDACT_LONG;
    view_init(&view, redactor, redactor->profile, &hits);
    view.steps = &steps;
    int r = hits_find(&view, raw);
    if (r == 0)
        r = redaction_make(raw, &hits, arena, ret_redaction);
    if (r == 0)
        *ret_steps = steps;
    return r;
}

RESULT redact(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
              struct redaction *ret_redaction)
{
    return redact_with(redactor, redactor->profile, raw, arena, ret_redaction);
}

RESULT redact_balanced(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                       struct redaction *ret_redaction)
{
    return redact_with(redactor, REDACT_BALANCED, raw, arena, ret_redaction);
}

RESULT redact_explain(const struct redactor *redactor, struct raw_text raw, struct arena *arena,
                      struct redaction *ret_redaction, const struct redact_note **ret_notes,
                      size_t *ret_count)
{
    struct notes notes = {.count = 0};
    struct view view;
    struct hits hits;

    if (raw.len > REDACT_TEXT_MAX)
        return REDACT_LONG;
    view_init(&view, redactor, redactor->profile, &hits);
    view.notes = &notes;
    int r = hits_find(&view, raw);
    struct redact_note *copy = arena_take_array(arena, notes.count, sizeof(*copy));
    if (r == 0 && !copy)
        r = FAULT(ERR_MEMORY);
    if (r == 0)
        r = redaction_make(raw, &hits, arena, ret_redaction);
    if (r)
        return r;
    memcpy(copy, notes.at, notes.count * sizeof(*copy));
    *ret_notes = copy;
    *ret_count = notes.count;
    return 0;
}
