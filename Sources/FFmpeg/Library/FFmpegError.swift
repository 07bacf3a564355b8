internal import CFFmpeg

/// What went wrong in one of FFmpeg's libraries, with the last line that they logged about it on this thread.
public struct FFmpegError: Error, Hashable, Sendable {
    public enum Code: Hashable, Sendable {
        /// The bytes are not what the format or codec requires.
        case invalidData
        /// The bytes end where more are needed.
        case endOfData
        /// This build of FFmpeg, or the whitelist, has no such format, codec or conversion.
        case unsupported
        /// A reference to another file, or a limit that has no case of its own.
        case refused
        case tooManyStreams
        /// A picture, in the header or in a frame, is larger than it may be.
        case tooManyPixels
        case outOfMemory
        /// Reading or writing the descriptor failed with this `errno`. The infrastructure is at fault, not the recording.
        case system(Int32)
        /// Anything else, by FFmpeg's own number.
        case other(Int32)
    }

    public var code: Code
    /// What was attempted, as the end of "FFmpeg could not …".
    public var operation: String
    /// FFmpeg's own message. It may quote metadata of the file: it is for developers' logs, not for the hiring team.
    public var detail: String?

    public init(_ code: Code, operation: String, detail: String? = nil) {
        self.code = code
        self.operation = operation
        self.detail = detail
    }

    init(status: CInt, operation: String) {
        self.init(Self.limit() ?? Self.code(of: status), operation: operation, detail: LogLines.last() ?? Self.words(for: status))
    }

    /// The limit that this thread's lines mention. FFmpeg has no status of its own for them: too many streams are "out of memory", too
    /// many pixels an "invalid argument" or "invalid data".
    static func limit() -> Code? {
        if LogLines.mention("max_streams") { return .tooManyStreams }
        // What libavutil says, and what libdav1d says of itself.
        return LogLines.mention("max pixel count") || LogLines.mention("exceeds size limit") ? .tooManyPixels : nil
    }

    private static func code(of status: CInt) -> Code {
        switch status {
        case dailies_error_invalid_data(): .invalidData
        case dailies_error_eof(): .endOfData
        case dailies_error_out_of_memory(): .outOfMemory
        case dailies_error_refused(): .refused
        case dailies_error_unsupported(): .unsupported
        default: .other(status)
        }
    }

    private static func words(for status: CInt) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
            guard let start = text.baseAddress, unsafe av_strerror(status, start, text.count) == 0 else { return nil }
            return unsafe String(cString: start)
        }
    }
}

extension FFmpegError: CustomStringConvertible {
    public var description: String {
        let reason: String
        switch code {
        case .invalidData: reason = "the bytes are not valid"
        case .endOfData: reason = "the bytes end too early"
        case .unsupported: reason = "that is not supported here"
        case .refused: reason = "a limit does not allow it"
        case .tooManyStreams: reason = "it has too many streams"
        case .tooManyPixels: reason = "its picture is too large"
        case .outOfMemory: reason = "memory ran out"
        case .system(let errno): reason = "the file could not be read or written (errno \(errno))"
        case .other(let number): reason = "FFmpeg's error \(number)"
        }
        return "FFmpeg could not \(operation): \(reason)" + (detail.map { " (\($0))" } ?? "")
    }
}
