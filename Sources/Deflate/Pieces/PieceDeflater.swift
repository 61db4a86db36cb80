/// Writes a raw deflate stream (RFC 1951) in pieces that were made apart from each other and are joined end to end.
///
///     ┌ piece ──────────────┐┌ piece ──────────────┐┌ last piece ─────────┐
///     blocks, 00 00 FF FF     blocks, 00 00 FF FF     blocks, final block
///             └ an empty stored block: the piece ends on a whole byte, and what follows refers to nothing before it
///
/// A piece's bytes depend on its input alone: on nothing that came before it in this process and not on how the input
/// was cut into calls of `write`.
///
/// `MatchSearch` says how thoroughly it looks for what to refer to.
package struct PieceDeflater: ~Copyable {
    /// Compressed bytes that may be referred to, then bytes that are still to be compressed.
    private let window: UnsafeMutablePointer<UInt8>
    /// Where the latter begins, and where it ends.
    private var start = 0
    private var end = 0
    /// How far the window has moved since the piece's beginning.
    private var moved = 0
    private var search: MatchSearch
    private var block = TokenBlock()
    private var hints = MatchHints()
    private var pending = BitWriter.Pending()

    /// Input that is gathered before it is compressed.
    private static let spanBytes = 1 << 18
    private static let windowBytes = DeflateSymbols.window + spanBytes + MatchSearch.slack

    package init(_ search: consuming MatchSearch = .recent) {
        self.search = search
        window = .allocate(capacity: Self.windowBytes)
        window.initialize(repeating: 0, count: Self.windowBytes)
    }

    deinit { window.deallocate() }

    /// Compresses `bytes`; the finished bytes of the compressed stream are appended to `output`.
    package mutating func write(_ bytes: UnsafeRawBufferPointer, into output: inout OutputBuffer) {
        guard let base = bytes.baseAddress else { return }
        var taken = 0
        while taken < bytes.count {
            let count = min(bytes.count - taken, start + Self.spanBytes - end)
            UnsafeMutableRawPointer(window + end).copyMemory(from: base + taken, byteCount: count)
            end += count
            taken += count
            if end == start + Self.spanBytes {
                compress(isLast: false, into: &output)
                keepHistory()
            }
        }
    }

    /// As `write`, of bytes about which something is known. It makes the search quicker, and the bytes others.
    package mutating func write(
        _ bytes: UnsafeRawBufferPointer, knowing more: borrowing MatchHints, into output: inout OutputBuffer
    ) {
        hints.append(contentsOf: more)
        write(bytes, into: &output)
    }

    /// Appends the rest of the piece; the next call of `write` begins another one.
    package mutating func endPiece(into output: inout OutputBuffer) {
        compress(isLast: false, into: &output)
        let begin = output.reserve(8 + BitWriter.slack)
        var writer = BitWriter(at: begin, pending: pending)
        writer.put(0, 3)
        writer.alignToByte()
        writer.put(0xFFFF_0000, 32)
        output.advance(begin.distance(to: writer.position))
        forget()
    }

    /// Appends the rest of the piece as the last one of its stream; the next call of `write` begins another stream.
    package mutating func endStream(into output: inout OutputBuffer) {
        compress(isLast: true, into: &output)
        let begin = output.reserve(1 + BitWriter.slack)
        var writer = BitWriter(at: begin, pending: pending)
        writer.alignToByte()
        output.advance(begin.distance(to: writer.position))
        forget()
    }

    private mutating func forget() {
        start = 0
        end = 0
        moved = 0
        pending = BitWriter.Pending()
        hints.restart()
        search.forget()
    }

    /// Moves the bytes that later ones may refer to down to the window's beginning.
    private mutating func keepHistory() {
        let kept = min(end, DeflateSymbols.window)
        UnsafeMutableRawPointer(window).copyMemory(from: window + (end - kept), byteCount: kept)
        moved += end - kept
        start = kept
        end = kept
    }

    /// Writes the bytes that are still to be compressed as blocks.
    private mutating func compress(isLast: Bool, into output: inout OutputBuffer) {
        var begin = start
        repeat {
            let reached = tokenize(from: begin)
            let bytes = UnsafeRawBufferPointer(start: window + begin, count: reached - begin)
            begin = reached
            let isLastBlock = isLast && reached == end
            guard bytes.count > 0 || isLastBlock else { return }
            let room = output.reserve(TokenBlock.room(forBytes: bytes.count))
            var writer = BitWriter(at: room, pending: pending)
            block.write(bytes, isLast: isLastBlock, to: &writer)
            pending = writer.pending
            output.advance(room.distance(to: writer.position))
        } while begin < end
        start = end
    }

    /// Fills the block with the remaining bytes, or with as many of them as may need all of its room.
    /// - Returns: how far it came.
    private mutating func tokenize(from begin: Int) -> Int {
        let end = min(self.end, begin + block.room)
        var tokens = block.appender
        let used = search.tokenize(MatchWindow(bytes: window, moved: moved), begin..<end, hints.all, into: &tokens)
        hints.removeFirst(used)
        block.end(tokens)
        return end
    }
}
