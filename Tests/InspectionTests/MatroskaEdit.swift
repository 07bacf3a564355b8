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
}
