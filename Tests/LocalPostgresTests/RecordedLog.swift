import Logging

/// A log that a test can wait on: its messages arrive in a stream.
struct RecordedLog: LogHandler {
    let messages: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    init() {
        (messages, continuation) = AsyncStream.makeStream(of: String.self)
    }

    var logger: Logger { Logger(label: "test") { _ in self } }

    /// Returns when a message that contains `text` has been logged; `false` if the log ends before.
    func wait(for text: String) async -> Bool {
        for await message in messages where message.contains(text) { return true }
        return false
    }

    func log(event: LogEvent) {
        continuation.yield("\(event.message)")
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
