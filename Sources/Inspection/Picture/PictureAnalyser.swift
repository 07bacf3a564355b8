internal import FFmpeg
internal import Recordings

/// Decodes keyframes, each by itself, and takes the pictures that `ForwardDecoding` finds between them. From both it gets sizes,
/// storyboard, poster and quality.
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

    /// When a sheet is full, keyframes nearer than this to the last decoded one are skipped.
    private static let sampleDistance: Microseconds = 1_000_000
    /// One less than a report may have: a keyframe that an edit list hides may add one.
    private static let maxSizes = VideoTrack.sizesAtMost - 1

    private let stream: StreamInfo
    private let decoder: Decoder
    private let maxPixels: Int
    private var frame: Frame
    private let scaler = Scaler(.tile)
    private var previous: Picture?
    private var poster: Candidate?
    /// The picture before, in the stretch that is decoded forward.
    private var previousForward: Picture?
    private(set) var sheet: StoryboardSheet?
    private(set) var keyframes = KeyframeGaps()
    /// In the order of time.
    private(set) var samples: [Sample] = []
    /// The sizes of the shown keyframes, in order.
    private(set) var sizes: [Size] = []
    /// The size of a hidden keyframe, from which the first shown frames are predicted.
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
    /// - Parameter isShown: `false` for a keyframe that an edit list hides: it shows what the stream is, but is no picture of the answer.
    func add(_ packet: Packet, isShown: Bool) {
        guard let time = packet.time else { return }
        keyframes.add(time, isShown: isShown)
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
        let shown = geometry(of: poster.frame).fitted(side: Poster.longestSide, even: false)
        let size = shown.unturned(stream.orientation)
        let picture = try Picture(width: size.width, height: size.height)
        try Scaler(.poster).scale(poster.frame, into: picture)
        return (try picture.turned(stream.orientation), poster.time)
    }

    private func geometry(of frame: Frame) -> DisplayedSize {
        DisplayedSize(
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
        let view = try view(of: frame)
        let comparable = changesSize ? nil : previous
        previous = view.small
        try take(view, of: frame, at: time, after: comparable)
        if sheet?.tiles.isEmpty ?? true { _ = sheet?.wantsNext() }
        guard wantsTile else { return }
        let tile = StoryboardSheet.Tile(time: time, picture: try framed(view))
        sheet?.add(tile)
    }

    // MARK: Between keyframes

    /// Sets the keyframe from which the next pictures are decoded forward. It was analysed before; they are compared with it.
    func compare(from frame: Frame) throws(FFmpegError) {
        previousForward = try view(of: frame).small
    }

    /// Takes a picture that was decoded forward.
    func fill(with frame: Frame, at time: Microseconds) throws(FFmpegError) {
        let view = try view(of: frame)
        let comparable = previousForward.flatMap { $0.width == view.small.width && $0.height == view.small.height ? $0 : nil }
        previousForward = view.small
        try take(view, of: frame, at: time, after: comparable)
        let tile = StoryboardSheet.Tile(time: time, picture: try framed(view))
        sheet?.fill(tile)
    }

    /// Counts a packet that was decoded forward.
    func count(isFailed: Bool) {
        if isFailed { failedPackets += 1 } else { decodedPackets += 1 }
    }

    // MARK: One picture

    /// A frame as small as a tile, in its coded orientation.
    private struct View {
        var small: Picture
        var fitted: DisplayedSize
    }

    private func view(of frame: Frame) throws(FFmpegError) -> View {
        let shown = geometry(of: frame)
        let size = sheet?.size ?? shown.fitted(side: Storyboard.longestTileSide, even: true)
        if sheet == nil { sheet = StoryboardSheet(size: size) }
        let fitted = shown.fitted(size, even: true)
        let unturned = fitted.unturned(stream.orientation)
        let small = try Picture(width: unturned.width, height: unturned.height)
        try scaler.scale(frame, into: small)
        return View(small: small, fitted: fitted)
    }

    private func take(_ view: View, of frame: Frame, at time: Microseconds, after previous: Picture?) throws(FFmpegError) {
        let quality = PictureQuality(tile: view.small, frame: frame)
        let sample = Sample(time: time, quality: quality, difference: previous.map { PictureDifference($0, view.small) })
        samples.insert(sample, at: samples.lastIndex { $0.time <= time }.map { $0 + 1 } ?? 0)
        if quality.score > (poster?.score ?? -1) { try keepAsPoster(frame, time: time, score: quality.score) }
    }

    /// The tile turned, and centred on black where its shape differs from the sheet's.
    private func framed(_ view: View) throws(FFmpegError) -> Picture {
        let turned = try view.small.turned(stream.orientation)
        guard let size = sheet?.size, view.fitted != size else { return turned }
        let tile = try Picture(width: size.width, height: size.height)
        tile.place(turned, x: (size.width - view.fitted.width) / 4 * 2, y: (size.height - view.fitted.height) / 4 * 2)
        return tile
    }

    /// Shares the decoder's pixels: only the best candidate is scaled to a poster's size.
    private func keepAsPoster(_ frame: Frame, time: Microseconds, score: Double) throws(FFmpegError) {
        let kept: Frame
        if let poster { kept = poster.frame } else { kept = try Frame() }
        try kept.share(frame)
        poster = Candidate(time: time, score: score, frame: kept)
    }
}
