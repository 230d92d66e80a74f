#include "command.h"
#include "print.h"

#include <inttypes.h>
#include <string.h>

static long long number(const json_t *object, const char *member)
{
    return (long long)json_integer_value(json_object_get(object, member));
}

static void line_print(const char *label, const char *member, const json_t *object)
{
    (void)printf("%-14s", label);
    print_text(stdout, print_member(object, member));
    (void)putchar('\n');
}

static void status_print(const json_t *answer)
{
    const json_t *devices = json_object_get(answer, "devices");
    const json_t *spans = json_object_get(answer, "spans");
    const json_t *audit = json_object_get(answer, "audit");
    size_t at;
    json_t *process;

    line_print("organisation", "organisation", answer);
    line_print("version", "version", answer);
    line_print("running since", "started_at", answer);
    json_array_foreach(json_object_get(answer, "processes"), at, process)
    {
        (void)printf("%-14s", at == 0 ? "processes" : "");
        print_text(stdout, print_member(process, "name"));
        (void)printf("  pid %lld  uid %lld  sandbox ", number(process, "pid"),
                     number(process, "uid"));
        print_text(stdout, print_member(process, "sandbox"));
        (void)putchar('\n');
    }
    (void)printf("%-14s%lld enrolled, %lld live, %lld revoked; %lld batches wait on them\n",
                 "devices", number(devices, "enrolled"), number(devices, "live"),
                 number(devices, "revoked"), number(devices, "waiting"));
    (void)printf("%-14s%lld in %lld batches since start, the last ", "spans",
                 number(spans, "spans"), number(spans, "batches"));
    print_text(stdout, print_member(spans, "last_at"));
    (void)printf("\n%-14s%lld entries, %lld under the checkpoint of ", "audit log",
                 number(audit, "size"), number(audit, "checkpoint_size"));
    print_text(stdout, print_member(audit, "checkpoint_at"));
    (void)printf("\n%-14s", "audit key");
    print_text(stdout, print_member(audit, "key"));
    (void)printf("\n%-14s%.1f GB\n", "disk free", (double)number(answer, "disk_free_bytes") / 1e9);
    if (json_is_true(json_object_get(answer, "first_run")))
        (void)printf(
            "\nNobody has set up Ward yet: open the link that wardd printed when it started.\n");
}

int run_status(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "GET", "/api/v1/status", NULL, NULL, &answer);

    if (r)
        return api_exit(r);
    if (line->json)
        print_json(answer);
    else
        status_print(answer);
    return EXIT_OK;
}

/* Worst first, as somebody who has a minute reads. */
static void findings_print(const json_t *findings, const char *level, const char *mark)
{
    size_t at;
    json_t *finding;

    json_array_foreach(findings, at, finding)
    {
        const char *remedy = json_string_value(json_object_get(finding, "remedy"));

        if (strcmp(print_member(finding, "level"), level) != 0)
            continue;
        (void)printf("%-8s", mark);
        print_text(stdout, json_string_value(json_object_get(finding, "title")));
        (void)putchar('\n');
        if (remedy && *remedy) {
            (void)printf("        -> ");
            print_text(stdout, remedy);
            (void)putchar('\n');
        }
    }
}

int run_doctor(struct api *api, const struct command_line *line)
{
    CLEANUP(json_free) json_t *answer = NULL;
    int r = api_call(api, "GET", "/api/v1/doctor", NULL, NULL, &answer);
    bool sick = false;
    size_t at;
    json_t *finding;

    if (r)
        return api_exit(r);
    const json_t *findings = json_object_get(answer, "findings");
    json_array_foreach(findings, at, finding)
    {
        const char *level = print_member(finding, "level");

        sick |= strcmp(level, "error") == 0 || strcmp(level, "warning") == 0;
    }
    if (line->json) {
        print_json(answer);
        return sick ? EXIT_FOUND : EXIT_OK;
    }
    findings_print(findings, "error", "ERROR");
    findings_print(findings, "warning", "WARNING");
    findings_print(findings, "note", "note");
    findings_print(findings, "ok", "ok");
    return sick ? EXIT_FOUND : EXIT_OK;
}
