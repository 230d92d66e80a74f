/*
 * ward-redact: the redactor as a filter
 *
 * A line in, a clean line out, in step.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "patterns_file.h"
#include "redact/filter.h"
#include "redact/patterns.h"

#define OUTPUT_MAX ((size_t)2 << 30)

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct options {
    enum print_form form;
    bool structured;
    enum redact_profile profile;
    const char *patterns;
    const char *words;
    bool rules;
};

static int usage(void)
{
    (void)fprintf(stderr, "usage: ward-redact [--json | --explain] [--profile strict|balanced] "
                          "[--structured]\n"
                          "                   [--patterns FILE] [--words FILE]\n"
                          "       ward-redact --rules\n");
    return EXIT_USAGE;
}

static bool profile_parse(const char *word, enum redact_profile *ret_profile)
{
    if (strcmp(word, "strict") == 0)
        *ret_profile = REDACT_STRICT;
    else if (strcmp(word, "balanced") == 0)
        *ret_profile = REDACT_BALANCED;
    else
        return false;
    return true;
}

static bool options_parse(struct options *options, int argc, char **argv)
{
    static const struct option table[] = {
        {"json", no_argument, NULL, 'j'},          {"explain", no_argument, NULL, 'e'},
        {"structured", no_argument, NULL, 's'},    {"rules", no_argument, NULL, 'r'},
        {"profile", required_argument, NULL, 'p'}, {"patterns", required_argument, NULL, 'f'},
        {"words", required_argument, NULL, 'w'},   {0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (c == 'j')
            options->form = PRINT_JSON;
        else if (c == 'e')
            options->form = PRINT_EXPLANATION;
        else if (c == 's')
            options->structured = true;
        else if (c == 'r')
            options->rules = true;
        else if (c == 'f')
            options->patterns = optarg;
        else if (c == 'w')
            options->words = optarg;
        else if (c != 'p' || !profile_parse(optarg, &options->profile))
            return false;
    }
    return optind == argc;
}

static RESULT redactor_open(const struct options *options, struct redactor **ret_redactor)
{
    CLEANUP(patterns_file_deinit) struct patterns_file patterns = {0};
    CLEANUP(patterns_file_deinit) struct patterns_file words = {0};
    struct redactor_error error = {0};

    if (options->patterns &&
        !patterns_file_read(&patterns, "ward-redact", options->patterns, PATTERNS_BYTES_MAX))
        return FAULT(ERR_SYSTEM);
    if (options->words &&
        !patterns_file_read(&words, "ward-redact", options->words, PATTERNS_WORDS_BYTES_MAX))
        return FAULT(ERR_SYSTEM);
    struct redactor_options made_of = {
        .profile = options->profile,
        .structured = options->structured,
        .patterns = text_of_bytes(buffer_bytes(&patterns.text)),
        .words = text_of_bytes(buffer_bytes(&words.text)),
    };
    int r = redactor_new(ret_redactor, &made_of, &error);
    if (r == REDACT_INVALID)
        patterns_file_tell(strcmp(error.field, "word") == 0 ? &words : &patterns, "ward-redact",
                           &error);
    return r;
}

/* The build that takes nothing out is not run by accident. */
static bool may_run(void)
{
    const char *test = getenv("WARD_TEST_BUILD");

    if (!redact_is_off() || (test && strcmp(test, "1") == 0))
        return true;
    (void)fprintf(stderr, "ward-redact: this is a test build that redacts nothing; it runs only "
                          "with WARD_TEST_BUILD=1\n");
    return false;
}

/* Which rules this program runs: the version, the hash, the words. */
static int rules_print(void)
{
    uint8_t hash[REDACT_HASH_LEN];

    redact_rules_hash(hash);
    printf("rules %s, SHA-256 ", redact_rules_version());
    for (size_t i = 0; i < sizeof(hash); i++)
        printf("%02x", hash[i]);
    printf("\n");
    for (unsigned rule = 0; rule < redact_rules_count(); rule++)
        printf("%s\n", redact_rule_word(rule));
    return fflush(stdout) ? EXIT_FAILED : EXIT_OK;
}

int main(int argc, char **argv)
{
    struct options options = {.profile = REDACT_STRICT};
    CLEANUP(redactor_free) struct redactor *redactor = NULL;

    if (!options_parse(&options, argc, argv))
        return usage();
    if (options.rules)
        return rules_print();
    if (!may_run())
        return EXIT_FAILED;
    int r = redactor_open(&options, &redactor);
    if (r)
        return r > 0 ? EXIT_USAGE : EXIT_FAILED;
    struct print print = {.redactor = redactor,
                          .form = options.form,
                          .out = buffer_init(OUTPUT_MAX),
                          .found = buffer_init(OUTPUT_MAX)};
    r = filter_run(&print, STDIN_FILENO);
    buffer_deinit(&print.out);
    buffer_deinit(&print.found);
    if (r)
        (void)fprintf(stderr, "ward-redact: %s\n", fault_name(r));
    return r ? EXIT_FAILED : EXIT_OK;
}
