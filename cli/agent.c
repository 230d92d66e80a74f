#include "agent.h"

#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "os/file.h"
#include "os/process.h"

enum { PATH_SIZE = 512, ANSWER_MAX = 1024 * 1024 };

/* Beside this program, as both are installed together; else where the path leads. */
static void program_path(char ret_path[PATH_SIZE])
{
    char own[PATH_SIZE];

    if (process_own_path(own, sizeof(own)) == 0 &&
        file_path(ret_path, PATH_SIZE, dirname(own), "ward-agent") == 0 &&
        access(ret_path, X_OK) == 0)
        return;
    (void)snprintf(ret_path, PATH_SIZE, "ward-agent");
}

struct pipes {
    int in[2];
    int out[2];
};

static void run(const struct pipes *pipes, const char *path, const char *command,
                const char *socket_path)
{
    const char *words[] = {"ward-agent", command, "--output", "json", NULL, NULL, NULL};
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

    if (socket_path) {
        words[4] = "--socket";
        words[5] = socket_path;
    }
    if (dup2(pipes->in[0], 0) < 0 || dup2(pipes->out[1], 1) < 0 || dup2(nothing, 2) < 0)
        _exit(127);
    /* execvp() does not write to its words. */
    (void)execvp(path, (char *const *)(uintptr_t)words);
    _exit(127);
}

static void read_all(int fd, struct buffer *answer)
{
    char chunk[4096];
    ssize_t got;

    while ((got = read(fd, chunk, sizeof(chunk))) > 0)
        buffer_append(answer, chunk, (size_t)got);
}

json_t *agent_ask(const char *command, const char *socket_path, struct bytes input)
{
    CLEANUP(buffer_deinit) struct buffer answer = buffer_init(ANSWER_MAX);
    struct pipes pipes;
    char path[PATH_SIZE];
    int status;

    program_path(path);
    if (pipe2(pipes.in, O_CLOEXEC))
        return NULL;
    if (pipe2(pipes.out, O_CLOEXEC)) {
        file_close(pipes.in[0]);
        file_close(pipes.in[1]);
        return NULL;
    }
    pid_t child = fork();
    if (child == 0)
        run(&pipes, path, command, socket_path);
    file_close(pipes.in[0]);
    file_close(pipes.out[1]);
    /* Needles are far less than a pipe holds; SIGPIPE is ignored. */
    bool written = write(pipes.in[1], input.at, input.len) == (ssize_t)input.len;
    file_close(pipes.in[1]);
    read_all(pipes.out[0], &answer);
    file_close(pipes.out[0]);
    if (child < 0 || waitpid(child, &status, 0) != child || !written || buffer_check(&answer))
        return NULL;
    return json_loadb((const char *)answer.at, answer.len, JSON_REJECT_DUPLICATES, NULL);
}
