import ForeignText

extension InputFormat {
    /// How many of the first bytes are looked at.
    public static let headBytes = 4096

    /// Names the container by its first bytes, without asking any demuxer.
    ///
    /// Containers that begin with a word of their own are known by it. Those that are a row of frames or packets are known by several
    /// in a row, each where the one before it ends.
    /// - Parameters:
    ///   - head: the first `headBytes` of the file, or all of a shorter one.
    ///   - more: as many bytes from another place in the file; asked for what stands behind a tag (ID3) in front of sound.
    public init?<Failure: Error>(head: [UInt8], more: (Int64) throws(Failure) -> [UInt8]) throws(Failure) {
        if let tag = ID3Tag(head) {
            guard let format = Self.framed(try more(tag.byteCount)) else { return nil }
            self = format
        } else if let format = Self.named(head) ?? Self.packets(head) ?? Self.framed(head) {
            self = format
        } else {
            return nil
        }
    }

    /// Whether this is a later piece of a live recording, whose header came in a piece before it: a Matroska cluster, or an MP4 fragment.
    public static func isLaterPiece(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x1F, 0x43, 0xB6, 0x75]) || [styledType, fragment, fragmentIndex].contains(Array(head.dropFirst(4).prefix(4)))
    }

    private static func named(_ head: [UInt8]) -> InputFormat? {
        let (first, second, third) = (head.prefix(4), Array(head.dropFirst(4).prefix(4)), head.dropFirst(8).prefix(4))
        if first.elementsEqual([0x1A, 0x45, 0xDF, 0xA3]) { return matroskaKind(head) }
        if movieBoxes.contains(second) { return second == fileType ? movieKind(brand: third) : .mp4 }
        if first.elementsEqual("OggS".utf8) { return .ogg }
        if let spoken = [InputFormat.amr, .amrWideband].first(where: { head.starts(with: $0.opening) }) { return spoken }
        guard first.elementsEqual("RIFF".utf8) else { return nil }
        return third.elementsEqual("AVI ".utf8) ? .avi : third.elementsEqual("WAVE".utf8) ? .wav : nil
    }

    private static let fileType = Array("ftyp".utf8)
    private static let styledType = Array("styp".utf8)
    private static let fragment = Array("moof".utf8)
    private static let fragmentIndex = Array("sidx".utf8)
    /// What an ISO base media or QuickTime file may begin with; the older ones have no `ftyp`.
    private static let movieBoxes = [fileType, styledType, fragment, fragmentIndex] + ["moov", "wide", "mdat"].map { Array($0.utf8) }

    private static func movieKind(brand: ArraySlice<UInt8>) -> InputFormat {
        switch String(decoding: brand, as: UTF8.self) {
        case "qt  ": .mov
        case "M4A ", "M4B ": .m4a
        case let brand where brand.begins(with: "3g"): .threeGP
        default: .mp4
        }
    }

    /// The EBML header's DocType (element 0x4282) tells WebM from Matroska. A header cut before it counts as Matroska.
    private static func matroskaKind(_ head: [UInt8]) -> InputFormat? {
        let scanned = head.prefix(128)
        for at in scanned.indices.dropLast(3) where scanned[at] == 0x42 && scanned[at + 1] == 0x82 {
            let length = Int(scanned[at + 2] & 0x7F)
            let name = scanned[(at + 3)...].prefix(length)
            if name.elementsEqual("webm".utf8) { return .webm }
            return name.elementsEqual("matroska".utf8) || name.count < length ? .matroska : nil
        }
        return .matroska
    }

    /// Five packets of a transport stream in a row, or as many as a short file has, but two.
    private static func packets(_ head: [UInt8]) -> InputFormat? {
        guard let grid = TransportGrid(head) else { return nil }
        let starts = Array(stride(from: grid.syncOffset, to: head.count, by: grid.stride).prefix(5))
        return starts.count > 1 && starts.allSatisfy { head[$0] == TransportGrid.sync } ? .mpegts : nil
    }

    /// Two frames of sound, the second exactly behind the first, or one that is all there is.
    private static func framed(_ bytes: [UInt8]) -> InputFormat? {
        for format in [InputFormat.mp3, .aac] {
            guard let length = format.frameByteCount(bytes[...]) else { continue }
            if length >= bytes.count || format.frameByteCount(bytes[length...]) != nil { return format }
        }
        return nil
    }

    /// How many bytes `frameByteCount` looks at; 0 for what is not made of such frames.
    public var frameHeadByteCount: Int {
        switch self {
        case .mp3: MPEGAudioHeader.byteCount
        case .aac: ADTSHeader.byteCount
        case .amr, .amrWideband: AMRFrame.headByteCount
        default: 0
        }
    }

    /// The length of the frame of sound that begins with these bytes, by its own header; `nil` when none begins there, or its
    /// header is not all there.
    public func frameByteCount(_ bytes: ArraySlice<UInt8>) -> Int? {
        switch self {
        case .mp3: MPEGAudioHeader(bytes)?.byteCount
        case .aac: ADTSHeader(bytes)?.byteCount
        case .amr, .amrWideband: AMRFrame(bytes, isWideband: self == .amrWideband)?.byteCount
        default: nil
        }
    }
}
