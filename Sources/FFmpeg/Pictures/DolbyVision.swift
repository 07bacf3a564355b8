internal import CFFmpeg

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
