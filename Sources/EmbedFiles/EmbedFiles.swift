import Foundation
import PackagePlugin

/// Makes the files in a target's folders `Static` and `Templates` part of its code, so that an installed binary needs nothing beside it.
///
/// The package manager's own `.embedInCode` writes an array of numbers, which takes the compiler half a second a kilobyte, and forgets in
/// which folder a file was.
@main
struct EmbedFiles: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let paths = ["Static", "Templates"].flatMap { Self.files(in: $0, of: target) }.sorted()
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(paths.count) files of \(target.name)", executable: try context.tool(named: "FileEmbedder").url,
                arguments: [output.path, target.directoryURL.path] + paths,
                inputFiles: paths.map { target.directoryURL.appending(path: $0) },
                outputFiles: [output])
        ]
    }

    /// Paths below the target's folder; what an editor or the system leaves behind is no file of ours.
    private static func files(in folder: String, of target: any Target) -> [String] {
        let root = target.directoryURL.appending(path: folder)
        guard let walk = FileManager.default.enumerator(atPath: root.path) else { return [] }
        return walk.compactMap { $0 as? String }.filter { path in
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isFolder)
            return isThere && !isFolder.boolValue && !path.split(separator: "/").contains { $0.hasPrefix(".") || $0.hasSuffix("~") }
        }.map { "\(folder)/\($0)" }
    }
}
