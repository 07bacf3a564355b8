internal import CFFmpeg

/// A picture that Dailies makes, 4:2:0 with 8 bits.
@safe public final class Picture {
    /// How its bytes code brightness and colour.
    public struct Form: Hashable, Sendable {
        public enum Colors: Hashable, Sendable {
            case bt601, bt709
        }

        public var isFullRange: Bool
        public var colors: Colors

        /// The one form that JPEG files carry.
        public static let jpeg = Form(isFullRange: true, colors: .bt601)
        /// What players expect of a video.
        public static func video(_ colors: Colors) -> Form { Form(isFullRange: false, colors: colors) }

        var black: UInt8 { isFullRange ? 0 : 16 }
    }

    private let frame: OwnedFrame
    var pointer: UnsafeMutablePointer<AVFrame> { unsafe frame.pointer }
    public let width: Int
    public let height: Int
    public let form: Form
    /// Brightness and the two colour planes.
    private let planes: [PixelPlane]

    /// Black. Sides are at least 1.
    public init(width: Int, height: Int, form: Form = .jpeg) throws(FFmpegError) {
        self.width = width
        self.height = height
        self.form = form
        frame = try OwnedFrame(width: width, height: height, format: form.isFullRange ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P)
        let frame = unsafe frame.pointer
        unsafe frame.pointee.color_range = form.isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        unsafe frame.pointee.colorspace = form.colors == .bt709 ? AVCOL_SPC_BT709 : AVCOL_SPC_BT470BG
        guard let luma = unsafe frame.pointee.data.0, let blue = unsafe frame.pointee.data.1, let red = unsafe frame.pointee.data.2 else {
            throw FFmpegError(.outOfMemory, operation: "hold a picture")
        }
        let strides = unsafe frame.pointee.linesize
        let (half, low) = ((width + 1) / 2, (height + 1) / 2)
        unsafe planes = [
            PixelPlane(base: luma, stride: Int(strides.0), width: width, height: height),
            PixelPlane(base: blue, stride: Int(strides.1), width: half, height: low),
            PixelPlane(base: red, stride: Int(strides.2), width: half, height: low),
        ]
        for index in unsafe planes.indices {
            let plane = unsafe planes[index]
            unsafe plane.base.update(repeating: index == 0 ? form.black : 128, count: plane.stride * plane.height)
        }
    }

    /// Lends the brightness plane.
    public func withLuma<Result>(_ body: (PixelPlane) -> Result) -> Result {
        unsafe body(planes[0])
    }

    /// Rewrites its bytes, which `Scaler` left in another coding, in its own coding.
    func recode(_ recoder: ColorRecoder) {
        unsafe recoder.recode(planes[0], planes[1], planes[2])
    }

    /// Copies the whole of `picture` to the position. Both coordinates are even, because colour is shared by 2x2 pixels; what
    /// would lie outside is cut off.
    public func place(_ picture: Picture, x: Int, y: Int) {
        for index in 0..<3 {
            let from = unsafe picture.planes[index]
            let to = unsafe planes[index]
            let left = index == 0 ? x : x / 2
            let top = index == 0 ? y : y / 2
            let columns = unsafe min(from.width, to.width - left)
            let rows = unsafe min(from.height, to.height - top)
            guard columns > 0, rows > 0 else { continue }
            for row in 0..<rows {
                unsafe (to.base + (top + row) * to.stride + left).update(from: from.base + row * from.stride, count: columns)
            }
        }
    }

    /// The picture as it is shown: mirrored and turned.
    public func turned(_ orientation: Orientation) throws(FFmpegError) -> Picture {
        guard orientation != .upright else { return self }
        let isSideways = orientation.isSideways
        let result = try Picture(width: isSideways ? height : width, height: isSideways ? width : height, form: form)
        for index in 0..<3 {
            let from = unsafe planes[index]
            let to = unsafe result.planes[index]
            // The source's column and row that the result's first pixel shows, and how they change along its rows and columns.
            let (right, bottom) = unsafe (from.width - 1, from.height - 1)
            var (x, y, along, down): (Int, Int, (x: Int, y: Int), (x: Int, y: Int))
            switch orientation.rotation {
            case 90: (x, y, along, down) = (0, bottom, (0, -1), (1, 0))
            case 180: (x, y, along, down) = (right, bottom, (-1, 0), (0, -1))
            case 270: (x, y, along, down) = (right, 0, (0, 1), (-1, 0))
            default: (x, y, along, down) = (0, 0, (1, 0), (0, 1))
            }
            if orientation.isMirrored { (x, along.x, down.x) = (right - x, -along.x, -down.x) }
            let start = unsafe y * from.stride + x
            let (rowStep, columnStep) = unsafe (down.y * from.stride + down.x, along.y * from.stride + along.x)
            for row in unsafe 0..<to.height {
                for column in unsafe 0..<to.width {
                    unsafe to.base[row * to.stride + column] = from.base[start + row * rowStep + column * columnStep]
                }
            }
        }
        return result
    }
}
