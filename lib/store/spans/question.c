#include "store/spans/question.h"

#include <assert.h>
#include <stdlib.h>

#include "base/moment.h"
#include "base/wipe.h"
#include "store/spans/seal.h"

/* With more accounts than this a day is read as a whole and accounts are picked out. */
enum { FEW_ACCOUNTS = 24 };

/* ---- readers ---- */

/* Whoever changes a day's key waits for the snapshots that are there, not for those to come. */
static int snapshots_begin(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attributes;

    if (pthread_rwlockattr_init(&attributes))
        return FAULT(ERR_SYSTEM);
    int failed =
        pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) ||
        pthread_rwlock_init(lock, &attributes);
    (void)pthread_rwlockattr_destroy(&attributes);
    return failed ? FAULT(ERR_SYSTEM) : 0;
}

RESULT readers_begin(struct readers *readers)
{
    int r = snapshots_begin(&readers->snapshots);

    if (r)
        return r;
    if (pthread_mutex_init(&readers->lock, NULL) || pthread_mutex_init(&readers->days_lock, NULL) ||
        pthread_cond_init(&readers->returned, NULL))
        return FAULT(ERR_SYSTEM);
    return dictionary_days_new(&readers->days, DICTIONARIES_BYTES_MAX);
}

static void reader_free(struct reader *reader)
{
    opener_end(&reader->opener);
    free(reader);
}

void readers_end(struct readers *readers)
{
    while (readers->idle) {
        struct reader *reader = readers->idle;

        readers->idle = reader->next;
        reader_free(reader);
    }
    readers->days = dictionary_days_free(readers->days);
    (void)pthread_cond_destroy(&readers->returned);
    (void)pthread_mutex_destroy(&readers->days_lock);
    (void)pthread_mutex_destroy(&readers->lock);
    (void)pthread_rwlock_destroy(&readers->snapshots);
}

static struct reader *take_idle(struct readers *readers)
{
    (void)pthread_mutex_lock(&readers->lock);
    while (readers->lent == READERS_MAX)
        (void)pthread_cond_wait(&readers->returned, &readers->lock);
    struct reader *reader = readers->idle;
    if (reader)
        readers->idle = reader->next;
    readers->lent++;
    (void)pthread_mutex_unlock(&readers->lock);
    return reader;
}

static void give_back(struct readers *readers, struct reader *reader)
{
    (void)pthread_mutex_lock(&readers->lock);
    readers->lent--;
    if (reader) {
        reader->next = readers->idle;
        readers->idle = reader;
    }
    (void)pthread_cond_signal(&readers->returned);
    (void)pthread_mutex_unlock(&readers->lock);
}

static RESULT reader_open(struct embedded *store, struct reader **ret_reader)
{
    struct reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return FAULT(ERR_MEMORY);
    int r = opener_begin(&reader->opener, store->path, true);
    if (r) {
        reader_free(reader);
        return r > 0 ? FAULT(ERR_SYSTEM) : r;
    }
    *ret_reader = reader;
    return 0;
}

RESULT readers_take(struct embedded *store, struct reader **ret_reader)
{
    struct reader *reader = take_idle(&store->readers);
    int r = 0;

    if (!reader)
        r = reader_open(store, &reader);
    if (r == 0) {
        assert(reader);
        (void)pthread_rwlock_rdlock(&store->readers.snapshots);
        r = sql_begin_read(reader->opener.sql);
        if (r)
            (void)pthread_rwlock_unlock(&store->readers.snapshots);
    }
    if (r) {
        give_back(&store->readers, reader);
        return r > 0 ? FAULT(ERR_SYSTEM) : r;
    }
    *ret_reader = reader;
    return 0;
}

void readers_return(struct embedded *store, struct reader *reader)
{
    arena_reset(reader->opener.scratch);
    buffer_clear(&reader->opener.plain);
    if (sql_rollback(reader->opener.sql)) {
        reader_free(reader);
        reader = NULL;
    }
    (void)pthread_rwlock_unlock(&store->readers.snapshots);
    give_back(&store->readers, reader);
}

