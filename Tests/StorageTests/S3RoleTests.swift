import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// Credentials that come from a role, and are replaced while the storage is in use.
@Suite(.tags(.server), .timeLimit(.minutes(5)))
struct S3RoleTests {
    @Test(arguments: ["web identity", "container", "machine"])
    func `The credentials of a role open the store, of a`(role: String) async throws {
        try await RoleBucket.with { roleBucket in
            // Both read the token again each time.
            try roleBucket.write(token: role == "container" ? "container-1" : "identity-1")
            let environments = [
                "web identity": [
                    "AWS_WEB_IDENTITY_TOKEN_FILE": roleBucket.tokenFile.string, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/worker",
                    "AWS_ENDPOINT_URL_STS": roleBucket.giver.endpoint,
                ],
                "container": roleBucket.container(seconds: 3600),
                "machine": ["AWS_EC2_METADATA_SERVICE_ENDPOINT": roleBucket.giver.endpoint],
            ]
            try await roleBucket.withStorage(try #require(environments[role])) { storage in
                try await storage.checkThoroughly()
                #expect(roleBucket.lastSession != nil)
                #expect(try #require(await storage.credentialsRemain()) > .seconds(3500))
                var stored: StorageKey?
                try await Bytes.withFile([1, 2, 3]) { stored = try await storage.storeRecording(from: $0, fileExtension: nil).key }
                let key = try #require(stored)
                let link = try #require(await storage.link(toArtifact: key, mediaType: "video/webm"))
                let target = String(link.url.dropFirst(roleBucket.bucket.proxy.endpoint.count))
                let answer = try await PlainHTTP.get(target, port: roleBucket.bucket.proxy.port)
                #expect(answer.body == Data([1, 2, 3]), "\(String(decoding: answer.body, as: UTF8.self))")
            }
        }
    }

    @Test func `Many callers at the same time share one fetch of credentials`() async throws {
        try await RoleBucket.with { roleBucket in
            let key = roleBucket.key
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { storage in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 1...20 { group.addTask { try await storage.contains(key) } }
                    for try await found in group { #expect(!found) }
                }
            }
            #expect(roleBucket.giver.requests.count == 1)
        }
    }

