internal import CFFmpeg

/// Scales decoded frames to pictures, and brings their colours to the picture's form (BT.601, full range, for JPEG); sRGB.
/// Keeps its tables between calls as long as neither side changes.
///
/// High dynamic range is scaled in the recording's own coding and then tone-mapped. Of an interlaced frame the field that
/// is shown first is taken, the one that belongs to the frame's time: two fields together would show everything that
/// moves as a comb. Alpha is left out: what the recording's colours say is shown, as in any player without transparency.
@safe public final class Scaler {
    /// Speed or sharpness: tiles are scaled by the fastest way that keeps colours right, posters by the sharpest. The frames of a
    /// rendition, which are many, lie in between.
    public enum Quality: Hashable, Sendable {
        case tile, poster, rendition

        /// - Parameter widens: whether the target is as wide as the source or wider. There the quickest way would have swscale
        ///   write machine code at run time, which a sandboxed process must not. It is also for 8 bits only.
        func flags(widens: Bool, isHDR: Bool) -> CInt {
            switch self {
            case .tile: widens || isHDR ? CInt(SWS_BILINEAR) : CInt(SWS_FAST_BILINEAR)
            case .poster: CInt(SWS_BICUBIC)
            case .rendition: CInt(SWS_BILINEAR)
            }
        }
    }

    private struct Setup: Equatable {
        var width, height: CInt
        var format: AVPixelFormat
        var isFullRange: Bool
        var matrix: AVColorSpace
        var transfer: HDRTransfer?
        var target: [Int]
        var form: Picture.Form

        var coding: YCbCrCoding { YCbCrCoding(matrix: matrix, isFullRange: isFullRange) }

        /// Whether it is scaled in its own coding, which is rewritten in the small picture.
        var keepsCoding: Bool { transfer != nil || (format.isYCbCr && coding != form.coding) }
    }

    private let quality: Quality
    private var context: OpaquePointer?
    private var setup: Setup?
    /// For high dynamic range: what is scaled, before it is tone-mapped.
    private var wide: OwnedFrame?
    private var toneMapper: ToneMapper?
    /// For ordinary pictures in another coding than the target's.
    private var recoder: ColorRecoder?

    public init(_ quality: Quality) {
        self.quality = quality
        unsafe context = nil
    }

    deinit {
        unsafe sws_freeContext(context)
    }

