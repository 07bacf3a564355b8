/// What a child wrote to its log, made safe to print and to store.
enum LogTail {
    static let linesAtMost = 20
    static let columnsAtMost = 200

    /// The last lines of a log file's bytes. What is not printable ASCII becomes `?`: the text is a hostile process's.
    static func lines(of bytes: some Sequence<UInt8>) -> [String] {
        // The file was full of zeros before the child wrote to it.
        let written = bytes.prefix { $0 != 0 }
        return written.split(separator: UInt8(ascii: "\n")).suffix(linesAtMost).map { line in
            String(decoding: line.prefix(columnsAtMost).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
        }
    }
}
