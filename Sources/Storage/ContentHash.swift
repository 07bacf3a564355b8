import Crypto

/// A SHA-256 that grows with what is read.
struct ContentHash: Sendable {
    private var hash = SHA256()

    mutating func add(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

    /// 64 lower-case hexadecimal digits, of what was added so far.
    var text: String { Hexadecimal.text(hash.finalize()) }
}
