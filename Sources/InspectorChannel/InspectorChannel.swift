internal import CInspectorChannel
public import FoundationEssentials
public import SystemPackage

/// One end of the socket between a worker and its fork server: whole messages of JSON, each with up to eight open descriptors.
///
/// The value does not own the descriptor; the code that opened it closes it.
public struct InspectorChannel: Sendable {
    /// Changes with `InspectorCommand` and `InspectorEvent`.
    public static let version = 3

    /// A message, and the descriptors that came with it. They belong to the receiver, who closes them.
    public struct Received: Sendable {
        public var message: Data
        public var descriptors: [FileDescriptor]
    }

    public let descriptor: FileDescriptor

    public init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Two connected ends, both close-on-exec; the caller closes them.
    public static func pair() throws(Errno) -> (InspectorChannel, InspectorChannel) {
        var ends: [CInt] = [-1, -1]
        try check(unsafe ends.withUnsafeMutableBufferPointer { buffer in unsafe inspector_channel_pair(buffer.baseAddress) })
        return (InspectorChannel(FileDescriptor(rawValue: ends[0])), InspectorChannel(FileDescriptor(rawValue: ends[1])))
    }

    /// Sends one message; the descriptors stay open on this side.
    /// - Parameter wait: whether to block while the other side is behind. Otherwise `Errno.resourceTemporarilyUnavailable`.
    /// - Throws: `Errno.brokenPipe` when the other side has gone, `Errno.messageTooLong` beyond 64 KiB or eight descriptors.
    public func send(_ message: Data, descriptors: [FileDescriptor] = [], wait: Bool) throws(Errno) {
        let numbers = descriptors.map(\.rawValue)
        try check(
            unsafe message.withUnsafeBytes { bytes in
                unsafe numbers.withUnsafeBufferPointer { numbers in
                    unsafe inspector_channel_send(
                        descriptor.rawValue, bytes.baseAddress, bytes.count, numbers.baseAddress, numbers.count, wait)
                }
            })
    }

    /// Receives one message; `nil` when the other side has gone.
    /// - Parameter wait: whether to block until there is one. Otherwise `Errno.resourceTemporarilyUnavailable`.
    public func receive(wait: Bool) throws(Errno) -> Received? {
        var message = [UInt8](repeating: 0, count: Int(INSPECTOR_CHANNEL_BYTES))
        var count = 0
        var numbers = [CInt](repeating: -1, count: Int(INSPECTOR_CHANNEL_DESCRIPTORS))
        var numberCount = 0
        try check(
            unsafe message.withUnsafeMutableBytes { message in
                unsafe numbers.withUnsafeMutableBufferPointer { numbers in
                    unsafe inspector_channel_receive(
                        descriptor.rawValue, message.baseAddress, &count, numbers.baseAddress, &numberCount, wait)
                }
            })
        guard count > 0 else { return nil }
        return Received(message: Data(message[..<count]), descriptors: numbers[..<numberCount].map { FileDescriptor(rawValue: $0) })
    }
}
