/// The advisory lock that sessions of Penstock's database take, in the one-key form.
///
/// Those of transactions are of the two-key form, which never meets this: `sql/functions/lock_number.sql` is their
/// register. No other file has a lock's number.
enum AdvisoryLock {
    /// One migrator at a time.
    static let migration = 4_242_990_017
}
