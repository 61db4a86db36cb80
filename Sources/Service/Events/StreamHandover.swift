import API
import JSON

/// The message that goes with a connection from a responder to the events process.
struct StreamHandover: Equatable {
    /// The request's id on its FastCGI connection.
    let requestID: UInt16
    let subscription: EventSubscription

    var message: [UInt8] {
        let value: JSON = [
            "request": .int(requestID), "tenant": .string(subscription.tenant),
            "after": .int(orNull: subscription.after),
        ]
        return value.serialized
    }

    init(requestID: UInt16, subscription: EventSubscription) {
        self.requestID = requestID
        self.subscription = subscription
    }

    init?(_ message: [UInt8]) {
        guard let object = try? JSON.parse(message).object, let request = object["request"]?.int,
            let id = UInt16(exactly: request), let tenant = object["tenant"]?.string
        else { return nil }
        self.init(
            requestID: id,
            subscription: EventSubscription(tenant: tenant, after: object["after"]?.int.map { Int64($0) }))
    }
}
