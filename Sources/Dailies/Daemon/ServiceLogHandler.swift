import FoundationEssentials
import Glibc
import Logging

/// Writes each event as one line to standard error: text where a person watches, a JSON object for programs otherwise.
///
/// The level can be changed while the daemon runs, unless a logger has its own level.
struct ServiceLogHandler: LogHandler {
    enum Style: Sendable {
        case text, json
    }

    let dial: AdjustableLogLevel
    let style: Style
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private var own: Logger.Level?

    init(dial: AdjustableLogLevel, style: Style) {
        self.dial = dial
        self.style = style
    }

    var logLevel: Logger.Level {
        get { own ?? dial.level }
        set { own = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { mine, _ in mine }.merging(event.metadata ?? [:]) { $1 }
        LogWriter.standardError.write(Self.line(event.level, "\(event.message)", all, style, at: Date())) { [style] missing in
            Self.line(
                .warning, "log lines were dropped, because nobody read standard error", ["lines": "\(missing)"], style, at: Date())
        }
    }

    /// - Parameter time: this host's time, for people only.
    static func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata, _ style: Style, at time: Date) -> String {
        let stamp = time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let pairs = metadata.map { (key: $0.key, value: "\($0.value)") }.sorted { $0.key < $1.key }
        switch style {
        case .text:
            return "\(stamp) \(level) \(message)" + pairs.map { " \($0.key)=\(quoted($0.value))" }.joined() + "\n"
        case .json:
            // The line's own fields have reserved names, which metadata cannot overwrite.
            let fields = [("time", stamp), ("level", level.rawValue), ("message", message)] + pairs.filter { !taken.contains($0.key) }
            return "{" + fields.map { "\(JSONText.string($0.0)):\(JSONText.string($0.1))" }.joined(separator: ",") + "}\n"
        }
    }

    private static let taken: Set = ["time", "level", "message"]

    /// The value itself if it is one plain word, otherwise a JSON string, so that an event stays on one line.
    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
        return isPlain ? value : JSONText.string(value)
    }
}
