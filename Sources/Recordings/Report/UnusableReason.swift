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
        /// What is made of the recording would be larger than it may be. Either the inspector says so, or it was ended for it each time.
        case outputTooLarge = "output_too_large"
        /// The inspector ended without a report each time.
        case inspectorDied = "inspector_died"
        /// The inspector did not come to an end within its time each time.
        case timedOut = "timed_out"
        /// It used up its processor time each time.
        case cpuTime = "cpu_time"
        /// It used up its memory each time.
        case outOfMemory = "out_of_memory"
        /// The response names a recording that storage does not hold.
        case missing
    }

    public var code: Code
    public var message: String

    /// What an inspector finds out about the recording, which another inspection would only find again. The others are said by whoever
    /// runs inspectors, never by an inspector.
    public static let findings: Set<Code> = [
        .empty, .notMedia, .headerOnly, .headerMissing, .indexMissing, .noDecodableStream, .tooLarge, .tooLong, .tooManyPixels,
        .tooManyStreams, .tooManyPackets, .outputTooLarge,
    ]

    public init(_ code: Code, message: String? = nil) {
        self.code = code
        self.message = message ?? code.sentence
    }

    enum CodingKeys: String, CodingKey {
        case code, message
    }
}

extension UnusableReason.Code {
    /// What a recruiter is told, and can tell the candidate.
    public var sentence: String {
        switch self {
        case .empty: "The file is empty: the recording never arrived. Ask the candidate to record the answer again."
        case .notMedia: "The file is not a video or sound recording. Ask the candidate to send the recording itself."
        case .headerOnly: "The recording stops right after its beginning, before any picture or sound. Ask the candidate to record again."
        case .headerMissing: "The beginning of the recording never arrived, and the rest cannot be read without it. Ask for a new take."
        case .indexMissing: "The end of the file never arrived, and the rest cannot be read without it. Ask the candidate to send it again."
        case .noDecodableStream: "The file contains no picture and no sound that can be played. Ask the candidate for a usual video format."
        case .tooLarge: "The file is larger than Dailies accepts. Ask the candidate for a shorter or smaller recording."
        case .tooLong: "The recording is longer than Dailies accepts. Ask the candidate for a shorter answer."
        case .tooManyPixels: "The picture is larger than Dailies accepts. Ask the candidate to record at a usual size, such as 1280 by 720."
        case .tooManyStreams: "The file has more tracks than Dailies accepts. Ask the candidate for one with one picture and one sound."
        case .tooManyPackets: "The recording has more pieces than Dailies accepts. Ask the candidate to record at a usual frame rate."
        case .outputTooLarge: "A copy for review would be larger than Dailies accepts. Ask the candidate for a shorter recording."
        case .inspectorDied: "The recording could not be examined: it is damaged in a way that stops the examination. Ask for a new take."
        case .timedOut: "The recording could not be examined in reasonable time. Ask the candidate for a new take."
        case .cpuTime: "Examining the recording takes more computing than Dailies allows. Ask the candidate for a shorter one."
        case .outOfMemory: "Examining the recording takes more memory than Dailies allows. Ask the candidate to record at a usual size."
        case .missing: "The recording that this answer names is not in storage. Ask the candidate to send it again."
        }
    }
}
