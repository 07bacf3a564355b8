internal import CFFmpeg
internal import ForeignText

/// The metadata of a file. Dailies only asks whether they contain a place. Titles, names, devices and the places themselves never leave
/// this type.
enum Metadata {
    /// QuickTime's `com.apple.quicktime.location.ISO6709` and `©xyz`, 3GPP's `loci`, Matroska's `RECORDING_LOCATION`, Vorbis comments'
    /// `LOCATION`: FFmpeg gives each a name with this word in it.
    private static let words = ["location", "gps"]

    static func namesLocation(_ context: UnsafeMutablePointer<AVFormatContext>) -> Bool {
        if unsafe hasLocationKey(context.pointee.metadata) { return true }
        return unsafe (0..<Int(context.pointee.nb_streams)).contains { index in
            unsafe context.pointee.streams[index].map { unsafe hasLocationKey($0.pointee.metadata) } ?? false
        }
    }

    private static func hasLocationKey(_ dictionary: OpaquePointer?) -> Bool {
        var entry: UnsafeMutablePointer<AVDictionaryEntry>?
        while let next = unsafe av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX) {
            unsafe entry = next
            guard let key = unsafe next.pointee.key, let value = unsafe next.pointee.value, unsafe value[0] != 0 else { continue }
            let name = unsafe String(cString: key).inLowerCase
            if words.contains(where: name.holds) { return true }
        }
        return false
    }
}
