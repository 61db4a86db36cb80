import Postgres
import SQLText
import Support
import Testing

@testable import Jobs

@Suite(.waits) struct JobStateTests {
    @Test func `the database and the program say the same of each state`() throws {
        let connection = try Connection(try TemplateDatabase(.jobs).url, applicationName: "tests")
        let rows = try connection.query("select * from job_states()", "read states").all
        #expect(rows.map { $0.string("state") } == JobState.allCases.map(\.rawValue))
        for (row, state) in zip(rows, JobState.allCases) {
            #expect(row.boolean("is_open") == state.isOpen, "\(state)")
            #expect(row.boolean("holds_file") == state.holdsFile, "\(state)")
            #expect(row.boolean("may_hold_rows") == state.mayHoldRows, "\(state)")
            #expect(row.boolean("holds_filter") == state.holdsFilter, "\(state)")
        }
    }

    @Test func `a job is open or has ended, and only a file that is there can be downloaded`() {
        #expect(JobState.allCases.filter(\.isOpen) == [.pending, .processing])
        #expect(JobState.allCases.allSatisfy { $0.isOpen != $0.isEnded })
        #expect(JobState.allCases.filter(\.isDownloadable) == [.ready])
        #expect(JobState.allCases.filter(\.isDownloadable).allSatisfy { $0.holdsFile })
    }

    @Test func `each surface's word stands for the states that have it`() {
        for word in RecordStatus.allCases {
            #expect(
                !JobState.states(shownAs: word).isEmpty
                    && JobState.states(shownAs: word).allSatisfy { $0.recordStatus == word })
        }
        for word in ReexportStatus.allCases {
            #expect(
                !JobState.states(shownAs: word).isEmpty
                    && JobState.states(shownAs: word).allSatisfy { $0.reexportStatus == word })
        }
        #expect(JobState.states(shownAs: RecordStatus.completed) == [.ready, .expired])
        #expect(JobState.states(shownAs: ReexportStatus.pending) == [.pending])
        #expect(Set(JobState.allCases.map(\.recentName.status)) == Set(RecentStatus.allCases))
        #expect(
            JobState.allCases.map(\.recentName.display) == [
                "Pending", "Processing", "Completed", "Failed", "Cancelled", "Expired",
            ])
    }
}
