/* Groups of people: by hand, by rule, and of groups. */

#include "store/records/people-private.h"
#include "store/records/people.h"
#include "store/records/records-private.h"

/* Outcome: RECORDS_ABSENT. */
static int there(struct records_tx *tx, struct group_id group)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT 1 FROM work_group WHERE group_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, group.number);
    return records_one(statement);
}

int records_group_people(struct records_tx *tx, struct group_id group, struct arena *arena,
                         struct person_id **ret_people, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = there(tx, group);

    /* UNION forgets what it has seen, so that not even a ring of groups would hold it up. */
    if (r == 0)
        r = sql_prepare(
            tx->sql,
            "WITH RECURSIVE nested (group_id) AS ("
            "  SELECT $1 UNION SELECT group_inside.inside_id FROM nested"
            "  JOIN group_inside ON group_inside.group_id = nested.group_id),"
            " rule (kind, value, person_id) AS ("
            "  SELECT kind, value, person_id FROM group_rule"
            "  WHERE group_id IN (SELECT group_id FROM nested)),"
            " below (person_id) AS ("
            "  SELECT person.person_id FROM rule JOIN person ON person.manager_id = rule.person_id"
            "   WHERE rule.kind = 1 AND person.merged_into IS NULL"
            "  UNION SELECT person.person_id FROM below JOIN person"
            "   ON person.manager_id = below.person_id WHERE person.merged_into IS NULL)"
            " SELECT person_id FROM ("
            "  SELECT person_id FROM group_person WHERE group_id IN (SELECT group_id FROM nested)"
            "  UNION SELECT person.person_id FROM rule JOIN person"
            "   ON person.manager_id = rule.person_id WHERE rule.kind = 0"
            "  UNION SELECT person_id FROM below"
            "  UNION SELECT person.person_id FROM rule JOIN person"
            "   ON substr(person.email, instr(person.email, '@') + 1) = rule.value"
            "   WHERE rule.kind = 2 AND person.email <> ''"
            "  UNION SELECT person.person_id FROM rule JOIN person"
            "   ON substr(person.employee_id, 1, length(rule.value)) = rule.value"
            "   WHERE rule.kind = 3) AS member"
            " WHERE person_id IN (SELECT person_id FROM person WHERE merged_into IS NULL)"
            " ORDER BY person_id",
            &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, group.number);
    return records_take_people(statement, arena, ret_people, ret_count);
}

/* ---- what a group is ---- */

int records_group_list(struct records_tx *tx, struct arena *arena,
                       struct records_group **ret_groups, size_t *ret_count)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_group)};
    int r = sql_prepare(
        tx->sql, "SELECT group_id, name, note FROM work_group ORDER BY lower(name), group_id",
        &statement);

    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_group *group = records_rows_add(&rows);

        if (!group)
            return FAULT(ERR_MEMORY);
        group->id.number = (uint32_t)sql_i64(statement, 0);
        r = records_take_text(statement, 1, arena, &group->name);
        if (r == 0)
            r = records_take_text(statement, 2, arena, &group->note);
    }
    if (r != SQL_DONE)
        return r;
    *ret_groups = rows.at;
    *ret_count = rows.count;
    return 0;
}

static int take_inside(struct records_tx *tx, struct records_group *group, struct arena *arena)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct group_id)};
    int r = sql_prepare(tx->sql,
                        "SELECT inside_id FROM group_inside WHERE group_id = $1 ORDER BY inside_id",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, group->id.number);
    while ((r = sql_next(statement)) == 0) {
        struct group_id *inside = records_rows_add(&rows);

        if (!inside)
            return FAULT(ERR_MEMORY);
        inside->number = (uint32_t)sql_i64(statement, 0);
    }
    if (r != SQL_DONE)
        return r;
    group->inside = rows.at;
    group->inside_count = rows.count;
    return 0;
}

static int take_rules(struct records_tx *tx, struct records_group *group, struct arena *arena)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct records_rule)};
    int r = sql_prepare(tx->sql,
                        "SELECT kind, value, coalesce(person_id, 0) FROM group_rule"
                        " WHERE group_id = $1 ORDER BY rule_id",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, group->id.number);
    while (r == 0 && (r = sql_next(statement)) == 0) {
        struct records_rule *rule = records_rows_add(&rows);

        if (!rule)
            return FAULT(ERR_MEMORY);
        rule->kind = (enum records_rule_kind)sql_i64(statement, 0);
        rule->person.number = (uint32_t)sql_i64(statement, 2);
        r = records_take_text(statement, 1, arena, &rule->value);
    }
    if (r != SQL_DONE)
        return r;
    group->rules = rows.at;
    group->rule_count = rows.count;
    return 0;
}

static int take_people(struct records_tx *tx, struct records_group *group, struct arena *arena)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql,
                        "SELECT person_id FROM group_person WHERE group_id = $1 ORDER BY person_id",
                        &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, group->id.number);
    return records_take_people(statement, arena, &group->people, &group->person_count);
}

