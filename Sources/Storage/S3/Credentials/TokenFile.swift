import ForeignText
import NIOCore
import SystemPackage

/// A token in a file that another program renews from time to time. It is read again for each request.
struct TokenFile: Sendable, Hashable {
    let path: FilePath
    /// The setting that names the file.
    let variable: String

    /// The largest size. Service accounts' tokens have one or two kilobytes.
    private static let most: Int64 = 64 << 10

    /// The token, without spaces and line ends around it.
    func read() async throws(CredentialsFailure) -> String {
        let text: String
        do throws(StorageError) {
            text = try await BlockingWork.run { [path] () throws(StorageError) in
                let file = try SourceFile.open(path)
                defer { try? file.close() }
                return String(buffer: try FileBytes.read(file, 0..<Self.most))
            }
        } catch {
            throw CredentialsFailure("\(error) Correct \(variable), or give dailies the right to read it.")
        }
        let token = text.trimmed
        guard !token.isEmpty, token.isPlain, !token.holds(" ") else {
            throw CredentialsFailure("What stands in \(path) is no token. Correct \(variable), or what writes the file.")
        }
        return String(token)
    }
}
