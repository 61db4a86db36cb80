/// An error of the queue's own, besides those of the database.
package enum JobsError: Error {
    /// A row of the job table that this program does not understand; the column is named.
    case unreadableRow(String)
}
