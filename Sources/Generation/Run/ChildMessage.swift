import JSON

/// One line that an export's child writes into its pipe for the dispatcher: that it has reached the source, any number
/// of part events while it runs, and at last its outcome. The child has no connection to the queue; the dispatcher
/// stores its messages under the claim.
package enum ChildMessage: Sendable {
    /// The source has answered, and the export begins.
    case reached
    case part(PartEvent)
    case outcome(Outcome)

    /// JSON without a newline in it, and one at its end.
    package var line: [UInt8] {
        let json: JSON =
            switch self {
            case .reached: ["reached": true]
            case .part(let event): event.json
            case .outcome(let outcome): outcome.json
            }
        return json.serialized + [UInt8(ascii: "\n")]
    }

    /// - Returns: nil for anything but a whole message; a child that died while it wrote has said nothing.
    package init?(_ line: some Collection<UInt8>) {
        guard let json = try? JSON.parse(Array(line), limits: .stored) else { return nil }
        if json["reached"] == true {
            self = .reached
        } else if let event = json.object.flatMap({ PartEvent($0) }) {
            self = .part(event)
        } else if let outcome = Outcome(json) {
            self = .outcome(outcome)
        } else {
            return nil
        }
    }
}
