import Foundation
public import SystemPackage

/// A folder that exists while a closure runs.
public enum TemporaryFolder {
    /// Lends a new, empty folder directly below `/tmp`, where paths are short enough for Unix sockets, and removes it
    /// with all that is in it, whether `body` returns or throws. Other accounts may pass through it, for a private
    /// server runs as another user when the tests run as root.
    public static func with<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
        let path = "/tmp/dailies-test-folder-\(UUID().uuidString.prefix(13).lowercased())"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o711])
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(FilePath(path))
    }
}
