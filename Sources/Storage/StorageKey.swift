import ForeignText

/// The name of one stored file, relative to the storage: components joined by `/`, such as `recordings/3f/3f2a….webm`.
///
/// Keys of recordings come out of a database that other programs write, so everything that could mean another place is
/// refused: empty components (and with them absolute paths), `.` and `..`, backslashes (a separator elsewhere), control
/// characters, and components that begin with a dot, which the storage uses itself.
///
/// A key is judged by its bytes, as the kernel reads it. To Swift a `/` and a combining accent after it are one character, and not a `/`.
public struct StorageKey: Sendable, Hashable, CustomStringConvertible {
    /// S3's limit, in bytes of UTF-8.
    public static let maximumLength = 1024
    /// The limit of most file systems for one name.
    public static let maximumComponentLength = 255

    /// The whole key.
    public let string: String

    /// - Throws: ``StorageError/Code/invalidKey`` with the reason.
    public init(_ string: String) throws(StorageError) {
        if let reason = Self.objection(to: string) { throw StorageError(.invalidKey, "The storage key is refused: \(reason).") }
        self.string = string
    }

    /// For keys that this module makes itself.
    init(trusted string: String) {
        self.string = string
    }

    public var description: String { string }

    /// By bytes: to Swift two spellings of an accent are equal, and to a file system they are two names.
    public static func == (a: StorageKey, b: StorageKey) -> Bool { a.string.utf8.elementsEqual(b.string.utf8) }

    public func hash(into hasher: inout Hasher) {
        for byte in string.utf8 { hasher.combine(byte) }
    }

    var components: [String] { Self.components(of: string) }

    private static func components(of string: String) -> [String] {
        string.parts(at: "/", keepingEmpty: true).map { String($0) }
    }

    private static func objection(to string: String) -> String? {
        if string.isEmpty { return "it is empty" }
        if string.utf8.count > maximumLength { return "it is longer than \(maximumLength) bytes" }
        if string.begins(with: "/") { return "it is an absolute path; keys are relative to the storage folder" }
        // Most keys are plain ASCII, and looking up a character's properties takes longer than all other checks.
        if !string.isPlain, string.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "it contains a control character"
        }
        if string.holds("\\") { return "it contains a backslash" }
        for component in components(of: string) {
            if component.isEmpty { return "it has an empty component" }
            if component == "." || component == ".." { return "it contains '\(component)'" }
            if component.begins(with: ".") { return "a component begins with a dot" }
            if component.utf8.count > maximumComponentLength { return "a component is longer than \(maximumComponentLength) bytes" }
        }
        return nil
    }
}

extension StorageKey {
    /// The key of a recording that `dailies import` stores.
    static func recording(sha256: String, fileExtension: FileExtension?) -> StorageKey {
        StorageKey(trusted: "recordings/\(sha256.prefix(2))/\(sha256)\(fileExtension?.suffix ?? "")")
    }

    /// The key of an artifact. It is derived from the content, so the file never changes and may be cached for ever.
    static func artifact(sha256: String, fileExtension: FileExtension?) -> StorageKey {
        StorageKey(trusted: "artifacts/\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))/\(sha256)\(fileExtension?.suffix ?? "")")
    }

    /// The SHA-256 of the content, if the key is one of the two above: in folders of the digest's own first digits, with at most one extension;
    /// `nil` for keys that other programs chose.
    public var digest: String? {
        guard
            let digest = string.plainMatch(of: /(?:recordings|artifacts)\/[0-9a-f\/]+\/([0-9a-f]{64})(?:\.[a-z0-9]+)?/).map({ String($0.1) }
            )
        else {
            return nil
        }
        let isOurs = [StorageKey.recording(sha256: digest, fileExtension: nil), .artifact(sha256: digest, fileExtension: nil)].contains {
            stem in
            guard let rest = string.rest(after: stem.string) else { return false }
            return rest.isEmpty || FileExtension(rest).map { $0.suffix.utf8.elementsEqual(rest.utf8) } ?? false
        }
        return isOurs ? digest : nil
    }
}
