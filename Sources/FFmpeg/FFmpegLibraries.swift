internal import CFFmpeg

/// The process-wide state of FFmpeg's libraries.
public enum FFmpegLibraries {
    /// Builds the tables that decoders share and would otherwise build on first use, and takes over the log.
    public static func warmUp() {
        LogLines.capture()
        // FFmpeg counts processors and detects CPU features once; on some systems the former reads a file.
        _ = av_cpu_count()
        _ = av_get_cpu_flags()
        for codec in DecoderWhitelist.all {
            guard let decoder = unsafe DecoderWhitelist.decoder(for: codec) else { continue }
            var context = unsafe avcodec_alloc_context3(decoder)
            unsafe context?.pointee.thread_count = 1
            // Some refuse to open without a header; their tables are built by then, or cost nothing.
            unsafe avcodec_open2(context, decoder, nil)
            unsafe avcodec_free_context(&context)
        }
        LogLines.forget()
    }
}
