import FoundationEssentials
import Glibc
import Interviews
import Recordings
import SystemPackage

/// A folder in which a person looks through the posters: links to the stored ones, named by the answer's number.
struct PosterGallery {
    private let folder: FilePath
    private let storage: FilePath

    /// Makes the folder if it is missing.
    init(_ folder: FilePath, storage: FilePath) throws(Failure) {
        self.folder = folder
        self.storage = storage
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw Failure("The folder \(folder) cannot be made. Name another one, or get the right to write there.", .ioError)
        }
    }

    /// As short as it can be written: relative to the current folder when it is below that.
    var displayName: String {
        let here = FilePath(FileManager.default.currentDirectoryPath)
        var path = folder
        return path.removePrefix(here) && !path.isEmpty ? path.string : folder.string
    }

    /// Links an answer's poster, in place of an earlier link of that number.
    /// - Returns: the link's name in the folder, `nil` when the answer has no poster.
    func link(_ answer: Answer) throws(Failure) -> String? {
        guard let key = answer.artifacts[.poster] else { return nil }
        let poster = storage.appending(key)
        let name = "\(answer.responseID).\(poster.extension ?? "jpg")"
        let link = folder.appending(name).string
        // Only a link is ever replaced: a person's own file of that name stays, and is told of.
        if (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) != nil { unlink(link) }
        guard symlink(poster.string, link) == 0 else {
            throw Failure("\(link) cannot be made: \(Errno(rawValue: errno)). Name an empty folder.", .ioError)
        }
        return name
    }
}
