internal import CFFmpeg

extension Frame {
    /// Whether it holds two fields of different times. Its fields have half its height, in whole rows of colour.
    var isInterlaced: Bool { unsafe dailies_is_interlaced(pointer) != 0 && height >= 4 }

    /// Full range by its tag or by its format; everything else counts as video range.
    var isFullRange: Bool {
        unsafe pointer.pointee.color_range == AVCOL_RANGE_JPEG
            || [AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P].contains(pixelFormat)
    }

    /// The form of video that is nearest to the frame's own, so that most frames keep their colours as they are.
    public var videoForm: Picture.Form {
        .video([AVCOL_SPC_BT709, AVCOL_SPC_BT2020_NCL].contains(colorMatrix) ? .bt709 : .bt601)
    }

    /// The frame's colour matrix, one of four. Untagged pictures are BT.709 from 720 lines on, which is how players guess as well.
    var colorMatrix: AVColorSpace {
        switch unsafe pointer.pointee.colorspace {
        case AVCOL_SPC_BT709: AVCOL_SPC_BT709
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: AVCOL_SPC_BT2020_NCL
        case AVCOL_SPC_SMPTE240M: AVCOL_SPC_SMPTE240M
        case AVCOL_SPC_UNSPECIFIED: height >= 720 ? AVCOL_SPC_BT709 : AVCOL_SPC_BT470BG
        default: AVCOL_SPC_BT470BG
        }
    }
}
