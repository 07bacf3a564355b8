internal import CInspectorChannel
public import SystemPackage

/// A descriptor that any thread makes readable, to wake one that waits in `poll`.
public struct Bell: Sendable {
    public let descriptor: FileDescriptor

    /// Opens the bell; the caller closes its descriptor.
    public init() throws(Errno) {
        var number: CInt = -1
        try check(unsafe inspector_bell_open(&number))
        descriptor = FileDescriptor(rawValue: number)
    }

    public func ring() {
        inspector_bell_ring(descriptor.rawValue)
    }

    /// Forgets all rings so far.
    public func silence() {
        inspector_bell_silence(descriptor.rawValue)
    }
}
