import Glibc
import Posix
import Support

/// What a plan does.
extension ChaosCampaign {
    func perform(_ mishap: ChaosPlan.Mishap) throws {
        switch mishap {
        case .kill(.backend, _): try killBackend()
        case .kill(let kind, let host): killProcess(kind, host)
        case .stop(let kind, let host, let milliseconds): stopProcess(kind, host, milliseconds)
        case .restart(let signal):
            try withoutServers { try servers.restart(signal) }
            record.count(signal == SIGQUIT ? "restarts, immediate" : "restarts, fast")
        case .failOver(let signal):
            try withoutServers { try servers.failOver(signal) }
            record.count("failovers")
        case .cut(let host, let milliseconds): cut(host, milliseconds)
        case .unmount(let milliseconds, let leavesFolder): try unmount(milliseconds, leavesFolder)
        }
    }

    private func withoutServers(_ body: () throws -> Void) throws {
        let outage = outages.began(nil)
        defer { outages.ended(outage) }
        try body()
    }

    private func killBackend() throws {
        try withoutServers {
            guard let pid = servers.backend(&random), kill(pid, SIGKILL) == 0 else { return }
            record.kills.append(ChaosRecord.Blow(time: now, kind: .backend, host: 0, job: nil))
            try servers.awaitRecovery()
        }
    }

    /// A process of the kind, or of one that there is. A host that is cut off for long has peace: its jobs are to go to
    /// the other one because of its silence.
    private func process(
        _ kind: ChaosPlan.Kind, _ host: inout Int
    ) -> (pid: pid_t, kind: ChaosPlan.Kind)? {
        if isSpared.contains(host) { host = 1 - host }
        for kind in [kind, .export, .responder] {
            if let pid = hosts[host].processes(kind).randomElement(using: &random) { return (pid, kind) }
        }
        return nil
    }

    private func killProcess(_ kind: ChaosPlan.Kind, _ host: Int) {
        var host = host
        guard let (pid, kind) = process(kind, &host) else { return }
        // The time before the blow: the job may be given back before this process is awake again.
        let blow = ChaosRecord.Blow(time: now, kind: kind, host: host, job: job(of: pid, kind))
        if kind == .supervisor { outages.ended(outages.began(host)) }
        if kill(pid, SIGKILL) == 0 { record.kills.append(blow) }
    }

    private func stopProcess(_ kind: ChaosPlan.Kind, _ host: Int, _ milliseconds: Int64) {
        var host = host
        guard let (pid, kind) = process(kind, &host) else { return }
        let blow = ChaosRecord.Blow(time: now, kind: kind, host: host, job: job(of: pid, kind))
        guard kill(pid, SIGSTOP) == 0 else { return }
        record.stops.append(blow)
        // Some are continued before anybody misses them, some are replaced first.
        endings.append((Clock.monotonicMilliseconds + milliseconds, { _ = kill(pid, SIGCONT) }))
    }

    private func cut(_ host: Int, _ milliseconds: Int64) {
        guard isCut.insert(host).inserted else { return }
        let outage = outages.began(host)
        hosts[host].set(.silent)
        let isLong = milliseconds >= ChaosPlan.longCut
        if isLong { isSpared.insert(host) }
        record.cuts.append(ChaosRecord.Cut(time: now, host: host, isLong: isLong))
        endings.append(
            (
                Clock.monotonicMilliseconds + milliseconds,
                { [unowned self] in
                    hosts[host].set(.up)
                    outages.ended(outage)
                    isCut.remove(host)
                    isSpared.remove(host)
                }
            ))
    }

    private func unmount(_ milliseconds: Int64, _ leavesFolder: Bool) throws {
        guard !isUnmounted else { return }
        let (folder, away) = ("\(faults.stage.state)/storage", "\(faults.stage.state)/storage-away")
        let outage = outages.began(nil, isOfStorage: true)
        guard rename(folder, away) == 0 else { throw PosixError("rename", subject: folder) }
        if leavesFolder { mkdir(folder, 0o750) }
        isUnmounted = true
        record.count("unmounts")
        endings.append(
            (
                Clock.monotonicMilliseconds + milliseconds,
                { [unowned self] in
                    // A process that has started meanwhile has made the folders, and is to have written nothing.
                    let isBack = try eventually(within: 10) {
                        let files = try Shell.run(["find", folder, "-type", "f"]).text
                        record.problems += files.split(separator: "\n").map {
                            "written while the storage was away: \($0)"
                        }
                        _ = try Shell.run(["rm", "-rf", "--", folder])
                        return rename(away, folder) == 0
                    }
                    guard isBack else { throw PosixError("rename", subject: away) }
                    outages.ended(outage)
                    isUnmounted = false
                }
            ))
    }

    private var now: Double { Double(Clock.wallMicroseconds) / 1_000_000 }

    /// The export that a process works on, by the files that it or, for a part, its conductor has open.
    private func job(of pid: pid_t, _ kind: ChaosPlan.Kind) -> String? {
        // The folder may have another name for a while.
        let root = "\(faults.stage.state)/storage"
        let conductor = kind == .part ? Process.parent(of: pid) : pid
        return Process.descriptors(of: conductor).values.lazy.filter {
            $0.hasPrefix(root) && $0.firstRange(of: "/files/") != nil
        }
        .compactMap { $0.split(separator: "/").last?.prefix(36) }.first { UUID(String($0)) != nil }.map(String.init)
    }
}
