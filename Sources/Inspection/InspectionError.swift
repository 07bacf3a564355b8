public import Recordings

/// The machine is at fault, not the recording: the same recording can be inspected again later, elsewhere.
public enum InspectionError: Error, Hashable, Sendable {
    /// The recording's descriptor could not be read.
    case reading(errno: Int32)
    /// An artifact could not be written: the disk is full (`ENOSPC`), the artifact exceeds its limit (`EFBIG`), …
    case writing(ArtifactKind, errno: Int32)
    /// There was no memory for what every recording needs.
    case outOfMemory
}

extension InspectionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .reading(let errno):
            "The recording could not be read (errno \(errno)). It will be tried again; check the storage if this goes on."
        case .writing(let kind, let errno):
            "The \(kind.rawValue) could not be written (errno \(errno)). It will be tried again; check for a full disk."
        case .outOfMemory: "Memory ran out while the recording was examined. It will be tried again; check the machine's memory."
        }
    }
}
