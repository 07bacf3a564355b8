internal import CFFmpeg
internal import ForeignText
internal import Glibc
internal import Synchronization

/// FFmpeg's log, kept in memory: the last warnings and errors of each thread, so that an error can quote its cause.
///
/// FFmpeg has one process-wide callback and no notion of a caller; the thread is what ties a line to the call that logged it.
public enum LogLines {
    private struct Line {
        var thread: pthread_t
        var text: String
    }

    /// Lines of one thread, and of all threads; older ones are dropped. A thread's lines are kept while other threads log.
    private static let capacity = 16
    private static let totalCapacity = 1024
    private static let lines = Mutex<[Line]>([])
    private static let copy = Mutex<CInt?>(nil)

    /// Also writes each line to a descriptor at once, because lines in memory are lost with a process that is killed. The lines can quote
    /// metadata of the file, so only the process of one recording may use this: its parent takes all that it reads there for hostile. A
    /// line that cannot be written is left out.
    public static func copy(to descriptor: CInt) {
        copy.withLock { $0 = descriptor }
    }

    /// Takes over FFmpeg's log, which otherwise goes to standard error: it can quote metadata of the file. Everything that opens a file
    /// calls this; calling it again changes nothing.
    static func capture() {
        av_log_set_level(AV_LOG_WARNING)
        unsafe av_log_set_callback { context, level, format, arguments in
            guard level <= AV_LOG_WARNING, let format = unsafe format, let arguments = unsafe arguments else { return }
            let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer -> String in
                guard let start = buffer.baseAddress else { return "" }
                var prefix: CInt = 1
                unsafe av_log_format_line2(context, level, format, arguments, start, CInt(buffer.count), &prefix)
                return unsafe String(cString: start)
            }
            LogLines.append(text)
        }
    }

    /// The latest line that FFmpeg logged on the calling thread.
    static func last() -> String? {
        let thread = pthread_self()
        return lines.withLock { lines in lines.last { $0.thread == thread }?.text }
    }

    /// Whether one of the lines that FFmpeg logged on the calling thread has these words.
    static func mention(_ words: String) -> Bool {
        let thread = pthread_self()
        return lines.withLock { lines in lines.contains { $0.thread == thread && $0.text.holds(words) } }
    }

    /// Forgets the calling thread's lines, so that the next error does not quote an older one.
    static func forget() {
        let thread = pthread_self()
        lines.withLock { lines in lines.removeAll { $0.thread == thread } }
    }

    private static func append(_ text: String) {
        var line = Substring(text)
        while let shorter = line.rest(before: "\n") ?? line.rest(before: "\r") { line = shorter }
        guard !line.isEmpty else { return }
        if let descriptor = copy.withLock({ $0 }) {
            let bytes = Array("\(line)\n".utf8)
            _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        }
        let entry = Line(thread: pthread_self(), text: String(line))
        lines.withLock { lines in
            if lines.lazy.filter({ $0.thread == entry.thread }).count == capacity {
                lines.remove(at: lines.firstIndex { $0.thread == entry.thread } ?? 0)
            } else if lines.count == totalCapacity {
                lines.removeFirst()
            }
            lines.append(entry)
        }
    }
}
