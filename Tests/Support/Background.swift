import Glibc

/// A thread of a test's own, for work that waits beside the test.
package final class Background: Sendable {
    private let thread: pthread_t

    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    package init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let failure = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        precondition(failure == 0, "pthread_create: \(failure)")
        self.thread = thread
    }

    /// Waits for the end of the work. To be called once.
    package func join() { pthread_join(thread, nil) }
}
