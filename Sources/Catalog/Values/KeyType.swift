import Coding

/// The type of a value that rows are found by: a tenant, a unique key, a scope's values.
package enum KeyType: String, CaseIterable, Sendable {
    case text, uuid, integer

    /// Whether PostgreSQL will read `value` as this type, in the one spelling that is accepted here: a UUID in its
    /// 36-character form, a 64-bit integer without plus sign or leading zeros, a text without NUL. Checked before
    /// the value meets SQL, so that a wrong one is the caller's fault and not a server error.
    package func accepts(_ value: String) -> Bool {
        switch self {
        case .text: !value.utf8.contains(0)
        case .uuid: Self.isUUID(Array(value.utf8))
        case .integer: Int64(value).map { String($0) == value } ?? false
        }
    }

    private static func isUUID(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 36 else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            switch index {
            case 8, 13, 18, 23: byte == UInt8(ascii: "-")
            default: byte.hexadecimalValue != nil
            }
        }
    }
}
