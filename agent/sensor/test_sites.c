/* Sites, with a real native-messaging host started as a browser would. Argument: ward-sensor. */

#include "sensor/sites.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "tap.h"

static const char *sensor_program;
static char directory[] = "/tmp/ward-test-sites-XXXXXX";

static void hosts_become_registrable_domains(void)
{
    static const struct {
        const char *host;
        const char *domain;
    } cases[] = {
        {"chart.example.org", "example.org"},
        {"a.b.example.co.uk", "example.co.uk"},
        {"example.org.", "example.org"},
        {"someone.github.io", "someone.github.io"},
        {"co.uk", ""},
        {"intranet", ""},
        {"10.0.0.7", ""},
        {"[::1]", ""},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char domain[256];

        sites_reduce(text_of(cases[i].host), domain);
        CHECK(strcmp(domain, cases[i].domain) == 0);
    }
}

static void a_directory_that_others_may_enter_is_no_place_for_the_socket(void)
{
    char path[PATH_MAX];

    CHECK(setenv("XDG_RUNTIME_DIR", directory, 1) == 0);
    CHECK(chmod(directory, 0755) == 0);
    if (sites_path(":5", true, path, sizeof(path)) == 0)
        CHECK(strncmp(path, directory, strlen(directory)) != 0);
    CHECK(chmod(directory, 0700) == 0);
    CHECK(sites_path(":5.0", true, path, sizeof(path)) == 0);
    CHECK(strncmp(path, directory, strlen(directory)) == 0);
    CHECK(strcmp(path + strlen(path) - strlen("/ward/sensor-5.sock"), "/ward/sensor-5.sock") == 0);
    CHECK(sites_path("../../etc", true, path, sizeof(path)) == 0);
    CHECK(strstr(path, "..") == NULL);
}

struct host {
    pid_t pid;
    int input;
};

static struct host start_host(void)
{
    int pipes[2];

    CHECK(pipe(pipes) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(pipes[0], STDIN_FILENO);
        (void)close(pipes[1]);
        (void)setenv("DISPLAY", ":5", 1);
        (void)execl(sensor_program, sensor_program, "--native-host", (char *)NULL);
        _exit(98);
    }
    (void)close(pipes[0]);
    return (struct host){.pid = pid, .input = pipes[1]};
}

static void say(const struct host *host, const char *json)
{
    uint32_t len = (uint32_t)strlen(json);

    CHECK(write(host->input, &len, sizeof(len)) == sizeof(len));
    CHECK(write(host->input, json, len) == (ssize_t)len);
}

static void end_host(const struct host *host)
{
    int status = 1;

    (void)close(host->input);
    CHECK(waitpid(host->pid, &status, 0) == host->pid && status == 0);
}

static bool front_is(struct sites *sites, pid_t pid, int64_t at, const char *domain)
{
    struct site site;

    (void)sites_take(sites, clock_boot_ms());
    sites_front(sites, pid, "", at, &site);
    return strcmp(site.domain, domain) == 0;
}

static void wait_front(struct sites *sites, const char *domain)
{
    int64_t until = clock_boot_ms() + 10000;

    while (!front_is(sites, getpid(), clock_boot_ms(), domain) && clock_boot_ms() < until) {
        struct pollfd polls[1 + SITES_PEERS_MAX];
        (void)poll(polls, (nfds_t)sites_poll(sites, polls), 100);
    }
    CHECK(front_is(sites, getpid(), clock_boot_ms(), domain));
}

static void a_site_belongs_to_its_own_browser_while_that_says_that_it_is_in_front(void)
{
    CLEANUP(sites_free) struct sites *sites = NULL;
    char path[PATH_MAX];

    CHECK(sites_path(":5", true, path, sizeof(path)) == 0);
    CHECK(sites_new(&sites, path) == 0);
    struct host host = start_host();
    say(&host, "{\"host\":\"chart.example.org\",\"focused\":true,\"incognito\":false}");
    wait_front(sites, "example.org");
    int64_t now = clock_boot_ms();
    CHECK(front_is(sites, getpid() + 1, now, ""));                    /* another program */
    CHECK(front_is(sites, getpid(), now + 3600 * 1000, ""));          /* long ago */
    say(&host, "{\"host\":\"x.example.net/path\",\"focused\":true}"); /* refused whole */
    say(&host, "{\"host\":\"\",\"focused\":false}");
    wait_front(sites, "");
    say(&host, "{\"host\":\"www.example.com\",\"focused\":true}");
    wait_front(sites, "example.com");
    end_host(&host);
    wait_front(sites, "");
}

static void a_host_waits_for_a_sensor_that_comes_later(void)
{
    CLEANUP(sites_free) struct sites *sites = NULL;
    char path[PATH_MAX];
    struct host host = start_host();

    say(&host, "{\"host\":\"www.example.com\",\"focused\":true}");
    CHECK(sites_path(":5", true, path, sizeof(path)) == 0);
    CHECK(sites_new(&sites, path) == 0);
    wait_front(sites, "example.com");
    end_host(&host);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    sensor_program = argv[1];
    (void)signal(SIGPIPE, SIG_IGN);
    CHECK(mkdtemp(directory) != NULL);
    RUN(hosts_become_registrable_domains);
    RUN(a_directory_that_others_may_enter_is_no_place_for_the_socket);
    RUN(a_site_belongs_to_its_own_browser_while_that_says_that_it_is_in_front);
    RUN(a_host_waits_for_a_sensor_that_comes_later);
    char below[64];
    (void)snprintf(below, sizeof(below), "%s/ward", directory);
    CHECK(rmdir(below) == 0 && rmdir(directory) == 0);
    return tap_done();
}