int records_group_get(struct records_tx *tx, struct group_id id, struct arena *arena,
                      struct records_group *ret_group)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    struct records_group group = {.id = id};
    int r =
        sql_prepare(tx->sql, "SELECT name, note FROM work_group WHERE group_id = $1", &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, id.number);
    r = records_one(statement);
    if (r == 0)
        r = records_take_text(statement, 0, arena, &group.name);
    if (r == 0)
        r = records_take_text(statement, 1, arena, &group.note);
    if (r == 0)
        r = take_people(tx, &group, arena);
    if (r == 0)
        r = take_inside(tx, &group, arena);
    if (r == 0)
        r = take_rules(tx, &group, arena);
    if (r == 0)
        *ret_group = group;
    return r;
}

/* ---- changes ---- */

/* Runs a statement of one number that is a literal. */
static int run_of(struct records_tx *tx, const char *literal, struct group_id group)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare_literal(tx->sql, literal, &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, group.number);
    return records_run(statement);
}

static int empty(struct records_tx *tx, struct group_id group)
{
    int r = run_of(tx, "DELETE FROM group_person WHERE group_id = $1", group);

    if (r == 0)
        r = run_of(tx, "DELETE FROM group_inside WHERE group_id = $1", group);
    return r ? r : run_of(tx, "DELETE FROM group_rule WHERE group_id = $1", group);
}

int records_group_remove(struct records_tx *tx, struct group_id id)
{
    int r = there(tx, id);

    if (r == 0)
        r = empty(tx, id);
    if (r == 0)
        r = run_of(tx, "DELETE FROM group_inside WHERE inside_id = $1", id);
    return r ? r : run_of(tx, "DELETE FROM work_group WHERE group_id = $1", id);
}

/* Outcome: RECORDS_EXISTS. */
static int check_name(struct records_tx *tx, const struct records_group *group)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT 1 FROM work_group WHERE name = $1 AND group_id <> $2",
                        &statement);

    if (r)
        return r;
    sql_bind_text(statement, 1, group->name);
    sql_bind_i64(statement, 2, group->id.number);
    r = records_one(statement);
    return r == RECORDS_ABSENT ? 0 : r ? r : RECORDS_EXISTS;
}

/* Outcome: RECORDS_GROUP_PERSON. */
static int check_person(struct records_tx *tx, struct person_id id, struct arena *arena)
{
    struct records_person person;
    int r = records_person_get(tx, id, arena, &person);

    if (r)
        return r == RECORDS_ABSENT ? RECORDS_GROUP_PERSON : r;
    return person.merged_into.number ? RECORDS_GROUP_PERSON : 0;
}

/* Outcomes: RECORDS_EXISTS, RECORDS_GROUP_PERSON, RECORDS_GROUP_INSIDE. */
static int check(struct records_tx *tx, const struct records_group *group, struct arena *arena)
{
    int r = check_name(tx, group);

    for (size_t i = 0; r == 0 && i < group->person_count; i++)
        r = check_person(tx, group->people[i], arena);
    for (size_t i = 0; r == 0 && i < group->rule_count; i++)
        if (group->rules[i].kind <= RECORDS_RULE_BELOW)
            r = check_person(tx, group->rules[i].person, arena);
    for (size_t i = 0; r == 0 && i < group->inside_count; i++) {
        r = there(tx, group->inside[i]);
        if (r == RECORDS_ABSENT)
            return RECORDS_GROUP_INSIDE;
    }
    return r;
}

/* One group inside another, and on the way from a group how it was first met. */
struct edge {
    uint32_t outer;
    uint32_t inner;
    size_t from; /* index of the edge before, plus 1; 0: the first of the way */
};

static int take_edges(struct records_tx *tx, struct records_rows *rows)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare(tx->sql, "SELECT group_id, inside_id FROM group_inside", &statement);

    if (r)
        return r;
    while ((r = sql_next(statement)) == 0) {
        struct edge *edge = records_rows_add(rows);

        if (!edge)
            return FAULT(ERR_MEMORY);
        edge->outer = (uint32_t)sql_i64(statement, 0);
        edge->inner = (uint32_t)sql_i64(statement, 1);
    }
    return r == SQL_DONE ? 0 : r;
}

static bool is_met(const struct edge *way, size_t count, uint32_t inner)
{
    for (size_t i = 0; i < count; i++)
        if (way[i].inner == inner)
            return true;
    return false;
}

/* "a > b > a", from the edge that closes the ring backwards. */
static int name_ring(struct records_tx *tx, const struct edge *way, size_t last,
                     struct arena *arena, struct text *ret_ring)
{
    struct text ring = {0};

