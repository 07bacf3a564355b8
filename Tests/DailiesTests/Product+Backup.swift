import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport

extension Product {
    /// How `deploy/backup` or `deploy/restore` ended.
    struct ScriptEnding {
        var status: TerminationStatus
        var said: String
    }

    /// Runs a script of `deploy` on this product's database and storage.
    /// - Parameters:
    ///   - arguments: on top of those.
    ///   - prefix: a command that does something to its own process and then becomes the script.
    ///   - stand: a folder with programs that are found before the system's.
    func script(
        _ name: String, _ arguments: [String], by prefix: [String] = [], standIns stand: FilePath? = nil
    ) async throws -> ScriptEnding {
        let conninfo = pool.configuration.connection.connectionString
        let place = [
            "--database", DatabaseAccount.migration.reaching(conninfo), "--storage", settings["DAILIES_STORAGE"] ?? storage.string,
        ]
        let command = prefix + [Fixtures.project.appending("deploy/\(name)").string] + place + arguments
        var variables = variables
        if let stand { variables["PATH"] = "\(stand):/usr/bin:/bin" }
        let result = try await Subprocess.run(
            command[0].hasPrefix("/") ? .path(FilePath(command[0])) : .name(command[0]), arguments: Arguments(Array(command.dropFirst())),
            environment: .custom(variables), input: .none, output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
        return ScriptEnding(status: result.terminationStatus, said: result.standardOutput + result.standardError)
    }

    var storage: FilePath { data.appending("storage") }

    /// Writes a shell script that stands in for a program.
    func standIn(for program: String, _ text: String) throws -> FilePath {
        let folder = data.appending("stand-ins")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        let path = folder.appending(program).string
        try "#!/bin/sh\n\(text)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return folder
    }
}

/// The files of a folder with their contents, as a backup and a restore have to keep them.
enum FolderContents {
    /// By their names below the folder; without what is under way.
    static func read(_ folder: FilePath) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in FileManager.default.enumerator(atPath: folder.string)?.compactMap({ $0 as? String }) ?? [] {
            var isFolder: ObjCBool = false
            let path = folder.appending(name).string
            guard !name.hasPrefix(".staging"), FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue
            else { continue }
            found[name] = try Data(contentsOf: URL(filePath: path))
        }
        return found
    }

    /// Changes one byte; the length stays.
    static func damage(_ file: FilePath) throws {
        var content = try Data(contentsOf: URL(filePath: file.string))
        content[content.count / 2] ^= 1
        try content.write(to: URL(filePath: file.string))
    }

    static func empty(_ file: FilePath) throws { try Data().write(to: URL(filePath: file.string)) }
}
