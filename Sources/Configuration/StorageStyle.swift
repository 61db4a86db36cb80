/// How requests to an object store name the bucket.
package enum StorageStyle: String, Sendable {
    /// `https://endpoint/bucket/key`
    case path
    /// `https://bucket.endpoint/key`
    case host
}
