#include <stdint.h>
#include <string.h>

// Which of sixteen bytes a reader of COPY's text format must hear of. Vectors of clang's own, without a processor's
// intrinsics: Swift 6.3 takes the masks of its SIMD types apart lane by lane.

typedef uint8_t penstock_bytes __attribute__((ext_vector_type(16)));
typedef _Bool penstock_flags __attribute__((ext_vector_type(16)));

// Bits 0…15: bytes that end a field (TAB). Bits 16…31: other bytes of interest. Bits 32…47: bytes above ASCII.
static inline __attribute__((always_inline)) uint64_t penstock_scan_result(
    penstock_bytes bytes, penstock_bytes interesting) {
    uint16_t tabs, others, high;
    penstock_flags flags = __builtin_convertvector(bytes == '\t', penstock_flags);
    memcpy(&tabs, &flags, 2);
    flags = __builtin_convertvector(interesting, penstock_flags);
    memcpy(&others, &flags, 2);
    flags = __builtin_convertvector(bytes >= 0x80, penstock_flags);
    memcpy(&high, &flags, 2);
    return tabs | (uint64_t)(uint16_t)(others & ~tabs) << 16 | (uint64_t)high << 32;
}

static inline __attribute__((always_inline)) penstock_bytes penstock_scan_load(const void *from) {
    penstock_bytes bytes;
    memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

static inline __attribute__((always_inline)) uint64_t penstock_scan_escapes(const void *from) {
    penstock_bytes bytes = penstock_scan_load(from);
    return penstock_scan_result(bytes, (penstock_bytes)(bytes == '\\'));
}

static inline __attribute__((always_inline)) uint64_t penstock_scan_csv(const void *from, uint8_t delimiter) {
    penstock_bytes bytes = penstock_scan_load(from);
    return penstock_scan_result(
        bytes, (penstock_bytes)((bytes == '\\') | (bytes == '"') | (bytes == (penstock_bytes)(delimiter))));
}

static inline __attribute__((always_inline)) uint64_t penstock_scan_json(const void *from) {
    penstock_bytes bytes = penstock_scan_load(from);
    return penstock_scan_result(bytes, (penstock_bytes)((bytes == '\\') | (bytes == '"') | (bytes < 0x20)));
}

// Two comparisons stand for six bytes: setting the low bits folds `<` into `>`, and `\ ] ^` into `_`.
static inline __attribute__((always_inline)) uint64_t penstock_scan_sheet(const void *from) {
    penstock_bytes bytes = penstock_scan_load(from);
    return penstock_scan_result(
        bytes, (penstock_bytes)((bytes < 0x20) | (bytes == '&') | ((bytes | 2) == '>') | ((bytes | 3) == '_')
                                | (bytes == 0xEF)));
}
