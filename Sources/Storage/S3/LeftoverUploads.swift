import NIOHTTP1
import Synchronization

/// Aborts multipart uploads of killed processes, because the store keeps their parts and charges for them.
///
/// A bucket may be shared, and a store's list of uploads says nothing of who began them but the key. So only those are aborted whose key, below this
/// location's prefix, has the form that this program gives keys (``StorageKey/isMadeHere``), and that were begun long ago by the store's own clock.
/// What another program uploads is left alone, whatever it is called.
final class LeftoverUploads: Sendable {
    private let isSwept = Mutex(false)

    /// The folders of this program's keys.
    private static let folders = ["recordings/", "artifacts/"]
    /// The most pages of a list that are read, of a thousand uploads each.
    private static let mostPages = 100

    /// Looks for such uploads once per process, before its first multipart upload. Best effort: the permission to list uploads may be missing,
    /// and the store may have its own rule for this (`AbortIncompleteMultipartUpload`).
    func sweep(_ client: S3Client) async {
        guard
            isSwept.withLock({ swept in
                defer { swept = true }; return !swept
            })
        else { return }
        for folder in Self.folders {
            // A list that is refused or cut off ends the sweep, and the rest waits for the next process.
            guard (try? await sweep(folder, client)) != nil else { return }
        }
    }

    private func sweep(_ folder: String, _ client: S3Client) async throws(S3Failure) {
        var next: (key: String, id: String)?
        for _ in 0..<Self.mostPages {
            var list = S3Request(method: .GET, query: [("prefix", client.address.key(folder)), ("uploads", "")])
            if let next { list.query += [("key-marker", next.key), ("upload-id-marker", next.id)] }
            let answer = try await client.sendOnce(list)
            let document = try S3Document(whole: "ListMultipartUploadsResult", answer.text)
            // Both by the store's clock.
            guard let now = answer.headers.first(name: "date").flatMap(SigningTime.init(httpDate:)) else { return }
            for upload in document.elements("Upload") {
                guard let key = upload["Key"].flatMap(client.address.own), key.isMadeHere, let id = upload["UploadId"],
                    let begun = upload["Initiated"].flatMap(SigningTime.init(xmlDate:)),
                    now.secondsSince1970 - begun.secondsSince1970 >= client.configuration.leftoverSeconds
                else { continue }
                _ = try? await client.sendOnce(S3Request(method: .DELETE, key: key.string, query: [("uploadId", id)]))
            }
            guard document["IsTruncated"] == "true", let key = document["NextKeyMarker"], let id = document["NextUploadIdMarker"] else {
                return
            }
            next = (key, id)
        }
    }
}
