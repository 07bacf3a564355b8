import SystemPackage

/// Makes a QuickTime file's tracks say that their media lie elsewhere: box `dref` of each track (QuickTime File Format, "Data
/// Reference Atoms").
enum MovieReference {
    /// A `url ` entry.
    static func url(to path: FilePath) -> [UInt8] {
        box("url ", [0, 0, 0, 0] + Array("file://\(path)".utf8) + [0])
    }

    /// An `alis` entry: a Macintosh alias record with the file's name, and its absolute path as the record's item 2.
    static func alias(to path: FilePath) -> [UInt8] {
        func padded(_ text: String, _ count: Int) -> [UInt8] {
            let name = Array(text.utf8.prefix(count - 1))
            return [UInt8(name.count)] + name + Array(repeating: 0, count: count - 1 - name.count)
        }
        let text = Array(path.string.utf8) + (path.string.utf8.count.isMultiple(of: 2) ? [] : [0])
        let items = big(2, 2) + big(path.string.utf8.count, 2) + text + big(0xFFFF, 2) + big(0, 2)
        var record = big(0, 4) + big(0, 2) + big(2, 2) + big(0, 2)
        record += padded("Volume", 28) + Array(repeating: 0, count: 12)
        record += padded(path.lastComponent?.string ?? "", 64) + Array(repeating: 0, count: 16)
        // The levels of folders between the two files; then 16 bytes without a meaning here.
        record += big(1, 2) + big(1, 2) + Array(repeating: 0, count: 16)
        return box("alis", [0, 0, 0, 0] + record + items)
    }

    /// The file with the entry in place of each track's own.
    static func pointing(_ file: [UInt8], at entry: [UInt8]) throws -> [UInt8] {
        try MovieEdit.replacing("dref", in: file, with: [0, 0, 0, 0] + big(1, 4) + entry)
    }

    private static func box(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        big(content.count + 8, 4) + Array(kind.utf8) + content
    }

    private static func big(_ number: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * (width - 1 - $0))) }
    }
}
