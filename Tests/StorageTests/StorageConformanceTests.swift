import TestSupport
import Testing

@testable import Storage

/// A kind of storage that has to do all that storage has to do.
enum StorageKind: String, CaseIterable, CustomTestStringConvertible {
    case folder
    case bucket
    /// Where everything that is larger than a part goes in parts.
    case bucketInParts

    var testDescription: String {
        switch self {
        case .folder: "a folder"
        case .bucket: "a bucket"
        case .bucketInParts: "a bucket that is filled in parts"
        }
    }

    func lend(_ body: (any RecordingStorage) async throws -> Void) async throws {
        switch self {
        case .folder: try await TemporaryFolder.with { folder in try await body(try await FolderStorage.open(folder)) }
        case .bucket: try await Bucket.with { bucket in try await bucket.withStorage { try await body($0) } }
        case .bucketInParts:
            try await Bucket.with { bucket in
                // Moto takes parts as small as these only when they are the last; S3's least.
                bucket.configuration.partBytes = 5 << 20
                bucket.configuration.listedAtOnce = 2
                try await bucket.withStorage { try await body($0) }
            }
        }
    }
}

@Suite(.tags(.server))
struct StorageConformanceTests {
    @Test(arguments: StorageKind.allCases, StorageRequirement.all)
    func `Every storage meets every requirement`(kind: StorageKind, requirement: StorageRequirement) async throws {
        try await kind.lend { storage in try await requirement.check(storage) }
    }
}
