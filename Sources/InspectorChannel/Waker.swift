internal import CInspectorChannel
public import SystemPackage

/// A descriptor that any thread can make readable, so that a thread that waits in `poll` wakes up.
public struct Waker: Sendable {
    public let descriptor: FileDescriptor

    /// Opens it; the caller closes its descriptor.
    public init() throws(Errno) {
        var number: CInt = -1
        try check(unsafe inspector_waker_open(&number))
        descriptor = FileDescriptor(rawValue: number)
    }

    public func wake() {
        inspector_waker_wake(descriptor.rawValue)
    }

    /// Makes the descriptor unreadable again, until the next `wake`.
    public func reset() {
        inspector_waker_reset(descriptor.rawValue)
    }
}
