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
        try await RoleHouse.with { house in
            // Both read the token again each time.
            try house.write(token: role == "container" ? "container-1" : "identity-1")
            let environments = [
                "web identity": [
                    "AWS_WEB_IDENTITY_TOKEN_FILE": house.tokenFile.string, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/worker",
                    "AWS_ENDPOINT_URL_STS": house.giver.endpoint,
                ],
                "container": house.container(seconds: 3600),
                "machine": ["AWS_EC2_METADATA_SERVICE_ENDPOINT": house.giver.endpoint],
            ]
            try await house.withStorage(try #require(environments[role])) { storage in
                try await storage.checkThoroughly()
                #expect(house.lastSession != nil)
                #expect(try #require(await storage.credentialsRemain()) > .seconds(3500))
                var stored: StorageKey?
                try await Bytes.withFile([1, 2, 3]) { stored = try await storage.storeRecording(from: $0, fileExtension: nil).key }
                let key = try #require(stored)
                let link = try #require(await storage.link(toArtifact: key, mediaType: "video/webm"))
                let target = String(link.url.dropFirst(house.bucket.proxy.endpoint.count))
                let answer = try await PlainHTTP.get(target, port: house.bucket.proxy.port)
                #expect(answer.body == Data([1, 2, 3]), "\(String(decoding: answer.body, as: UTF8.self))")
            }
        }
    }

    @Test func `However many ask, credentials are fetched once`() async throws {
        try await RoleHouse.with { house in
            let key = house.key
            try await house.withStorage(house.container(seconds: 3600)) { storage in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 1...20 { group.addTask { try await storage.contains(key) } }
                    for try await found in group { #expect(!found) }
                }
            }
            #expect(house.giver.requests.count == 1)
        }
    }

    @Test func `Credentials are replaced before they expire, with the token of then, and nobody waits for that`() async throws {
        try await RoleHouse.with { house in
            house.bucket.configuration.credentialsPatience = .seconds(3600)
            try await house.withStorage(house.container(seconds: 3600)) { storage in
                try await storage.checkThoroughly()
                let first = try #require(house.lastSession)
                house.clock.setAhead(by: 3400)
                try house.write(token: "container-next")
                house.giver.spoil("GET", .hang)
                #expect(try await !storage.contains(house.key))
                #expect(house.lastSession == first)
                try await until { house.giver.requests.count >= 2 }
                // Whoever does not answer is not waited for longer than while these hold.
                #expect(try await !storage.contains(house.key))
                #expect(house.lastSession == first)
                house.giver.goAway()
                try house.giver.comeBack()
                repeat { #expect(try await !storage.contains(house.key)) } while house.lastSession == first
                #expect(house.giver.requests.last?.headers["authorization"] == "container-next")
            }
        }
    }

    @Test func `While nobody gives others, those that hold are used until their end, and then it is said what to do`() async throws {
        try await RoleHouse.with { house in
            try await house.withStorage(house.container(seconds: 3600)) { storage in
                try await storage.checkThoroughly()
                house.giver.goAway()
                house.clock.setAhead(by: 3400)
                while !house.log.text.contains("could not be fetched") { #expect(try await !storage.contains(house.key)) }
                house.clock.setAhead(by: 3601)
                let error = await #expect(throws: StorageError.self) { _ = try await storage.contains(house.key) }
                #expect(error?.fault == .infrastructure)
                #expect(error?.description.contains("there are no credentials") == true, "\(error?.description ?? "")")
                #expect(error?.description.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI") == true)
                #expect(await storage.link(toArtifact: house.key, mediaType: "video/webm") == nil)
            }
            #expect(!house.log.text.contains(RoleHouse.secret))
        }
    }

    @Test func `A storage without credentials goes on by itself when somebody gives some`() async throws {
        try await RoleHouse.with { house in
            house.giver.goAway()
            try await house.withStorage(house.container(seconds: 3600)) { storage in
                for _ in 1...2 { await #expect(throws: StorageError.self) { try await storage.checkPresence() } }
                try house.giver.comeBack()
                house.clock.setAhead(by: 60)
                try await storage.checkThoroughly()
            }
        }
    }

    @Test func `Credentials that the store no longer takes are replaced, and the request is sent again`() async throws {
        try await RoleHouse.with { house in
            let content = [UInt8](repeating: 9, count: 5000)
            try await house.withStorage(house.container(seconds: 3600)) { storage in
                try await storage.checkThoroughly()
                house.clock.setAhead(by: 10)
                house.bucket.proxy.spoil("PUT", .answer(400, code: "ExpiredToken"))
                var stored: StorageKey?
                try await Bytes.withFile(content) { stored = try await storage.storeRecording(from: $0, fileExtension: nil).key }
                let key = try #require(stored)
                house.clock.setAhead(by: 20)
                house.bucket.proxy.spoil("HEAD", .answer(400, code: nil))
                house.bucket.proxy.spoil("GET", .answer(400, code: "ExpiredToken"))
                #expect(try await Bytes.ofRecording(key, in: storage) == content)
                #expect(house.giver.requests.count == 3)
                // Ones that have come just now are not replaced again.
                house.bucket.proxy.spoil("GET", .answer(400, code: "ExpiredToken"))
                let error = await #expect(throws: StorageError.self) { _ = try await storage.contains(key) }
                #expect(error?.description.contains("role of the container") == true, "\(error?.description ?? "")")
            }
            #expect(house.bucket.proxy.isThrough)
            #expect(house.giver.requests.count == 3)
        }
    }

    @Test func `A link ends with the credentials that sign it`() async throws {
        try await RoleHouse.with { house in
            try await house.withStorage(house.container(seconds: 900)) { storage in
                let link = try #require(await storage.link(toArtifact: house.key, mediaType: "video/webm"))
                #expect((1...900).contains(link.secondsValid))
                #expect(link.url.contains("X-Amz-Expires=\(link.secondsValid)&"))
            }
            try await house.withStorage(house.container(seconds: 86_400)) { storage in
                #expect(await storage.link(toArtifact: house.key, mediaType: "video/webm")?.secondsValid == 3600)
            }
        }
    }

    @Test(arguments: [
        ("/-/elsewhere", "302"), ("/-/flood", "more than"), ("/-/list/nothing", "500"), ("/latest/api/token", "401"),
    ])
    func `What is no answer with credentials is none, and leads nowhere else`(path: String, words: String) async throws {
        try await RoleHouse.with { house in
            try await house.withStorage(house.container(path: path)) { storage in
                let error = await #expect(throws: StorageError.self) { try await storage.checkPresence() }
                #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
                #expect(error?.description.contains(RoleHouse.secret) == false)
            }
            #expect(house.giver.requests.allSatisfy { $0.target == path })
            #expect(!house.log.text.contains(RoleHouse.secret))
        }
    }

    @Test func `Nobody who does not answer, or not to the end, is waited for`() async throws {
        try await RoleHouse.with { house in
            // Enough for the first byte of an answer, and for a hundredth of the rest.
            house.bucket.configuration.credentialsPatience = .seconds(1)
            house.giver.spoil("GET", .hang, .drip(1), .drip(1))
            try await house.withStorage(house.container(seconds: 3600)) { storage in
                let error = await #expect(throws: StorageError.self) { try await storage.checkPresence() }
                #expect(error?.description.contains("did not answer in time") == true, "\(error?.description ?? "")")
            }
        }
    }

    @Test func `A lost answer is asked for again`() async throws {
        try await RoleHouse.with { house in
            house.giver.spoil("GET", .loseAnswer, .answer(503, code: nil))
            try await house.withStorage(house.container(seconds: 3600)) { try await $0.checkThoroughly() }
            #expect(house.giver.requests.count == 3)
        }
    }

    @Test func `A token that is refused or cannot be read is told of with what to correct, and is not told`() async throws {
        try await RoleHouse.with { house in
            let environment = [
                "AWS_WEB_IDENTITY_TOKEN_FILE": house.tokenFile.string, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/worker",
                "AWS_ENDPOINT_URL_STS": house.giver.endpoint,
            ]
            for (token, words) in [
                ("geheim", "400 InvalidIdentityToken"), ("ge\nheim", "is no token"), ("", "is no token"), (nil, "No such file"),
            ] {
                if let token { try house.write(token: token) } else { try FileManager.default.removeItem(atPath: house.tokenFile.string) }
                try await house.withStorage(environment) { storage in
                    let error = await #expect(throws: StorageError.self) { try await storage.checkPresence() }
                    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
                    #expect(error?.description.contains(house.tokenFile.string) == true)
                    #expect(error?.description.contains("heim") == false)
                }
            }
            #expect(!house.log.text.contains("heim"))
        }
    }

    @Test func `Whoever is cancelled does not wait for credentials`() async throws {
        try await RoleHouse.with { house in
            house.bucket.configuration.credentialsPatience = .seconds(3600)
            house.bucket.configuration.patience = .seconds(3600)
            house.giver.spoil("GET", .hang)
            let key = house.key
            try await house.withStorage(house.container(seconds: 3600)) { storage in
                let task = Task { () -> StorageError? in
                    do throws(StorageError) {
                        _ = try await storage.contains(key)
                        return nil
                    } catch {
                        return error
                    }
                }
                try await until { !house.giver.requests.isEmpty }
                task.cancel()
                let error = await task.value
                #expect(error?.description.contains("told to stop") == true, "\(error?.description ?? "")")
            }
        }
    }
}
