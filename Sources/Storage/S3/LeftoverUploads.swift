import NIOHTTP1
import Synchronization

/// Aborts multipart uploads of killed processes, because the store keeps their parts and charges for them.
final class LeftoverUploads: Sendable {
    private let isSwept = Mutex(false)

    /// Looks for such uploads once per process, before its first multipart upload. Best effort: the permission to list uploads may be missing,
    /// and the store may have its own rule for this (`AbortIncompleteMultipartUpload`).
    func sweep(_ client: S3Client) async {
        guard
            isSwept.withLock({ swept in
                defer { swept = true }; return !swept
            })
        else { return }
        let prefix = client.configuration.location.prefix
        var list = S3Request(method: .GET, query: [("uploads", "")])
        if !prefix.isEmpty { list.query.append(("prefix", prefix + "/")) }
        guard let answer = try? await client.sendOnce(list) else { return }
        // Both by the store's clock.
        guard let now = answer.headers.first(name: "date").flatMap(SigningTime.init(httpDate:)) else { return }
        for upload in S3Document(answer.text).elements("Upload") {
            guard let key = upload["Key"], let id = upload["UploadId"],
                let begun = upload["Initiated"].flatMap(SigningTime.init(xmlDate:)),
                now.secondsSince1970 - begun.secondsSince1970 >= client.configuration.leftoverSeconds
            else { continue }
            let own = prefix.isEmpty ? key : String(key.dropFirst(prefix.count + 1))
            _ = try? await client.sendOnce(S3Request(method: .DELETE, key: own, query: [("uploadId", id)]))
        }
    }
}
