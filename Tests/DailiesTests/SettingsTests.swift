import Foundation
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
            #expect(found.storage == Setting(value: "/from/env", source: .environment("DAILIES_STORAGE")))
            #expect(found.graceSeconds == Setting(value: 7, source: .file(file)))
            #expect(found.historyDays == Setting(value: 90, source: .standard))
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
}
