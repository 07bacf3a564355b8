import SystemPackage

/// The names of file types, for messages.
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
