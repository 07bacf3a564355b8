import Foundation
import NIOCore
import NIOHTTP1
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// What networks and stores do wrong, between a client and a real server.
@Suite(.tags(.server), .timeLimit(.minutes(5)))
struct S3FaultTests {
    /// Faults that pass while a recording is fetched.
    private static let passing: [(String, [(String, FaultyStore.Fault)])] = [
        ("an answer of 500", [("HEAD", .answer(500, code: nil)), ("GET", .answer(500, code: "InternalError"))]),
        ("SlowDown", [("GET", .answer(503, code: "SlowDown")), ("GET", .answer(503, code: "SlowDown"))]),
        ("too many requests", [("HEAD", .answer(429, code: nil))]),
        ("no answer in time", [("HEAD", .hang), ("GET", .hang)]),
        ("a lost answer", [("HEAD", .loseAnswer), ("GET", .loseAnswer)]),
        ("a cut in the middle", [("GET", .cutAnswer(after: 100_000)), ("GET", .cutAnswer(after: 1)), ("GET", .cutAnswer(after: 0))]),
        ("more bytes announced than come", [("GET", .misannounce(by: 10))]),
        ("fewer bytes announced than there are", [("GET", .misannounce(by: -10))]),
        ("a slow drip", [("GET", .drip(10))]),
        ("a reset in the middle", [("GET", .reset(after: 100_000)), ("GET", .reset(after: 0))]),
        ("RequestTimeout", [("GET", .answer(400, code: "RequestTimeout"))]),
        ("a pause that is asked for", [("GET", .reply(503, headers: ["Retry-After: 0"], body: "<Error><Code>SlowDown</Code></Error>"))]),
        ("another range than was asked for", [("GET", .header("Content-Range", "bytes 1-299999/300000"))]),
        ("a part that does not say which it is", [("GET", .header("Content-Range", nil))]),
        ("more bytes than were announced", [("GET", .unannounced(more: 10))]),
        ("fewer bytes than were announced", [("GET", .unannounced(more: -10)), ("GET", .unannounced(more: 0))]),
        ("an answer without the file's version", [("HEAD", .header("ETag", nil)), ("GET", .header("ETag", nil))]),
        ("a HEAD without a length", [("HEAD", .header("Content-Length", nil))]),
        ("a clock that is wrong", [("HEAD", .answer(403, code: nil)), ("GET", .answer(403, code: "RequestTimeTooSkewed"))]),
    ]

    /// The faults that only a patience which ends tells. Everything else may take as long as a busy machine needs.
    private static let untimely = ["no answer in time", "a slow drip"]

    @Test(arguments: passing.map(\.0))
    func `A recording arrives whole in spite of`(fault: String) async throws {
        let faults = try #require(Self.passing.first { $0.0 == fault }).1
        try await Bucket.withRecording(of: 300_000) { bucket, stored, content in
            if Self.untimely.contains(fault) {
                bucket.configuration.patience = .seconds(2)
                bucket.configuration.slowGrace = .seconds(2)
            }
            for (method, fault) in faults { bucket.proxy.spoil(method, fault) }
            try await bucket.withStorage { storage in
                let received = try await Bytes.ofRecording(stored.key, in: storage)
                #expect(received == content)
            }
            #expect(bucket.proxy.isThrough)
        }
    }

    @Test func `An interrupted download continues where it stopped, if the object is still the same`() async throws {
        try await Bucket.withRecording(of: 300_000) { bucket, stored, content in
            bucket.proxy.spoil("GET", .cutAnswer(after: 100_000))
            let begun = bucket.proxy.requests.count
            try await bucket.withStorage { storage in
                let received = try await Bytes.ofRecording(stored.key, in: storage)
                #expect(received == content)
            }
            let gets = bucket.proxy.requests[begun...].filter { $0.method == "GET" }
            #expect(gets.map { $0.range?.upperBound } == [299_999, 299_999])
            let begins = gets.compactMap { $0.range?.lowerBound }
            // Of the 100,000 bytes some may have been on the way when the connection broke.
            #expect(begins.count == 2 && begins[0] == 0 && (1...100_000).contains(begins[1]))
            #expect(gets.allSatisfy { $0.headers["if-match"]?.isEmpty == false })
        }
    }

