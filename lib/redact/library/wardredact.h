#ifndef WARDREDACT_H
#define WARDREDACT_H

/*
 * libwardredact: text in, the same text without what may identify a patient out
 *
 *     redactor   what is removed: profile, the organisation's own patterns and words. Read-only
 * once made: threads share it. Making one is the only place where memory is allocated. scanner the
 * room in which texts are looked at: one a thread, placed by the caller or not. stream     lines of
 * any length over a scanner, fed in any cuts.
 *
 * After they are made: no allocation, no I/O, no locale, no clock, no environment; time is linear
 * in the length of the text; stack below 16 KiB. What cannot be redacted is refused whole.
 *
 * Needs C11 or C++11 and <stddef.h>, <stdint.h>. See wardredact(3).
 */

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) && defined(__ELF__)
#define WARDREDACT_API __attribute__((visibility("default")))
#else
#define WARDREDACT_API
#endif

#if defined(__GNUC__)
#define WARDREDACT_CHECK __attribute__((warn_unused_result))
#else
#define WARDREDACT_CHECK
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What this header promises. A library of the same number, or a greater one that still has this
 * soname, keeps it. */
#define WARDREDACT_ABI_VERSION 1

/* Ceilings of one text: bytes of it, bytes of what is left of it, findings. */
#define WARDREDACT_TEXT_MAX 4096
#define WARDREDACT_FOUND_MAX 256

#define WARDREDACT_HASH_SIZE 32

enum wardredact_error {
    WARDREDACT_OK = 0,
    WARDREDACT_LONG = 1,     /* over WARDREDACT_TEXT_MAX, or what is left of it would be */
    WARDREDACT_INVALID = 2,  /* not UTF-8, or a control character other than a tab */
    WARDREDACT_CROWDED = 3,  /* more than WARDREDACT_FOUND_MAX findings */
    WARDREDACT_ROOM = 4,     /* the caller's memory, out or found is too small */
    WARDREDACT_PATTERNS = 5, /* patterns or words do not parse: struct wardredact_where */
    WARDREDACT_MEMORY = 6,   /* an allocation was refused */
    WARDREDACT_USAGE = 7,    /* an argument that the contract forbids */
    WARDREDACT_STOPPED = 8   /* the sink of a stream has refused */
};

enum wardredact_profile {
    WARDREDACT_STRICT = 0,  /* keeps only what is known to be safe */
    WARDREDACT_BALANCED = 1 /* removes what is recognised */
};

/* One thing that was removed: bytes [start, end) of the text. Never its value. */
struct wardredact_found {
    uint32_t start;
    uint32_t end;
    uint16_t kind; /* wardredact_kind_word() */
    uint16_t rule; /* wardredact_rule_word() */
    float score;   /* 0..1: how sure the rule was of the kind */
};

/* Where patterns or words do not parse: counted from 1, in static words. */
struct wardredact_where {
    uint32_t line;
    uint32_t column;
    const char *field;    /* "template", "word" .. */
    const char *expected; /* what should stand there */
};

/* Zero it, then set size and what is wanted. Texts are read while the redactor is made, not kept.
 */
struct wardredact_options {
    size_t size;    /* sizeof(struct wardredact_options) */
    int profile;    /* enum wardredact_profile */
    int structured; /* not 0: numbers, codes and machines' addresses only; no names, no places */
    const char *patterns; /* the organisation's own (docs/formats/patterns.md), or NULL */
    size_t patterns_len;
    const char *words; /* words that strict keeps besides its own, one a line, or NULL */
    size_t words_len;
    /* Where the redactor's memory comes from: both or neither (malloc and free). Memory is aligned
     * to 16. Called only while a redactor is made or freed, by the thread that does it. */
    void *(*allocate)(void *context, size_t size);
    void (*release)(void *context, void *at);
    void *context;
};

struct wardredact;
struct wardredact_scanner;
struct wardredact_stream;

/* WARDREDACT_ABI_VERSION of the library. */
WARDREDACT_API int wardredact_abi_version(void);

/* ---- redactor ---- */

/* Outcomes: WARDREDACT_PATTERNS with *where filled when it is not NULL, _MEMORY, _USAGE. */
WARDREDACT_API WARDREDACT_CHECK int wardredact_new(struct wardredact **ret_redactor,
                                                   const struct wardredact_options *options,
                                                   struct wardredact_where *where);

