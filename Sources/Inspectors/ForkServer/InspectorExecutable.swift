internal import ForeignText
internal import Glibc
internal import SystemPackage

/// Where `dailies-inspector` is.
enum InspectorExecutable {
    static let name = "dailies-inspector"

    /// The configured file, or the one beside the running program, or the first in `PATH`.
    static func locate(configured: FilePath?) throws(InspectorError) -> FilePath {
        let candidates = configured.map { [$0] } ?? ([besideThisProgram()].compactMap { $0 } + inPath())
        for candidate in candidates where unsafe access(candidate.string, X_OK) == 0 { return candidate }
        throw .executableNotFound(looked: candidates.map { $0.removingLastComponent() })
    }

    private static func besideThisProgram() -> FilePath? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        guard length > 0 else { return nil }
        let program = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return FilePath(program).removingLastComponent().appending(name)
    }

    private static func inPath() -> [FilePath] {
        guard let path = unsafe getenv("PATH") else { return [] }
        return unsafe String(cString: path).parts(at: ":").map { FilePath(String($0)).appending(name) }
    }
}