    @Test func `Credentials are replaced before they expire, with the file's present token, and nobody waits for that`() async throws {
        try await RoleBucket.with { roleBucket in
            roleBucket.bucket.configuration.credentialsPatience = .seconds(3600)
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { storage in
                try await storage.checkThoroughly()
                let first = try #require(roleBucket.lastSession)
                roleBucket.clock.setAhead(by: 3400)
                try roleBucket.write(token: "container-next")
                roleBucket.giver.spoil("GET", .hang)
                #expect(try await !storage.contains(roleBucket.key))
                #expect(roleBucket.lastSession == first)
                try await until { roleBucket.giver.requests.count >= 2 }
                // Whoever does not answer is not waited for longer than while these hold.
                #expect(try await !storage.contains(roleBucket.key))
                #expect(roleBucket.lastSession == first)
                roleBucket.giver.goAway()
                try roleBucket.giver.comeBack()
                repeat { #expect(try await !storage.contains(roleBucket.key)) } while roleBucket.lastSession == first
                #expect(roleBucket.giver.requests.last?.headers["authorization"] == "container-next")
            }
        }
    }

    @Test func `While no new credentials come, the valid ones are used until they expire, and then the error says what to do`() async throws
    {
        try await RoleBucket.with { roleBucket in
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { storage in
                try await storage.checkThoroughly()
                roleBucket.giver.goAway()
                roleBucket.clock.setAhead(by: 3400)
                while !roleBucket.log.text.contains("could not be fetched") { #expect(try await !storage.contains(roleBucket.key)) }
                roleBucket.clock.setAhead(by: 3601)
                let error = await #expect(throws: StorageError.self) { _ = try await storage.contains(roleBucket.key) }
                #expect(error?.fault == .infrastructure)
                #expect(error?.description.contains("there are no credentials") == true, "\(error?.description ?? "")")
                #expect(error?.description.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI") == true)
                #expect(await storage.link(toArtifact: roleBucket.key, mediaType: "video/webm") == nil)
            }
            #expect(!roleBucket.log.text.contains(RoleBucket.secret))
        }
    }

    @Test func `A storage without credentials works by itself as soon as there are some`() async throws {
        try await RoleBucket.with { roleBucket in
            roleBucket.giver.goAway()
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { storage in
                for _ in 1...2 { await #expect(throws: StorageError.self) { try await storage.checkPresence() } }
                try roleBucket.giver.comeBack()
                roleBucket.clock.setAhead(by: 60)
                try await storage.checkThoroughly()
            }
        }
    }

    @Test func `Credentials that the store no longer takes are replaced, and the request is sent again`() async throws {
        try await RoleBucket.with { roleBucket in
            let content = [UInt8](repeating: 9, count: 5000)
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { storage in
                try await storage.checkThoroughly()
                roleBucket.clock.setAhead(by: 10)
                roleBucket.bucket.proxy.spoil("PUT", .answer(400, code: "ExpiredToken"))
                var stored: StorageKey?
                try await Bytes.withFile(content) { stored = try await storage.storeRecording(from: $0, fileExtension: nil).key }
                let key = try #require(stored)
                roleBucket.clock.setAhead(by: 20)
                roleBucket.bucket.proxy.spoil("HEAD", .answer(400, code: nil))
                roleBucket.bucket.proxy.spoil("GET", .answer(400, code: "ExpiredToken"))
                #expect(try await Bytes.ofRecording(key, in: storage) == content)
                #expect(roleBucket.giver.requests.count == 3)
                // Ones that have come just now are not replaced again.
                roleBucket.bucket.proxy.spoil("GET", .answer(400, code: "ExpiredToken"))
                let error = await #expect(throws: StorageError.self) { _ = try await storage.contains(key) }
                #expect(error?.description.contains("role of the container") == true, "\(error?.description ?? "")")
            }
            #expect(roleBucket.bucket.proxy.isThrough)
            #expect(roleBucket.giver.requests.count == 3)
        }
    }

    @Test func `A download whose credentials expire in the middle goes on with new ones where it was`() async throws {
        try await RoleBucket.with { roleBucket in
            let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { storage in
                var stored: StorageKey?
                try await Bytes.withFile(content) { stored = try await storage.storeRecording(from: $0, fileExtension: nil).key }
                let (key, first) = (try #require(stored), try #require(roleBucket.lastSession))
                roleBucket.clock.setAhead(by: 20)
                roleBucket.bucket.proxy.spoil("GET", .cutAnswer(after: 100_000), .answer(400, code: "ExpiredToken"))
                #expect(try await Bytes.ofRecording(key, in: storage) == content)
                #expect(roleBucket.lastSession != first)
                #expect(roleBucket.bucket.proxy.isThrough)
                let gets = roleBucket.bucket.proxy.requests.filter { $0.method == "GET" }
                #expect(gets.count == 3 && gets[2].headers["range"] == gets[1].headers["range"])
                #expect(gets[2].headers["range"] != gets[0].headers["range"])
            }
        }
    }

    @Test func `An upload in parts whose credentials expire in the middle goes on with new ones, and sends no part again`() async throws {
        try await RoleBucket.with { roleBucket in
            roleBucket.bucket.configuration.partBytes = 5 << 20
            let content = [UInt8](repeating: 5, count: 12 << 20)
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { storage in
                try await storage.checkPresence()
                roleBucket.clock.setAhead(by: 20)
                roleBucket.bucket.proxy.spoil("PUT", .pass, .answer(400, code: "ExpiredToken"))
                try await Bytes.withFile(content) { file in
                    let stored = try await storage.storeRecording(from: file, fileExtension: nil)
                    #expect(try await Bytes.ofRecording(stored.key, in: storage) == content)
                }
            }
            #expect(roleBucket.bucket.proxy.isThrough)
            #expect(roleBucket.giver.requests.count == 2)
            // Three parts, and the one that was refused.
            #expect(roleBucket.bucket.proxy.requests.count { $0.method == "PUT" } == 4)
            #expect(try await roleBucket.bucket.contents().uploads == [])
        }
    }

    @Test func `A link ends with the credentials that sign it`() async throws {
        try await RoleBucket.with { roleBucket in
            try await roleBucket.withStorage(roleBucket.container(seconds: 900)) { storage in
                let link = try #require(await storage.link(toArtifact: roleBucket.key, mediaType: "video/webm"))
                #expect((1...900).contains(link.secondsValid))
                #expect(link.url.contains("X-Amz-Expires=\(link.secondsValid)&"))
            }
            try await roleBucket.withStorage(roleBucket.container(seconds: 86_400)) { storage in
                #expect(await storage.link(toArtifact: roleBucket.key, mediaType: "video/webm")?.secondsValid == 3600)
            }
        }
    }

    @Test(arguments: [
        ("/-/elsewhere", "302"), ("/-/flood", "more than"), ("/-/list/nothing", "500"), ("/latest/api/token", "401"),
    ])
    func `A response without valid credentials is an error, and redirects are not followed`(path: String, words: String) async throws {
        try await RoleBucket.with { roleBucket in
            try await roleBucket.withStorage(roleBucket.container(path: path)) { storage in
                let error = await #expect(throws: StorageError.self) { try await storage.checkPresence() }
                #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
                #expect(error?.description.contains(RoleBucket.secret) == false)
            }
            #expect(roleBucket.giver.requests.allSatisfy { $0.target == path })
            #expect(!roleBucket.log.text.contains(RoleBucket.secret))
        }
    }

    @Test func `A service that does not respond, or not completely, is not waited for`() async throws {
        try await RoleBucket.with { roleBucket in
            // Enough for the first byte of an answer, and for a hundredth of the rest.
            roleBucket.bucket.configuration.credentialsPatience = .seconds(1)
            roleBucket.giver.spoil("GET", .hang, .drip(1), .drip(1))
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { storage in
                let error = await #expect(throws: StorageError.self) { try await storage.checkPresence() }
                #expect(error?.description.contains("did not answer in time") == true, "\(error?.description ?? "")")
            }
        }
    }

    @Test func `A request whose response is lost is sent again`() async throws {
        try await RoleBucket.with { roleBucket in
            roleBucket.giver.spoil("GET", .loseAnswer, .answer(503, code: nil))
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { try await $0.checkThoroughly() }
            #expect(roleBucket.giver.requests.count == 3)
        }
    }

    @Test func `The error for a refused or unreadable token says what to correct, and does not quote the token`() async throws {
        try await RoleBucket.with { roleBucket in
            let environment = [
                "AWS_WEB_IDENTITY_TOKEN_FILE": roleBucket.tokenFile.string, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/worker",
                "AWS_ENDPOINT_URL_STS": roleBucket.giver.endpoint,
            ]
            for (token, words) in [
                ("geheim", "400 InvalidIdentityToken"), ("ge\nheim", "is no token"), ("", "is no token"), (nil, "No such file"),
            ] {
                if let token {
                    try roleBucket.write(token: token)
                } else {
                    try FileManager.default.removeItem(atPath: roleBucket.tokenFile.string)
                }
                try await roleBucket.withStorage(environment) { storage in
                    let error = await #expect(throws: StorageError.self) { try await storage.checkPresence() }
                    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
                    #expect(error?.description.contains(roleBucket.tokenFile.string) == true)
                    #expect(error?.description.contains("heim") == false)
                }
            }
            #expect(!roleBucket.log.text.contains("heim"))
        }
    }

    @Test func `A cancelled task does not wait for credentials`() async throws {
        try await RoleBucket.with { roleBucket in
            roleBucket.bucket.configuration.credentialsPatience = .seconds(3600)
            roleBucket.bucket.configuration.patience = .seconds(3600)
            roleBucket.giver.spoil("GET", .hang)
            let key = roleBucket.key
            try await roleBucket.withStorage(roleBucket.container(seconds: 3600)) { storage in
                let task = Task { () -> StorageError? in
                    do throws(StorageError) {
                        _ = try await storage.contains(key)
                        return nil
                    } catch {
                        return error
                    }
                }
                try await until { !roleBucket.giver.requests.isEmpty }
                task.cancel()
                let error = await task.value
                #expect(error?.description.contains("told to stop") == true, "\(error?.description ?? "")")
            }
        }
    }
}
