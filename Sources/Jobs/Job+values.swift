import Coding
import JSON
import Posix
import Time

/// The values that a job consists of.
extension Job {
    /// Whether a caller asked for the job or a schedule did.
    package enum Source: String, Sendable, CaseIterable { case manual, auto }

    /// How often a schedule runs.
    package enum Interval: String, Sendable, CaseIterable { case daily, weekly, monthly, yearly }

    /// A finished report's rows beside its file.
    package struct KeptRows: Sendable, Equatable {
        /// Where they are under the storage folder.
        package let storedPath: String
        /// Bytes.
        package let size: Int64
        /// Hexadecimal.
        package let sha256: String
        package let expiresAt: Timestamp
    }

    /// The report that a job renders again, and the rows that it renders.
    package struct Reexport: Sendable, Equatable {
        /// The report's id.
        package let report: UUID
        /// The members of the request that differ from the report's, in canonical form.
        package internal(set) var params: JSON
        /// The zone in which the days of the report's period begin and end.
        package let zone: String
        /// The report's UTC day.
        package let day: String
        /// The rows to render; nil when the request runs again on the data as they are.
        package let rows: Rows?

        package struct Rows: Sendable, Equatable {
            package let storedPath: String
            /// Hexadecimal.
            package let sha256: String

            package init(storedPath: String, sha256: String) {
                self.storedPath = storedPath
                self.sha256 = sha256
            }
        }

        package init(report: UUID, params: JSON, zone: String, day: String, rows: Rows?) {
            self.report = report
            self.params = params
            self.zone = zone
            self.day = day
            self.rows = rows
        }
    }

    /// Rows so far, and rows in all once they have been counted.
    package struct Progress: Sendable, Equatable {
        package let total: Int64?
        package let done: Int64
    }

    /// How many parts the job has and how many of them are ready; `Queue.parts(of:)` tells more.
    package struct PartCount: Sendable, Equatable {
        package let total: Int
        package let ready: Int
    }

    /// An uploaded list of keys.
    package struct Filter: Sendable, Equatable {
        /// The file's name as the client gave it.
        package let name: String
        /// Keys in it, repeated ones too.
        package let keys: Int
        /// Of the file as it was uploaded, in hexadecimal digits; the request names it by this.
        package let sha256: String

        package init(name: String, keys: Int, sha256: String) {
            self.name = name
            self.keys = keys
            self.sha256 = sha256
        }
    }

    /// The published file; there while the job is ready or expired.
    package struct File: Sendable {
        /// The name that people see, e.g. `delivery-orders-2026-05-07.csv`.
        package let name: String
        /// Where it is under the storage folder.
        package let storedPath: String
        /// Bytes.
        package let size: Int64
        package let rows: Int64
        /// Hexadecimal.
        package let sha256: String
        package let receipt: JSON

        /// The SHA-256 as 32 bytes.
        package var digest: [UInt8] { Hexadecimal.decode(sha256) ?? [] }
    }
}
