internal import CFFmpeg

/// The codecs that are decoded, each by one named decoder of FFmpeg. A recording in any other codec still has a packet
/// table, but none of its bytes reach a decoder.
enum DecoderWhitelist {
    /// Software decoders without threads of their own; hardware wrappers would open devices.
    private static let names: [(AVCodecID, String)] = [
        (AV_CODEC_ID_VP8, "vp8"), (AV_CODEC_ID_VP9, "vp9"), (AV_CODEC_ID_AV1, "libdav1d"), (AV_CODEC_ID_H264, "h264"),
        (AV_CODEC_ID_HEVC, "hevc"), (AV_CODEC_ID_MPEG4, "mpeg4"), (AV_CODEC_ID_H263, "h263"), (AV_CODEC_ID_MJPEG, "mjpeg"),
        (AV_CODEC_ID_MPEG1VIDEO, "mpeg1video"), (AV_CODEC_ID_MPEG2VIDEO, "mpeg2video"), (AV_CODEC_ID_THEORA, "theora"),
        (AV_CODEC_ID_OPUS, "opus"), (AV_CODEC_ID_VORBIS, "vorbis"), (AV_CODEC_ID_AAC, "aac"), (AV_CODEC_ID_MP3, "mp3float"),
        (AV_CODEC_ID_MP2, "mp2float"), (AV_CODEC_ID_ADPCM_MS, "adpcm_ms"), (AV_CODEC_ID_ADPCM_IMA_WAV, "adpcm_ima_wav"),
        (AV_CODEC_ID_FLAC, "flac"), (AV_CODEC_ID_ALAC, "alac"), (AV_CODEC_ID_AC3, "ac3"), (AV_CODEC_ID_EAC3, "eac3"),
        (AV_CODEC_ID_AMR_NB, "amrnb"), (AV_CODEC_ID_AMR_WB, "amrwb"),
        (AV_CODEC_ID_PCM_S16LE, "pcm_s16le"), (AV_CODEC_ID_PCM_S16BE, "pcm_s16be"), (AV_CODEC_ID_PCM_S24LE, "pcm_s24le"),
        (AV_CODEC_ID_PCM_U8, "pcm_u8"), (AV_CODEC_ID_PCM_S24BE, "pcm_s24be"), (AV_CODEC_ID_PCM_S32LE, "pcm_s32le"),
        (AV_CODEC_ID_PCM_S32BE, "pcm_s32be"), (AV_CODEC_ID_PCM_F32BE, "pcm_f32be"), (AV_CODEC_ID_PCM_F64LE, "pcm_f64le"),
        (AV_CODEC_ID_PCM_F32LE, "pcm_f32le"), (AV_CODEC_ID_PCM_ALAW, "pcm_alaw"), (AV_CODEC_ID_PCM_MULAW, "pcm_mulaw"),
    ]

    static var all: [AVCodecID] { names.map(\.0) }

    /// For FFmpeg's own `codec_whitelist`, which also binds the decoders that stream probing opens.
    static let option = names.map(\.1).joined(separator: ",")

    static func decoder(for codec: AVCodecID) -> UnsafePointer<AVCodec>? {
        guard let name = names.first(where: { $0.0 == codec })?.1 else { return nil }
        return unsafe avcodec_find_decoder_by_name(name)
    }
}
