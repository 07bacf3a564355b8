/// Compares the files that rows name with the files that are in storage. Of each key it keeps a hash of 8 bytes, so that millions fit into memory.
/// Two keys of one hash (1 in 2^64) would hide that one of them is missing, or that nobody names it; nothing is removed by that.
struct FileLedger {
    /// What a stored file is to the rows.
    enum Standing: Hashable {
        case named
        case unnamed
    }

    private var named: Set<Int> = []
    /// Those of `named` that have to be there and were not met.
    private var missing: Set<Int> = []
    /// How many stored files a row names.
    private(set) var met = 0

    /// Notes that a row names this key.
    /// - Parameter isNeeded: whether its file is missed when it is not there.
    mutating func name(_ key: String, isNeeded: Bool) {
        named.insert(Self.mark(of: key))
        if isNeeded { missing.insert(Self.mark(of: key)) }
    }

    /// Notes that this key is in storage. Call it after all rows have named theirs.
    mutating func meet(_ key: String) -> Standing {
        guard named.contains(Self.mark(of: key)) else { return .unnamed }
        missing.remove(Self.mark(of: key))
        met += 1
        return .named
    }

    /// By bytes: to Swift two spellings of a letter are one, and two files.
    private static func mark(of key: String) -> Int {
        var hasher = Hasher()
        for byte in key.utf8 { hasher.combine(byte) }
        return hasher.finalize()
    }

    var isAnyMissing: Bool { !missing.isEmpty }
    var isAnyNamed: Bool { !named.isEmpty }

    /// Whether a row needs this key and it was not met.
    func isMissing(_ key: String) -> Bool { missing.contains(Self.mark(of: key)) }

    /// Call it after all stored files were met.
    /// - Throws: `Failure` when none of the files that rows need is in storage: then it is not the one that they are in.
    func requireRightStorage() throws {
        guard isAnyMissing, met == 0 else { return }
        throw Failure(
            "None of the files that the rows name is in storage. Check the setting storage, and whether its disk is mounted; nothing was changed.",
            .unavailable)
    }
}
