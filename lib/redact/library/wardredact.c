#include "redact/library/wardredact.h"

#include "redact/library/wardredact-private.h"

/* Faults are told by outcomes alone here: a library prints nothing. */
void fault_raise(int code, const char *function, const char *file, int line)
{
    (void)code;
    (void)function;
    (void)file;
    (void)line;
}

int wardredact_outcome(int r)
{
    switch (r) {
    case 0:
        return WARDREDACT_OK;
    case REDACT_LONG:
        return WARDREDACT_LONG;
    case REDACT_INVALID:
        return WARDREDACT_INVALID;
    case REDACT_CROWDED:
        return WARDREDACT_CROWDED;
    default:
        return WARDREDACT_MEMORY;
    }
}

int wardredact_abi_version(void)
{
    return WARDREDACT_ABI_VERSION;
}

/* ---- redactor ---- */

static bool options_hold(const struct wardredact_options *options)
{
    return options && options->size == sizeof(*options) &&
           (options->profile == WARDREDACT_STRICT || options->profile == WARDREDACT_BALANCED) &&
           (options->patterns || !options->patterns_len) &&
           (options->words || !options->words_len) && !options->allocate == !options->release;
}

static int make(struct wardredact **ret_made, const struct wardredact_options *options,
                const struct memory_source *source, struct redactor_error *error)
{
    struct wardredact *made = memory_take(sizeof(*made));
    struct redactor_options engine = {
        .profile = (enum redact_profile)options->profile,
        .structured = options->structured,
        .patterns = {.at = options->patterns, .len = options->patterns_len},
        .words = {.at = options->words, .len = options->words_len},
    };

    if (!made)
        return WARDREDACT_MEMORY;
    made->source = *source;
    int r = redactor_new(&made->redactor, &engine, error);
    if (r) {
        memory_give(made);
        return r == REDACT_INVALID ? WARDREDACT_PATTERNS : WARDREDACT_MEMORY;
    }
    *ret_made = made;
    return WARDREDACT_OK;
}

int wardredact_new(struct wardredact **ret_redactor, const struct wardredact_options *options,
                   struct wardredact_where *where)
{
    struct redactor_error error = {0};

    if (!ret_redactor || !options_hold(options))
        return WARDREDACT_USAGE;
    const struct memory_source source = {options->allocate, options->release, options->context};
    memory_enter(&source);
    int r = make(ret_redactor, options, &source, &error);
    memory_leave();
    if (r == WARDREDACT_PATTERNS && where)
        *where = (struct wardredact_where){(uint32_t)error.line, (uint32_t)error.column,
                                           error.field, error.expected};
    return r;
}

void wardredact_free(struct wardredact *redactor)
{
    if (!redactor)
        return;
    const struct memory_source source = redactor->source;
    memory_enter(&source);
    redactor_free(redactor->redactor);
    memory_give(redactor);
    memory_leave();
}

/* ---- scanner ---- */

size_t wardredact_scanner_size(void)
{
    return sizeof(struct wardredact_scanner);
}

static void scanner_begin(struct wardredact_scanner *scanner, const struct wardredact *redactor,
                          bool placed)
{
    memset(scanner, 0, sizeof(*scanner));
    scanner->owner = redactor;
    scanner->placed = placed;
}

int wardredact_scanner_place(struct wardredact_scanner **ret_scanner,
                             const struct wardredact *redactor, void *memory, size_t size)
{
    if (!ret_scanner || !redactor || !is_aligned(memory))
        return WARDREDACT_USAGE;
    if (size < sizeof(struct wardredact_scanner))
        return WARDREDACT_ROOM;
    *ret_scanner = memory;
    scanner_begin(*ret_scanner, redactor, true);
    return WARDREDACT_OK;
}

