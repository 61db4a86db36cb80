/// zlib could not set up a stream. Once set up, a stream that is fed as its manual says cannot fail.
package struct DeflateError: Error, Equatable, CustomStringConvertible {
    /// zlib's return code, for the log: -4 is out of memory, -2 a level that does not exist.
    package let code: Int32

    package init(code: Int32) { self.code = code }

    package var description: String { "compression could not start" }
}
