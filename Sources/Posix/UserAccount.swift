import Glibc

/// A user of this host, with the group that a process of his has.
package struct UserAccount: Sendable {
    package let name: String
    package let id: uid_t
    package let group: gid_t

    /// - Parameter group: a group's name; nil for the user's own.
    /// - Returns: nil when there is no such user or group.
    package init?(named name: String, group: String? = nil) {
        guard let entry = getpwnam(name)?.pointee else { return nil }
        self.name = name
        id = entry.pw_uid
        guard let group else {
            self.group = entry.pw_gid
            return
        }
        guard let entry = getgrnam(group)?.pointee else { return nil }
        self.group = entry.gr_gid
    }

    /// - Parameters:
    ///   - id: a user's; his name is the number where nothing is known of him.
    ///   - group: which a process of his has.
    package init(id: uid_t, group: gid_t) {
        name = getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "\(id)"
        self.id = id
        self.group = group
    }

    package static func groupName(_ id: gid_t) -> String {
        getgrgid(id).map { String(cString: $0.pointee.gr_name) } ?? "\(id)"
    }

    /// Makes this process one of the user's for the rest of its life, with all his groups. Only root's may.
    package func become() throws(PosixError) {
        // A user whom no file knows has no groups beside his own.
        if initgroups(name, group) != 0 { throw PosixError("initgroups", subject: name) }
        if setgid(group) != 0 { throw PosixError("setgid", subject: name) }
        if setuid(id) != 0 { throw PosixError("setuid", subject: name) }
    }
}
