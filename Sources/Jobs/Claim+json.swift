import JSON
import Postgres

extension Claim {
    /// For a child that was forked before there was a claim.
    package var json: JSON {
        ["token": .string(token), "row": .array(values.flatMap { [.string($0.name), .string($0.text)] })]
    }

    /// - Returns: nil for anything but a claim of this program's.
    package init?(_ json: JSON) {
        guard let token = json["token"]?.string, let texts = json["row"]?.array?.compactMap(\.string),
            texts.count % 2 == 0
        else { return nil }
        let values = stride(from: 0, to: texts.count, by: 2).map { (name: texts[$0], text: texts[$0 + 1]) }
        guard let job = Rows.row(of: values)?.readableJob else { return nil }
        self.init(job: job, token: token, values: values)
    }
}
