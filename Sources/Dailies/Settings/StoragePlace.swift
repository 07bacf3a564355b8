import ForeignText
import Storage
import SystemPackage

/// Where recordings and artifacts are.
enum StoragePlace: Sendable, CustomStringConvertible {
    case folder(FilePath)
    case bucket(BucketSettings)

    /// - Parameter recordingBytes: the size of the largest recording that is inspected.
    static func read(
        _ reader: SettingsReader, environment: [String: String], data: FilePath, recordingBytes: Int64
    ) throws(SettingsError) -> Setting<StoragePlace> {
        guard let text = try reader.text("storage") else { return Setting(value: .folder(data.appending("storage")), source: .standard) }
        guard text.value.begins(with: S3Location.scheme) else {
            guard let folder = try reader.path("storage") else {
                return Setting(value: .folder(data.appending("storage")), source: .standard)
            }
            return Setting(value: .folder(folder.value), source: folder.source)
        }
        guard let location = S3Location(text.value) else {
            throw SettingsError(
                "storage", from: text.source, "names no bucket and prefix that S3 allows, such as s3://answers or s3://answers/2026.")
        }
        let bucket = try BucketSettings(
            location, reader: reader, environment: environment, data: data, recordingBytes: recordingBytes)
        return Setting(value: .bucket(bucket), source: text.source)
    }

    var description: String {
        switch self {
        case .folder(let path): path.string
        case .bucket(let bucket): bucket.configuration.location.description
        }
    }

    /// The folder on this machine that fills up while jobs run.
    var workFolder: FilePath {
        switch self {
        case .folder(let path): path
        case .bucket(let bucket): bucket.spool.value
        }
    }
}
