public import Recordings
public import SystemPackage

/// The open files of one inspection.
public struct InspectorDescriptors: Sendable {
    /// Read only.
    public var recording: FileDescriptor
    /// Where the child writes its report, and its messages when something goes wrong.
    public var report: FileDescriptor
    public var log: FileDescriptor
    /// Where it writes what it makes. What has no descriptor is not made.
    public var artifacts: [ArtifactKind: FileDescriptor]

    public init(recording: FileDescriptor, report: FileDescriptor, log: FileDescriptor, artifacts: [ArtifactKind: FileDescriptor]) {
        self.recording = recording
        self.report = report
        self.log = log
        self.artifacts = artifacts
    }

    /// The artifacts' kinds in the order of their descriptors, for the command that goes with them.
    public var kinds: [ArtifactKind] {
        artifacts.keys.sorted { $0.rawValue < $1.rawValue }
    }

    /// The order in which they cross the channel.
    public var inOrder: [FileDescriptor] {
        [recording, report, log] + kinds.compactMap { artifacts[$0] }
    }

    /// Reads what `inOrder` and `kinds` gave; `nil` if the two do not fit together.
    public init?(inOrder descriptors: [FileDescriptor], kinds: [ArtifactKind]) {
        guard descriptors.count == 3 + kinds.count, Set(kinds).count == kinds.count else { return nil }
        self.init(
            recording: descriptors[0], report: descriptors[1], log: descriptors[2],
            artifacts: Dictionary(uniqueKeysWithValues: zip(kinds, descriptors[3...])))
    }
}
