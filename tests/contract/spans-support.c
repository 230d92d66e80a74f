#include "spans-support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool done;
    int result;
};

static void wake(void *context, int result)
{
    struct waiting *waiting = context;

    (void)pthread_mutex_lock(&waiting->lock);
    CHECK(!waiting->done);
    waiting->done = true;
    waiting->result = result;
    (void)pthread_cond_signal(&waiting->wake);
    (void)pthread_mutex_unlock(&waiting->lock);
}

int commit_and_wait(struct spans *spans, const struct spans_batch *batch)
{
    struct waiting waiting = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
    int r = spans_commit(spans, batch, wake, &waiting);

    if (r)
        return r;
    (void)pthread_mutex_lock(&waiting.lock);
    while (!waiting.done)
        (void)pthread_cond_wait(&waiting.wake, &waiting.lock);
    (void)pthread_mutex_unlock(&waiting.lock);
    return waiting.result;
}

const struct clean_text *clean_of(struct arena *arena, const char *text)
{
    const struct clean_text *clean = NULL;

    CHECK(redact_restore(bytes_of_text(text_of(text)), arena, &clean) == 0);
    return clean;
}

bool clean_is(const struct clean_text *clean, const char *text)
{
    return clean && text_equal(clean_text_view(clean), text_of(text));
}

