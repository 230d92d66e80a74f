#include "redact/print.h"

static void put_json_string(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c == '"' || c == '\\')
            buffer_append_string(out, "\\");
        if ((unsigned char)c < 0x20)
            buffer_print(out, "\\u%04x", (unsigned)c);
        else
            buffer_append(out, &c, 1);
    }
}

void print_begin(struct print *print)
{
    print->count = 0;
    if (print->form == PRINT_JSON)
        buffer_append_string(&print->out, "{\"clean\":\"");
}

void print_piece(struct print *print, size_t base, struct text clean,
                 const struct redact_found *found, size_t count)
{
    if (print->form != PRINT_JSON) {
        buffer_append_text(&print->out, clean);
        return;
    }
    put_json_string(&print->out, clean);
    for (size_t i = 0; i < count; i++)
        buffer_print(&print->found,
                     "%s{\"kind\":\"%s\",\"start\":%zu,\"end\":%zu,\"score\":%.2f,\"rule\":\"%s\"}",
                     print->count++ ? "," : "", redact_kind_word(found[i].kind),
                     base + found[i].start, base + found[i].end, (double)found[i].score,
                     redactor_rule_word(print->redactor, found[i].rule));
}

void print_end(struct print *print)
{
    if (print->form == PRINT_JSON) {
        buffer_append_string(&print->out, "\",\"found\":[");
        buffer_append(&print->out, print->found.at, print->found.len);
        buffer_append_string(&print->out, "]}");
        buffer_clear(&print->found);
    }
    buffer_append_string(&print->out, "\n");
}

void print_notes(struct print *print, struct raw_text raw, const struct redact_found *found,
                 size_t found_count, const struct redact_note *notes, size_t note_count)
{
    struct buffer *out = &print->out;

    for (size_t i = 0; i < found_count; i++) {
        buffer_print(out, "  went    %-12s by %-16s score %.2f  ", redact_kind_word(found[i].kind),
                     redactor_rule_word(print->redactor, found[i].rule), (double)found[i].score);
        buffer_append(out, raw.at + found[i].start, found[i].end - found[i].start);
        buffer_append_string(out, "\n");
    }
    for (size_t i = 0; i < note_count; i++) {
        bool went = notes[i].odds >= notes[i].bar;

        buffer_print(out, "  %s %-16s %d points, %d needed  ", went ? "judged " : "refused",
                     redactor_rule_word(print->redactor, notes[i].rule), notes[i].odds,
                     notes[i].bar);
        buffer_append(out, raw.at + notes[i].start, notes[i].end - notes[i].start);
        buffer_append_string(out, "\n");
    }
}
