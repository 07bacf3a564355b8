import ForeignText
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
            let answer = try await client.send(request)
            let now = answer.headers.first(name: "date").flatMap(SigningTime.init(httpDate:)) ?? client.now
            let document = S3Document(answer.text)
            let files = document.elements("Contents").compactMap { object -> ListedFile? in
                guard let key = object["Key"], let rest = key.rest(after: prefix), let own = try? StorageKey(String(rest)),
                    let bytes = object["Size"].flatMap({ Int64($0) }),
                    let changed = object["LastModified"].flatMap(SigningTime.init(xmlDate:))
                else { return nil }
                return ListedFile(key: own, bytes: bytes, age: now.secondsSince1970 - changed.secondsSince1970)
            }
            guard document["IsTruncated"] == "true" else { return (files, nil) }
            guard let next = document["NextContinuationToken"] else { throw .broken("it did not say where its list of files goes on") }
            return (files, next)
        } catch {
            throw self.error(error, cannot: "list the files")
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

extension S3Client {
    /// What the store says of an object: its length, and for how many seconds it has had it. `nil` when it has none.
    func head(of key: String) async throws(S3Failure) -> (bytes: Int64?, age: Int?)? {
        do throws(S3Failure) {
            let headers = try await send(S3Request(method: .HEAD, key: key)).headers
            let changed = headers.first(name: "last-modified").flatMap(SigningTime.init(httpDate:))
            let now = headers.first(name: "date").flatMap(SigningTime.init(httpDate:)) ?? now
            return (
                headers.first(name: "content-length").flatMap { Int64($0) },
                changed.map { now.secondsSince1970 - $0.secondsSince1970 }
            )
        } catch {
            if case .refused(status: 404, _) = error { return nil }
            throw error
        }
    }
}
