#include "audit/actions.h"

#define ROW(word, label) {word, label},

static const struct {
    const char *word;
    const char *label;
} actions[] = {AUDIT_ACTIONS(ROW)};

#define COUNT (sizeof(actions) / sizeof(actions[0]))

const char *audit_action_label(struct text word)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (text_equal(text_of(actions[i].word), word))
            return actions[i].label;
    }
    return NULL;
}

const char *audit_action_word(size_t index)
{
    return index < COUNT ? actions[index].word : NULL;
}
