import Foundation
import SystemPackage

/// The names below a folder, sorted.
enum Listing {
    static func of(_ folder: FilePath) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.string).sorted()
    }

    /// Those that a reader can come to: files outside of the staging area.
    static func visible(in root: FilePath) throws -> [String] {
        try of(root).filter { path in
            guard !path.hasPrefix(".staging") else { return false }
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root.appending(path).string, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
