import NIOHTTP1
import SystemPackage

/// Uploads a file to a store, so that it becomes visible as a whole or not at all.
struct ObjectUpload: Sendable {
    let client: S3Client
    let key: String
    let file: FileDescriptor
    let content: StoredFile

    /// Smaller files are always sent, because checking whether they exist costs as much.
    private static let worthAsking: Int64 = 1 << 20
    /// The parts of one file that are sent at the same time. One connection rarely uses the full bandwidth.
    private static let atOnce = 4

    func run() async throws(S3Failure) {
        if content.bytes >= Self.worthAsking, let existing = try await client.head(of: key), existing.bytes == content.bytes,
            !content.key.isPublishedAnew(atAge: existing.age ?? 0)
        {
            return
        }
        guard content.bytes > client.configuration.partBytes else {
            let whole = FilePart(descriptor: file, range: 0..<content.bytes, sha256: content.sha256)
            // The store refuses content with another digest or length.
            _ = try await client.send(S3Request(method: .PUT, key: key, body: .file(whole)))
            return
        }
        try await sendParts()
    }

    private func sendParts() async throws(S3Failure) {
        let begun = try await client.send(S3Request(method: .POST, key: key, query: [("uploads", "")]))
        guard let id = S3Document(begun.text)["UploadId"] else { throw .broken("it began an upload without naming it") }
        do throws(S3Failure) {
            let tags = try await send(UploadPlan.parts(of: content.bytes, partBytes: client.configuration.partBytes), of: id)
            try await complete(id, tags)
        } catch {
            await abort(id)
            throw error
        }
    }

    /// - Returns: The parts' entity tags, in order.
    private func send(_ parts: [Range<Int64>], of id: String) async throws(S3Failure) -> [String] {
        do {
            return try await withThrowingTaskGroup(of: (Int, String).self) { group in
                var tags = [String](repeating: "", count: parts.count)
                var next = 0
                while next < min(Self.atOnce, parts.count) {
                    let index = next
                    group.addTask { (index, try await send(parts[index], number: index + 1, of: id)) }
                    next += 1
                }
                while let (index, tag) = try await group.next() {
                    tags[index] = tag
                    guard next < parts.count else { continue }
                    let following = next
                    group.addTask { (following, try await send(parts[following], number: following + 1, of: id)) }
                    next += 1
                }
                return tags
            }
        } catch {
            throw client.failure(error)
        }
    }

    private func send(_ range: Range<Int64>, number: Int, of id: String) async throws(S3Failure) -> String {
        let digest: String
        do throws(StorageError) {
            let file = file
            digest = try await BlockingWork.run { () throws(StorageError) in
                do throws(Errno) {
                    return try ContentDigest.of(file, range).sha256
                } catch {
                    throw StorageError(error, cannot: "read a file to its end")
                }
            }
        } catch {
            throw .local(error)
        }
        let answer = try await client.send(
            S3Request(
                method: .PUT, key: key, query: [("partNumber", "\(number)"), ("uploadId", id)],
                body: .file(FilePart(descriptor: file, range: range, sha256: digest))))
        guard let tag = answer.headers.first(name: "etag") else { throw .broken("it took a part without giving its tag") }
        return tag
    }

    private func complete(_ id: String, _ tags: [String]) async throws(S3Failure) {
        let parts = tags.enumerated().map { "<Part><PartNumber>\($0 + 1)</PartNumber><ETag>\(S3Document.escaped($1))</ETag></Part>" }
        let request = S3Request(
            method: .POST, key: key, query: [("uploadId", id)],
            body: .text("<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"))
        do throws(S3Failure) {
            try await client.trying { () throws(S3Failure) in
                // A slow store sends the status 200 first, and the body may still be an error.
                let answer = S3Document(try await client.sendOnce(request).text)
                if let code = answer["Code"] { throw .refused(status: 500, code: code) }
            }
        } catch {
            // If the response to the first try was lost, the upload is complete already and its id is no longer known.
            guard case .refused(_, "NoSuchUpload") = error else { throw error }
        }
        guard try await client.head(of: key)?.bytes == content.bytes else { throw .broken("it put the parts together to another length") }
    }

    /// Aborts the upload, because the store would keep its parts and charge for them. Also done in a cancelled task. If it fails,
    /// ``LeftoverUploads`` aborts the upload later.
    private func abort(_ id: String) async {
        let request = S3Request(method: .DELETE, key: key, query: [("uploadId", id)])
        await Task { _ = try? await client.sendOnce(request) }.value
    }
}