uint32_t chance_below(struct chance *chance, uint32_t limit)
{
    /* xorshift64*: Vigna, 2016 */
    chance->state ^= chance->state >> 12;
    chance->state ^= chance->state << 25;
    chance->state ^= chance->state >> 27;
    return (uint32_t)((chance->state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % limit;
}

struct device_id device_of(uint8_t number)
{
    return (struct device_id){.at = {number, 0xd0}};
}

struct spans_batch *small_batch(struct arena *arena, uint8_t device, uint64_t sequence,
                                uint32_t account, int64_t start_at, uint32_t duration_ms)
{
    struct spans_batch *batch = arena_take(arena, sizeof(*batch));
    struct spans_row *row = arena_take(arena, sizeof(*row));
    const struct clean_text **strings = arena_take_array(arena, 4, sizeof(void *));

    CHECK(batch && row && strings);
    strings[1] = clean_of(arena, "ehr");
    strings[2] = clean_of(arena, "portal.example");
    strings[3] = clean_of(arena, "Schedule");
    *row = (struct spans_row){
        .account = {.number = account},
        .start_at = start_at,
        .duration_ms = duration_ms,
        .application = 1,
        .domain = 2,
    };
    *batch = (struct spans_batch){
        .device = device_of(device),
        .epoch = 1,
        .sequence = sequence,
        .received_at = TEST_AT,
        .offset_minutes = -300,
        .strings = strings,
        .string_count = 4,
        .rows = row,
        .row_count = 1,
    };
    return batch;
}

/* ---- random batches ---- */

static void random_strings(struct chance *chance, struct arena *arena, struct spans_batch *batch)
{
    size_t count = 1 + chance_below(chance, 400);
    const struct clean_text **strings = arena_take_array(arena, count, sizeof(void *));
    char text[40];

    CHECK(strings != NULL);
    for (size_t i = 1; i < count; i++) {
        (void)snprintf(text, sizeof(text), "text %u", chance_below(chance, 700));
        /* Now and then the empty text, which is none. */
        strings[i] = clean_of(arena, chance_below(chance, 50) ? text : "");
    }
    batch->strings = strings;
    batch->string_count = count;
}

static uint32_t random_string(struct chance *chance, const struct spans_batch *batch)
{
    return chance_below(chance, (uint32_t)batch->string_count);
}

static void random_rows(struct chance *chance, struct arena *arena, struct spans_batch *batch,
                        int32_t first_day, uint32_t days)
{
    size_t count = chance_below(chance, 120);
    struct spans_row *rows = arena_take_array(arena, count, sizeof(*rows));

    CHECK(rows != NULL);
    for (size_t i = 0; i < count; i++) {
        int64_t begin = (first_day + (int64_t)chance_below(chance, days)) * 86400000;
        uint32_t offset = chance_below(chance, 86400000);
        uint32_t left = 86400000 - offset;

        rows[i] = (struct spans_row){
            .account = {.number = 1 + chance_below(chance, 6)},
            .start_at = begin + offset,
            .duration_ms = chance_below(chance, 8) ? chance_below(chance, left + 1) % 90000
                                                   : chance_below(chance, 2) * left,
            .application = random_string(chance, batch),
            .domain = chance_below(chance, 3) ? 0 : random_string(chance, batch),
            .title = chance_below(chance, 5) ? 0 : random_string(chance, batch),
            .flags = chance_below(chance, 16),
            .state = (enum span_state)chance_below(chance, SPAN_STATES),
        };
    }
    batch->rows = rows;
    batch->row_count = count;
}

static void random_tallies(struct chance *chance, struct arena *arena, struct spans_batch *batch,
                           int32_t first_day, uint32_t days)
{
    size_t counts = chance_below(chance, 12);
    size_t drops = chance_below(chance, 6);
    struct spans_count *count = arena_take_array(arena, counts, sizeof(*count));
    struct spans_drop *drop = arena_take_array(arena, drops, sizeof(*drop));

    CHECK(count && drop);
    for (size_t i = 0; i < counts; i++) {
        count[i] = (struct spans_count){
            .account = {.number = 1 + chance_below(chance, 6)},
            .day = first_day + (int32_t)chance_below(chance, days),
            .application = random_string(chance, batch) % 9,
            .domain = random_string(chance, batch) % 3,
            .kind = (enum redact_kind)chance_below(chance, REDACT_KINDS),
            .count = chance_below(chance, 2) ? 1 : chance_below(chance, 1 << 30),
        };
    }
    for (size_t i = 0; i < drops; i++) {
        drop[i] = (struct spans_drop){
            .account = {.number = 1 + chance_below(chance, 6)},
            .day = first_day + (int32_t)chance_below(chance, days),
            .reason = (enum batch_drop_reason)(1 + chance_below(chance, BATCH_DROP_REASONS - 1)),
            .count = chance_below(chance, 1000),
        };
    }
    batch->counts = count;
    batch->count_count = counts;
    batch->drops = drop;
    batch->drop_count = drops;
}

static void random_gaps(struct chance *chance, struct arena *arena, struct spans_batch *batch,
                        int32_t first_day, uint32_t days)
{
    size_t count = chance_below(chance, 3);
    struct spans_gap *gaps = arena_take_array(arena, count, sizeof(*gaps));

    CHECK(gaps != NULL);
    for (size_t i = 0; i < count; i++) {
        int64_t from_at = (first_day + (int64_t)chance_below(chance, days)) * 86400000;

        gaps[i] = (struct spans_gap){
            .account = {.number = chance_below(chance, 3)},
            .from_at = from_at + chance_below(chance, 86400000),
            .to_at = from_at + 2 * 86400000,
            .reason = (enum batch_gap_reason)(1 + chance_below(chance, BATCH_GAP_REASONS - 1)),
            .spans = chance_below(chance, 3) ? 0 : UINT64_MAX - 1,
            .reason_text = chance_below(chance, 2) ? clean_of(arena, "lunch") : NULL,
        };
    }
    batch->gaps = gaps;
    batch->gap_count = count;
}

/* Rules of a small world, so that days and devices add up. */
static void random_evidence(struct chance *chance, struct arena *arena, struct spans_batch *batch,
                            int32_t first_day, uint32_t days)
{
    size_t rules = chance_below(chance, 3);
    size_t counts = chance_below(chance, 8);
    size_t judged = chance_below(chance, 4);
    struct evidence_rules *rule = arena_take_array(arena, rules, sizeof(*rule));
    struct evidence_count *count = arena_take_array(arena, counts, sizeof(*count));
    struct evidence_judged *text = arena_take_array(arena, judged, sizeof(*text));

    CHECK(rule && count && text);
    for (size_t i = 0; i < rules; i++)
        rule[i] =
            (struct evidence_rules){.hash = {(uint8_t)chance_below(chance, 5)}, .version = "1"};
    for (size_t i = 0; i < counts; i++) {
        count[i] = (struct evidence_count){
            .day = first_day + (int32_t)chance_below(chance, days),
            .count = chance_below(chance, 1000),
        };
        (void)snprintf(count[i].rule, sizeof(count[i].rule), "rule.%u", chance_below(chance, 30));
    }
    for (size_t i = 0; i < judged; i++)
        text[i] = (struct evidence_judged){.day = first_day + (int32_t)chance_below(chance, days),
                                           .count = chance_below(chance, 100000)};
    batch->evidence = (struct evidence){rule, rules, count, counts, text, judged};
}

struct spans_batch *random_batch(struct chance *chance, struct arena *arena, uint8_t device,
                                 uint64_t sequence, int32_t first_day, uint32_t days)
{
    struct spans_batch *batch = arena_take(arena, sizeof(*batch));

    CHECK(batch != NULL);
    *batch = (struct spans_batch){
        .device = device_of(device),
        .epoch = 1,
        .sequence = sequence,
        .received_at = TEST_AT + (int64_t)sequence * 1000,
        .offset_minutes = (int32_t)chance_below(chance, 1681) - 840,
    };
    random_strings(chance, arena, batch);
    random_rows(chance, arena, batch, first_day, days);
    random_tallies(chance, arena, batch, first_day, days);
    random_gaps(chance, arena, batch, first_day, days);
    random_evidence(chance, arena, batch, first_day, days);
    return batch;
}

/* ---- spills ---- */

bool holds_word(const void *context, struct text text)
{
    const char *word = context;
    size_t len = strlen(word);

    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.at + i, word, len) == 0)
            return true;
    }
    return false;
}

