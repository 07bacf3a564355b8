import Crypto
import Foundation
import Storage
import SystemPackage
import TestSupport

/// Reading whole files, for comparison.
enum Bytes {
    static func of(_ path: FilePath) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path.string)))
    }

    static func of(_ descriptor: FileDescriptor) throws -> [UInt8] {
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: Int64(result.count), into: $0) }
            if count == 0 { return result }
            result += chunk.prefix(count)
        }
    }

    static func ofRecording(_ key: StorageKey, in storage: any RecordingStorage) async throws -> [UInt8] {
        let file = try await storage.openRecording(key)
        return try of(file.descriptor)
    }

    static func ofArtifact(_ key: StorageKey, in storage: any RecordingStorage) async throws -> [UInt8] {
        let file = try await storage.openArtifact(key)
        return try of(file.descriptor)
    }

    static func sha256(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    }

    /// Lends a file with this content.
    static func withFile(_ content: [UInt8], _ body: (FileDescriptor) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let file = try FileDescriptor.open(
                folder.appending("source"), .readWrite, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
            defer { try? file.close() }
            try file.writeAll(content)
            try await body(file)
        }
    }
}
