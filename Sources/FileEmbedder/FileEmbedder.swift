import Foundation

/// Writes Swift code that holds files: `FileEmbedder OUTPUT FOLDER PATH…`, with paths below the folder.
///
/// The contents are base64 in string literals, which the compiler takes at once, whatever is in them.
@main
enum FileEmbedder {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first, let folder = arguments.dropFirst().first else { return }
        var code = """
            enum EmbeddedFiles {
                /// Each file's path below the target's folder, and its content in base64.
                static let all: [(path: String, base64: String)] = [

            """
        for path in arguments.dropFirst(2) {
            let content = try Data(contentsOf: URL(filePath: folder).appending(path: path))
            code += "        (\(String(reflecting: path)), \"\(content.base64EncodedString())\"),\n"
        }
        code += "    ]\n}\n"
        // What is written anew is compiled anew, and the program linked anew.
        if (try? String(contentsOfFile: output, encoding: .utf8)) == code { return }
        try code.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
