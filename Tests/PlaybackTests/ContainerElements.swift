import Foundation
import SystemPackage

/// The elements of a file that matter for seeking, in their order: WebM's, down to the children of the segment and its cues, or MP4's
/// boxes. It follows the standards alone, so that it is independent of FFmpeg.
struct ContainerElements {
    /// Matroska's element ids in hexadecimal, MP4's box types in letters.
    private(set) var names: [String] = []

    static let segment = "18538067"
    static let cluster = "1f43b675"
    static let cues = "1c53bb6b"
    static let cuePoint = "bb"

    private let bytes: [UInt8]

    init(_ path: FilePath) throws {
        bytes = try Array(Data(contentsOf: URL(filePath: path.string)))
        if bytes.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) { walkMatroska(bytes.indices) } else { walkBoxes() }
    }

    func position(of name: String) -> Int? { names.firstIndex(of: name) }

    func count(of name: String) -> Int { names.count { $0 == name } }

    private mutating func walkMatroska(_ range: Range<Int>) {
        var at = range.lowerBound
        while at < range.upperBound, let id = number(at, keepsMarker: true), let size = number(at + id.length, keepsMarker: false) {
            let start = at + id.length + size.length
            // All ones mean an unknown size, as in a live recording: the rest belongs to it.
            let isUnknown = size.value == (1 << (7 * size.length)) - 1
            let end = isUnknown ? range.upperBound : min(start + size.value, range.upperBound)
            let name = String(id.value, radix: 16)
            names.append(name)
            if name == Self.segment || name == Self.cues { walkMatroska(start..<end) }
            at = end
        }
    }

    private func number(_ at: Int, keepsMarker: Bool) -> (value: Int, length: Int)? {
        guard at < bytes.count, bytes[at] != 0 else { return nil }
        let length = bytes[at].leadingZeroBitCount + 1
        guard at + length <= bytes.count else { return nil }
        var value = keepsMarker ? Int(bytes[at]) : Int(bytes[at]) & ((1 << (8 - length)) - 1)
        for byte in bytes[(at + 1)..<(at + length)] { value = value << 8 | Int(byte) }
        return (value, length)
    }

    private mutating func walkBoxes() {
        var at = 0
        while at + 8 <= bytes.count {
            let size = bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) }
            names.append(String(decoding: bytes[(at + 4)..<(at + 8)], as: UTF8.self))
            guard size >= 8 else { return }
            at += size
        }
    }
}
