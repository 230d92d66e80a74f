#include "redact/scan.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

static unsigned sign_of(uint8_t c)
{
    return c == '+'                ? SIGN_PLUS
           : c == '@'              ? SIGN_AT
           : c == ':'              ? SIGN_COLON
           : c == '%'              ? SIGN_PERCENT
           : c == '['              ? SIGN_BRACKET
           : c >= 0x80             ? SIGN_HIGH
           : c < 0x20 || c == 0x7f ? SIGN_CONTROL
                                   : 0;
}

static void block_clear(struct scan *scan, size_t block)
{
    scan->letter[block] = 0;
    scan->digit[block] = 0;
    scan->upper[block] = 0;
}

unsigned scan_plain(const uint8_t *at, size_t len, uint8_t *lower, struct scan *scan)
{
    unsigned signs = 0;

    for (size_t block = 0; block <= len / 64; block++)
        block_clear(scan, block);
    for (size_t i = 0; i < len; i++) {
        uint8_t c = at[i];
        uint64_t bit = UINT64_C(1) << (i % 64);
        bool upper = c >= 'A' && c <= 'Z';
        bool letter = upper || (c >= 'a' && c <= 'z') || c == 0xff;
        bool digit = c >= '0' && c <= '9';

        lower[i] = upper ? (uint8_t)(c | 0x20) : c;
        scan->upper[i / 64] |= upper ? bit : 0;
        scan->letter[i / 64] |= letter ? bit : 0;
        scan->digit[i / 64] |= digit ? bit : 0;
        signs |= sign_of(c) | (digit ? SIGN_DIGIT : 0) | (letter ? SIGN_LETTER : 0);
    }
    memset(lower + len, 0, SCAN_PAD);
    block_clear(scan, len / 64 + 1);
    return signs;
}

#if defined(__x86_64__) || defined(__aarch64__)

/* What is behind the text is zero, and zero is a control: it is no sign of the text. */
static unsigned signs_finish(struct scan *scan, size_t len, unsigned signs)
{
    uint64_t letters = 0;
    uint64_t digits = 0;

    for (size_t block = 0; block <= len / 64; block++) {
        letters |= scan->letter[block];
        digits |= scan->digit[block];
    }
    block_clear(scan, len / 64 + 1);
    return signs | (digits ? SIGN_DIGIT : 0) | (letters ? SIGN_LETTER : 0);
}

#endif

#if defined(__x86_64__)

/* Bytes in [first, last], as 0xff: signed comparison after moving the range to the bottom. */
__attribute__((target("avx2"))) static inline __m256i in_range(__m256i bytes, char first, char last)
{
    __m256i moved = _mm256_sub_epi8(bytes, _mm256_set1_epi8((char)(first + 128)));

    return _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(last - first - 127)), moved);
}

/* Signs by the halves of a byte: a sign stands where both tables have its bit. Bit 7 is for C0, of
 * which what is behind the text is one; DEL has that of SIGN_CONTROL. */
#define SIGN_C0 0x80
#define ALWAYS (SIGN_HIGH | SIGN_C0)
static const uint8_t low_signs[16] = {
    ALWAYS | SIGN_AT,
    ALWAYS,
    ALWAYS,
    ALWAYS,
    ALWAYS,
    ALWAYS | SIGN_PERCENT,
    ALWAYS,
    ALWAYS,
    ALWAYS,
    ALWAYS,
    ALWAYS | SIGN_COLON,
    ALWAYS | SIGN_PLUS | SIGN_BRACKET,
    ALWAYS,
    ALWAYS,
    ALWAYS,
    ALWAYS | SIGN_CONTROL,
};
static const uint8_t high_signs[16] = {
    SIGN_C0,    SIGN_C0,      SIGN_PLUS | SIGN_PERCENT,
    SIGN_COLON, SIGN_AT,      SIGN_BRACKET,
    0,          SIGN_CONTROL, SIGN_HIGH,
    SIGN_HIGH,  SIGN_HIGH,    SIGN_HIGH,
    SIGN_HIGH,  SIGN_HIGH,    SIGN_HIGH,
    SIGN_HIGH,
};

__attribute__((target("avx2"))) static inline __m256i table_of(const uint8_t table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)table));
}