/* ---- begin and end ---- */

static int by_account(const void *left, const void *right)
{
    const struct spans_owner *a = left;
    const struct spans_owner *b = right;

    return (a->account.number > b->account.number) - (a->account.number < b->account.number);
}

static RESULT owners_sort(struct question *question, const struct spans_scope *scope)
{
    question->owners = calloc(scope->owner_count + 1, sizeof(*question->owners));
    question->present = calloc(scope->owner_count + 1, sizeof(*question->present));
    if (!question->owners || !question->present)
        return FAULT(ERR_MEMORY);
    if (scope->owner_count == 0)
        return 0;
    memcpy(question->owners, scope->owners, scope->owner_count * sizeof(*scope->owners));
    qsort(question->owners, scope->owner_count, sizeof(*question->owners), by_account);
    question->owner_count = scope->owner_count;
    return 0;
}

/* Who has which account on the day that is open. */
static void owners_of_day(struct question *question)
{
    question->present_count = 0;
    for (size_t i = 0; i < question->owner_count; i++) {
        const struct spans_owner *owner = &question->owners[i];
        size_t count = question->present_count;

        if (question->day < owner->from_day || question->day >= owner->until_day)
            continue;
        if (count == 0 || by_account(&question->present[count - 1], owner) != 0)
            question->present[question->present_count++] = *owner;
    }
}

/* The day of a moment, the nearest possible where it has none. */
static int32_t day_of(int64_t at)
{
    if (at / MS_PER_DAY >= INT32_MAX)
        return INT32_MAX - 1;
    return at / MS_PER_DAY <= INT32_MIN ? INT32_MIN + 1 : time_day(at);
}

RESULT question_begin(struct question *question, struct embedded *store,
                      const struct spans_scope *scope, struct arena *arena)
{
    int r;

    *question = (struct question){
        .store = store,
        .arena = arena,
        .from_at = scope->from_at,
        .to_at = scope->to_at,
        .from_day = day_of(scope->from_at),
        .to_day = INT32_MIN,
    };
    if (scope->from_at < scope->to_at)
        question->to_day = day_of(scope->to_at - 1);
    r = owners_sort(question, scope);
    if (r)
        return r;
    r = dictionary_new(&question->texts, QUESTION_TEXTS_MAX, QUESTION_BYTES_MAX);
    if (r)
        return r;
    return readers_take(store, &question->reader);
}

void question_end(struct question *question)
{
    wipe(question->key, sizeof(question->key));
    if (question->reader)
        readers_return(question->store, question->reader);
    question->reader = NULL;
    question->texts = dictionary_free(question->texts);
    free(question->owners);
    free(question->present);
    free(question->cleans);
    free(question->numbers);
    question->owners = NULL;
    question->present = NULL;
    question->cleans = NULL;
    question->numbers = NULL;
}

/* ---- boxes in scope ---- */

/* Opens the box of the row that statement stands on (id, account, count, blob) and visits it. */
static RESULT row_visit(struct question *question, enum seal_table table,
                        struct sql_statement *statement, const struct spans_owner *owner,
                        question_visit *visit, void *context)
{
    struct opener *opener = &question->reader->opener;
    const struct seal seal = {
        .table = table,
        .day = question->day,
        .account = (uint32_t)sql_i64(statement, 1),
        .id = (uint64_t)sql_i64(statement, 0),
        .count = (uint64_t)sql_i64(statement, 2),
    };

    arena_reset(opener->scratch);
    buffer_clear(&opener->plain);
    int r = seal_open(question->key, &seal, sql_bytes(statement, 3), &opener->plain);
    return r ? r : visit(question, owner, buffer_bytes(&opener->plain), context);
}

