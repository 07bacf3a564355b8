import SystemPackage

/// Kinds of things in a folder, as people call them.
enum FileKind {
    static func words(_ type: FileType) -> String {
        switch type {
        case .regular: "a file"
        case .directory: "a folder"
        case .symbolicLink: "a symbolic link"
        case .fifo: "a pipe"
        case .socket: "a socket"
        default: "a device"
        }
    }
}
