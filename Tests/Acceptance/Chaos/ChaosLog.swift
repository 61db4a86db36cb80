import Glibc
import JSON
import Posix
import Support

/// Every change of a job's state in the order in which they were committed, as a trigger in the queue's database has
/// written it down.
struct ChaosLog {
    struct Change {
        /// Seconds since 1970, by the database's clock.
        let time: Double
        let job: String
        let event: String
        /// Whose session has made it.
        let host: String
        let token: String
        let attempt: Int
        let state: String
    }

    let changes: [Change]
    let byJob: [String: [Change]]

    /// Makes the table and its trigger. The setting `chaos.host` of a session says whose it is.
    static func begin(on server: PostgresServer) throws {
        try server.rows(
            """
            create table public.chaos_log (
                place bigint generated always as identity primary key, t timestamptz not null default clock_timestamp(),
                job uuid, event text, host text, token uuid, attempt integer, state text);
            grant insert on public.chaos_log to penstock;
            create function public.log_chaos() returns trigger language plpgsql as $$
            begin
                if tg_op = 'UPDATE' and new.state = old.state then return null; end if;
                insert into public.chaos_log (job, event, host, token, attempt, state) values (
                    new.id,
                    case
                        when tg_op = 'INSERT' then 'create'
                        when new.state = 'processing' then 'claim'
                        when old.state = 'processing' and new.losses > old.losses
                            then case new.state when 'failed' then 'lose' else 'recover' end
                        when old.state = 'processing' and new.state = 'pending'
                            then case when new.attempts < old.attempts then 'release' else 'retry' end
                        when old.state = 'ready' and new.state = 'failed' then 'lose_file'
                        when old.state = 'failed' and new.state = 'ready' then 'restore_file'
                        when new.state = 'ready' then 'finish'
                        when new.state = 'failed' then 'fail'
                        when new.state = 'cancelled' then 'cancel'
                        when new.state = 'expired' then 'expire'
                    end,
                    coalesce(current_setting('chaos.host', true), ''), coalesce(new.claim_token, old.claim_token),
                    new.attempts, new.state);
                return null;
            end $$;
            create trigger chaos_log after insert or update of state on report_export_jobs
                for each row execute function public.log_chaos();
            """)
    }

    init(_ server: PostgresServer) throws {
        changes = try server.rows(
            "select extract(epoch from t), job, event, host, token, attempt, state from chaos_log order by place"
        ).map { row in
            Change(
                time: Double(row[0] ?? "") ?? 0, job: row[1] ?? "", event: row[2] ?? "", host: row[3] ?? "",
                token: row[4] ?? "", attempt: Int(row[5] ?? "") ?? 0, state: row[6] ?? "")
        }
        byJob = Dictionary(grouping: changes, by: \.job)
    }

    /// Writes a line of JSON a change.
    func write(to path: String) throws {
        let lines = changes.map { change in
            let line: JSON = [
                "t": .number("\(change.time)"), "job": .string(change.job), "event": .string(change.event),
                "host": .string(change.host), "token": .string(change.token), "attempt": .int(change.attempt),
                "state": .string(change.state),
            ]
            return line.text
        }
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try file.writeAll(Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    /// The claim that a job was under at an instant, by its host; nil when it was under none.
    func claim(of job: String, at time: Double) -> Change? {
        (byJob[job] ?? []).last { $0.time <= time }.flatMap { $0.event == "claim" ? $0 : nil }
    }

    /// The jobs that a host held at an instant.
    func held(by host: String, at time: Double) -> [Change] {
        byJob.keys.compactMap { claim(of: $0, at: time) }.filter { $0.host == host }
    }

    /// What ended a claim.
    func end(of claim: Change) -> Change? { (byJob[claim.job] ?? []).first { $0.time > claim.time } }

    /// The next claim of the same job.
    func next(after claim: Change) -> Change? {
        (byJob[claim.job] ?? []).first { $0.event == "claim" && $0.time > claim.time }
    }

    /// Each job that came to an end more than once, or changed after it.
    var doubled: [String] {
        byJob.filter { _, changes in
            let ends = changes.indices.filter { ["finish", "fail", "lose", "cancel"].contains(changes[$0].event) }
            let stays: Set = ["lose_file", "restore_file", "expire"]
            return ends.count > 1
                || ends.first.map { !changes[($0 + 1)...].allSatisfy { stays.contains($0.event) } } == true
        }.map(\.key)
    }
}
