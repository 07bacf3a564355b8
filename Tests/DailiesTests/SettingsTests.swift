import Foundation
import Storage
import SystemPackage
import TestSupport
import Testing

@testable import Dailies

struct SettingsTests {
    private func settings(
        flags: [String: String] = [:], environment: [String: String] = [:], file: FilePath? = nil, isRoot: Bool = false
    ) async throws -> Settings {
        let reader = try await SettingsReader(flags: flags, environment: environment, file: file)
        return try Settings(reader: reader, environment: environment, isRoot: isRoot, cores: 2)
    }

    @Test func `a flag wins over the environment and the environment over the file`() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appending("dailies.yaml")
            try "slots: 3\nstorage: /from/file\ngrace-seconds: 7\n".write(toFile: file.string, atomically: false, encoding: .utf8)
            let found = try await settings(
                flags: ["slots": "9"], environment: ["DAILIES_SLOTS": "5", "DAILIES_STORAGE": "/from/env"], file: file)
            #expect(found.slots == Setting(value: 9, source: .flag("--slots")))
            #expect(found.storage.value.description == "/from/env")
            #expect(found.storage.source == .environment("DAILIES_STORAGE"))
            #expect(found.graceSeconds == Setting(value: 7, source: .file(file)))
            #expect(found.historyDays == Setting(value: 90, source: .standard))
            #expect(found.outboxDays == Setting(value: 30, source: .standard))
        }
    }

    @Test func `without a database there is the private server`() async throws {
        #expect(try await settings().database == Setting(value: .privateServer, source: .standard))
        #expect(
            try await settings(environment: ["DATABASE_URL": "postgresql://h/d"]).database
                == Setting(value: .server("postgresql://h/d"), source: .environment("DATABASE_URL")))
        #expect(try await settings(environment: ["PGHOST": "h"]).database == Setting(value: .server(""), source: .environment("PGHOST")))
    }

    @Test func `the data folder depends on who runs it`() async throws {
        #expect(try await settings(isRoot: true).data.value == "/var/lib/dailies")
        #expect(try await settings(environment: ["HOME": "/users/ada"]).data.value == "/users/ada/.local/share/dailies")
        #expect(try await settings(environment: ["HOME": "/users/ada", "XDG_DATA_HOME": "/data"]).data.value == "/data/dailies")
    }

    @Test(arguments: ["0", "many", "-1", "999"])
    func `a bad number is refused with its place`(text: String) async throws {
        let error = await #expect(throws: SettingsError.self) { try await settings(environment: ["DAILIES_SLOTS": text]) }
        #expect(error?.description.contains("DAILIES_SLOTS") == true)
    }

    @Test func `a settings file that is named must exist`() async throws {
        await #expect(throws: SettingsError.self) { try await settings(file: "/nowhere/dailies.yaml") }
    }

    private static let bucket = [
        "DAILIES_STORAGE": "s3://answers/2026", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "geheim", "HOME": "/users/ada",
    ]

    @Test func `a bucket is Amazon's, in the region of the environment, unless an endpoint is named`() async throws {
        let plain = try await settings(environment: Self.bucket.merging(["AWS_REGION": "eu-central-1"]) { $1 })
        guard case .bucket(let amazon) = plain.storage.value else { return #expect(Bool(false), "\(plain.storage.value)") }
        #expect(plain.storage.value.description == "s3://answers/2026")
        #expect(amazon.endpoint.value.description == "https://s3.eu-central-1.amazonaws.com")
        #expect(amazon.region == Setting(value: "eu-central-1", source: .environment("AWS_REGION")))
        #expect(amazon.addressing.value == .virtualHost)
        #expect(amazon.media.value == .links)
        #expect(amazon.spool.value == "/users/ada/.local/share/dailies/spool")
        #expect(plain.storage.value.workFolder == amazon.spool.value)

        let named = try await settings(
            environment: Self.bucket.merging(["DAILIES_S3_ENDPOINT": "http://127.0.0.1:9000", "DAILIES_S3_MEDIA": "through"]) { $1 })
        guard case .bucket(let own) = named.storage.value else { return #expect(Bool(false), "\(named.storage.value)") }
        #expect(own.endpoint.value.description == "http://127.0.0.1:9000")
        #expect(own.addressing.value == .path)
        #expect(own.configuration.givesLinks == false)
    }

    @Test(arguments: [
        (["DAILIES_STORAGE": "s3://Answers"], "names no bucket"), (["AWS_SECRET_ACCESS_KEY": ""], "AWS_SECRET_ACCESS_KEY"),
        (["DAILIES_S3_ENDPOINT": "s3.example.org"], "needs a URL"), (["DAILIES_S3_ADDRESSING": "host"], "path, virtual-host"),
        (["DAILIES_SPOOL_MIB": "8191"], "has to be 8192 at least"),
    ])
    func `a bucket that cannot be used is refused at the start, and no secret is told`(wrong: [String: String], words: String) async throws
    {
        let error = await #expect(throws: SettingsError.self) { try await settings(environment: Self.bucket.merging(wrong) { $1 }) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("geheim") == false)
    }
}
