import API
import JSON
import Posix

/// The message that goes with a connection from a responder to the events process.
struct StreamHandover: Equatable {
    /// The request's id on its FastCGI connection.
    let requestID: UInt16
    let subscription: EventSubscription

    var message: [UInt8] {
        let value: JSON = [
            "request": .int(requestID), "tenant": .string(subscription.tenant),
            "after": .int(orNull: subscription.after), "ends": .int(orNull: subscription.endsIn),
            "holder": .string(orNull: subscription.holder?.name), "key": .bool(subscription.holder?.isKey ?? false),
            "seat": .int(orNull: subscription.seat?.number),
            "parties": .array(subscription.seat?.parties.map { .int($0) } ?? []),
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
        let parties = object["parties"]?.array?.compactMap { $0.int.map { Int64($0) } } ?? []
        self.init(
            requestID: id,
            subscription: EventSubscription(
                tenant: tenant, after: object["after"]?.int.map { Int64($0) },
                holder: object["holder"]?.string.map {
                    EventSubscription.Holder(name: $0, isKey: object["key"]?.bool ?? false, tenant: tenant)
                }, endsIn: object["ends"]?.int.map { Int64($0) },
                seat: object["seat"]?.int.map { SharedSeats.Seat(number: $0, parties: parties) }))
    }
}