__attribute__((target("avx2"))) static inline __m256i signs_of(__m256i bytes, __m256i by_low,
                                                               __m256i by_high)
{
    const __m256i half = _mm256_set1_epi8(0x0f);
    __m256i low = _mm256_shuffle_epi8(by_low, _mm256_and_si256(bytes, half));
    __m256i high =
        _mm256_shuffle_epi8(by_high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));

    return _mm256_and_si256(low, high);
}

/* All bytes of it as one. */
__attribute__((target("avx2"))) static inline unsigned any_of(__m256i bytes)
{
    __m128i half = _mm_or_si128(_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1));
    uint64_t any = (uint64_t)_mm_cvtsi128_si64(_mm_or_si128(half, _mm_srli_si128(half, 8)));

    any |= any >> 32;
    any |= any >> 16;
    return (any | any >> 8) & 0xff;
}

__attribute__((target("avx2"))) static unsigned scan_avx2(const uint8_t *at, size_t len,
                                                          uint8_t *lower, struct scan *scan)
{
    const __m256i case_bit = _mm256_set1_epi8(0x20);
    const __m256i by_low = table_of(low_signs);
    const __m256i by_high = table_of(high_signs);
    __m256i any = _mm256_setzero_si256();
    uint64_t any_control = 0;
    uint64_t any_letter = 0;
    uint64_t any_digit = 0;

    for (size_t block = 0; block <= len / 64; block++) {
        uint64_t letters = 0;
        uint64_t digits = 0;
        uint64_t uppers = 0;
        uint64_t controls = 0;

        for (size_t half = 0; half < 64; half += 32) {
            __m256i bytes = _mm256_loadu_si256((const void *)(at + block * 64 + half));
            __m256i upper = in_range(bytes, 'A', 'Z');
            __m256i low = _mm256_or_si256(bytes, _mm256_and_si256(upper, case_bit));
            __m256i letter = _mm256_or_si256(in_range(low, 'a', 'z'),
                                             _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(-1)));
            __m256i signs = signs_of(bytes, by_low, by_high);

            _mm256_storeu_si256((void *)(lower + block * 64 + half), low);
            letters |= (uint64_t)(uint32_t)_mm256_movemask_epi8(letter) << half;
            uppers |= (uint64_t)(uint32_t)_mm256_movemask_epi8(upper) << half;
            digits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(in_range(bytes, '0', '9')) << half;
            controls |= (uint64_t)(uint32_t)_mm256_movemask_epi8(signs) << half;
            any = _mm256_or_si256(any, signs);
        }
        if (block == len / 64)
            controls &= (UINT64_C(1) << (len % 64)) - 1;
        scan->letter[block] = letters;
        scan->digit[block] = digits;
        scan->upper[block] = uppers;
        any_control |= controls;
        any_letter |= letters;
        any_digit |= digits;
    }
    block_clear(scan, len / 64 + 1);
    return (any_of(any) & ~(unsigned)SIGN_C0) | (any_control ? SIGN_CONTROL : 0u) |
           (any_digit ? SIGN_DIGIT : 0u) | (any_letter ? SIGN_LETTER : 0u);
}

static inline __m128i in_range_sse2(__m128i bytes, char first, char last)
{
    __m128i moved = _mm_sub_epi8(bytes, _mm_set1_epi8((char)(first + 128)));

    return _mm_cmpgt_epi8(_mm_set1_epi8((char)(last - first - 127)), moved);
}

