import Synchronization
import SystemPackage

/// The root folder that a process works in, and its staging folder there. Another folder can take its place while the process runs: the
/// disk was mounted, or unmounted.
final class OpenedRoot: Sendable {
    struct Folder: Sendable {
        let identity: FolderIdentity
        let staging: StagingFolder

        init(_ root: FolderHandle) throws(Errno) {
            identity = try root.identity()
            staging = try StagingFolder(in: root)
        }
    }

    private let state: Mutex<Folder>

    init(_ root: FolderHandle) throws(Errno) {
        state = Mutex(try Folder(root))
    }

    var current: Folder { state.withLock { $0 } }

    /// Works in this folder from now on, if it is another one.
    func change(to root: FolderHandle) throws(Errno) {
        guard try root.identity() != current.identity else { return }
        let folder = try Folder(root)
        state.withLock { $0 = folder }
    }
}
