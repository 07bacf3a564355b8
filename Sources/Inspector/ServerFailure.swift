internal import SystemPackage

/// Why the server could not come up.
struct ServerFailure: Error, CustomStringConvertible {
    var step: String
    var errno: Errno

    var description: String { "\(step) failed (\(errno))" }
}
