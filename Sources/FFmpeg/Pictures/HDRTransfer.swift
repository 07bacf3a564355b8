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
