import Storage

extension Application {
    /// Lends the storage that the settings name, for as long as `body` runs.
    func withStorage<Result: Sendable>(_ body: (any RecordingStorage) async throws -> Result) async throws -> Result {
        switch settings.storage.value {
        case .folder(let path): try await body(try await FolderStorage.open(path))
        case .bucket(let bucket): try await S3Storage.with(bucket.configuration, logger: logger) { try await body($0) }
        }
    }
}
