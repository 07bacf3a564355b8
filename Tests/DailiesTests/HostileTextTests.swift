import Foundation
import Health
import SystemPackage
import TestSupport
import Testing

@testable import Dailies

/// What commands, settings and metrics do with text whose characters are not its bytes.
struct HostileTextTests {
    /// What a reader of Prometheus' text format finds in the label of the only value.
    private func label(in text: String) -> [UInt8]? {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
        guard lines.count == 3 else { return nil }
        var (found, rest) = ([UInt8](), lines[2].drop { $0 != UInt8(ascii: "\"") }.dropFirst())
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            guard byte == UInt8(ascii: "\\") else {
                found.append(byte)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            found.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
        }
        return String(Substring(rest)) == "} 1" ? found : nil
    }

    @Test func `A metric's label comes back as it was, and cannot end its line or its quotation`() {
        var hostile = HostileText(seed: 15, own: ["\"", "\\", "\n", "\r\n", "\u{301}"])
        for _ in 0..<5000 {
            let value = hostile.next()
            let text = MetricFamily("m", help: "h\(value)", samples: [.init(1, labels: [("l", value)])]).text
            #expect(label(in: text) == Array(value.utf8), "\(value.debugDescription)")
        }
    }

    @Test func `A prepared transaction's name is quoted by its bytes in the advice`() {
        let finding = Examination.preparedTransaction("a'\u{301}b", "ada", 60)
        #expect(finding.remedy?.utf8.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false).count == 9)
    }

    @Test func `A setting with the character NUL is refused with its place`() async throws {
        try await TemporaryFolder.with { folder in
            let file = folder.appending("dailies.yaml")
            try "database: \"postgresql://h/d\\0x\"\n".write(toFile: file.string, atomically: false, encoding: .utf8)
            let reader = try await SettingsReader(flags: [:], environment: [:], file: file)
            let error = #expect(throws: SettingsError.self) { _ = try reader.text("database") }
            #expect(error?.description.contains("holds the character NUL") == true)
        }
    }

    @Test func `An address is divided at its last colon, whatever stands beside it`() async throws {
        for (text, host) in [("[::1]:9464", "::1"), ("host:9464", "host")] {
            let reader = try await SettingsReader(flags: ["health-listen": text], environment: [:], file: nil)
            #expect(try reader.address("health-listen")?.value == Settings.Address(host: host, port: 9464))
        }
        for text in ["\u{600}:9464", "[::1]\u{301}:9464", "host:\u{301}9464"] {
            let reader = try await SettingsReader(flags: ["health-listen": text], environment: [:], file: nil)
            #expect(throws: SettingsError.self, "\(text.debugDescription)") { try reader.address("health-listen") }
        }
    }
}
