/// The advisory locks that sessions of Penstock's database take, in the one-key form.
///
/// Those of transactions are of the two-key form, which never meets these: `sql/functions/lock_number.sql` is their
/// register. No other file has a lock's number. A worker's number, by which a dispatcher is known to be alive, is drawn
/// at random when the dispatcher starts.
enum AdvisoryLock {
    /// One migrator at a time.
    static let migration = 4_242_990_017
}
