import Foundation
import Glibc
import Postgres
import Storage
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Dailies

/// No secret of a setting reaches a message, a log, doctor's table or the list of processes, however the setting was mistyped.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct SecretsTests {
    /// A secret and the pieces of it that nobody may see: as it is, decoded, encoded, and what is left where somebody cuts it.
    private struct Secret {
        let text: String
        private let words: [String]

        init(using random: inout SeededGenerator) {
            let signs = ["/", "@", ":", "%", "%2F", "%40", " ", "'", "\"", "\\", "?", "#", "=", "&", ",", "[", "]", "\u{301}", "\u{600}"]
            var (text, words) = ("", [String]())
            for _ in 0..<3 {
                var word = "zq"
                for _ in 0..<6 { word.append("bcdfghjkmnpqrstvwxz".randomElement(using: &random) ?? "q") }
                text += (words.isEmpty ? "" : signs.randomElement(using: &random) ?? "/") + word
                words.append(word)
            }
            (self.text, self.words) = (text, words)
        }

        var encoded: String {
            text.utf8.map {
                (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) ? String(UnicodeScalar($0)) : String(format: "%%%02X", $0)
            }
            .joined()
        }

        /// Every word of it that stands in what was said. They are the same encoded and decoded.
        func shown(in said: String) -> [String] {
            words.filter { said.utf8.contains(Array($0.utf8)) }
        }
    }

    private static func secrets(_ count: Int, seed: UInt64) -> [Secret] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Secret(using: &random) }
    }

    private static func connectionStrings(_ secret: Secret) -> [String] {
        let quoted = secret.text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return [
            "postgresql://ada:\(secret.text)@127.0.0.1:1/dailies",
            "postgres://ada:\(secret.text)@127.0.0.1:1,127.0.0.1:2/dailies?sslmode=disable",
            "postgresql://ada:\(secret.encoded)@127.0.0.1:1/dailies", "postgresql://127.0.0.1:1/dailies?user=ada&password=\(secret.text)",
            "postgresql://127.0.0.1:1/dailies?password=\(secret.encoded)", "host=127.0.0.1 port=1 user=ada password=\(secret.text)",
            "host=127.0.0.1 port=1 user=ada password='\(quoted)'", "host=127.0.0.1 port=1 user=ada password='\(secret.text)'",
            " postgresql://ada:\(secret.text)@127.0.0.1:1/dailies", "POSTGRESQL://ada:\(secret.text)@127.0.0.1:1/dailies",
            "postgresql://ada:\(secret.text)@[::1]:1/dailies", "\"postgresql://ada:\(secret.text)@127.0.0.1:1/dailies\"",
        ]
    }

    @Test func `a connection string that falls apart is refused, and nothing of its password is told`() {
        for secret in Self.secrets(400, seed: 1) {
            for text in Self.connectionStrings(secret) {
                let configuration = PostgresConfiguration(text)
                var said = "\(configuration) \(String(reflecting: configuration))"
                dump(configuration, to: &said)
                do { said += try configuration.target.description } catch { said += error.description }
                #expect(secret.shown(in: said).isEmpty, "\(text): \(said)")
            }
        }
        let plain = PostgresConfiguration("postgresql://ada:a%2Fb@db1:5432,[2001:db8::1]/dailies?sslmode=require&options=-c%20a%3Db")
        #expect(plain.description == "database “dailies” as user “ada” at db1:5432, 2001:db8::1:5432")
        let kept = ["postgresql:///dailies", "postgresql://db/dailies?user=a@b", "postgresql://ada@db", "postgresql://a:b@/d?host=/run/pg"]
        for text in kept { #expect(throws: Never.self, "\(text)") { _ = try PostgresConfiguration(text).target } }
    }

    @Test func `a setting that is refused is not repeated`() async throws {
        for secret in Self.secrets(40, seed: 3) {
            for value in [
                "https://AKID:\(secret.text)@s3.example.org", secret.text, "s3://\(secret.text)", "postgresql://u:\(secret.text)@h/d",
            ] {
                for name in [
                    "S3_ENDPOINT", "S3_REGION", "S3_ADDRESSING", "S3_MEDIA", "SPOOL_MIB", "LISTEN", "PUBLIC_URL", "TRUSTED_PROXIES",
                    "EMAIL_HEADER", "SESSION_HOURS", "HEALTH", "SLOTS", "SANDBOX", "LOG_LEVEL",
                ] {
                    let said = await Self.refusal(of: ["DAILIES_\(name)": value])
                    #expect(secret.shown(in: said).isEmpty, "\(name): \(said)")
                }
            }
            // These are paths, where a plain text is one.
            for name in ["STORAGE", "DATA", "SPOOL", "INSPECTOR"] {
                let said = await Self.refusal(of: ["DAILIES_\(name)": "https://AKID:\(secret.text)@s3.example.org"])
                #expect(said.contains("DAILIES_\(name)") && secret.shown(in: said).isEmpty, "\(name): \(said)")
            }
            for name in ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"] {
                let said = await Self.refusal(of: [name: secret.text + "\n"])
                #expect(said.contains(name) && secret.shown(in: said).isEmpty, "\(name): \(said)")
            }
        }
    }

    /// - Returns: what is said of settings, among them a bucket's; doctor's table when nothing is wrong with them.
    private static func refusal(of settings: [String: String]) async -> String {
        let bucket = [
            "DAILIES_STORAGE": "s3://answers", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "k", "AWS_SESSION_TOKEN": "t",
        ]
        let environment = bucket.merging(settings) { $1 }
        do {
            let reader = try await SettingsReader(flags: [:], environment: environment, file: nil)
            return Doctor.table(try Settings(reader: reader, environment: environment, isRoot: false, cores: 2)).rendered()
        } catch {
            return Failure(error)?.message ?? "\(error)"
        }
    }

    @Test func `no command tells a password, whether it is right, wrong or in the wrong place`() async throws {
        try await TemporaryFolder.with { folder in
            let manifest = folder.appending("answers.csv").string
            try "role,question,candidate_name,candidate_email,file\n".write(toFile: manifest, atomically: false, encoding: .utf8)
            let commands = [
                ["migrate"], ["status"], ["doctor"], ["work"], ["jobs", "list"], ["queue", "pause"], ["reviewer", "list"],
                ["import", manifest],
                ["reconcile"],
            ]
            let all = Self.secrets(commands.count, seed: 4)
            for (secret, command) in zip(all, commands) {
                // The kinds that fall apart, and one that reaches the network.
                for way in [0, 2, 5, 8] {
                    let connection = Self.connectionStrings(secret)[way]
                    let said = try await Self.run(
                        command + ["--data", folder.string], ["DATABASE_URL": connection, "PGPASSWORD": secret.text])
                    #expect(!said.isEmpty && secret.shown(in: said).isEmpty, "\(command): \(said)")
                }
            }
            let url = Self.connectionStrings(all[0])[0]
            for command in [
                ["work", url], [url], ["work", "--slots", url], ["work", "--databse=\(url)"], ["jobs", "show", url],
                ["status", "--config", url], ["import", url],
                ["work", "--storage", "https://AKID:\(all[0].text)@s3.example.org"],
            ] {
                let said = try await Self.run(command, [:])
                #expect(!said.isEmpty && all[0].shown(in: said).isEmpty, "\(command): \(said)")
            }
        }
    }

    private static func run(_ words: [String], _ variables: [Environment.Key: String]) async throws -> String {
        let result = try await Subprocess.run(
            .path(Product.program), arguments: Arguments(words), environment: .custom(Product.variables.merging(variables) { $1 }),
            input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return result.standardOutput + result.standardError
    }

    @Test func `a worker's children have no secret in their command lines and environments`() async throws {
        try await Product.with { product in
            let secret = Self.secrets(1, seed: 5)[0]
            var worker = Product(data: product.data, pool: product.pool, flags: ["--data", product.data.string])
            let conninfo = product.pool.configuration.connection.connectionString
            // The tests' server asks for no password; it is there all the same.
            worker.settings = [
                "DATABASE_URL": "\(conninfo) password='\(secret.text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'",
                "PGPASSWORD": secret.text, "AWS_SECRET_ACCESS_KEY": secret.text,
            ]
            try await worker.running("work", "--slots", "1") { process in
                // Before it is another program, a child has what its parent has.
                func inspectors() -> [pid_t] {
                    ProcessTree.descendants(of: process).filter {
                        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/exe"))?.hasSuffix("inspector") == true
                    }
                }
                try await until { !inspectors().isEmpty }
                for child in inspectors() {
                    for list in ["cmdline", "environ"] {
                        let text = (try? Data(contentsOf: URL(filePath: "/proc/\(child)/\(list)"))).map {
                            String(decoding: $0, as: UTF8.self)
                        }
                        #expect(secret.shown(in: text ?? "").isEmpty, "\(list)")
                    }
                }
                kill(process, SIGTERM)
            }
        }
    }

    @Test func `control characters of a manifest or a setting reach no terminal`() {
        #expect(
            MessageText.harmless("a\u{1B}[2Jb\u{7}\u{9B}31m\u{202E}c\n\td\r") == "a\u{FFFD}[2Jb\u{FFFD}\u{FFFD}31m\u{FFFD}c\n\td\u{FFFD}")
        let finding = Finding.problem("x", "a\u{1B}[2J", remedy: "b\u{7}").rendered()
        #expect(!finding.contains("\u{1B}") && !finding.contains("\u{7}"))
        let line = ProgressBar.line(label: "importing", done: 1, total: 2, note: "\u{1B}]0;x\u{7}.webm", width: 80)
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test func `words that only speak of passwords are shown, and those that hold one are not`() {
        let sentence = "A password has at least 12 characters. Pipe it in: dailies reviewer password EMAIL < FILE"
        #expect(MessageText.withoutSecrets(sentence, words: ["reviewer", "password", "rosa@team.example"]) == sentence)
        for word in ["host=h password=zqbcdf", "password  = zqbcdf", "--database=password=zqbcdf", "postgresql://u:zqbcdf@h/d"] {
            #expect(!MessageText.withoutSecrets("Unexpected argument '\(word)'", words: ["up", word]).contains("zqbcdf"), "\(word)")
        }
    }
}
