import Foundation
import Glibc
import Interviews
import Recordings
import Storage
import SystemPackage

/// A folder of posters, named by the answer's id, that a person can look through. It holds links to the stored files, or copies if the
/// storage is a bucket.
struct PosterGallery {
    private let folder: FilePath

    /// Creates the folder if it is missing.
    init(_ folder: FilePath) throws(Failure) {
        self.folder = folder
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw Failure("The folder \(folder) cannot be made. Name another one, or get the right to write there.", .ioError)
        }
    }

    /// The folder's path, relative to the current folder if it is below it.
    var displayName: String {
        let here = FilePath(FileManager.default.currentDirectoryPath)
        var path = folder
        return path.removePrefix(here) && !path.isEmpty ? path.string : folder.string
    }

    /// Puts the answers' posters into the folder.
    /// - Returns: the names of the files by the response's id; answers without a poster are left out.
    func show(_ answers: [Answer], _ application: Application) async throws -> [Int64: String] {
        let posters = answers.compactMap { answer in answer.artifacts[.poster].map { (answer.responseID, $0) } }
        var names: [Int64: String] = [:]
        for (id, key) in posters { names[id] = "\(id).\(FilePath(key).extension ?? "jpg")" }
        switch application.settings.storage.value {
        case .folder(let storage):
            for (id, key) in posters { try link(storage.appending(key), as: names[id] ?? "") }
        case .bucket:
            let names = names
            try await application.withStorage { storage in
                for (id, key) in posters { try await copy(try await storage.openArtifact(try StorageKey(key)), as: names[id] ?? "") }
            }
        }
        return names
    }

    private func link(_ poster: FilePath, as name: String) throws(Failure) {
        let link = folder.appending(name).string
        // Only a link is replaced. A person's own file of that name stays, and is reported.
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) != nil { unlink(link) }
        guard symlink(poster.string, link) == 0 else {
            throw Failure("\(link) cannot be made: \(Errno(rawValue: errno)). Name an empty folder.", .ioError)
        }
    }

    /// A file that is there already stays, if it is the same.
    private func copy(_ poster: borrowing OpenedFile, as name: String) async throws {
        let path = folder.appending(name).string
        let content = try FileHandle(fileDescriptor: poster.descriptor.rawValue, closeOnDealloc: false).readToEnd() ?? Data()
        guard FileManager.default.contents(atPath: path) != content else { return }
        do {
            try content.write(to: URL(filePath: path), options: .withoutOverwriting)
        } catch {
            throw Failure("\(path) cannot be made, or is another file. Name an empty folder.", .ioError)
        }
    }
}
