import ForeignText

/// What tells one storage from another: a number that the storage carries in a marker, and that its database knows.
///
/// Without it, an empty folder in the place of a disk that is not mounted would look like a storage that has lost every recording.
public struct StorageIdentity: Sendable, Hashable, CustomStringConvertible {
    /// The marker's name. No ``StorageKey`` can name it. Backups copy it like any file.
    public static let markerName = ".dailies-storage"

    /// The number as text: 8-4-4-4-12 lower-case hexadecimal digits.
    public let description: String

    /// - Parameter text: `nil` is returned for anything but such a number; space around it does not count.
    public init?(_ text: String) {
        let word = text.words.first?.inLowerCase ?? ""
        guard word.plainMatch(of: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil else { return nil }
        description = word
    }

    /// The marker's content.
    var line: String { description + "\n" }

    /// - Parameter marker: the marker's content, as it was found in `place`.
    static func read(_ marker: some Sequence<UInt8>, in place: String) throws(StorageError) -> StorageIdentity {
        guard let identity = StorageIdentity(String(decoding: Array(marker), as: UTF8.self)) else {
            throw StorageError(
                .unavailable,
                "The marker \(markerName) in \(place) does not hold a storage's number. Restore it from a backup; or remove it and run `dailies storage adopt`."
            )
        }
        return identity
    }
}
