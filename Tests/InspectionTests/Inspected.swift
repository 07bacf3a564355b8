import Foundation
import Inspection
import Recordings
import SystemPackage
import TestSupport
import Testing

/// One recording, inspected with all artifacts in a folder of its own.
struct Inspected {
    let report: Report
    let folder: FilePath

    /// Inspects the file at `path` and lends the result while the artifacts exist.
    static func with<Result>(
        _ path: FilePath, request: InspectionRequest = InspectionRequest(), _ body: (Inspected) async throws -> Result
    ) async throws -> Result {
        try await TemporaryFolder.with { folder in
            let report = try inspect(path, request: request, into: folder)
            return try await body(Inspected(report: report, folder: folder))
        }
    }

    /// Inspects bytes that are in no file yet.
    static func report(ofBytes bytes: [UInt8], request: InspectionRequest = InspectionRequest()) async throws -> Report {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("recording")
            try Data(bytes).write(to: URL(filePath: path.string))
            return try inspect(path, request: request, into: folder)
        }
    }

    static func report(of path: FilePath, request: InspectionRequest = InspectionRequest()) async throws -> Report {
        try await with(path, request: request) { $0.report }
    }

    func path(_ kind: ArtifactKind) -> FilePath { folder.appending(kind.rawValue) }

    func bytes(_ kind: ArtifactKind) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path(kind).string)))
    }

    private static func inspect(_ path: FilePath, request: InspectionRequest, into folder: FilePath) throws -> Report {
        let recording = try FileDescriptor.open(path, .readOnly)
        defer { try? recording.close() }
        var open: [FileDescriptor] = []
        defer { for descriptor in open { try? descriptor.close() } }
        func artifact(_ kind: ArtifactKind) throws -> FileDescriptor {
            let descriptor = try FileDescriptor.open(
                folder.appending(kind.rawValue), .readWrite, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
            open.append(descriptor)
            return descriptor
        }
        let artifacts = ArtifactDescriptors(
            poster: try artifact(.poster), storyboard: try artifact(.storyboard), waveform: try artifact(.waveform),
            playback: try artifact(.playback))
        return try Inspection.inspect(recording: recording, request: request, artifacts: artifacts)
    }
}

extension Report {
    var faults: Set<Flag.Name> { Set(flags.filter { $0.severity == .fault }.map(\.name)) }
    var warnings: Set<Flag.Name> { Set(flags.filter { $0.severity == .warning }.map(\.name)) }

    func flag(_ name: Flag.Name) -> Flag? { flags.first { $0.name == name } }
}

extension Fixtures {
    static func bytes(_ name: String) throws -> [UInt8] {
        try bytes(at: recording(name))
    }

    static func bytes(at path: FilePath) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path.string)))
    }
}
