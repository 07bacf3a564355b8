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
