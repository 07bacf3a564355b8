/// Changes numbers in Matroska files without moving anything.
enum MatroskaEdit {
    struct NotFound: Error {
        var element: String
    }

    /// The first video track with another PixelWidth (0xB0) and PixelHeight (0xBA), which `ffmpeg` writes in two bytes each.
    static func sized(_ file: [UInt8], width: Int, height: Int) throws -> [UInt8] {
        var result = file
        // The two stand beside each other.
        let at = (0..<min(file.count, 4096) - 8).first { at in
            file[at] == 0xB0 && file[at + 1] == 0x82 && file[at + 4] == 0xBA && file[at + 5] == 0x82
        }
        guard let at else { throw NotFound(element: "PixelWidth") }
        result.replaceSubrange(at + 2..<at + 4, with: [UInt8(width >> 8), UInt8(width & 0xFF)])
        result.replaceSubrange(at + 6..<at + 8, with: [UInt8(height >> 8), UInt8(height & 0xFF)])
        return result
    }

    /// The first video track with another DefaultDuration (0x23E383), in nanoseconds.
    static func claimed(frameNs: Int, in file: [UInt8]) throws -> [UInt8] {
        var result = file
        guard let at = file.prefix(4096).firstRange(of: [0x23, 0xE3, 0x83])?.upperBound else { throw NotFound(element: "DefaultDuration") }
        write(frameNs, bytes: Int(file[at] & 0x7F), at: at + 1, in: &result)
        return result
    }

    /// The file with other times in its blocks, as far from their cluster's time as 16 bits reach.
    /// - Parameter time: from a track's number, the block's place in it, and its time in the file's unit, to another time.
    static func retimed(_ file: [UInt8], _ time: (_ track: Int, _ number: Int, _ time: Int) -> Int) -> [UInt8] {
        var result = file
        var counts: [Int: Int] = [:]
        for block in blocks(of: file) {
            let at = block.content
            let track = Int(file[at] & 0x7F)
            let old = block.cluster + Int(Int16(truncatingIfNeeded: Int(file[at + 1]) << 8 | Int(file[at + 2])))
            write(time(track, counts[track, default: 0], old) - block.cluster, bytes: 2, at: at + 1, in: &result)
            counts[track, default: 0] += 1
        }
        return result
    }

    /// Where each block begins, and its content, and the time of its cluster.
    static func blocks(of file: [UInt8]) -> [(start: Int, content: Int, cluster: Int)] {
        var found: [(start: Int, content: Int, cluster: Int)] = []
        var cluster = 0
        var at = 0
        while at + 12 < file.count {
            let start = at
            let id = number(file, &at, keepsMark: true)
            let size = number(file, &at, keepsMark: false)
            switch id {
            case 0x1853_8067, 0x1F43_B675, 0xA0: continue
            case 0xE7: cluster = file[at..<at + size].reduce(0) { $0 << 8 | Int($1) }
            case 0xA3, 0xA1: found.append((start, at, cluster))
            default: break
            }
            at += size
        }
        return found
    }

    /// One of EBML's numbers, whose first byte tells how many there are.
    private static func number(_ file: [UInt8], _ at: inout Int, keepsMark: Bool) -> Int {
        let length = file[at].leadingZeroBitCount + 1
        defer { at += length }
        let first = keepsMark ? Int(file[at]) : Int(file[at]) & (0xFF >> length)
        return file[at + 1..<at + length].reduce(first) { $0 << 8 | Int($1) }
    }

    private static func write(_ number: Int, bytes: Int, at place: Int, in file: inout [UInt8]) {
        for index in 0..<bytes { file[place + index] = UInt8(truncatingIfNeeded: number >> (8 * (bytes - 1 - index))) }
    }
}
