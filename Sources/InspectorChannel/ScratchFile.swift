internal import CInspectorChannel
public import SystemPackage

/// A file in memory, lent to a process that is not trusted.
public enum ScratchFile {
    /// Opens a file that no process can make larger than `limit` bytes. It has that size from the start, holds no memory until written,
    /// and may be cut. The caller closes it.
    public static func open(name: String, limit: Int) throws(Errno) -> FileDescriptor {
        var number: CInt = -1
        try check(unsafe inspector_scratch_open(name, limit, &number))
        return FileDescriptor(rawValue: number)
    }
}
