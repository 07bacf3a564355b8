internal import CFFmpeg

/// FFmpeg's dictionary of options, built from Swift's.
struct Options {
    private let values: [String: String]

    init(_ values: [String: String]) {
        self.values = values
    }

    /// A dictionary that the caller frees with `av_dict_free`.
    func copy() -> OpaquePointer? {
        var dictionary: OpaquePointer?
        for (name, value) in values {
            unsafe av_dict_set(&dictionary, name, value, 0)
        }
        return unsafe dictionary
    }

    /// Lends the dictionary to a call that may take entries out of it.
    func withPointer<Result>(_ body: (UnsafeMutablePointer<OpaquePointer?>) -> Result) -> Result {
        var dictionary = unsafe copy()
        defer { unsafe av_dict_free(&dictionary) }
        return unsafe body(&dictionary)
    }
}
