internal import CFFmpeg

/// A picture of our own making, in the one form that JPEG files carry: 4:2:0, full range.
@safe public final class Picture {
    let pointer: UnsafeMutablePointer<AVFrame>
    public let width: Int
    public let height: Int
    /// Brightness and the two colour planes.
    private let planes: [PixelPlane]

    /// Black. Sides are at least 1.
    public init(width: Int, height: Int) throws(FFmpegError) {
        guard let frame = unsafe av_frame_alloc() else { throw FFmpegError(.outOfMemory, operation: "hold a picture") }
        self.width = width
        self.height = height
        unsafe frame.pointee.format = AV_PIX_FMT_YUVJ420P.rawValue
        unsafe frame.pointee.width = CInt(width)
        unsafe frame.pointee.height = CInt(height)
        unsafe frame.pointee.color_range = AVCOL_RANGE_JPEG
        unsafe frame.pointee.colorspace = AVCOL_SPC_BT470BG
        let status = unsafe av_frame_get_buffer(frame, 0)
        guard status >= 0, let luma = unsafe frame.pointee.data.0, let blue = unsafe frame.pointee.data.1,
            let red = unsafe frame.pointee.data.2
        else {
            var unused: UnsafeMutablePointer<AVFrame>? = unsafe frame
            unsafe av_frame_free(&unused)
            throw FFmpegError(status: status, operation: "hold a picture")
        }
        unsafe pointer = frame
        let strides = unsafe frame.pointee.linesize
        let (half, low) = ((width + 1) / 2, (height + 1) / 2)
        unsafe planes = [
            PixelPlane(base: luma, stride: Int(strides.0), width: width, height: height),
            PixelPlane(base: blue, stride: Int(strides.1), width: half, height: low),
            PixelPlane(base: red, stride: Int(strides.2), width: half, height: low),
        ]
        for index in unsafe planes.indices {
            let plane = unsafe planes[index]
            unsafe plane.base.update(repeating: index == 0 ? 0 : 128, count: plane.stride * plane.height)
        }
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = unsafe pointer
        unsafe av_frame_free(&frame)
    }

    /// Lends the brightness plane.
    public func withLuma<Result>(_ body: (PixelPlane) -> Result) -> Result {
        unsafe body(planes[0])
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

    /// The picture turned clockwise by 90, 180 or 270 degrees.
    public func turned(by degrees: Int) throws(FFmpegError) -> Picture {
        guard degrees != 0 else { return self }
        let sideways = degrees % 180 != 0
        let result = try Picture(width: sideways ? height : width, height: sideways ? width : height)
        for index in 0..<3 {
            let from = unsafe planes[index]
            let to = unsafe result.planes[index]
            // Where the first pixel of the result's first row lies, and the steps along its rows and columns.
            let (start, along, down): (Int, Int, Int)
            switch degrees {
            case 90: unsafe (start, along, down) = ((from.height - 1) * from.stride, -from.stride, 1)
            case 180: unsafe (start, along, down) = ((from.height - 1) * from.stride + from.width - 1, -1, -from.stride)
            default: unsafe (start, along, down) = (from.width - 1, from.stride, -1)
            }
            for row in unsafe 0..<to.height {
                for column in unsafe 0..<to.width {
                    unsafe to.base[row * to.stride + column] = from.base[start + row * down + column * along]
                }
            }
        }
        return result
    }
}
