import Glibc

/// The room on a folder's file system, in bytes.
package struct StorageRoom: Sendable, Equatable {
    /// For this process to write.
    package let free: Int64
    package let total: Int64

    package init(free: Int64, total: Int64) {
        self.free = free
        self.total = total
    }

    /// The room below which no export begins.
    /// - Parameter setting: the operator's; nil for a twentieth of the file system, at most 1 GiB.
    package func reserve(_ setting: Int?) -> Int64 { setting.map { Int64($0) } ?? min(total / 20, 1 << 30) }
}

extension StorageRoom {
    /// - Returns: nil when the file system does not say.
    init?(at folder: String) {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        func bytes(_ blocks: fsblkcnt_t) -> Int64 {
            let (bytes, isTooMuch) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize))
            return isTooMuch ? .max : Int64(clamping: bytes)
        }
        self.init(free: bytes(status.f_bavail), total: bytes(status.f_blocks))
    }
}

extension StorageFolder {
    package var room: StorageRoom? { StorageRoom(at: root + "/" + StoredFileName.folder) }

    package var answers: Bool { room != nil }
}
