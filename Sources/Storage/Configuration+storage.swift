import Configuration
import ObjectStore
import Posix

extension Configuration {
    /// How long an answer of an object store is waited for, in milliseconds: below the time after which the process
    /// that waits is taken to hang.
    private static let patience: Int64 = 5_000

    /// Opens the home of the files; in a folder, makes the folders that are missing.
    /// - Throws: `StorageError`, `ConfigurationError`.
    package func openStorage() throws -> any FileStore {
        try bucket(patience: Self.patience) ?? StorageFolder(root: self.storage)
    }

    /// The home that another process has opened. Asks nothing of it, which may hang.
    /// - Parameter patience: milliseconds that an answer of an object store is waited for.
    /// - Throws: `ConfigurationError`.
    package func openedStorage(patience: Int64) throws -> any FileStore {
        try bucket(patience: patience) ?? StorageFolder(at: self.storage)
    }

    private func bucket(patience: Int64) throws -> StorageBucket? {
        guard let place = try BucketAddress.place(self.storage, self.storageEndpoint, self.storageStyle) else {
            return nil
        }
        guard self.sendFile == .accelRedirect else {
            throw ConfigurationError(
                "PENSTOCK_SEND_FILE is x-sendfile, which needs a folder; PENSTOCK_STORAGE is a bucket")
        }
        let client = ObjectClient(
            place, RequestSigner(try credentials(), region: self.storageRegion), authorities: self.storageAuthorities,
            patience: patience)
        return StorageBucket(client, scratch: ScratchSpace(folder: self.storageScratch))
    }

    private func credentials() throws -> ObjectCredentials {
        if let path = self.storageKeys {
            let text: String
            do {
                text = String(decoding: try File.bytes(at: path, limit: 65_536), as: UTF8.self)
            } catch {
                throw ConfigurationError("PENSTOCK_STORAGE_KEYS: \(error.debugDescription)")
            }
            guard let credentials = ObjectCredentials(text: text) else {
                throw ConfigurationError(
                    "PENSTOCK_STORAGE_KEYS: \(path) has no lines aws_access_key_id = … and aws_secret_access_key = …")
            }
            return credentials
        }
        guard let credentials = ObjectCredentials(environment: ()) else {
            throw ConfigurationError(
                "PENSTOCK_STORAGE is a bucket, and neither PENSTOCK_STORAGE_KEYS nor AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY say by which key")
        }
        return credentials
    }
}