    @Test func `Changed bytes are not taken for the recording`() async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            bucket.proxy.spoil("GET", .corrupt)
            try await bucket.withStorage { storage in
                let error = await #expect(throws: StorageError.self) { _ = try await storage.openRecording(stored.key) }
                #expect(error?.code == .damaged)
            }
        }
    }

    /// Faults that pass while a file is sent.
    private static let passingUp: [(String, [(String, FaultyStore.Fault)])] = [
        ("an answer of 500", [("PUT", .answer(500, code: "InternalError"))]),
        ("SlowDown", [("PUT", .answer(503, code: "SlowDown"))]),
        ("no answer in time", [("PUT", .hang)]),
        ("a lost answer", [("PUT", .loseAnswer)]),
        ("a cut in the middle", [("PUT", .cutRequest(after: 70_000)), ("PUT", .cutRequest(after: 0))]),
    ]

    @Test(arguments: passingUp.map(\.0))
    func `An artifact is stored whole in spite of`(fault: String) async throws {
        let faults = try #require(Self.passingUp.first { $0.0 == fault }).1
        try await Bucket.with { bucket in
            if Self.untimely.contains(fault) { bucket.configuration.patience = .seconds(2) }
            let content = [UInt8](repeating: 7, count: 200_000)
            for (method, fault) in faults { bucket.proxy.spoil(method, fault) }
            try await bucket.withStorage { storage in
                let staged = try await storage.stageArtifact()
                try staged.descriptor.writeAll(content)
                let stored = try await storage.publish(staged, fileExtension: nil)
                #expect(try await Bytes.ofArtifact(stored.key, in: storage) == content)
            }
            #expect(bucket.proxy.isThrough)
        }
    }

    @Test func `An upload in parts survives faults at each step, and only parts are sent again`() async throws {
        try await Bucket.with { bucket in
            bucket.configuration.partBytes = 5 << 20
            let content = [UInt8](repeating: 1, count: 12 << 20)
            // The beginning; one part.
            bucket.proxy.spoil("POST", .answer(503, code: "SlowDown"))
            bucket.proxy.spoil("PUT", .cutRequest(after: 1_000_000))
            try await Bytes.withFile(content) { file in
                try await bucket.withStorage { storage in
                    let stored = try await storage.storeRecording(from: file, fileExtension: nil)
                    #expect(try await Bytes.ofRecording(stored.key, in: storage) == content)
                    #expect(try await bucket.contents().keys == [stored.key.string: content.count])
                }
            }
            #expect(bucket.proxy.isThrough)
            #expect(try await bucket.contents().uploads == [])
            #expect(bucket.proxy.requests.count { $0.method == "PUT" } == 4)
        }
    }

    @Test func `A completed upload whose response was lost counts as complete`() async throws {
        try await Bucket.with { bucket in
            bucket.configuration.partBytes = 5 << 20
            // The beginning; the end, which fails, then is done without an answer, and then is a thing of the past.
            bucket.proxy.spoil("POST", .pass, .answer(500, code: nil), .loseAnswer, .answer(404, code: "NoSuchUpload"))
            try await Bytes.withFile([UInt8](repeating: 2, count: 6 << 20)) { file in
                try await bucket.withStorage { storage in _ = try await storage.storeRecording(from: file, fileExtension: nil) }
            }
            #expect(bucket.proxy.isThrough)
            #expect(try await bucket.contents().keys.count == 1)
        }
    }

    @Test func `An upload that fails for good leaves nothing behind`() async throws {
        try await Bucket.with { bucket in
            bucket.configuration.partBytes = 5 << 20
            bucket.configuration.retries.tries = 2
            bucket.proxy.spoil("PUT", .answer(500, code: nil), .answer(500, code: nil), .answer(500, code: nil), .answer(500, code: nil))
            try await Bytes.withFile([UInt8](repeating: 3, count: 6 << 20)) { file in
                try await bucket.withStorage { storage in
                    let error = await #expect(throws: StorageError.self) {
                        _ = try await storage.storeRecording(from: file, fileExtension: nil)
                    }
                    #expect(error?.code == .unavailable)
                }
            }
            let contents = try await bucket.contents()
            #expect(contents.keys.isEmpty && contents.uploads.isEmpty)
        }
    }

    @Test func `A store that is away is the infrastructure's fault, and works again by itself`() async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, content in
            bucket.configuration.retries.tries = 2
            try await bucket.withStorage { storage in
                bucket.proxy.goAway()
                let gone = await #expect(throws: StorageError.self) { _ = try await storage.openRecording(stored.key) }
                #expect(gone?.code == .unavailable)
                #expect(gone?.description.contains("refused") == true, "\(gone?.description ?? "")")
                await #expect(throws: StorageError.self) { try await storage.checkPresence() }
                await #expect(throws: StorageError.self) { _ = try await storage.contains(stored.key) }
                try bucket.proxy.comeBack()
                try await storage.checkPresence()
                #expect(try await Bytes.ofRecording(stored.key, in: storage) == content)
            }
        }
    }

    @Test(arguments: [
        (403, "AccessDenied", "s3:ListBucket"), (403, "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"),
        (301, "PermanentRedirect", "s3-region"), (404, "NoSuchBucket", "correct the setting storage"),
        (403, "InvalidObjectState", "archived"),
    ])
    func `An error that retries cannot solve is reported at once, with what to do, and is not a recording's fault`(
        status: Int, code: String, advice: String
    ) async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            let before = bucket.proxy.requests.count
            bucket.proxy.spoil("HEAD", .answer(status, code: nil))
            bucket.proxy.spoil("GET", .answer(status, code: code))
            try await bucket.withStorage { storage in
                let error = await #expect(throws: StorageError.self) { _ = try await storage.openRecording(stored.key) }
                #expect(error?.code == .unavailable)
                #expect(error?.description.contains(advice) == true, "\(error?.description ?? "")")
                #expect(error?.description.contains(ObjectStore.accessKeyID) == false)
            }
            #expect(bucket.proxy.requests.count == before + 2)
        }
    }

    @Test func `A store without room is full`() async throws {
        try await Bucket.with { bucket in
            bucket.proxy.spoil("PUT", .answer(507, code: "XMinioStorageFull"))
            try await bucket.withStorage { storage in
                let error = await #expect(throws: StorageError.self) {
                    _ = try await storage.publish(try await storage.stageArtifact(), fileExtension: nil)
                }
                #expect(error?.code == .full)
            }
        }
    }

    @Test func `A read of an artifact's part that breaks off continues from there`() async throws {
        try await Bucket.withRecording(of: 300_000) { bucket, stored, content in
            try await bucket.withStorage { storage in
                bucket.proxy.spoil("GET", .cutAnswer(after: 50_000))
                let part = try await storage.readArtifact(stored.key, 10_000..<270_000, of: 300_000)
                var received: [UInt8] = []
                for try await piece in part { received += Array(piece.readableBytesView) }
                #expect(received == Array(content[10_000..<270_000]))
            }
            let ranges = bucket.proxy.requests.suffix(2).compactMap(\.range)
            #expect(ranges.count == 2 && ranges[0] == 10_000...269_999)
            #expect((10_001...60_000).contains(ranges[1].lowerBound) && ranges[1].upperBound == 269_999)
        }
    }

    @Test func `Requests are signed by the store's time after it differed`() async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, content in
            let ahead = SigningTime(secondsSince1970: SigningTime.now.secondsSince1970 + 7200)
            bucket.proxy.spoil("HEAD", .answer(403, code: nil))
            bucket.proxy.spoil("GET", .answer(403, code: "RequestTimeTooSkewed", date: ahead.httpDate))
            try await bucket.withStorage { storage in
                let received = try await Bytes.ofRecording(stored.key, in: storage)
                #expect(received == content)
            }
            let date = try #require(bucket.proxy.requests.last?.headers["x-amz-date"])
            #expect((ahead.text...SigningTime(secondsSince1970: ahead.secondsSince1970 + 300).text).contains(date))
        }
    }

    @Test func `A cancelled task waits for nothing`() async throws {
        try await Bucket.withRecording(of: 1000) { bucket, stored, _ in
            bucket.proxy.spoil("HEAD", .hang)
            let begun = bucket.proxy.requests.count
            try await bucket.withStorage { storage in
                let task = Task { () -> StorageError? in
                    do throws(StorageError) {
                        _ = try await storage.openRecording(stored.key)
                        return nil
                    } catch {
                        return error
                    }
                }
                try await until { bucket.proxy.requests.count > begun }
                task.cancel()
                let error = await task.value
                #expect(error?.fault == .infrastructure)
                #expect(error?.description.contains("told to stop") == true)
            }
        }
    }
}

extension FaultyStore.Request {
    /// The bytes that it asks for.
    var range: ClosedRange<Int>? {
        let bounds = headers["range"]?.trimmingPrefix("bytes=").split(separator: "-").compactMap { Int($0) } ?? []
        return bounds.count == 2 ? bounds[0]...bounds[1] : nil
    }
}

extension SigningTime {
    /// As it stands in the `Date` header of an answer.
    fileprivate var httpDate: String {
        let format = Date.VerbatimFormatStyle(
            format:
                "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT",
            locale: Locale(identifier: "en_US_POSIX"), timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        return Date(timeIntervalSince1970: TimeInterval(secondsSince1970)).formatted(format)
    }
}
