/// How many bits each symbol of an alphabet gets, so that a text with given frequencies becomes as short as it can.
enum HuffmanLengths {
    /// Fills `lengths`, zero for symbols that do not occur.
    ///
    /// Lengths are those of Huffman's tree, found without one (Moffat and Katajainen, "In-Place Calculation of
    /// Minimum-Redundancy Codes", 1995); where it is deeper than `limit`, its lowest leaves are moved up and others
    /// down until the code is complete again.
    static func find(_ frequencies: UnsafeBufferPointer<UInt32>, limit: Int, into lengths: inout [UInt8]) {
        for symbol in lengths.indices { lengths[symbol] = 0 }
        // By frequency, and by symbol among equals: the order must not depend on how it is sorted.
        var symbols = frequencies.indices.filter { frequencies[$0] > 0 }
        symbols.sort { (frequencies[$0], $0) < (frequencies[$1], $1) }
        guard symbols.count > 1 else {
            for symbol in symbols { lengths[symbol] = 1 }
            return
        }
        var depths = symbols.map { Int(frequencies[$0]) }
        turnIntoDepths(&depths)
        var counts = [Int](repeating: 0, count: limit + 1)
        for depth in depths { counts[min(depth, limit)] += 1 }
        complete(&counts, limit: limit)
        var next = 0
        for length in stride(from: limit, through: 1, by: -1) {
            for _ in 0..<counts[length] {
                lengths[symbols[next]] = UInt8(length)
                next += 1
            }
        }
    }

    /// From ascending frequencies, at least two, to the depths of their leaves, which descend.
    private static func turnIntoDepths(_ values: inout [Int]) {
        let count = values.count
        // Frequencies become those of inner nodes, and these the numbers of their parents.
        var root = 0
        var leaf = 2
        values[0] += values[1]
        for next in 1..<count - 1 {
            if leaf >= count || values[root] < values[leaf] {
                values[next] = values[root]
                values[root] = next
                root += 1
            } else {
                values[next] = values[leaf]
                leaf += 1
            }
            if leaf >= count || (root < next && values[root] < values[leaf]) {
                values[next] += values[root]
                values[root] = next
                root += 1
            } else {
                values[next] += values[leaf]
                leaf += 1
            }
        }
        // Parents become depths of inner nodes.
        values[count - 2] = 0
        for next in stride(from: count - 3, through: 0, by: -1) { values[next] = values[values[next]] + 1 }
        // Depths of inner nodes become depths of leaves.
        var available = 1
        var used = 0
        var depth = 0
        root = count - 2
        var next = count - 1
        while available > 0 {
            while root >= 0 && values[root] == depth {
                used += 1
                root -= 1
            }
            while available > used {
                values[next] = depth
                next -= 1
                available -= 1
            }
            available = 2 * used
            depth += 1
            used = 0
        }
    }

    /// Makes the number of codes of each length such that they use up all of the bits (Kraft's sum is one).
    private static func complete(_ counts: inout [Int], limit: Int) {
        var sum = (1...limit).reduce(0) { $0 + counts[$1] << (limit - $1) }
        while sum > 1 << limit {
            counts[limit] -= 1
            for length in stride(from: limit - 1, through: 1, by: -1) where counts[length] > 0 {
                counts[length] -= 1
                counts[length + 1] += 2
                break
            }
            sum -= 1
        }
    }

    /// The codes that lengths stand for (RFC 1951, 3.2.2), their bits in the order in which they are written.
    static func codes(_ lengths: [UInt8]) -> [UInt16] {
        var counts = [Int](repeating: 0, count: 17)
        for length in lengths where length > 0 { counts[Int(length)] += 1 }
        var next = [UInt16](repeating: 0, count: 17)
        var code = 0
        for length in 1...15 {
            code = (code + counts[length - 1]) << 1
            next[length] = UInt16(truncatingIfNeeded: code)
        }
        return lengths.map { length in
            guard length > 0 else { return 0 }
            let code = next[Int(length)]
            next[Int(length)] += 1
            return reversed(code) >> (16 - UInt16(length))
        }
    }

    private static func reversed(_ bits: UInt16) -> UInt16 {
        var bits = bits
        bits = (bits & 0x5555) << 1 | (bits & 0xAAAA) >> 1
        bits = (bits & 0x3333) << 2 | (bits & 0xCCCC) >> 2
        bits = (bits & 0x0F0F) << 4 | (bits & 0xF0F0) >> 4
        return bits.byteSwapped
    }
}
