import ArgumentParser
import Configuration
import FastCGI
import Glibc
import JSON
import Jobs
import Posix
import Storage

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how the whole service is: its hosts, its queue, its storage.",
        discussion: """
            Exit status 0 when exports can be made, 69 when Penstock's own database is out of reach, no dispatcher works, or \
            nothing listens at PENSTOCK_SOCKET of this host.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() throws {
        try command {
            let values = try options.values()
            let figures = try options.queue("status").figures()
            let socket = try values[\.socket]
            // A socket of TCP is another host's to judge.
            let listens = !socket.hasPrefix("/") || (try? SocketProbe.connect(to: socket)) != nil
            let storage = try values[\.storage]
            // The room of an object store is its own affair; this host's is for parts on their way.
            let room = storage.hasPrefix("s3://") ? nil : StorageFolder(at: storage).room
            let isFine = figures.dispatchers > 0 && listens
            if json {
                Terminal.json(
                    [
                        "ok": .bool(isFine), "socket": .string(socket), "listens": .bool(listens),
                        "dispatchers": .int(figures.dispatchers), "pending": .int(figures.count("pending")),
                        "processing": .int(figures.count("processing")),
                        "oldestPendingSeconds": .int(Int64(figures.oldestDueSeconds)),
                        "longestRunningSeconds": .int(Int64(figures.oldestRunningSeconds)),
                        "webhooksWaiting": .int(figures.webhooks),
                        "mailsWaiting": .int(figures.mails), "storageFreeBytes": .int(orNull: room?.free),
                        "storageBytes": .int(orNull: room?.total),
                    ])
            } else {
                tell(figures, socket: socket, listens: listens, room)
            }
            if !isFine { throw ExitCode(ExitStatus.unavailable) }
        }
    }

    private func tell(_ figures: QueueFigures, socket: String, listens: Bool, _ room: StorageRoom?) {
        func line(_ name: String, _ text: String) {
            Terminal.line(name + String(repeating: " ", count: 13 - name.count) + text)
        }
        line("service", "\(listens ? "listens" : "nothing listens") at \(socket)")
        line("dispatchers", "\(figures.dispatchers)")
        line(
            "pending",
            "\(figures.count("pending"))"
                + (figures.oldestDueSeconds > 0 ? ", the oldest for \(Int(figures.oldestDueSeconds)) s" : ""))
        line(
            "processing",
            "\(figures.count("processing"))"
                + (figures.oldestRunningSeconds > 0 ? ", the longest for \(Int(figures.oldestRunningSeconds)) s" : ""))
        for jobs in figures.open.sorted(by: { $0.count > $1.count }) {
            line("", "\(jobs.count) \(jobs.state) of \(jobs.module)/\(jobs.catalog)")
        }
        line("webhooks", "\(figures.webhooks) wait")
        line("e-mail", "\(figures.mails) wait")
        if let room { line("storage", "\(room.free >> 20) MiB free of \(room.total >> 20)") }
    }
}

extension QueueFigures {
    fileprivate func count(_ state: String) -> Int64 {
        open.filter { $0.state == state }.reduce(0) { $0 + $1.count }
    }
}