int wardredact_scanner_new(struct wardredact_scanner **ret_scanner,
                           const struct wardredact *redactor)
{
    if (!ret_scanner || !redactor)
        return WARDREDACT_USAGE;
    memory_enter(&redactor->source);
    struct wardredact_scanner *scanner = memory_take(sizeof(*scanner));
    memory_leave();
    if (!scanner)
        return WARDREDACT_MEMORY;
    scanner_begin(scanner, redactor, false);
    *ret_scanner = scanner;
    return WARDREDACT_OK;
}

void wardredact_scanner_free(struct wardredact_scanner *scanner)
{
    if (!scanner)
        return;
    const struct wardredact *owner = scanner->owner;
    bool placed = scanner->placed;

    wipe(scanner, sizeof(*scanner));
    if (placed)
        return;
    memory_enter(&owner->source);
    memory_give(scanner);
    memory_leave();
}

/* ---- one text ---- */

/* Copies what was found. */
static void found_put(const struct hits *hits, struct wardredact_found *found)
{
    for (size_t i = 0; i < hits->count; i++)
        found[i] = (struct wardredact_found){
            .start = hits->at[i].start,
            .end = hits->at[i].end,
            .kind = (uint16_t)hits->at[i].kind,
            .rule = hits->at[i].rule,
            .score = hits->at[i].score,
        };
}

int wardredact_text(struct wardredact_scanner *scanner, const char *in, size_t len, char *out,
                    size_t out_size, size_t *out_len, struct wardredact_found *found,
                    size_t found_max, size_t *found_count)
{
    if (out_len)
        *out_len = 0;
    if (found_count)
        *found_count = 0;
    if (!scanner || (!in && len) || (!out && out_size) || !out_len || !found_count)
        return WARDREDACT_USAGE;
    if (len > REDACT_TEXT_MAX)
        return WARDREDACT_LONG;
    const struct redactor *redactor = scanner->owner->redactor;
    const struct hits *hits = &scanner->hits;
    struct raw_text raw = raw_of(in, len);
    view_init(&scanner->view, redactor, redactor->profile, &scanner->hits);
    int r = hits_find(&scanner->view, raw);
    if (r)
        return wardredact_outcome(r);
    size_t left = clean_len(raw, hits);
    if (left > REDACT_TEXT_MAX)
        return WARDREDACT_LONG;
    if (left > out_size || (found && hits->count > found_max))
        return WARDREDACT_ROOM;
    if (left)
        clean_write(raw, hits, out);
    if (found)
        found_put(hits, found);
    *out_len = left;
    *found_count = hits->count;
    return WARDREDACT_OK;
}

/* ---- words ---- */

const char *wardredact_error_word(int error)
{
    static const char *const words[] = {
        [WARDREDACT_OK] = "ok",           [WARDREDACT_LONG] = "long",
        [WARDREDACT_INVALID] = "invalid", [WARDREDACT_CROWDED] = "crowded",
        [WARDREDACT_ROOM] = "room",       [WARDREDACT_PATTERNS] = "patterns",
        [WARDREDACT_MEMORY] = "memory",   [WARDREDACT_USAGE] = "usage",
        [WARDREDACT_STOPPED] = "stopped",
    };

    return error >= 0 && error < (int)(sizeof(words) / sizeof(words[0])) ? words[error] : "unknown";
}

unsigned wardredact_kinds_count(void)
{
    return REDACT_KINDS;
}

const char *wardredact_kind_word(unsigned kind)
{
    return kind < REDACT_KINDS ? redact_kind_word((enum redact_kind)kind) : NULL;
}

const char *wardredact_kind_label(unsigned kind)
{
    return kind < REDACT_KINDS ? redact_kind_label((enum redact_kind)kind) : NULL;
}

const char *wardredact_rule_word(const struct wardredact *redactor, unsigned rule)
{
    return redactor ? redactor_rule_word(redactor->redactor, rule) : redact_rule_word(rule);
}

const char *wardredact_rules_version(void)
{
    return redact_rules_version();
}

void wardredact_rules_hash(uint8_t ret_hash[WARDREDACT_HASH_SIZE])
{
    redact_rules_hash(ret_hash);
}
