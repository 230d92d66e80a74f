/* The organisation's own patterns: checked here, kept in the policy. */

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "patterns_file.h"
#include "print.h"
#include "redact/patterns.h"

struct documents {
    struct patterns_file patterns;
    struct patterns_file words;
    bool words_given;
};

static void documents_deinit(struct documents *documents)
{
    patterns_file_deinit(&documents->patterns);
    patterns_file_deinit(&documents->words);
}

/* Both files, compiled: an exit code. */
static int documents_read(const char *patterns_path, const char *words_path,
                          struct documents *documents, struct patterns **ret_patterns)
{
    struct redactor_error error = {0};

    documents->words_given = words_path && *words_path;
    if (!patterns_file_read(&documents->patterns, "ward", patterns_path, PATTERNS_BYTES_MAX) ||
        (documents->words_given &&
         !patterns_file_read(&documents->words, "ward", words_path, PATTERNS_WORDS_BYTES_MAX)))
        return EXIT_USAGE;
    int r = patterns_new(ret_patterns, text_of_bytes(buffer_bytes(&documents->patterns.text)),
                         text_of_bytes(buffer_bytes(&documents->words.text)), &error);
    if (r == REDACT_INVALID) {
        patterns_file_tell(strcmp(error.field, "word") == 0 ? &documents->words
                                                            : &documents->patterns,
                           "ward", &error);
        return EXIT_USAGE;
    }
    return r ? api_exit(r) : EXIT_OK;
}

/* What a pattern would remove that is nobody's; true when there is such a thing. */
static bool survey_print(const struct patterns *patterns, size_t pattern)
{
    const char *name = patterns_rule_word(patterns, pattern);
    struct patterns_survey survey = patterns_survey(patterns, pattern);

    if (survey.words * 100 > survey.asked * PATTERNS_BROAD_PERCENT)
        (void)printf("%s: too broad: takes %zu of %zu ordinary words, such as %s\n", name,
                     survey.words, survey.asked, survey.examples[0]);
    else if (survey.words)
        (void)printf("%s: takes an ordinary word: %s\n", name, survey.examples[0]);
    if (survey.moment)
        (void)printf("%s: takes a date or time: %s\n", name, survey.moment);
    return survey.words || survey.moment;
}

int run_patterns_check(struct api *api, const struct command_line *line)
{
    struct documents documents = {0};
    CLEANUP(patterns_free) struct patterns *patterns = NULL;
    int code = documents_read(line->words[0], line->values[0], &documents, &patterns);
    bool found = false;

    (void)api;
    for (size_t i = 0; code == EXIT_OK && i < patterns_count(patterns); i++)
        found = survey_print(patterns, i) || found;
    if (code == EXIT_OK)
        (void)printf("%zu patterns hold together%s\n", patterns_count(patterns),
                     found ? "; see above for what they take too much" : "");
    documents_deinit(&documents);
    return code == EXIT_OK && found ? EXIT_FOUND : code;
}

int run_patterns_show(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "GET", "/api/v1/policy", NULL, NULL, &answer);

    if (r)
        return api_exit(r);
    const json_t *document = json_object_get(answer, line->values[0] ? "words" : "patterns");
    size_t len = json_string_length(document);
    return fwrite(json_string_value(document), 1, len, stdout) == len ? EXIT_OK : EXIT_FOUND;
}

static int policy_put(struct api *api, const struct documents *documents, json_t *policy)
{
    CLEANUP(json_free) json_t *answer = NULL;
    struct bytes patterns = buffer_bytes(&documents->patterns.text);
    struct bytes words = buffer_bytes(&documents->words.text);
    char version[32];

    (void)snprintf(version, sizeof(version), "\"%s\"", print_member(policy, "version"));
    (void)json_object_del(policy, "version");
    (void)json_object_del(policy, "created_at");
    (void)json_object_del(policy, "created_by");
    (void)json_object_set_new(policy, "patterns",
                              json_stringn((const char *)patterns.at, patterns.len));
    if (documents->words_given)
        (void)json_object_set_new(policy, "words", json_stringn((const char *)words.at, words.len));
    int r = api_call(api, "PUT", "/api/v1/policy", policy, version, &answer);
    if (r)
        return api_exit(r);
    (void)printf("The policy is version %s now; agents take it with their next message.\n",
                 print_member(answer, "version"));
    return EXIT_OK;
}

int run_patterns_set(struct api *api, const struct command_line *line)
{
    struct documents documents = {0};
    CLEANUP(patterns_free) struct patterns *patterns = NULL;
    CLEANUP(json_free) json_t *policy = NULL;
    int code = documents_read(line->words[0], line->values[0], &documents, &patterns);

    if (code == EXIT_OK) {
        int r = api_call(api, "GET", "/api/v1/policy", NULL, NULL, &policy);
        code = r ? api_exit(r) : policy_put(api, &documents, policy);
    }
    documents_deinit(&documents);
    return code;
}
