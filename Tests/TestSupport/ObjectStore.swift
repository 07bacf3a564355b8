import Foundation
import Synchronization

/// The S3 server of this test process: moto behind botocore's judgement of every signature, started when the first test asks for it.
/// It ends when this process does, in whatever way, because its input does.
public final class ObjectStore: Sendable {
    public static let accessKeyID = "AKIDEXAMPLE"
    public static let secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    public static let region = "us-east-1"

    public let port: Int
    private let process: Process
    private let input: Pipe

    private static let shared = Task { try ObjectStore() }

    /// The server that all tests of this process share; each makes a bucket of its own.
    public static func running() async throws -> ObjectStore { try await shared.value }

    /// What a bucket holds.
    public struct Contents: Decodable, Sendable {
        /// Sizes by key.
        public var keys: [String: Int]
        /// The keys of uploads in parts that are neither complete nor aborted.
        public var uploads: [String]
    }

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    private init() throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let python = here.appending(path: "../../.build/moto/bin/python").standardized
        process = Process()
        process.executableURL = python
        process.arguments = [here.appending(path: "object-store.py").path(), Self.accessKeyID, Self.secretAccessKey, "-"]
        input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard FileManager.default.isExecutableFile(atPath: python.path()) else {
            throw Failed(description: "There is no S3 server for tests: Scripts/setup installs it.")
        }
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.filter { !$0.isWhitespace }) else { throw Failed(description: "The S3 server for tests did not start.") }
        self.port = port
    }

    public var endpoint: String { "http://127.0.0.1:\(port)" }

    /// Makes a bucket with a name that no other test has.
    public func makeBucket() async throws -> String {
        let name = "test-\(UUID().uuidString.lowercased())"
        _ = try await ask("make", name)
        return name
    }

    /// What a store does to an object without being asked to. What is recorded of the object stays.
    public enum Damage: String, Sendable, CaseIterable {
        case flip, empty, cut, remove
    }

    public func damage(_ key: String, in bucket: String, _ damage: Damage) async throws {
        _ = try await ask(damage.rawValue, "\(bucket)/\(key)")
    }

    /// From now on the store takes what is sent to this bucket without comparing it with what was signed.
    public func compareNothing(in bucket: String) async throws { _ = try await ask("trust", bucket) }

    public func contents(of bucket: String) async throws -> Contents {
        try JSONDecoder().decode(Contents.self, from: try await ask("list", bucket))
    }

    private func ask(_ action: String, _ bucket: String) async throws -> Data {
        let answer = try await PlainHTTP.get("/-/\(action)/\(bucket)", port: port)
        guard answer.status == 200 else { throw Failed(description: "The S3 server for tests answered \(answer.status) to \(action).") }
        return answer.body
    }
}
