#include <zlib.h>

// deflateInit2 is a macro that passes the header's version; macros with arguments do not reach Swift.
static inline int penstock_deflate_init(z_stream *stream, int level, int windowBits, int memLevel) {
    return deflateInit2(stream, level, Z_DEFLATED, windowBits, memLevel, Z_DEFAULT_STRATEGY);
}

// So is inflateInit2.
static inline int penstock_inflate_init(z_stream *stream, int windowBits) {
    return inflateInit2(stream, windowBits);
}