    for (size_t at = last + 1; at; at = way[at - 1].from) {
        struct records_group group;
        int r = records_group_get(tx, (struct group_id){way[at - 1].inner}, arena, &group);

        if (r)
            return r;
        ring = ring.len ? arena_print(arena, "%.*s > %.*s", (int)group.name.len, group.name.at,
                                      (int)ring.len, ring.at)
                        : group.name;
        if (!ring.at)
            return FAULT(ERR_MEMORY);
    }
    struct records_group first;
    int r = records_group_get(tx, (struct group_id){way[last].inner}, arena, &first);
    if (r)
        return r;
    ring = arena_print(arena, "%.*s > %.*s", (int)first.name.len, first.name.at, (int)ring.len,
                       ring.at);
    if (!ring.at)
        return FAULT(ERR_MEMORY);
    *ret_ring = ring;
    return RECORDS_GROUP_RING;
}

/* Goes through what is in a group, the nearest first, until it meets the group. Outcome:
 * RECORDS_GROUP_RING. */
static int check_ring(struct records_tx *tx, struct group_id group, struct arena *arena,
                      struct text *ret_ring)
{
    struct records_rows rows = {.arena = arena, .row_size = sizeof(struct edge)};
    struct edge *way;
    size_t met = 0;
    int r = take_edges(tx, &rows);

    if (r)
        return r;
    const struct edge *edges = rows.at;
    way = arena_take_array(arena, rows.count, sizeof *way);
    if (!way)
        return FAULT(ERR_MEMORY);
    for (size_t at = 0; at <= met; at++) {
        uint32_t outer = at ? way[at - 1].inner : group.number;

        for (size_t i = 0; i < rows.count; i++) {
            if (edges[i].outer != outer || is_met(way, met, edges[i].inner))
                continue;
            way[met] = edges[i];
            way[met].from = at;
            if (edges[i].inner == group.number)
                return name_ring(tx, way, met, arena, ret_ring);
            met++;
        }
    }
    return 0;
}

static int write_group(struct records_tx *tx, const struct records_group *group, int64_t now,
                       struct group_id *id)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = group->id.number;
    int r = 0;

    if (!number)
        r = records_next_number(tx, "group", &number);
    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO work_group (group_id, name, note, created_at)"
                        " VALUES ($1, $2, $3, $4) ON CONFLICT (group_id)"
                        " DO UPDATE SET name = excluded.name, note = excluded.note",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_text(statement, 2, group->name);
    sql_bind_text(statement, 3, group->note);
    sql_bind_i64(statement, 4, now);
    id->number = (uint32_t)number;
    return records_run(statement);
}

static int add_member(struct records_tx *tx, const char *literal, struct group_id group,
                      uint32_t member)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int r = sql_prepare_literal(tx->sql, literal, &statement);

    if (r)
        return r;
    sql_bind_i64(statement, 1, group.number);
    sql_bind_i64(statement, 2, member);
    return records_run(statement);
}

static int add_rule(struct records_tx *tx, struct group_id group, const struct records_rule *rule)
{
    CLEANUP(sql_end) struct sql_statement *statement = NULL;
    int64_t number = 0;
    int r = records_next_number(tx, "group_rule", &number);

    if (r == 0)
        r = sql_prepare(tx->sql,
                        "INSERT INTO group_rule (rule_id, group_id, kind, value, person_id)"
                        " VALUES ($1, $2, $3, $4, nullif($5, 0))",
                        &statement);
    if (r)
        return r;
    sql_bind_i64(statement, 1, number);
    sql_bind_i64(statement, 2, group.number);
    sql_bind_i64(statement, 3, rule->kind);
    sql_bind_text(statement, 4, rule->value);
    sql_bind_i64(statement, 5, rule->person.number);
    return records_run(statement);
}

static int write_members(struct records_tx *tx, const struct records_group *group,
                         struct group_id id)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < group->person_count; i++)
        r = add_member(tx,
                       "INSERT INTO group_person (group_id, person_id) VALUES ($1, $2)"
                       " ON CONFLICT DO NOTHING",
                       id, group->people[i].number);
    for (size_t i = 0; r == 0 && i < group->inside_count; i++)
        r = add_member(tx,
                       "INSERT INTO group_inside (group_id, inside_id) VALUES ($1, $2)"
                       " ON CONFLICT DO NOTHING",
                       id, group->inside[i].number);
    for (size_t i = 0; r == 0 && i < group->rule_count; i++)
        r = add_rule(tx, id, &group->rules[i]);
    return r;
}

int records_group_put(struct records_tx *tx, const struct records_group *group, int64_t now,
                      struct arena *arena, struct group_id *ret_group, struct text *ret_ring)
{
    struct group_id id = {0};
    int r = group->id.number ? there(tx, group->id) : 0;

    if (r == 0)
        r = check(tx, group, arena);
    if (r == 0)
        r = write_group(tx, group, now, &id);
    if (r == 0)
        r = empty(tx, id);
    if (r == 0)
        r = write_members(tx, group, id);
    if (r == 0)
        r = check_ring(tx, id, arena, ret_ring);
    if (r == 0)
        *ret_group = id;
    return r;
}
