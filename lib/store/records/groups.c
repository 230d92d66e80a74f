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
