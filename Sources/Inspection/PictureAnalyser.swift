internal import FFmpeg
internal import Recordings

/// Decodes keyframes, each by itself, and feeds everything that looks at pictures: sizes, storyboard, poster, quality.
final class PictureAnalyser {
    /// One decoded keyframe.
    struct Sample {
        var time: Microseconds
        var quality: PictureQuality
        /// From the sample before; `nil` for the first, and where the size changed in between.
        var difference: PictureDifference?
    }

    struct Size: Equatable {
        var time: Microseconds
        var width: Int
        var height: Int
    }

    private struct Candidate {
        var time: Microseconds
        var score: Double
        var frame: Frame
    }

    /// When a sheet is full, keyframes nearer than this to the last decoded one are passed over.
    private static let sampleDistance: Microseconds = 1_000_000
    private static let maxSizes = 1_000

    private let stream: StreamInfo
    private let decoder: Decoder
    private let maxPixels: Int
    private var frame: Frame
    private let scaler = Scaler(.tile)
    private var previous: Picture?
    private var poster: Candidate?
    private(set) var sheet: StoryboardSheet?
    private(set) var samples: [Sample] = []
    /// Of the shown keyframes, in order.
    private(set) var sizes: [Size] = []
    /// Of a hidden keyframe, from which the first shown frames are predicted.
    private(set) var hidden: Size?
    private(set) var sampleAspect: Double?
    private(set) var bitDepth: Int?
    private(set) var transfer: HDRTransfer?
    private(set) var decodedPackets = 0
    private(set) var failedPackets = 0
    /// A picture was larger than it may be.
    private(set) var exceedsPixels = false

    init(stream: StreamInfo, of demuxer: Demuxer, maxPixels: Int) throws(FFmpegError) {
        self.stream = stream
        self.maxPixels = maxPixels
        decoder = try Decoder(stream: stream.index, of: demuxer, maxPixels: maxPixels)
        frame = try Frame()
        sampleAspect = stream.sampleAspect
        bitDepth = stream.bitDepth
        transfer = stream.transfer
    }

    /// Decodes a keyframe. What cannot be decoded is counted.
    /// - Parameter isShown: `false` for one that an edit list hides: it tells what the stream is, and is no picture of it.
    func add(_ packet: Packet, isShown: Bool) {
        guard let time = packet.time else { return }
        guard isShown else { return learn(from: packet) }
        let wantsTile = sheet?.wantsNext() ?? true
        if !wantsTile, let last = samples.last?.time, abs(time - last) < Self.sampleDistance { return }
        decodedPackets += 1
        do {
            guard try decoder.decodeAlone(packet, into: frame), !frame.isDamaged, frame.width > 0, frame.height > 0 else {
                failedPackets += 1
                return
            }
            try look(at: time, wantsTile: wantsTile)
        } catch {
            failedPackets += 1
            if error.code == .tooManyPixels { exceedsPixels = true }
        }
    }

    private func learn(from packet: Packet) {
        guard let isDecoded = try? decoder.decodeAlone(packet, into: frame), isDecoded, frame.width > 0, frame.height > 0 else { return }
        hidden = Size(time: packet.time ?? 0, width: frame.width, height: frame.height)
        bitDepth = frame.bitDepth ?? bitDepth
        transfer = transfer ?? frame.transfer
        sampleAspect = stream.sampleAspect ?? frame.sampleAspect
    }

    /// The best picture so far, scaled and turned; `nil` when none could be decoded.
    func renderPoster() throws(FFmpegError) -> (picture: Picture, time: Microseconds)? {
        guard let poster else { return nil }
        let shown = geometry(of: poster.frame).fitted(side: TileGeometry.posterSide, even: false)
        let size = shown.unturned(stream.orientation)
        let picture = try Picture(width: size.width, height: size.height)
        try Scaler(.poster).scale(poster.frame, into: picture)
        return (try picture.turned(stream.orientation), poster.time)
    }

    private func geometry(of frame: Frame) -> TileGeometry {
        TileGeometry(
            codedWidth: frame.width, codedHeight: frame.height, sampleAspect: frame.sampleAspect ?? stream.sampleAspect,
            orientation: stream.orientation)
    }

    private func look(at time: Microseconds, wantsTile: Bool) throws(FFmpegError) {
        let isFirst = sizes.isEmpty
        if isFirst {
            sampleAspect = stream.sampleAspect ?? frame.sampleAspect
            bitDepth = frame.bitDepth ?? bitDepth
        }
        transfer = transfer ?? frame.transfer
        let changesSize = sizes.last.map { $0.width != frame.width || $0.height != frame.height } ?? true
        if changesSize, sizes.count < Self.maxSizes {
            sizes.append(Size(time: time, width: frame.width, height: frame.height))
        }
        let shown = geometry(of: frame)
        let size = sheet?.size ?? shown.fitted(side: TileGeometry.tileSide, even: true)
        if sheet == nil {
            sheet = StoryboardSheet(size: size)
            _ = sheet?.wantsNext()
        }
        let fitted = shown.fitted(size, even: true)
        let unturned = fitted.unturned(stream.orientation)
        let small = try Picture(width: unturned.width, height: unturned.height)
        try scaler.scale(frame, into: small)
        let quality = PictureQuality(tile: small, frame: frame)
        let comparable = changesSize ? nil : previous
        samples.append(Sample(time: time, quality: quality, difference: comparable.map { PictureDifference($0, small) }))
        previous = small
        if wantsTile { sheet?.add(StoryboardSheet.Tile(time: time, picture: try framed(small, fitted, in: size))) }
        if quality.score > (poster?.score ?? -1) {
            try keepAsPoster(time: time, score: quality.score)
        }
    }

    /// The tile turned, and centred on black where its shape differs from the sheet's.
    private func framed(_ small: Picture, _ fitted: TileGeometry, in size: TileGeometry) throws(FFmpegError) -> Picture {
        let turned = try small.turned(stream.orientation)
        guard fitted != size else { return turned }
        let tile = try Picture(width: size.width, height: size.height)
        tile.place(turned, x: (size.width - fitted.width) / 4 * 2, y: (size.height - fitted.height) / 4 * 2)
        return tile
    }

    /// Holds on to the decoder's own pixels: only the best candidate is ever scaled to a poster's size.
    private func keepAsPoster(time: Microseconds, score: Double) throws(FFmpegError) {
        let kept: Frame
        if let poster { kept = poster.frame } else { kept = try Frame() }
        try kept.share(frame)
        poster = Candidate(time: time, score: score, frame: kept)
    }
}
