import NIOHTTP1
import SystemPackage

/// Uploads a file to a store, so that it becomes visible as a whole or not at all, and only if it is the content that its key names.
///
/// The bytes are hashed as they are sent. The last of them are sent only when all were right (``FileBytes``), and parts are put together only when
/// the whole is right; so this holds with a store that compares nothing.
struct ObjectUpload: Sendable {
    let client: S3Client
    let checksums: ChecksumSupport
    let file: FileDescriptor
    let content: StoredFile

    /// Smaller files are always sent, because checking whether they exist costs as much.
    private static let worthAsking: Int64 = 1 << 20
    /// The parts of one file that are sent at the same time. One connection rarely uses the full bandwidth.
    private static let atOnce = 4

    private var key: String { content.key.string }

    func run() async throws(S3Failure) {
        if try await isThere() { return }
        guard content.bytes > client.configuration.partBytes else {
            let whole = FilePart(descriptor: file, range: 0..<content.bytes, sha256: content.sha256)
            return try await checksums.with(content) { headers throws(S3Failure) in
                _ = try await client.send(S3Request(method: .PUT, key: key, headers: headers, body: .file(whole)))
            }
        }
        try await sendParts()
    }

    /// Whether the store has this content already, by the record of a former upload. What has no record is sent again, and then has one.
    /// Artifacts are always sent: one is made again because it is missing or damaged, and an old one must not be removed before its row is there.
    private func isThere() async throws(S3Failure) -> Bool {
        guard content.bytes >= Self.worthAsking, !content.key.isArtifact else { return false }
        do throws(S3Failure) {
            return try await client.record(of: key)?.confirms(content) == true
        } catch {
            // The upload itself tells what is wrong, and needs fewer permissions.
            if case .refused = error { return false }
            throw error
        }
    }

    private func sendParts() async throws(S3Failure) {
        let record = [(name: ObjectRecord.header, value: content.sha256)]
        let begun = try await client.send(S3Request(method: .POST, key: key, query: [("uploads", "")], headers: record))
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
    /// - Throws: Also when the parts, each right by itself, are not the content together.
    private func send(_ parts: [Range<Int64>], of id: String) async throws(S3Failure) -> [String] {
        do {
            return try await withThrowingTaskGroup(of: (Int, String).self) { group in
                var (tags, whole) = ([String](repeating: "", count: parts.count), ContentHash())
                for (index, range) in parts.enumerated() {
                    if index >= Self.atOnce, let (sent, tag) = try await group.next() { tags[sent] = tag }
                    let part = try await hashed(range, addingTo: &whole)
                    group.addTask { (index, try await send(part, number: index + 1, of: id)) }
                }
                while let (sent, tag) = try await group.next() { tags[sent] = tag }
                guard whole.text == content.sha256 else { throw StorageError.changedSource }
                return tags
            }
        } catch {
            throw client.failure(error)
        }
    }

    private func hashed(_ range: Range<Int64>, addingTo whole: inout ContentHash) async throws(StorageError) -> FilePart {
        let (file, before) = (file, whole)
        let (part, after) = try await BlockingWork.run { () throws(StorageError) in
            var whole = before
            do throws(Errno) {
                return (try ContentDigest.of(file, range, addingTo: &whole), whole)
            } catch {
                throw StorageError(error, cannot: "read a file to its end")
            }
        }
        guard part.bytes == range.count else { throw .changedSource }
        whole = after
        return FilePart(descriptor: file, range: range, sha256: part.sha256)
    }

    private func send(_ part: FilePart, number: Int, of id: String) async throws(S3Failure) -> String {
        let answer = try await client.send(
            S3Request(method: .PUT, key: key, query: [("partNumber", "\(number)"), ("uploadId", id)], body: .file(part)))
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
            // If the response to the first try was lost, the upload is complete already and its id is no longer known. Or somebody aborted it; then
            // what is there, if anything, is older. The record tells.
            guard case .refused(_, "NoSuchUpload") = error else { throw error }
        }
        guard try await client.record(of: key)?.confirms(content) == true else {
            throw .broken("it put the parts together to something else")
        }
    }

    /// Aborts the upload, because the store would keep its parts and charge for them. Also done in a cancelled task. If it fails,
    /// ``LeftoverUploads`` aborts the upload later.
    private func abort(_ id: String) async {
        let request = S3Request(method: .DELETE, key: key, query: [("uploadId", id)])
        await Task { _ = try? await client.sendOnce(request) }.value
    }
}
