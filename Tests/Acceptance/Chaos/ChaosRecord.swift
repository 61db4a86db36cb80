/// What a campaign has done, and what it has seen of it.
struct ChaosRecord {
    /// A process that was killed or stopped.
    struct Blow {
        /// Seconds since 1970.
        let time: Double
        let kind: ChaosPlan.Kind
        let host: Int
        /// The export that the process worked on; nil where its open files do not tell.
        let job: String?
    }

    /// A host whose way to the databases was cut.
    struct Cut {
        let time: Double
        let host: Int
        let isLong: Bool
    }

    var kills: [Blow] = []
    var stops: [Blow] = []
    var cuts: [Cut] = []
    var problems: [String] = []
    /// What took how long.
    var times: [String] = []
    private(set) var counts: [String: Int] = [:]

    mutating func count(_ what: String) { counts[what, default: 0] += 1 }
}
