internal import SystemPackage

/// The C side answers with 0 or an errno value.
func check(_ result: CInt) throws(Errno) {
    guard result == 0 else { throw Errno(rawValue: result) }
}
