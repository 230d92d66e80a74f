/*
 * The organisation's own patterns: tried on samples before they are saved
 *
 * Samples are lines of a screen, written by whoever writes the patterns; they may hold a patient.
 * Nothing of them is kept, logged or audited: the body is wiped when it is let go, and so is the
 * answer.
 */

#include "redact/patterns.h"
#include "routes.h"
#include "server/serve/api/patterns.h"

#define TRY_REPLY_MAX ((size_t)4 * 1024 * 1024)
#define TRY_ARENA_MAX ((size_t)8 * 1024 * 1024)

static bool of_words(const struct redactor_error *error)
{
    return strcmp(error->field, "word") == 0;
}

RESULT patterns_judge(struct api_call *call, struct text patterns, struct text words)
{
    CLEANUP(patterns_free) struct patterns *compiled = NULL;
    struct redactor_error error = {0};
    int r = patterns_new(&compiled, patterns, words, &error);

    if (r != REDACT_INVALID)
        return r;
    struct text detail = arena_print(call->arena, "line %zu, column %zu, %s: expected %s",
                                     error.line, error.column, error.field, error.expected);
    if (!detail.at)
        return FAULT(ERR_MEMORY);
    r = api_problem_field(call, of_words(&error) ? "/words" : "/patterns", detail.at);
    return r ? r : PATTERNS_REFUSED;
}

static void write_error(struct json_out *out, const struct redactor_error *error)
{
    json_out_object(out, "error");
    json_out_string(out, "document", of_words(error) ? "words" : "patterns");
    json_out_integer(out, "line", (int64_t)error->line);
    json_out_integer(out, "column", (int64_t)error->column);
    json_out_string(out, "field", error->field);
    json_out_string(out, "expected", error->expected);
    json_out_object_end(out);
}

static void write_warning(struct json_out *out, const char *rule, const char *what,
                          const struct patterns_survey *survey)
{
    bool moments = strcmp(what, "moments") == 0;

    json_out_object(out, NULL);
    json_out_string(out, "rule", rule);
    json_out_string(out, "what", what);
    json_out_integer(out, "takes", moments ? 0 : (int64_t)survey->words);
    json_out_integer(out, "asked", (int64_t)survey->asked);
    json_out_array(out, "examples");
    if (moments)
        json_out_string(out, NULL, survey->moment);
    for (size_t i = 0; !moments && i < 3 && survey->examples[i]; i++)
        json_out_string(out, NULL, survey->examples[i]);
    json_out_array_end(out);
    json_out_object_end(out);
}

static void write_warnings(struct json_out *out, const struct patterns *patterns)
{
    json_out_array(out, "warnings");
    for (size_t i = 0; patterns && i < patterns_count(patterns); i++) {
        struct patterns_survey survey = patterns_survey(patterns, i);
        const char *rule = patterns_rule_word(patterns, i);
        bool broad = survey.words * 100 > survey.asked * PATTERNS_BROAD_PERCENT;

        if (survey.words)
            write_warning(out, rule, broad ? "broad" : "words", &survey);
        if (survey.moment)
            write_warning(out, rule, "moments", &survey);
    }
    json_out_array_end(out);
}

static void write_found(struct json_out *out, const struct redactor *redactor,
                        const struct redaction *redaction)
{
    json_out_array(out, "found");
    for (size_t i = 0; redaction && i < redaction->found_count; i++) {
        const struct redact_found *found = &redaction->found[i];

        json_out_object(out, NULL);
        json_out_string(out, "kind", redact_kind_word(found->kind));
        json_out_string(out, "rule", redactor_rule_word(redactor, found->rule));
        json_out_integer(out, "start", found->start);
        json_out_integer(out, "end", found->end);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

/* The real engine, on a copy that is wiped: what cannot be redacted is removed whole. */
static int write_sample(struct json_out *out, const struct redactor *redactor, const json_t *sample,
                        struct arena *arena)
{
    struct redaction redaction;
    struct text text = {json_string_value(sample), json_string_length(sample)};
    char *at = arena_take(arena, text.len + 1);

    if (!at)
        return FAULT(ERR_MEMORY);
    memcpy(at, text.at, text.len);
    struct raw_text raw = {.at = at, .len = text.len};
    int r = redact(redactor, raw, arena, &redaction);
    raw_text_wipe(&raw);
    if (r < 0)
        return r;
    json_out_object(out, NULL);
    if (r == 0)
        json_out_text(out, "clean", clean_text_view(redaction.clean));
    else
        json_out_null(out, "clean");
    write_found(out, redactor, r == 0 ? &redaction : NULL);
    json_out_object_end(out);
    return 0;
}

static int write_samples(struct api_call *call, const struct redactor *redactor,
                         struct json_out *out)
{
    const json_t *samples = json_object_get(call->body, "samples");
    CLEANUP(arena_free) struct arena *arena = NULL;
    int r = arena_new(&arena, (size_t)1024 * 1024);

    json_out_array(out, "samples");
    for (size_t i = 0; redactor && i < json_array_size(samples) && !r; i++) {
        r = write_sample(out, redactor, json_array_get(samples, i), arena);
        arena_reset(arena);
    }
    json_out_array_end(out);
    return r;
}

/* Documents that are left out are those in force: long ones need not travel to be tried. */
static int read_documents(struct api_call *call, struct arena *arena,
                          struct redactor_options *options)
{
    struct policy policy = {0};
    bool patterns = json_object_get(call->body, "patterns");
    bool words = json_object_get(call->body, "words");
    int r = patterns && words ? 0 : policy_in_force(call, arena, &policy);

    if (r)
        return r;
    options->patterns = patterns ? api_body_text(call, "patterns") : policy.patterns;
    options->words = words ? api_body_text(call, "words") : policy.words;
    return 0;
}

static int reply_tried(struct api_call *call, const struct redactor *redactor,
                       const struct patterns *patterns, const struct redactor_error *error)
{
    CLEANUP(json_out_deinit) struct json_out out = json_out_init(TRY_REPLY_MAX);

    json_out_object(&out, NULL);
    if (!redactor)
        write_error(&out, error);
    write_warnings(&out, patterns);
    int r = write_samples(call, redactor, &out);
    if (r)
        return r;
    json_out_object_end(&out);
    return api_reply(call, 200, &out);
}

int api_try_patterns(struct api_call *call)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    CLEANUP(redactor_free) struct redactor *redactor = NULL;
    CLEANUP(patterns_free) struct patterns *patterns = NULL;
    struct redactor_error error = {.field = "", .expected = ""};
    struct redactor_options options = {
        .profile = text_equal(api_body_text(call, "profile"), text_of("strict")) ? REDACT_STRICT
                                                                                 : REDACT_BALANCED,
    };
    int r = arena_new(&arena, TRY_ARENA_MAX);

    if (!r)
        r = read_documents(call, arena, &options);
    if (!r)
        r = redactor_new(&redactor, &options, &error);
    if (!r)
        r = patterns_new(&patterns, options.patterns, options.words, NULL);
    return r < 0 ? r : reply_tried(call, redactor, patterns, &error);
}