static RESULT prepare_account(struct question *question, enum seal_table table,
                              struct sql_statement **ret_statement)
{
    if (table == SEAL_BOX)
        return sql_prepare(question->reader->opener.sql,
                           "SELECT id, account, spans, blob FROM box"
                           " WHERE day = $1 AND account = $2 ORDER BY id",
                           ret_statement);
    return sql_prepare(question->reader->opener.sql,
                       "SELECT id, account, 0, blob FROM tally"
                       " WHERE day = $1 AND account = $2 ORDER BY id",
                       ret_statement);
}

static RESULT prepare_day(struct question *question, enum seal_table table,
                          struct sql_statement **ret_statement)
{
    if (table == SEAL_BOX)
        return sql_prepare(question->reader->opener.sql,
                           "SELECT id, account, spans, blob FROM box"
                           " WHERE day = $1 ORDER BY account, id",
                           ret_statement);
    return sql_prepare(question->reader->opener.sql,
                       "SELECT id, account, 0, blob FROM tally"
                       " WHERE day = $1 ORDER BY account, id",
                       ret_statement);
}

static RESULT account_visit(struct question *question, enum seal_table table,
                            const struct spans_owner *owner, question_visit *visit, void *context)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = prepare_account(question, table, &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, question->day);
    sql_bind_i64(statement, 2, owner->account.number);
    while ((r = sql_next(statement)) == 0) {
        r = row_visit(question, table, statement, owner, visit, context);
        if (r)
            return r;
    }
    return r == SQL_DONE ? 0 : r;
}

static RESULT whole_day_visit(struct question *question, enum seal_table table,
                              question_visit *visit, void *context)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = prepare_day(question, table, &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, question->day);
    while ((r = sql_next(statement)) == 0) {
        const struct spans_owner wanted = {.account = {(uint32_t)sql_i64(statement, 1)}};
        const struct spans_owner *owner = bsearch(
            &wanted, question->present, question->present_count, sizeof(wanted), by_account);

        if (!owner)
            continue;
        r = row_visit(question, table, statement, owner, visit, context);
        if (r)
            return r;
    }
    return r == SQL_DONE ? 0 : r;
}

static RESULT day_visit(struct question *question, enum seal_table table, question_visit *visit,
                        void *context)
{
    struct embedded *store = question->store;
    int r = keyring_day_key(store->keyring, question->day, question->key);

    if (question->number_room)
        memset(question->numbers, 0, question->number_room * sizeof(*question->numbers));
    if (r == KEYRING_DESTROYED) {
        (void)pthread_mutex_lock(&store->readers.days_lock);
        dictionary_days_forget(store->readers.days, question->day);
        (void)pthread_mutex_unlock(&store->readers.days_lock);
        return 0;
    }
    if (r)
        return r > 0 ? FAULT(ERR_CORRUPT) : r;
    owners_of_day(question);
    if (question->present_count > FEW_ACCOUNTS)
        return whole_day_visit(question, table, visit, context);
    for (size_t i = 0; r == 0 && i < question->present_count; i++)
        r = account_visit(question, table, &question->present[i], visit, context);
    return r;
}

/* The first day from from to the question's last that has rows; SQL_DONE when none has. */
static RESULT next_day(struct question *question, enum seal_table table, int32_t from,
                       int32_t *ret_day)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct sql *sql = question->reader->opener.sql;
    int r;

    if (table == SEAL_BOX)
        r = sql_prepare(sql, "SELECT min(day) FROM box WHERE day >= $1 AND day <= $2", &statement);
    else
        r = sql_prepare(sql, "SELECT min(day) FROM tally WHERE day >= $1 AND day <= $2",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, from);
    sql_bind_i64(statement, 2, question->to_day);
    r = sql_next(statement);
    if (r)
        return r;
    if (sql_is_null(statement, 0))
        return SQL_DONE;
    *ret_day = (int32_t)sql_i64(statement, 0);
    return 0;
}

