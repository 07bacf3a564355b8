/// Why a recording cannot be used, as a code for programs and a sentence for people.
public struct UnusableReason: Hashable, Sendable, Codable {
    public enum Code: String, Hashable, Sendable, Codable, CaseIterable {
        /// The file has no bytes.
        case empty
        /// The bytes are not a recording of any kind that Dailies accepts.
        case notMedia = "not_media"
        /// A header arrived, and nothing after it.
        case headerOnly = "header_only"
        /// There are streams, but none that can be decoded.
        case noDecodableStream = "no_decodable_stream"
        /// One of the limits, see `InspectionLimits`.
        case tooLarge = "too_large"
        case tooLong = "too_long"
        case tooManyPixels = "too_many_pixels"
        /// The inspector ended without a report each time.
        case inspectorDied = "inspector_died"
        /// The inspector did not come to an end within its time each time.
        case timedOut = "timed_out"
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

extension UnusableReason.Code {
    /// What a recruiter is told, and can tell the candidate.
    public var sentence: String {
        switch self {
        case .empty: "The file is empty: the recording never arrived. Ask the candidate to record the answer again."
        case .notMedia: "The file is not a video or sound recording. Ask the candidate to send the recording itself."
        case .headerOnly: "The recording stops right after its beginning, before any picture or sound. Ask the candidate to record again."
        case .noDecodableStream: "The file contains no picture and no sound that can be played. Ask the candidate for a usual video format."
        case .tooLarge: "The file is larger than Dailies accepts. Ask the candidate for a shorter or smaller recording."
        case .tooLong: "The recording is longer than Dailies accepts. Ask the candidate for a shorter answer."
        case .tooManyPixels: "The picture is larger than Dailies accepts. Ask the candidate to record at a usual size, such as 1280 by 720."
        case .inspectorDied: "The recording could not be examined: it is damaged in a way that stops the examination. Ask for a new take."
        case .timedOut: "The recording could not be examined in reasonable time. Ask the candidate for a new take."
        case .missing: "The recording that this answer names is not in storage. Ask the candidate to send it again."
        }
    }
}
