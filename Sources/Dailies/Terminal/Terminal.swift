import ArgumentParser
import Glibc
import Synchronization

/// Standard output for results, standard error for progress and messages.
enum Terminal {
    /// Whether a person watches standard error, so that progress may be drawn over itself.
    static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes results. When that fails, it says so on standard error, once, and the command ends with 74, after it has done the rest of its work
    /// (``Dailies/main()``). When the reader of a pipe has gone, as `head` does once it has enough, it says nothing and the command ends with 141,
    /// as if SIGPIPE had ended it.
    static func out(_ text: String) {
        guard let error = write(text, to: STDOUT_FILENO) else { return }
        let isFirst = failed.exchange(Int(error), ordering: .relaxed) == 0
        if isFirst, error != EPIPE { err("dailies: The output cannot be written: \(String(cString: strerror(error))).\n") }
    }

    /// Whether results could not be written.
    static var hasFailed: Bool { failure != nil }

    /// How a command ends whose results could not be written.
    static var failure: ExitCode? {
        switch failed.load(ordering: .relaxed) {
        case 0: nil
        case Int(EPIPE): ExitCode(StopSignals.exitCode(of: SIGPIPE))
        default: .ioError
        }
    }

    /// The last `errno`; 0 for none.
    private static let failed = Atomic(0)

    static func err(_ text: String) { _ = write(MessageText.harmless(text), to: STDERR_FILENO) }

    /// Writes what steers the terminal behind standard error. Foreign text in it has to be harmless already (``Cell``).
    static func draw(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// Columns of the terminal behind standard error, 80 where that is unknown.
    static var width: Int { columns(of: STDERR_FILENO) ?? 80 }

    /// The columns for results: those of the terminal behind standard output; `nil` in a file or a pipe.
    static var resultWidth: Int? { columns(of: STDOUT_FILENO) }

    /// Whether results may be drawn over themselves: a person watches standard output, on a terminal that can.
    static var drawsResults: Bool {
        isatty(STDOUT_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
    }

    /// The present size of the terminal behind standard output; 80 by 24 if unknown.
    static var resultSize: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    private static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    /// - Returns: the `errno` that says why not all of it is written.
    private static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            switch written > 0 ? 0 : errno {
            case 0: rest = rest.dropFirst(written)
            case EINTR: continue
            case EAGAIN:
                // Who shares the descriptor may have set it not to wait.
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&entry, 1, -1)
            case let code: return code
            }
        }
        return nil
    }
}