static RESULT table_visit(struct question *question, enum seal_table table, question_visit *visit,
                          void *context)
{
    int32_t from = question->from_day;
    int r = 0;

    while (r == 0 && from <= question->to_day) {
        r = next_day(question, table, from, &question->day);
        if (r == SQL_DONE)
            return 0;
        if (r == 0)
            r = day_visit(question, table, visit, context);
        from = question->day + 1;
    }
    return r;
}

RESULT question_boxes(struct question *question, question_visit *visit, void *context)
{
    return table_visit(question, SEAL_BOX, visit, context);
}

RESULT question_tallies(struct question *question, question_visit *visit, void *context)
{
    return table_visit(question, SEAL_TALLY, visit, context);
}

/* ---- texts ---- */

/* The array with room for indices up to number, what is new zeroed; NULL when there is no memory.
 */
static void *make_room(void *array, uint32_t *room, uint32_t number, size_t size)
{
    uint32_t need = *room ? *room : 256;

    if (number < *room)
        return array;
    while (need <= number)
        need *= 2;
    uint8_t *at = realloc(array, need * size);
    if (!at)
        return NULL;
    memset(at + *room * size, 0, (need - *room) * size);
    *room = need;
    return at;
}

/* The text of the open day's number, numbered anew; under the lock of the readers' dictionaries. */
static RESULT number_locked(struct question *question, uint32_t day_number, uint32_t *ret_number)
{
    struct embedded *store = question->store;
    struct dictionary *dictionary;
    int r = dictionary_days_get(store->readers.days, question->day, &dictionary);

    if (r)
        return r;
    if (day_number > dictionary_count(dictionary)) {
        r = opener_catch_up(&question->reader->opener, &store->seed, question->key, question->day,
                            dictionary);
        if (r) {
            dictionary_days_forget(store->readers.days, question->day);
            return r;
        }
    }
    if (day_number > dictionary_count(dictionary))
        return FAULT(ERR_CORRUPT);
    struct text text = dictionary_text(dictionary, day_number);
    return dictionary_intern(question->texts, text, dictionary_hash(&store->seed, text),
                             ret_number);
}

RESULT question_number(struct question *question, uint32_t day_number, uint32_t *ret_number)
{
    struct readers *readers = &question->store->readers;
    uint32_t number = 0;
    int r;

    if (day_number == 0) {
        *ret_number = 0;
        return 0;
    }
    if (day_number > DICTIONARY_DAY_TEXTS_MAX)
        return FAULT(ERR_CORRUPT);
    uint32_t *numbers = make_room(question->numbers, &question->number_room, day_number,
                                  sizeof(*question->numbers));
    if (!numbers)
        return FAULT(ERR_MEMORY);
    question->numbers = numbers;
    if (question->numbers[day_number] == 0) {
        (void)pthread_mutex_lock(&readers->days_lock);
        r = number_locked(question, day_number, &number);
        (void)pthread_mutex_unlock(&readers->days_lock);
        if (r)
            return r == DICTIONARY_FULL ? SPANS_LARGE : r;
        question->numbers[day_number] = number;
    }
    *ret_number = question->numbers[day_number];
    return 0;
}

RESULT question_text(struct question *question, uint32_t number,
                     const struct clean_text **ret_clean)
{
    int r;

    if (number == 0) {
        *ret_clean = NULL;
        return 0;
    }
    const struct clean_text **cleans =
        make_room(question->cleans, &question->clean_room, number, sizeof(void *));
    if (!cleans)
        return FAULT(ERR_MEMORY);
    question->cleans = cleans;
    if (!question->cleans[number]) {
        r = redact_restore(bytes_of_text(dictionary_text(question->texts, number)), question->arena,
                           &question->cleans[number]);
        if (r)
            return r == ERR_MEMORY ? SPANS_LARGE : r > 0 ? FAULT(ERR_CORRUPT) : r;
    }
    *ret_clean = question->cleans[number];
    return 0;
}
