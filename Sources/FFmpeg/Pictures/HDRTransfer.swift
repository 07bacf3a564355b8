internal import CFFmpeg

/// The two ways of ITU-R BT.2100 to code brightness beyond what ordinary screens show.
public enum HDRTransfer: Hashable, Sendable {
    /// Perceptual quantisation (SMPTE ST 2084): absolute, up to 10,000 cd/m². HDR10, and what Dolby Vision is built on.
    case pq
    /// Hybrid log-gamma (ARIB STD-B67): relative to the screen. What phones record.
    case hlg

    init?(_ characteristic: AVColorTransferCharacteristic) {
        switch characteristic {
        case AVCOL_TRC_SMPTE2084: self = .pq
        case AVCOL_TRC_ARIB_STD_B67: self = .hlg
        default: return nil
        }
    }
}

/// What a container says of a Dolby Vision stream.
public struct DolbyVision: Hashable, Sendable {
    public var profile: Int
    /// Whether a decoder that knows nothing of Dolby Vision sees right colours: an HLG, PQ or SDR picture that is refined by
    /// the metadata beside it. Phones record such (profile 8.4). Profile 5, and 10 without a compatibility number, have none:
    /// their colours are in an encoding of Dolby's own, and their brightness is PQ.
    public var hasCompatibleBase: Bool

    init?(_ stream: UnsafePointer<AVStream>) {
        guard let record = unsafe dailies_dolby_vision(stream) else { return nil }
        profile = unsafe Int(record.pointee.dv_profile)
        unsafe hasCompatibleBase = record.pointee.dv_bl_signal_compatibility_id != 0 || ![5, 10].contains(profile)
    }
}