static unsigned scan_sse2(const uint8_t *at, size_t len, uint8_t *lower, struct scan *scan)
{
    const __m128i case_bit = _mm_set1_epi8(0x20);
    __m128i any_plus = _mm_setzero_si128();
    __m128i any_at = any_plus;
    __m128i any_colon = any_at;
    __m128i any_percent = any_at;
    __m128i any_bracket = any_at;
    __m128i any_high = any_at;
    uint64_t any_control = 0;

    for (size_t block = 0; block <= len / 64; block++) {
        uint64_t letters = 0;
        uint64_t digits = 0;
        uint64_t uppers = 0;
        uint64_t controls = 0;

        for (size_t part = 0; part < 64; part += 16) {
            __m128i bytes = _mm_loadu_si128((const void *)(at + block * 64 + part));
            __m128i upper = in_range_sse2(bytes, 'A', 'Z');
            __m128i low = _mm_or_si128(bytes, _mm_and_si128(upper, case_bit));
            __m128i letter = _mm_or_si128(in_range_sse2(low, 'a', 'z'),
                                          _mm_cmpeq_epi8(bytes, _mm_set1_epi8(-1)));
            __m128i control = _mm_or_si128(in_range_sse2(bytes, 0, 0x1f),
                                           _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));

            _mm_storeu_si128((void *)(lower + block * 64 + part), low);
            letters |= (uint64_t)(uint16_t)_mm_movemask_epi8(letter) << part;
            uppers |= (uint64_t)(uint16_t)_mm_movemask_epi8(upper) << part;
            digits |= (uint64_t)(uint16_t)_mm_movemask_epi8(in_range_sse2(bytes, '0', '9')) << part;
            controls |= (uint64_t)(uint16_t)_mm_movemask_epi8(control) << part;
            any_plus = _mm_or_si128(any_plus, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('+')));
            any_at = _mm_or_si128(any_at, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('@')));
            any_colon = _mm_or_si128(any_colon, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(':')));
            any_percent = _mm_or_si128(any_percent, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('%')));
            any_bracket = _mm_or_si128(any_bracket, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('[')));
            any_high = _mm_or_si128(any_high, bytes);
        }
        if (block == len / 64)
            controls &= (UINT64_C(1) << (len % 64)) - 1;
        scan->letter[block] = letters;
        scan->digit[block] = digits;
        scan->upper[block] = uppers;
        any_control |= controls;
    }
    return signs_finish(scan, len,
                        (_mm_movemask_epi8(any_plus) ? SIGN_PLUS : 0u) |
                            (_mm_movemask_epi8(any_at) ? SIGN_AT : 0u) |
                            (_mm_movemask_epi8(any_colon) ? SIGN_COLON : 0u) |
                            (_mm_movemask_epi8(any_percent) ? SIGN_PERCENT : 0u) |
                            (_mm_movemask_epi8(any_bracket) ? SIGN_BRACKET : 0u) |
                            (_mm_movemask_epi8(any_high) ? SIGN_HIGH : 0u) |
                            (any_control ? SIGN_CONTROL : 0u));
}

unsigned scan_fast(const uint8_t *at, size_t len, uint8_t *lower, struct scan *scan)
{
    if (__builtin_cpu_supports("avx2"))
        return scan_avx2(at, len, lower, scan);
    return scan_sse2(at, len, lower, scan);
}

/* Loud bytes by their halves, as above; a bit for each pair of sets: digits and ':', '@', '%', DEL,
 * and what is loud whatever its low half. */
#define LOUD 0x10
static const uint8_t low_loud[16] = {
    LOUD | 1 | 2, LOUD | 1, LOUD | 1, LOUD | 1, LOUD | 1, LOUD | 1 | 4, LOUD | 1, LOUD | 1,
    LOUD | 1,     LOUD | 1, LOUD | 1, LOUD,     LOUD,     LOUD,         LOUD,     LOUD | 8,
};
static const uint8_t high_loud[16] = {
    LOUD, LOUD, 4, 1, 2, 0, 0, 8, LOUD, LOUD, LOUD, LOUD, LOUD, LOUD, LOUD, LOUD,
};

__attribute__((target("avx2"))) static bool quiet_avx2(const uint8_t *at, size_t len)
{
    const __m256i by_low = table_of(low_loud);
    const __m256i by_high = table_of(high_loud);
    __m256i loud = _mm256_setzero_si256();
    uint8_t last[32];
    size_t i = 0;

    for (; i + 32 <= len; i += 32)
        loud = _mm256_or_si256(
            loud, signs_of(_mm256_loadu_si256((const void *)(at + i)), by_low, by_high));
    if (len >= 32) {
        /* The last bytes again with some before them. */
        at += len - 32;
    } else {
        memset(last, ' ', sizeof(last));
        if (len)
            memcpy(last, at, len);
        at = last;
    }
    loud = _mm256_or_si256(loud, signs_of(_mm256_loadu_si256((const void *)at), by_low, by_high));
    if (len < 32)
        wipe(last, sizeof(last));
    return _mm256_testz_si256(loud, loud);
}

bool scan_quiet(const uint8_t *at, size_t len)
{
    return __builtin_cpu_supports("avx2") && quiet_avx2(at, len);
}

