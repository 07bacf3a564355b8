extension UnusableReason.Code {
    /// Whether an inspector may give this reason, because it found it in the recording: another inspection would find the same. The other
    /// reasons are given by the program that runs inspectors, and a report with one of them is refused.
    public var isFinding: Bool {
        switch self {
        case .empty, .notMedia, .headerOnly, .headerMissing, .indexMissing, .noDecodableStream, .tooLarge, .tooLong, .tooManyPixels,
            .tooManyStreams, .tooManyPackets, .outputTooLarge:
            true
        case .inspectorDied, .timedOut, .cpuTime, .outOfMemory, .missing: false
        }
    }
}
