#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>

#define WORD_ROOM 28

enum list { GIVEN, FAMILY, ORDINARY, LISTS };

struct words {
    char (*at)[WORD_ROOM];
    size_t count;
    size_t room;
};

struct corpus {
    struct words lists[LISTS];
    uint64_t state;
};

static const char *const apps[] = {"Outlook", "Excel",      "Visual Studio Code", "Google Chrome",
                                   "Slack",   "PowerChart", "Hyperspace",         "Word"};

/* {G} {F} names with a capital, {g} {f} in lower case, {W} {w} words, {a} application, {n} a digit
 */
static const char *const clean[] = {
    "Inbox ({n}{n}{n}) - {a}",
    "{w}.go - Visual Studio Code",
    "{W} {w} 202{n}.xlsx - Excel",
    "https://www.example.com/{w}/{w}?{w}={w}",
    "#{w}-{w} | {W} | Slack",
    "{n}:{n}{n} AM Zoom Meeting",
    "RE: {w} {w} {w} - Message (HTML)",
    "In Basket - {a}",
    "{W} {w} {w} {w} {w} {w} - {a}",
    "C:\\Projects\\{w}\\{w}_{w}_v{n}.docx",
    "{W} {w} guidelines - UpToDate",
    "/var/log/{w}/{w}.log - less",
    "{W} settings and {w} - Administration",
};
static const char *const named[] = {
    "{F}, {G} | DOB: 0{n}/1{n}/19{n}{n} | MRN: {n}{n}{n}{n}{n}{n}{n} - {a}",
    "{G} {F} - Chart Review - {a}",
    "{f}_{g}_{n}{n}{n}{n}{n}{n}{n}_labs.pdf",
    "SSN 2{n}{n}-{n}{n}-{n}{n}{n}{n} {F}, {G} - Registration",
    "Call with {G} {F} 2{n}{n}-{n}{n}{n}-{n}{n}{n}{n} - {a}",
    "https://ehr.example.org/chart/{n}{n}{n}{n}{n}{n}{n}/encounters/{n}{n}{n}{n}{n}{n}",
    "{g}.{f}@example.org - Compose - Gmail",
    "{n}{n}{n} {W} Rd, Erie, PA 1{n}{n}{n}{n} - Google Maps",
};
static const char *const plain[] = {
    "{W} {w} {w} - {a}",
    "{w}.go - Visual Studio Code",
    "{W} settings and {w} - Administration",
    "RE- {w} {w} {w} - Message",
};

static RESULT words_add(struct words *words, const char *word)
{
    if (words->count == words->room) {
        size_t room = words->room ? 2 * words->room : 1024;
        void *more = realloc(words->at, room * WORD_ROOM);

        if (!more)
            return FAULT(ERR_MEMORY);
        words->at = more;
        words->room = room;
    }
    (void)snprintf(words->at[words->count++], WORD_ROOM, "%s", word);
    return 0;
}

/* A word of grades "gfop": how strong a given name, a surname, an ordinary word, a town it is. */
static RESULT word_add(struct corpus *corpus, const char *grades, const char *word)
{
    int r = 0;

    if (strlen(word) >= WORD_ROOM)
        return 0;
    if (grades[0] > '0')
        r = words_add(&corpus->lists[GIVEN], word);
    if (r == 0 && grades[1] > '1')
        r = words_add(&corpus->lists[FAMILY], word);
    if (r == 0 && grades[2] > '1' && grades[0] == '0' && grades[1] == '0')
        r = words_add(&corpus->lists[ORDINARY], word);
    return r;
}

/* "gfop word word ..": the words of these grades. */
static RESULT line_add(struct corpus *corpus, char *line)
{
    char *rest = line;
    char *grades = strsep(&rest, " \n");
    char *word;
    int r = 0;

    if (strlen(grades) != 4 || grades[0] < '0' || grades[0] > '3')
        return 0;
    while (r == 0 && (word = strsep(&rest, " \n")))
        if (word[0])
            r = word_add(corpus, grades, word);
    return r;
}

RESULT corpus_new(struct corpus **ret_corpus, const char *words_path)
{
    CLEANUP(corpus_free) struct corpus *corpus = calloc(1, sizeof(*corpus));
    char *line = NULL;
    size_t room = 0;
    FILE *file = fopen(words_path, "r");
    int r = 0;

    if (!corpus || !file) {
        if (file)
            (void)fclose(file);
        return FAULT(file ? ERR_MEMORY : ERR_SYSTEM);
    }
    corpus->state = 0x9e3779b97f4a7c15;
    while (r == 0 && getline(&line, &room, file) > 0)
        r = line_add(corpus, line);
    (void)fclose(file);
    free(line);
    for (size_t list = 0; r == 0 && list < LISTS; list++)
        if (!corpus->lists[list].count)
            r = FAULT(ERR_SYSTEM);
    if (r)
        return r;
    *ret_corpus = TAKE(corpus);
    return 0;
}

struct corpus *corpus_free(struct corpus *corpus)
{
    if (corpus)
        for (size_t list = 0; list < LISTS; list++)
            free(corpus->lists[list].at);
    free(corpus);
    return NULL;
}

/* xorshift64: the same corpus each time */
static size_t next(struct corpus *corpus, size_t count)
{
    corpus->state ^= corpus->state << 13;
    corpus->state ^= corpus->state >> 7;
    corpus->state ^= corpus->state << 17;
    return (size_t)(corpus->state >> 11) % count;
}

static void put_word(struct corpus *corpus, struct buffer *buffer, enum list list, bool capital)
{
    const struct words *words = &corpus->lists[list];
    const char *word = words->at[next(corpus, words->count)];
    char first = capital && word[0] >= 'a' && word[0] <= 'z' ? (char)(word[0] - 32) : word[0];

    buffer_append(buffer, &first, 1);
    buffer_append_string(buffer, word + 1);
}

static void put(struct corpus *corpus, struct buffer *buffer, char what)
{
    switch (what) {
    case 'g':
    case 'G':
        put_word(corpus, buffer, GIVEN, what == 'G');
        break;
    case 'f':
    case 'F':
        put_word(corpus, buffer, FAMILY, what == 'F');
        break;
    case 'w':
    case 'W':
        put_word(corpus, buffer, ORDINARY, what == 'W');
        break;
    case 'a':
        buffer_append_string(buffer, apps[next(corpus, sizeof(apps) / sizeof(apps[0]))]);
        break;
    default:
        buffer_print(buffer, "%zu", next(corpus, 10));
    }
}

static void put_line(struct corpus *corpus, struct buffer *buffer, const char *line)
{
    for (; *line; line++) {
        if (*line != '{') {
            buffer_append(buffer, line, 1);
            continue;
        }
        put(corpus, buffer, line[1]);
        line += 2;
    }
    buffer_append_string(buffer, "\n");
}

void corpus_fill(struct corpus *corpus, struct buffer *buffer, size_t bytes)
{
    while (buffer->len < bytes && !buffer->failed)
        put_line(corpus, buffer,
                 next(corpus, 5) ? clean[next(corpus, sizeof(clean) / sizeof(clean[0]))]
                                 : named[next(corpus, sizeof(named) / sizeof(named[0]))]);
}

void corpus_fill_plain(struct corpus *corpus, struct buffer *buffer, size_t bytes)
{
    while (buffer->len < bytes && !buffer->failed)
        put_line(corpus, buffer, plain[next(corpus, sizeof(plain) / sizeof(plain[0]))]);
}
