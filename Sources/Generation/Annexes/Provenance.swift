import Catalog
import JSON

/// Where the rows of a file come from: the facts that annexes show, and those that are needed to render the rows again.
package struct Provenance: Equatable, Sendable {
    /// The user and the time of the request. A re-export of the report by another user has the same origin.
    package struct Origin: Equatable, Sendable {
        /// As prefixed ids are written: `rpt_…`.
        package let reportID: String
        package let requestedBy: String
        /// RFC 3339 in UTC.
        package let requestedAt: String

        package init(reportID: String, requestedBy: String, requestedAt: String) {
            self.reportID = reportID
            self.requestedBy = requestedBy
            self.requestedAt = requestedAt
        }
    }

    package let description: ReportDescription
    package let tenant: String
    /// Nil for a file that no job makes.
    package let origin: Origin?
    /// The zone in which the days of the period begin and end.
    package let zone: String
    /// The zone whose offsets the rows' timestamps carry.
    package let rowsZone: String
    /// RFC 3339 in UTC with milliseconds.
    package let snapshotAt: String
    package let summary: RowSummary

    /// The UTC day that is in file names.
    package var day: String { String((origin?.requestedAt ?? snapshotAt).prefix(10)) }
}

/// As it is kept beside rows.
extension Provenance {
    package var json: JSON {
        [
            "description": description.json, "tenant": .string(tenant), "origin": origin?.json ?? .null,
            "zone": .string(zone), "rowsZone": .string(rowsZone), "snapshotAt": .string(snapshotAt),
            "summary": summary.json,
        ]
    }

    /// - Returns: nil when a member is missing or has another type.
    package init?(_ json: JSON) {
        guard let description = json["description"].flatMap({ ReportDescription($0) }),
            let tenant = json["tenant"]?.string, let zone = json["zone"]?.string,
            let rowsZone = json["rowsZone"]?.string, let snapshotAt = json["snapshotAt"]?.string,
            let summary = json["summary"].flatMap({ RowSummary($0) })
        else { return nil }
        self.init(
            description: description, tenant: tenant, origin: json["origin"].flatMap { Origin($0) }, zone: zone,
            rowsZone: rowsZone, snapshotAt: snapshotAt, summary: summary)
    }
}

extension Provenance.Origin {
    fileprivate var json: JSON {
        [
            "reportID": .string(reportID), "requestedBy": .string(requestedBy), "requestedAt": .string(requestedAt),
        ]
    }

    fileprivate init?(_ json: JSON) {
        guard let reportID = json["reportID"]?.string, let requestedBy = json["requestedBy"]?.string,
            let requestedAt = json["requestedAt"]?.string
        else { return nil }
        self.init(reportID: reportID, requestedBy: requestedBy, requestedAt: requestedAt)
    }
}
