import NIOCore
import SystemPackage

/// A token that somebody else writes into a file, and replaces from time to time: read anew for each question.
struct TokenFile: Sendable, Hashable {
    let path: FilePath
    /// Which setting names it.
    let variable: String

    /// Service accounts' tokens have a kilobyte or two.
    private static let most: Int64 = 64 << 10

    /// Without spaces and line ends around it.
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
        let token = text.drop(while: \.isWhitespace)
        let end = token.lastIndex { !$0.isWhitespace }.map { token.index(after: $0) } ?? token.startIndex
        guard !token.isEmpty, token[..<end].utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CredentialsFailure("What stands in \(path) is no token. Correct \(variable), or what writes the file.")
        }
        return String(token[..<end])
    }
}