#else

bool scan_quiet(const uint8_t *at, size_t len)
{
    (void)at;
    (void)len;
    return false;
}

#endif

#if defined(__aarch64__)

static inline uint8x16_t in_range(uint8x16_t bytes, uint8_t first, uint8_t last)
{
    return vcleq_u8(vsubq_u8(bytes, vdupq_n_u8(first)), vdupq_n_u8((uint8_t)(last - first)));
}

/* Bit n of the result is byte n of the four, each 0 or 0xff: bits of eight are added up in pairs.
 */
static inline uint64_t mask_of(const uint8x16_t part[4])
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t weight = vld1q_u8(weights);
    uint8x16_t low = vpaddq_u8(vandq_u8(part[0], weight), vandq_u8(part[1], weight));
    uint8x16_t high = vpaddq_u8(vandq_u8(part[2], weight), vandq_u8(part[3], weight));
    uint8x16_t all = vpaddq_u8(low, high);

    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

static inline unsigned sign_if(uint8x16_t any, unsigned sign)
{
    return vmaxvq_u8(any) ? sign : 0;
}

static unsigned scan_neon(const uint8_t *at, size_t len, uint8_t *lower, struct scan *scan)
{
    uint8x16_t any_plus = vdupq_n_u8(0);
    uint8x16_t any_at = any_plus;
    uint8x16_t any_colon = any_at;
    uint8x16_t any_percent = any_at;
    uint8x16_t any_bracket = any_at;
    uint8x16_t any_high = any_at;
    uint64_t any_control = 0;

    for (size_t block = 0; block <= len / 64; block++) {
        uint8x16_t letter[4];
        uint8x16_t digit[4];
        uint8x16_t upper[4];
        uint8x16_t control[4];

        for (size_t part = 0; part < 4; part++) {
            uint8x16_t bytes = vld1q_u8(at + block * 64 + part * 16);

            upper[part] = in_range(bytes, 'A', 'Z');
            uint8x16_t low = vorrq_u8(bytes, vandq_u8(upper[part], vdupq_n_u8(0x20)));
            letter[part] = vorrq_u8(in_range(low, 'a', 'z'), vceqq_u8(bytes, vdupq_n_u8(0xff)));
            digit[part] = in_range(bytes, '0', '9');
            control[part] = vorrq_u8(in_range(bytes, 0, 0x1f), vceqq_u8(bytes, vdupq_n_u8(0x7f)));
            vst1q_u8(lower + block * 64 + part * 16, low);
            any_plus = vorrq_u8(any_plus, vceqq_u8(bytes, vdupq_n_u8('+')));
            any_at = vorrq_u8(any_at, vceqq_u8(bytes, vdupq_n_u8('@')));
            any_colon = vorrq_u8(any_colon, vceqq_u8(bytes, vdupq_n_u8(':')));
            any_percent = vorrq_u8(any_percent, vceqq_u8(bytes, vdupq_n_u8('%')));
            any_bracket = vorrq_u8(any_bracket, vceqq_u8(bytes, vdupq_n_u8('[')));
            any_high = vorrq_u8(any_high, vcgeq_u8(bytes, vdupq_n_u8(0x80)));
        }
        uint64_t controls = mask_of(control);
        if (block == len / 64)
            controls &= (UINT64_C(1) << (len % 64)) - 1;
        scan->letter[block] = mask_of(letter);
        scan->digit[block] = mask_of(digit);
        scan->upper[block] = mask_of(upper);
        any_control |= controls;
    }
    return signs_finish(scan, len,
                        sign_if(any_plus, SIGN_PLUS) | sign_if(any_at, SIGN_AT) |
                            sign_if(any_colon, SIGN_COLON) | sign_if(any_percent, SIGN_PERCENT) |
                            sign_if(any_bracket, SIGN_BRACKET) | sign_if(any_high, SIGN_HIGH) |
                            (any_control ? SIGN_CONTROL : 0u));
}

unsigned scan_fast(const uint8_t *at, size_t len, uint8_t *lower, struct scan *scan)
{
    return scan_neon(at, len, lower, scan);
}

#elif !defined(__x86_64__)

unsigned scan_fast(const uint8_t *at, size_t len, uint8_t *lower, struct scan *scan)
{
    return scan_plain(at, len, lower, scan);
}

#endif
