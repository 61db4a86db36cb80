import CPostgres

/// Where a connection leads to: a connection string, which may name several servers, and which of them is meant.
///
///     a string's servers, in its order or drawn by lot (load_balance_hosts=random) ─▶ Connection ─address─▶ that one
///
/// libpq knows `load_balance_hosts` since version 16; with an older one the servers are put in order here.
package struct ServerAddress: Sendable {
    /// As libpq in use takes it.
    let conninfo: String
    /// libpq's keywords and values that replace those of the string; none where its own are meant.
    let choice: [(String, String)]

    /// Any of the servers that the string names, whichever libpq finds first.
    package init(_ conninfo: String) {
        guard PQlibVersion() < 160_000, let option = Self.balancing(in: conninfo) else {
            self.init(conninfo, choice: [])
            return
        }
        var plain = conninfo
        plain.replaceSubrange(option.range, with: option.replacement)
        self.init(plain, choice: option.isRandom ? Self.shuffled(plain) : [])
    }

    init(_ conninfo: String, choice: [(String, String)]) {
        self.conninfo = conninfo
        self.choice = choice
    }

    /// Where the option stands in a string, and what is left there without it.
    private static func balancing(
        in conninfo: String
    ) -> (range: Range<String.Index>, replacement: String, isRandom: Bool)? {
        if conninfo.hasPrefix("postgres://") || conninfo.hasPrefix("postgresql://") {
            guard let match = conninfo.firstMatch(of: /([?&])load_balance_hosts=(random|disable)(&|$)/) else {
                return nil
            }
            return (match.range, match.3.isEmpty ? "" : String(match.1), match.2 == "random")
        }
        guard let match = conninfo.firstMatch(of: /(?:^|\s)load_balance_hosts\s*=\s*(random|disable)(?=\s|$)/) else {
            return nil
        }
        return (match.range, " ", match.1 == "random")
    }

    /// The string's servers in an order drawn by lot; none of libpq's values when it names one server, or is faulty.
    private static func shuffled(_ conninfo: String) -> [(String, String)] {
        let options = PQconninfoParse(conninfo, nil)
        defer { PQconninfoFree(options) }
        var lists: [(String, [Substring])] = []
        var option = options
        while let current = option, let keyword = current.pointee.keyword {
            let name = String(cString: keyword)
            if ["host", "hostaddr", "port"].contains(name), let value = current.pointee.val {
                lists.append((name, String(cString: value).split(separator: ",", omittingEmptySubsequences: false)))
            }
            option = current + 1
        }
        let count = lists.map(\.1.count).max() ?? 0
        guard count > 1 else { return [] }
        let order = (0..<count).shuffled()
        // One port stands for all servers.
        return lists.filter { $0.1.count == count }.map { name, values in
            (name, order.map { values[$0] }.joined(separator: ","))
        }
    }
}
