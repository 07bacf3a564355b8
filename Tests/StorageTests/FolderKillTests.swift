import Foundation
import Storage
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A process that holds staged files is really killed: the kernel, not our code, has to give its lock back.
@Suite(.tags(.tool))
struct FolderKillTests {
    @Test func `The staged files of a process are swept after kill -9, and not before`() async throws {
        try await TemporaryFolder.with { root in
            let own = try await FolderStorage.open(root)
            let other = root.appending(".staging").appending("99-07e4")
            try FileManager.default.createDirectory(atPath: other.string, withIntermediateDirectories: false)
            try Data("half".utf8).write(to: URL(filePath: other.appending("4a1f").string))
            // Holds the lock as another dailies process would, says so, and waits for its end.
            let script = #"exec 9>"$1"; flock 9; echo locked; exec cat"#
            _ = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-c", script, "sh", other.appending("lock").string], input: .inputWriter,
                output: .sequence, error: .discarded
            ) { execution in
                for try await _ in execution.standardOutput { break }
                _ = try await FolderStorage.open(root)
                #expect(FileManager.default.fileExists(atPath: other.appending("4a1f").string))
                try execution.send(signal: .kill)
            }
            _ = try await FolderStorage.open(root)
            #expect(!FileManager.default.fileExists(atPath: other.string))
            _ = own
        }
    }
}
