/// Why a recording cannot be used, as a code for programs and a sentence for people.
public struct UnusableReason: Hashable, Sendable, Codable {
    public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// The file has no bytes.
        case empty
        /// The bytes are not a recording of any kind that Dailies accepts.
        case notMedia = "not_media"
        /// A header arrived, and nothing after it.
        case headerOnly = "header_only"
        /// A later piece of a recording arrived without its beginning, which says what the rest is.
        case headerMissing = "header_missing"
        /// The file ends before what says how to read it, which phones write last.
        case indexMissing = "index_missing"
        /// There are streams, but none that can be decoded.
        case noDecodableStream = "no_decodable_stream"
        /// One of the limits, see `InspectionLimits`.
        case tooLarge = "too_large"
        case tooLong = "too_long"
        case tooManyPixels = "too_many_pixels"
        case tooManyStreams = "too_many_streams"
        case tooManyPackets = "too_many_packets"
        /// What is made of the recording would be larger than it may be. The inspector says so, or it was ended for it at every try.
        case outputTooLarge = "output_too_large"
        /// The inspector ended without a report at every try.
        case inspectorDied = "inspector_died"
        /// The inspector did not finish within its time, at every try.
        case timedOut = "timed_out"
        /// The inspector used up its processor time at every try.
        case cpuTime = "cpu_time"
        /// The inspector used up its memory at every try.
        case outOfMemory = "out_of_memory"
        /// The response names a recording that storage does not hold.
        case missing
    }

    public var code: Code
    public var message: String

    public init(_ code: Code, message: String? = nil) {
        self.code = code
        self.message = message ?? code.sentence
    }

    enum CodingKeys: String, CodingKey {
        case code, message
    }
}
