internal import FFmpeg

/// The size in which a coded frame is shown: stretched to square pixels, turned, and fitted into a box.
struct DisplayedSize: Equatable {
    /// As displayed: after sample aspect ratio and rotation.
    var width: Int
    var height: Int

    /// The displayed size of a coded frame. Like players do, a sample aspect ratio changes the width and keeps the height.
    init(codedWidth: Int, codedHeight: Int, sampleAspect: Double?, orientation: Orientation) {
        let stretched = max(1, Int((Double(codedWidth) * (sampleAspect ?? 1)).rounded()))
        (width, height) = orientation.isSideways ? (codedHeight, stretched) : (stretched, codedHeight)
    }

    private init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The largest size of the same shape within a square, never larger than it is; even sides if asked, for sheets.
    func fitted(side: Int, even: Bool) -> DisplayedSize {
        fitted(DisplayedSize(width: side, height: side), even: even)
    }

    func fitted(_ box: DisplayedSize, even: Bool) -> DisplayedSize {
        let scale = min(1, Double(box.width) / Double(width), Double(box.height) / Double(height))
        func side(_ length: Int) -> Int {
            let scaled = Double(length) * scale
            return even ? max(2, Int((scaled / 2).rounded()) * 2) : max(1, Int(scaled.rounded()))
        }
        return DisplayedSize(width: min(side(width), max(box.width, 2)), height: min(side(height), max(box.height, 2)))
    }

    /// The size before it is turned.
    func unturned(_ orientation: Orientation) -> DisplayedSize {
        orientation.isSideways ? DisplayedSize(width: height, height: width) : self
    }
}
