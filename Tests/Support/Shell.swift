import Glibc
import Posix

/// Runs programs to their end.
package enum Shell {
    package struct Outcome: Sendable {
        package let how: ChildExit.How
        package let output: [UInt8]
        package let errors: [UInt8]

        /// The exit status; 128 + the number when a signal ended it, as shells say it.
        package var status: Int32 {
            switch how {
            case .exited(let status): status
            case .signalled(let number): 128 + number
            }
        }

        package var text: String { String(decoding: output, as: UTF8.self) }
        package var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    /// Runs a program with its input from memory. The three streams are unlinked files, not pipes: no reader is
    /// needed beside it, and a process that it leaves behind cannot keep the test waiting.
    /// - Parameters:
    ///   - environment: added to the tests' own.
    ///   - seconds: after which it is killed.
    package static func run(
        _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [], within seconds: Double = 60
    ) throws -> Outcome {
        let files = try (scratchFile(input), scratchFile([]), scratchFile([]))
        defer { for file in [files.0, files.1, files.2] { close(file) } }
        let launched = try Launched(
            arguments, environment: plainEnvironment().merging(environment) { $1 }, descriptors: files)
        let how = launched.wait(within: seconds)
        return Outcome(how: how, output: try contents(files.1), errors: try contents(files.2))
    }

    /// Runs a program that must succeed, and gives what it printed.
    package static func output(
        _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [], within seconds: Double = 60
    ) throws -> [UInt8] {
        let outcome = try run(arguments, environment: environment, input: input, within: seconds)
        guard outcome.status == 0 else {
            throw Unmet("\(arguments[0]) ended with \(outcome.status): \(outcome.errorText)")
        }
        return outcome.output
    }

    private static func scratchFile(_ bytes: [UInt8]) throws -> Int32 {
        let path = "\(TestRun.folder)/scratch-\(Random.integer())"
        let file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        unlink(path)
        try bytes.withUnsafeBytes { try file.writeAll($0) }
        lseek(file.raw, 0, SEEK_SET)
        return file.release()
    }

    private static func contents(_ descriptor: Int32) throws(PosixError) -> [UInt8] {
        lseek(descriptor, 0, SEEK_SET)
        let copy = FileDescriptor(owning: dup(descriptor))
        return try copy.readAll()
    }
}
