import FoundationEssentials
import Glibc
import Inspectors
import Recordings
import Storage
import SystemPackage
import Worker

/// The folder for the artifacts of one recording, as the person named it. Files get their final names when they are complete.
struct ArtifactFolder: ~Copyable {
    private let path: FilePath
    private var lent: [ArtifactKind: FileDescriptor] = [:]

    /// Creates the folder if it is missing, and the empty files in it.
    init(_ path: FilePath) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
            for kind in [ArtifactKind.poster, .storyboard, .waveform, .playback] { lent[kind] = try create(kind) }
        } catch {
            throw Failure("The folder \(path) cannot be made or written. Name another one, or get the right to write there.", .ioError)
        }
    }

    deinit {
        for (kind, descriptor) in lent {
            try? descriptor.close()
            unlink(path.appending(Self.unfinished(kind)).string)
        }
    }

    var descriptors: ArtifactDescriptors {
        ArtifactDescriptors(
            poster: lent[.poster], storyboard: lent[.storyboard], waveform: lent[.waveform], playback: lent[.playback])
    }

    /// Gives every artifact that the report names its final name.
    mutating func fill(from report: inout Report) async throws {
        try await report.publishArtifacts(into: &self)
    }

    private func create(_ kind: ArtifactKind) throws -> FileDescriptor {
        try FileDescriptor.open(
            path.appending(Self.unfinished(kind)), .readWrite, options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead])
    }

    private static func unfinished(_ kind: ArtifactKind) -> String { ".\(kind.rawValue).\(getpid()).unfinished" }
}

extension ArtifactFolder: ArtifactSink {
    mutating func publish(_ kind: ArtifactKind, mediaType: String) async throws -> ArtifactFile {
        guard let descriptor = lent.removeValue(forKey: kind) else { throw PublishingError(kind: kind) }
        let ending = MediaType.fileExtension(ofArtifact: mediaType) ?? "bin"
        let name = kind == .storyboard ? Report.sheetName : kind == .storyboardTrack ? "storyboard.\(ending)" : "\(kind.rawValue).\(ending)"
        defer { try? descriptor.close() }
        let bytes = try descriptor.seek(offset: 0, from: .end)
        let sha256 = try await OpenedFile.sha256(of: descriptor)
        guard rename(path.appending(Self.unfinished(kind)).string, path.appending(name).string) == 0 else {
            throw Failure("\(path.appending(name)) cannot be written: \(Errno(rawValue: errno)).", .ioError)
        }
        return ArtifactFile(file: name, mediaType: mediaType, bytes: bytes, sha256: sha256)
    }

    mutating func publish(_ kind: ArtifactKind, mediaType: String, text: String) async throws -> ArtifactFile {
        let descriptor = try create(kind)
        lent[kind] = descriptor
        try descriptor.writeAll(text.utf8)
        return try await publish(kind, mediaType: mediaType)
    }
}
