import ArgumentParser
import Catalog
import Coding
import Configuration
import FastCGI
import Generation
import Glibc
import Identity
import JSON
import Jobs
import Posix
import Postgres
import Storage

/// Exit statuses of sysexits(3).
enum ExitStatus {
    static let usage: Int32 = 64
    static let dataError: Int32 = 65
    static let noInput: Int32 = 66
    static let unavailable: Int32 = 69
    static let software: Int32 = 70
    static let cannotCreate: Int32 = 73
    static let temporary: Int32 = 75
    static let configuration: Int32 = 78
}

/// A command's end with an error: the mistake, the value, and the remedy.
struct CommandFailure: Error {
    let message: String
    let status: Int32

    init(_ message: String, _ status: Int32) {
        self.message = message
        self.status = status
    }

    /// A value that is none of those that there are: with the one that may be meant, or all of them.
    /// - Parameters:
    ///   - option: how the value was given, e.g. `--format`.
    ///   - shown: what is listed in place of `known`.
    init(_ option: String, _ value: String, of known: [String], listing shown: [String]? = nil) {
        let near = Spelling.suggestion(for: value, among: known)
        let hint = near.isEmpty ? Spelling.hint(for: "", among: shown ?? known, listedAs: "there are") : near
        self.init("\(option) \(value) is not known\(hint)", ExitStatus.usage)
    }

    /// Translates the error of a command's body.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ConfigurationError: self.init(error.description, ExitStatus.configuration)
        case let error as ListenError: self.init(error.description, ExitStatus.configuration)
        case let error as PostgresError where ["42P01", "42703", "42883"].contains(error.sqlState):
            // Export failures of the data's database are explained elsewhere.
            self.init(
                "the database has no Penstock schema, or not this program's; penstock migrate makes it (\(error.debugDescription))",
                ExitStatus.configuration)
        case let error as PostgresError:
            let status =
                error.code == .invalidConnectionString
                ? ExitStatus.configuration : error.isTransient ? ExitStatus.unavailable : ExitStatus.software
            self.init(error.debugDescription, status)
        case let error as ExportFailure:
            self.init(
                error.detail.isEmpty ? error.summary : "\(error.summary) (\(error.detail))",
                error.recovery == .none ? ExitStatus.software : ExitStatus.temporary)
        case RequestError.unknownCatalog(let module, let catalog):
            self.init("there is no catalog \(module)/\(catalog)", ExitStatus.usage)
        case RequestError.uncompilable(let error): self.init("--tenant: \(error)", ExitStatus.usage)
        case let error as PosixError: self.init(error.debugDescription, ExitStatus.cannotCreate)
        case let error as StorageError: self.init(error.debugDescription, ExitStatus.cannotCreate)
        default: self.init(String(describing: error), ExitStatus.software)
        }
    }
}

/// Runs a command's body; an error becomes its lines on stderr and its exit status.
/// - Throws: `ExitCode`.
func command(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let code as ExitCode {
        throw code
    } catch {
        let failure = CommandFailure(error)
        Terminal.error("penstock: \(failure.message)")
        throw ExitCode(failure.status)
    }
}
