#include <zlib.h>

// inflateInit2 is a macro that passes the header's version; macros with arguments do not reach Swift.
static inline int penstock_inflate_init(z_stream *stream, int windowBits) {
    return inflateInit2(stream, windowBits);
}