/* Its scanners and streams must be gone. NULL is fine. */
WARDREDACT_API void wardredact_free(struct wardredact *redactor);

/* ---- scanner ---- */

/* Bytes of a scanner, and of a stream: less than 65,536 and 16,384. */
WARDREDACT_API size_t wardredact_scanner_size(void);
WARDREDACT_API size_t wardredact_stream_size(void);

/* Makes a scanner in memory, aligned to 16, that stays the caller's. Outcomes: _ROOM, _USAGE. */
WARDREDACT_API WARDREDACT_CHECK int
wardredact_scanner_place(struct wardredact_scanner **ret_scanner, const struct wardredact *redactor,
                         void *memory, size_t size);

/* The same in memory of the redactor's source; one that wardredact_scanner_free() gives back. */
WARDREDACT_API WARDREDACT_CHECK int wardredact_scanner_new(struct wardredact_scanner **ret_scanner,
                                                           const struct wardredact *redactor);

/* Wipes; gives back what wardredact_scanner_new() took. NULL is fine. */
WARDREDACT_API void wardredact_scanner_free(struct wardredact_scanner *scanner);

/*
 * Redacts one text. out may not overlap in. WARDREDACT_TEXT_MAX bytes are always room enough in
 * out, WARDREDACT_FOUND_MAX in found. found may be NULL: then only their number is told. On any
 * outcome but WARDREDACT_OK nothing of the text is in out, and *out_len and *found_count are 0.
 * Outcomes: _LONG, _INVALID, _CROWDED, _ROOM, _USAGE.
 */
WARDREDACT_API WARDREDACT_CHECK int wardredact_text(struct wardredact_scanner *scanner,
                                                    const char *in, size_t len, char *out,
                                                    size_t out_size, size_t *out_len,
                                                    struct wardredact_found *found,
                                                    size_t found_max, size_t *found_count);

/* ---- stream ---- */

/* Takes clean text, in order; never empty, and not cut inside a character. Anything but 0 stops the
 * stream for good. */
typedef int wardredact_sink(void *context, const char *clean, size_t len);

/* Makes a stream in memory of the caller's, aligned to 16. It has the scanner to itself. */
WARDREDACT_API WARDREDACT_CHECK int wardredact_stream_place(struct wardredact_stream **ret_stream,
                                                            struct wardredact_scanner *scanner,
                                                            void *memory, size_t size,
                                                            wardredact_sink *sink, void *context);

/*
 * Feeds bytes. Each line is answered by one line, as ward-redact(1) does it: one over
 * WARDREDACT_TEXT_MAX, or a crowded one, is redacted in pieces; what cannot be redacted is left
 * out, with the rest of its line. How the bytes were cut does not show. Outcomes: _STOPPED, _USAGE.
 */
WARDREDACT_API WARDREDACT_CHECK int wardredact_stream_feed(struct wardredact_stream *stream,
                                                           const char *in, size_t len);

/* Answers the last line if it had no end, and wipes. The stream can be fed anew. */
WARDREDACT_API WARDREDACT_CHECK int wardredact_stream_end(struct wardredact_stream *stream);

/* Findings of a kind so far, and lines of which something was left out unseen. */
WARDREDACT_API uint64_t wardredact_stream_count(const struct wardredact_stream *stream,
                                                unsigned kind);
WARDREDACT_API uint64_t wardredact_stream_refused(const struct wardredact_stream *stream);

/* ---- words ---- */

/* A word for an outcome: "invalid". Never NULL. */
WARDREDACT_API const char *wardredact_error_word(int error);

/* The word of a kind, "mrn", and its label, "medical record number"; NULL from the count on. */
WARDREDACT_API const char *wardredact_kind_word(unsigned kind);
WARDREDACT_API const char *wardredact_kind_label(unsigned kind);
WARDREDACT_API unsigned wardredact_kinds_count(void);

/* The word of a rule, "ssn.hyphens"; "org.NAME" for the redactor's own patterns, whose words live
 * as long as it does. NULL when there is none. Numbers may change between versions, words do not.
 */
WARDREDACT_API const char *wardredact_rule_word(const struct wardredact *redactor, unsigned rule);

/* Which rules this library runs: a version for people, and the SHA-256 of all that decides what is
 * removed. Two builds with one hash remove the same. */
WARDREDACT_API const char *wardredact_rules_version(void);
WARDREDACT_API void wardredact_rules_hash(uint8_t ret_hash[WARDREDACT_HASH_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