    /// Fills the whole of `picture` with the frame.
    /// - Throws: `.unsupported` or `.other` for a pixel format that cannot be converted.
    public func scale(_ frame: Frame, into picture: Picture) throws(FFmpegError) {
        let fields = frame.isInterlaced ? 2 : 1
        let wanted = Setup(
            width: CInt(frame.width), height: CInt(frame.isInterlaced ? frame.height / 4 * 2 : frame.height), format: frame.pixelFormat,
            isFullRange: frame.isFullRange, matrix: frame.colorMatrix, transfer: frame.transfer, target: [picture.width, picture.height],
            form: picture.form)
        if wanted != setup {
            try prepare(wanted)
        }
        let source = unsafe frame.pointer
        let target = unsafe wide?.pointer ?? picture.pointer
        // Where the field begins, and how far its rows are apart.
        let first = unsafe fields == 2 && dailies_has_top_field_first(source) == 0 ? 1 : 0
        let rows = unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>?.self, capacity: 4) { data in
            unsafe withUnsafeTemporaryAllocation(of: CInt.self, capacity: 4) { strides in
                for plane in 0..<4 {
                    let stride = unsafe Self.strides(of: source)[plane]
                    let base = unsafe Self.planes(of: source)[plane]
                    unsafe strides[plane] = stride * CInt(fields)
                    unsafe data[plane] = base.map { unsafe UnsafePointer($0 + first * Int(stride)) }
                }
                return unsafe sws_scale(
                    context, data.baseAddress, strides.baseAddress, 0, wanted.height, Self.planes(of: target), Self.strides(of: target))
            }
        }
        guard rows > 0 else { throw FFmpegError(status: rows, operation: "scale a picture") }
        if let wide, let toneMapper {
            let coding = unsafe YCbCrCoding(matrix: source.pointee.colorspace, isFullRange: wanted.isFullRange)
            unsafe toneMapper.map(wide.pointer, coding, into: picture.pointer)
        }
        if let recoder { picture.recode(recoder) }
    }

    private func prepare(_ wanted: Setup) throws(FFmpegError) {
        setup = nil
        wide = nil
        unsafe sws_freeContext(context)
        unsafe context = sws_alloc_context()
        guard let context = unsafe context else { throw FFmpegError(.outOfMemory, operation: "scale a picture") }
        let options = unsafe UnsafeMutableRawPointer(context)
        let isHDR = wanted.transfer != nil
        // The size does not change, only the range may: the simplest algorithm gives the same result.
        let keepsPlaces =
            wanted.target == [Int(wanted.width), Int(wanted.height)] && [AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P].contains(wanted.format)
        let flags = keepsPlaces ? CInt(SWS_POINT) : quality.flags(widens: wanted.target[0] >= Int(wanted.width), isHDR: isHDR)
        let format = isHDR ? AV_PIX_FMT_YUV444P16LE : AV_PIX_FMT_YUV420P
        let targetRange: CInt = (wanted.keepsCoding ? wanted.isFullRange : wanted.form.isFullRange) ? 1 : 0
        let values: [(String, Int64)] = [
            ("srcw", Int64(wanted.width)), ("srch", Int64(wanted.height)), ("src_format", Int64(wanted.format.rawValue)),
            ("src_range", wanted.isFullRange ? 1 : 0), ("dstw", Int64(wanted.target[0])), ("dsth", Int64(wanted.target[1])),
            ("dst_format", Int64(format.rawValue)), ("dst_range", Int64(targetRange)),
            ("sws_flags", Int64(flags)),
        ]
        for (name, value) in values { unsafe av_opt_set_int(options, name, value, 0) }
        let status = unsafe sws_init_context(context, nil, nil)
        guard status >= 0 else { throw FFmpegError(status: status, operation: "scale a picture") }
        let unity: CInt = 1 << 16
        // swscale numbers matrices as decoders do.
        let matrix = unsafe sws_getCoefficients(CInt(wanted.matrix.rawValue))
        let targetMatrix = unsafe wanted.keepsCoding ? matrix : sws_getCoefficients(CInt(wanted.form.matrix.rawValue))
        unsafe sws_setColorspaceDetails(context, matrix, wanted.isFullRange ? 1 : 0, targetMatrix, targetRange, 0, unity, unity)
        if let transfer = wanted.transfer {
            wide = try OwnedFrame(width: wanted.target[0], height: wanted.target[1], format: format)
            if toneMapper?.transfer != transfer { toneMapper = ToneMapper(transfer) }
        }
        recoder = wanted.keepsCoding && !isHDR ? ColorRecoder(from: wanted.coding, to: wanted.form.coding) : nil
        setup = wanted
    }

    private static func planes(of frame: UnsafeMutablePointer<AVFrame>) -> UnsafePointer<UnsafeMutablePointer<UInt8>?> {
        unsafe UnsafeRawPointer(frame).advanced(by: MemoryLayout<AVFrame>.offset(of: \.data) ?? 0)
            .assumingMemoryBound(to: UnsafeMutablePointer<UInt8>?.self)
    }

    private static func strides(of frame: UnsafeMutablePointer<AVFrame>) -> UnsafePointer<CInt> {
        unsafe UnsafeRawPointer(frame).advanced(by: MemoryLayout<AVFrame>.offset(of: \.linesize) ?? 0).assumingMemoryBound(to: CInt.self)
    }
}

extension Picture.Form {
    fileprivate var matrix: AVColorSpace { colors == .bt709 ? AVCOL_SPC_BT709 : AVCOL_SPC_BT470BG }
    fileprivate var coding: YCbCrCoding { YCbCrCoding(matrix: matrix, isFullRange: isFullRange) }
}

extension AVPixelFormat {
    /// Brightness and two colour differences, of whatever depth and arrangement.
    fileprivate var isYCbCr: Bool {
        guard let description = unsafe av_pix_fmt_desc_get(self) else { return false }
        let others = UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL)
        return unsafe description.pointee.flags & others == 0 && description.pointee.nb_components >= 3
    }
}
