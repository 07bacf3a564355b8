import NIOHTTP1

extension S3Storage {
    public func list(_ body: ([ListedFile]) async throws -> Void) async throws {
        var token: String?
        repeat {
            let (files, next) = try await page(after: token)
            if !files.isEmpty { try await body(files) }
            token = next
        } while token != nil
    }

    /// Some objects, and where the next page begins.
    private func page(after token: String?) async throws(StorageError) -> (files: [ListedFile], next: String?) {
        let prefix = client.configuration.location.prefix.isEmpty ? "" : client.configuration.location.prefix + "/"
        var request = S3Request(method: .GET, query: [("list-type", "2"), ("max-keys", "\(client.configuration.listedAtOnce)")])
        if let token { request.query.append(("continuation-token", token)) }
        if !prefix.isEmpty { request.query.append(("prefix", prefix)) }
        request.query.sort { $0.name < $1.name }
        do throws(S3Failure) {
            return try await client.trying { () throws(S3Failure) in
                let answer = try await client.sendOnce(request)
                let document = try S3Document(whole: "ListBucketResult", answer.text)
                let now = answer.headers.first(name: "date").flatMap(SigningTime.init(httpDate:)) ?? client.now
                return (try files(of: document, at: now), try next(of: document, after: token))
            }
        } catch {
            throw self.error(error, cannot: "list the files")
        }
    }

    public func readWhole(_ key: StorageKey) async throws(StorageError) -> StoredPart {
        do throws(S3Failure) {
            guard let head = try await client.head(of: key.string) else { throw .refused(status: 404, code: "NoSuchKey") }
            guard head.bytes > 0 else { return StoredPart() }
            let download = try await ObjectDownload.begin(
                client, key: key.string, range: 0..<head.bytes, total: head.bytes, tag: head.tag)
            return StoredPart(download) { error($0, cannot: "read \(key)") }
        } catch {
            throw self.error(error, cannot: "read \(key)")
        }
    }

    /// Objects whose key is not a storage key are left out. Of the others everything has to be told: a file that is left out would count as missing.
    private func files(of document: S3Document, at now: SigningTime) throws(S3Failure) -> [ListedFile] {
        var files: [ListedFile] = []
        for object in document.elements("Contents") {
            guard let key = object["Key"], let bytes = object["Size"].flatMap({ Int64($0) }), bytes >= 0,
                let changed = object["LastModified"].flatMap(SigningTime.init(xmlDate:))
            else { throw .broken("its list of files does not say of each its key, size and age") }
            guard let own = client.address.own(key) else { continue }
            files.append(ListedFile(key: own, bytes: bytes, age: now.secondsSince1970 - changed.secondsSince1970))
        }
        return files
    }

    private func next(of document: S3Document, after token: String?) throws(S3Failure) -> String? {
        switch document["IsTruncated"] {
        case "false": return nil
        case "true":
            guard let next = document["NextContinuationToken"], next != token else {
                throw .broken("it did not say where its list of files goes on")
            }
            return next
        default: throw .broken("it did not say whether its list of files ends")
        }
    }

    public func removeArtifact(_ key: StorageKey) async throws(StorageError) -> Bool {
        try key.requireArtifact()
        do throws(S3Failure) {
            guard let age = try await client.head(of: key.string)?.age, age > ListedFile.ageOfStrays else { return false }
            _ = try await client.send(S3Request(method: .DELETE, key: key.string))
            return true
        } catch {
            throw self.error(error, cannot: "remove \(key)")
        }
    }
}
