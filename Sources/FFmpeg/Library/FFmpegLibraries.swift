internal import CFFmpeg
internal import Glibc

/// The process-wide state of FFmpeg's libraries.
public enum FFmpegLibraries {
    /// Builds the tables that decoders share, which are otherwise built on first use, and takes over the log.
    public static func warmUp() {
        LogLines.capture()
        // FFmpeg counts processors and detects CPU features once; on some systems the former reads a file.
        _ = av_cpu_count()
        _ = av_get_cpu_flags()
        for codec in DecoderWhitelist.all {
            guard let decoder = unsafe DecoderWhitelist.decoder(for: codec) else { continue }
            var context = unsafe avcodec_alloc_context3(decoder)
            unsafe context?.pointee.thread_count = 1
            // Some decoders refuse to open without a header; their tables are built by then, or cost nothing.
            unsafe avcodec_open2(context, decoder, nil)
            unsafe avcodec_free_context(&context)
        }
        keepCharacterSets()
        LogLines.forget()
    }

    /// The packager's version, such as `5.1.9-0+deb12u1`.
    public static var version: String { unsafe String(cString: av_version_info()) }

    /// The loaded libraries, which may be newer than those at compile time: `libavformat 59.27.100`.
    public static var loaded: [String] {
        [
            ("libavformat", avformat_version()), ("libavcodec", avcodec_version()), ("libavutil", avutil_version()),
            ("libswscale", swscale_version()), ("libswresample", swresample_version()),
        ].map { name, number in "\(name) \(number >> 16).\(number >> 8 & 0xFF).\(number & 0xFF)" }
    }

    /// Opens the character sets in which a transport stream may name its programs (ETSI EN 300 468, annex A): the demuxer converts them
    /// to UTF-8. The C library loads each as a file on first use and keeps it while a converter is open, so the converters are never
    /// closed. The library does not look again for a set that the system lacks.
    private static func keepCharacterSets() {
        let latin = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15].map { "ISO-8859-\($0)" }
        for name in latin + ["ISO6937", "UCS-2BE", "KSC_5601", "GB2312", "BIG-5", "BIG5", "UTF-8"] {
            _ = unsafe iconv_open("UTF-8", name)
        }
    }
}
