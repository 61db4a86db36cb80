import Glibc
import Posix
import Synchronization
import Testing

/// For suites whose tests wait for other processes: they run on threads of their own, more than the host has
/// processors, and how long each takes is told at the end (`SlowestTests`).
///
/// The test library runs all tests on as many threads as there are processors, and a test that waits holds its thread:
/// two tests at a time on a host with two, while both sleep.
package struct Waits: SuiteTrait, TestTrait, TestScoping {
    /// Whether they are taken before others: a chain of tests that run one after the other should not begin last.
    fileprivate let isFirst: Bool

    package var isRecursive: Bool { true }

    /// - Throws: what the test throws.
    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(isFirst ? Lane.first : Lane.usual) {
            let began = Clock.monotonicMilliseconds
            defer { SlowestTests.add(test, milliseconds: Clock.monotonicMilliseconds - began) }
            try await SecondTries.perform(test, function)
        }
    }
}

extension Trait where Self == Waits {
    package static var waits: Self { Waits(isFirst: false) }
    /// For suites that are serialized or have a limit of time, which runs while a test stands in line.
    package static var waitsFirst: Self { Waits(isFirst: true) }
}

/// One of the two lines that the threads take their work from.
private final class Lane: TaskExecutor {
    static let first = Lane()
    static let usual = Lane()

    func enqueue(_ job: consuming ExecutorJob) {
        Threads.shared.add(UnownedJob(job), of: self)
    }
}

/// Twice as many as the processors, four at least; PENSTOCK_TEST_THREADS for another number.
private final class Threads: Sendable {
    static let shared = Threads()

    private struct Work: Sendable {
        let job: UnownedJob
        let lane: Lane
    }

    private let waiting = Mutex((first: [Work](), usual: [Work]()))
    /// Counts what is waiting.
    nonisolated(unsafe) private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    private init() {
        sem_init(semaphore, 0, 0)
        let count = environmentValue("PENSTOCK_TEST_THREADS").flatMap { Int($0) }
        for _ in 0..<max(1, count ?? max(4, 2 * sysconf(Int32(_SC_NPROCESSORS_ONLN)))) {
            var thread = pthread_t()
            let failure = pthread_create(&thread, nil, { _ in Threads.shared.work() }, nil)
            precondition(failure == 0, "pthread_create: \(failure)")
            pthread_detach(thread)
        }
    }

    func add(_ job: UnownedJob, of lane: Lane) {
        let work = Work(job: job, lane: lane)
        waiting.withLock { lane === Lane.first ? $0.first.append(work) : $0.usual.append(work) }
        sem_post(semaphore)
    }

    private func work() -> Never {
        while true {
            guard sem_wait(semaphore) == 0 else { continue }
            let next = waiting.withLock { $0.first.isEmpty ? $0.usual.removeFirst() : $0.first.removeFirst() }
            next.job.runSynchronously(on: next.lane.asUnownedTaskExecutor())
        }
    }
}
