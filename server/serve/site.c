#include "server/serve/site.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "os/file.h"

#define FILES_MAX 512
#define FILE_MAX ((size_t)8 * 1024 * 1024)
#define SITE_MAX ((size_t)64 * 1024 * 1024)
#define DEPTH_MAX 6
#define PATH_SIZE 1024

struct page {
    struct text path; /* "/assets/index-1a2b.js" */
    struct bytes plain;
    struct bytes gzip; /* .at NULL: none */
    const char *type;
};

struct site {
    struct arena *arena;
    struct page pages[FILES_MAX];
    size_t count;
};

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
};

static bool ends_with(struct text text, const char *ending)
{
    size_t len = strlen(ending);

    return text.len >= len && memcmp(text.at + text.len - len, ending, len) == 0;
}

/* NULL: not a kind of file that is served. */
static const char *type_of(struct text path)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (ends_with(path, types[i].ending))
            return types[i].type;
    return NULL;
}

static int read_file(struct site *site, const char *path, struct bytes *ret_bytes)
{
    CLEANUP(buffer_deinit) struct buffer file = buffer_init(FILE_MAX);
    int r = file_read(path, &file);

    if (r)
        return r;
    *ret_bytes = arena_copy(site->arena, buffer_bytes(&file));
    return ret_bytes->at ? 0 : FAULT(ERR_MEMORY);
}

static int add(struct site *site, const char *directory, const char *path)
{
    char whole[PATH_SIZE];
    struct page page = {.type = type_of(text_of(path))};
    int r;

    if (!page.type)
        return 0;
    if (site->count == FILES_MAX ||
        (size_t)snprintf(whole, sizeof whole, "%s%s.gz", directory, path) >= sizeof whole)
        return FAULT(ERR_MEMORY);
    r = read_file(site, whole, &page.gzip);
    if (r < 0)
        return r;
    whole[strlen(whole) - 3] = '\0';
    r = read_file(site, whole, &page.plain);
    if (r)
        return r < 0 ? r : 0;
    page.path = arena_copy_text(site->arena, text_of(path));
    if (!page.path.at)
        return FAULT(ERR_MEMORY);
    site->pages[site->count++] = page;
    return 0;
}

static int add_folder(struct site *site, const char *directory, const char *path, unsigned depth)
{
    char whole[PATH_SIZE];
    struct dirent *entry;
    DIR *folder;
    int r = 0;

    if ((size_t)snprintf(whole, sizeof whole, "%s%s", directory, path) >= sizeof whole)
        return FAULT(ERR_MEMORY);
    folder = opendir(whole);
    if (!folder)
        return 0;
    while (!r && (entry = readdir(folder))) {
        char inner[PATH_SIZE];
        struct stat info;

        if (entry->d_name[0] == '.')
            continue;
        if ((size_t)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) >= sizeof inner ||
            (size_t)snprintf(whole, sizeof whole, "%s%s", directory, inner) >= sizeof whole)
            r = FAULT(ERR_MEMORY);
        else if (stat(whole, &info) == 0 && S_ISDIR(info.st_mode) && depth < DEPTH_MAX)
            r = add_folder(site, directory, inner, depth + 1);
        else
            r = add(site, directory, inner);
    }
    closedir(folder);
    return r;
}

RESULT site_new(struct site **ret_site, const char *directory)
{
    CLEANUP(site_free) struct site *site = calloc(1, sizeof *site);
    int r;

    if (!site)
        return FAULT(ERR_MEMORY);
    r = arena_new(&site->arena, SITE_MAX);
    if (!r && directory[0])
        r = add_folder(site, directory, "", 0);
    if (r)
        return r;
    *ret_site = TAKE(site);
    return 0;
}

struct site *site_free(struct site *site)
{
    if (!site)
        return NULL;
    arena_free(site->arena);
    free(site);
    return NULL;
}

static const struct page *find(const struct site *site, struct text path)
{
    for (size_t i = 0; i < site->count; i++)
        if (text_equal(site->pages[i].path, path))
            return &site->pages[i];
    return NULL;
}

static bool names_a_file(struct text path)
{
    for (size_t i = path.len; i > 0 && path.at[i - 1] != '/'; i--)
        if (path.at[i - 1] == '.')
            return true;
    return false;
}

static bool takes_gzip(struct http_request *request)
{
    struct text encodings = http_header(request, "Accept-Encoding");

    return encodings.at && memmem(encodings.at, encodings.len, "gzip", 4) != NULL;
}

bool site_reply(const struct site *site, struct http_request *request)
{
    struct text path = http_path(request);
    const struct page *page = find(site, path);
    bool hashed = path.len > 8 && memcmp(path.at, "/assets/", 8) == 0;

    if (!page && !names_a_file(path))
        page = find(site, text_of("/index.html"));
    if (!page)
        return false;
    if (page->gzip.at && takes_gzip(request))
        http_reply_static(request, page->type, "gzip", page->gzip, hashed);
    else
        http_reply_static(request, page->type, NULL, page->plain, hashed);
    return true;
}
