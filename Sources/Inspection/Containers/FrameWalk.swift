internal import FFmpeg

/// Walks over the frames of MP3, AAC and AMR without a container. Each frame's header gives its length, and so the place of the next. The
/// first frame of an MP3 may hold a table of contents that says how many frames and bytes there are.
enum FrameWalk {
    static func structure(_ window: inout ByteWindow, format: InputFormat) throws(InspectionError) -> ContainerStructure {
        var result = ContainerStructure()
        var at = ID3Tag(Array(try window.read(ID3Tag.headByteCount, at: 0)))?.byteCount ?? Int64(format.opening.count)
        let contents = format == .mp3 ? try Contents(&window, at: at) : nil
        let headBytes = format.frameHeadByteCount
        var frames = 0
        while at < window.size {
            let head = try window.read(headBytes, at: at)
            var found = format.frameByteCount(head)
            if found == nil { found = try tagLength(&window, at: at) }
            guard let length = found else {
                let isHead = head.count < headBytes && head.first == 0xFF
                if isHead { result.isCutShort = true } else { result.damagedAt = at }
                return result
            }
            guard at + Int64(length) <= window.size else {
                result.isCutShort = true
                result.promisedBytes = max(contents?.end ?? 0, at + Int64(length))
                return result
            }
            frames += 1
            at += Int64(length)
        }
        if let contents, (contents.end ?? 0) > window.size || (contents.end == nil && (contents.frames ?? 0) > frames) {
            result.isCutShort = true
            result.promisedBytes = contents.end
        }
        return result
    }

    /// The length of a tag behind the sound: ID3v1 has 128 bytes, the other kinds say their length.
    private static func tagLength(_ window: inout ByteWindow, at offset: Int64) throws(InspectionError) -> Int? {
        let head = Array(try window.read(32, at: offset))
        if head.starts(with: "TAG".utf8) { return 128 }
        if let tag = ID3Tag(head) { return Int(tag.byteCount) }
        // An APE tag's size leaves out its header. A tag without a header has only a footer, which cannot be found from the tag's start.
        guard head.count == 32, head.starts(with: "APETAGEX".utf8) else { return nil }
        return 32 + head[12..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// The table of contents (`Xing`, or `Info` where the bit rate is constant).
    private struct Contents {
        var frames: Int?
        /// Where the sound ends.
        var end: Int64?

        init?(_ window: inout ByteWindow, at start: Int64) throws(InspectionError) {
            guard let header = MPEGAudioHeader(try window.read(MPEGAudioHeader.byteCount, at: start)) else { return nil }
            let table = Array(try window.read(16, at: start + Int64(MPEGAudioHeader.byteCount + header.sideInformationBytes)))
            guard table.count == 16, ["Xing", "Info"].contains(String(decoding: table[..<4], as: UTF8.self)) else { return nil }
            func number(_ at: Int) -> Int { table[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
            let (hasFrames, hasBytes) = (table[7] & 1 != 0, table[7] & 2 != 0)
            frames = hasFrames ? number(8) : nil
            end = hasBytes ? start + Int64(number(hasFrames ? 12 : 8)) : nil
        }
    }
}
