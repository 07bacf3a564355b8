import Interviews
import Postgres
import Storage
import Synchronization

/// Whether the storage is the one that the database belongs to. Without that nothing may be claimed, imported or told as missing: an empty
/// folder in the place of a disk that is not mounted has none of the recordings.
///
/// The database has a number, and the storage carries it in a marker. The first worker or import makes both: first the row, then the marker,
/// then the row's word that the storage is marked. Whoever comes after a crash in between goes on from there.
final class StorageOwnership: Sendable {
    private let interviews: Interviews
    private let storage: any RecordingStorage
    /// The storage as its setting names it.
    private let place: String
    /// How long a good result holds without asking the database, and the storage if that costs a request.
    private let trust: (database: Duration, storage: Duration)
    private let known: Mutex<Known?> = Mutex(nil)

    private struct Known {
        var identity: StorageIdentity
        var confirmed: ContinuousClock.Instant
        var seen: ContinuousClock.Instant
    }

    init(_ pool: PostgresPool, _ storage: any RecordingStorage, at place: StoragePlace) {
        interviews = Interviews(pool: pool)
        self.storage = storage
        self.place = "\(place)"
        trust = if case .bucket = place { (.seconds(60), .seconds(60)) } else { (.seconds(30), .zero) }
    }

    /// Why this storage must not be used now, with the remedy; `nil` when it is the right one.
    /// - Parameter makes: whether to make row and marker when neither is there.
    func obstacle(makes: Bool) async throws -> String? {
        if try await isKnownToBeRight() { return nil }
        known.withLock { $0 = nil }
        guard let row = try await row(try await storage.identity(), makes: makes) else {
            guard makes else { return nil }
            return """
                The storage in \(place) has none of the files that the database names: is the disk mounted? If it is meant to be this one, run \
                `dailies storage adopt --anyway`.
                """
        }
        let found = try await storage.identity()
        guard let identity = StorageIdentity(row.id), identity == found else {
            guard found != nil || row.isMarked else { return nil }
            return Self.sentence(place, hasMarker: found != nil)
        }
        try await storage.takePlace()
        known.withLock { $0 = Known(identity: identity, confirmed: .now, seen: .now) }
        return nil
    }

    static func sentence(_ place: String, hasMarker: Bool) -> String {
        let why =
            hasMarker
            ? "\(StorageIdentity.markerName) there is another one's: does the setting storage name the right place?"
            : "no \(StorageIdentity.markerName) there: is the disk mounted?"
        return """
            The storage in \(place) is not the one that this database belongs to (\(why)). If it is meant to be this one, run \
            `dailies storage adopt`.
            """
    }

    /// - Throws: the obstacle, for commands that end with it.
    func require() async throws {
        if let obstacle = try await obstacle(makes: true) { throw Failure(obstacle, .unavailable) }
    }

    /// Makes the database belong to this storage. For people who say so.
    /// - Parameter anyway: even if the storage has none of the files that the database names.
    /// - Returns: how many of the files that were looked for are there.
    func adopt(anyway: Bool) async throws -> (found: Int, looked: Int) {
        let files = try await interviews.filesOfRecords()
        var there = 0
        for file in files where try await contains(file) { there += 1 }
        guard anyway || there > 0 || files.isEmpty else {
            throw Failure(
                """
                Not adopted: the storage in \(place) has none of the \(files.count) files that were looked for. Is the disk mounted? \
                --anyway adopts it all the same.
                """, .data)
        }
        let row = try await interviews.adoptStorage(id: try await storage.identity()?.description)
        if let identity = StorageIdentity(row.id), !row.isMarked {
            try await storage.mark(as: identity)
            try await interviews.recordStorageMark()
        }
        return (there, files.count)
    }

    /// The row, with the marker made if it may be made.
    private func row(_ found: StorageIdentity?, makes: Bool) async throws -> KnownStorage? {
        if try await interviews.knownStorage() == nil {
            guard makes else { return nil }
            // Nothing was ever claimed by this process, so nothing is under way in the folder that it opened.
            try await storage.takePlace()
            guard try await mayBeThisOne() else { return nil }
            try await interviews.recordStorage(id: found?.description)
        }
        guard let row = try await interviews.knownStorage(), makes, !row.isMarked, let identity = StorageIdentity(row.id) else {
            return try await interviews.knownStorage()
        }
        try await storage.mark(as: identity)
        guard try await storage.identity() == identity else { return row }
        try await interviews.recordStorageMark()
        return try await interviews.knownStorage()
    }

    /// Whether a database that knows no storage may belong to this one: it has no review records, or one of their files is there.
    private func mayBeThisOne() async throws -> Bool {
        let files = try await interviews.filesOfRecords()
        for file in files where try await contains(file) { return true }
        return files.isEmpty
    }

    private func contains(_ key: String) async throws(StorageError) -> Bool {
        guard let key = try? StorageKey(key) else { return false }
        return try await storage.contains(key)
    }

    private func isKnownToBeRight() async throws -> Bool {
        guard let known = known.withLock({ $0 }), ContinuousClock.now - known.confirmed < trust.database else { return false }
        if ContinuousClock.now - known.seen < trust.storage { return true }
        guard try await storage.identity() == known.identity else { return false }
        // The folder may be the right one, and not the one that was opened.
        try await storage.takePlace()
        return true
    }
}