void spill_both(struct spans *const engines[2], struct arena *arena, const char *word)
{
    const struct clean_text *instead = clean_of(arena, "[unknown]");
    struct spans_rewritten rewritten[2];
    uint64_t texts[2];
    int32_t *days[2];
    size_t count[2];

    for (int i = 0; i < 2; i++)
        CHECK(spans_days(engines[i], arena, &days[i], &count[i]) == 0);
    CHECK(count[0] == count[1] && count[0] > 2);
    for (size_t day = 0; day < count[0]; day++) {
        CHECK(days[0][day] == days[1][day]);
        for (int i = 0; i < 2; i++) {
            CHECK(spans_search(engines[i], days[i][day], holds_word, word, &texts[i]) == 0);
            if (day != 1) /* one day keeps them */
                CHECK(spans_rewrite(engines[i], days[i][day], holds_word, word, instead,
                                    &rewritten[i]) == 0);
        }
        CHECK(texts[0] == texts[1]);
        CHECK(day == 1 || (rewritten[0].texts == texts[0] && rewritten[1].texts == texts[0]));
    }
}

/* ---- paths ---- */

static char directory[] = "/tmp/ward-spans-XXXXXX";
static bool directory_made;

const char *test_path(const char *name)
{
    static char path[8][128];
    static unsigned next;

    if (!directory_made) {
        CHECK(mkdtemp(directory) != NULL);
        directory_made = true;
    }
    next = (next + 1) % 8;
    (void)snprintf(path[next], sizeof(path[next]), "%s/%s", directory, name);
    return path[next];
}

void test_path_remove(const char *name)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char path[160];

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", test_path(name), endings[i]);
        (void)unlink(path);
    }
}

void test_paths_remove(void)
{
    test_path_remove("spans.db");
    test_path_remove("keyring");
    if (directory_made)
        (void)rmdir(directory);
}

struct keyring *test_keyring(void)
{
    static const uint8_t key[KEYRING_KEY_SIZE] = {4, 2};
    struct keyring *keyring = NULL;

    CHECK(keyring_open(&keyring, NULL, (struct bytes){.at = key, .len = sizeof(key)}) == 0);
    return keyring;
}
