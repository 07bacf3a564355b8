import Foundation
import Interviews
import Logging
import Postgres
import Recordings
import Reviews
import ServiceLifecycle
import Storage
import SystemPackage
import TestSupport

@testable import ReviewSite

/// The site as people reach it, with its own database and files: the role `baker`, which Rosa and Sam review, with two answers of
/// Ada and one of Bob; the role `butcher`, which neither does, with one answer of Cyd; and Ines, who is an admin.
///
/// Everything that names a candidate contains `zyx`, which is nowhere else.
struct TestSite {
    let client: SiteClient
    let services: SiteServices
    /// To the same database as an administrator; the site goes there with its own account.
    let pool: PostgresPool
    let ines: Reviewer
    let rosa: Reviewer
    let sam: Reviewer
    /// Ada's answers to `bread` and `rolls`, and Bob's to `bread`.
    let answers: [Int64]
    let foreignAnswer: Int64

    var accounts: Accounts { Accounts(pool: pool) }
    var reviews: Reviews { Reviews(pool: services.pool) }

    /// What `playback` leads to.
    static let playback = Fixtures.recording("chrome-vp9-720p.webm")

    static func with(
        _ configuration: ReviewSite.Configuration? = nil, conninfo reached: @Sendable (String) throws -> String = { $0 },
        _ body: (TestSite) async throws -> Void
    ) async throws {
        try await TestDatabase.withDatabase { conninfo in
            try await TemporaryFolder.with { folder in
                let all = PostgresPool(PostgresConfiguration(conninfo), limit: 8)
                let pool = PostgresPool(PostgresConfiguration(DatabaseAccount.site.reaching(try reached(conninfo))), limit: 8)
                let storage = try await FolderStorage.open(folder.appending("storage"))
                let (ready, announce) = AsyncStream.makeStream(of: Int.self)
                let logger = Logger(label: "site") { _ in SwiftLogNoOpLogHandler() }
                let configuration = try configuration ?? Self.configuration
                let site = try ReviewSite(configuration: configuration, pool: pool, storage: storage, logger: logger) { _, port in
                    announce.yield(port)
                }
                let running = Task { try await site.run() }
                defer { running.cancel() }
                guard let port = await ready.first(where: { _ in true }) else { throw SiteClient.NoAnswer() }
                try await body(try await fill(SiteClient(port: port), site.services, all, folder.appending("storage")))
                running.cancel()
                _ = await running.result
                await pool.close()
                await all.close()
            }
        }
    }

    /// As by itself, but that programs may ask as often as tests do.
    private static var configuration: ReviewSite.Configuration {
        get throws {
            var configuration = try ReviewSite.Configuration(port: 0)
            configuration.requestRate.atOnce = 1_000_000
            return configuration
        }
    }

    private static func fill(
        _ client: SiteClient, _ services: SiteServices, _ pool: PostgresPool, _ folder: FilePath
    ) async throws -> TestSite {
        let (accounts, interviews) = (Accounts(pool: pool), Interviews(pool: pool))
        for role in ["baker", "butcher"] { _ = try await interviews.load(definition(role)) }
        let ines = try await accounts.add(email: "ines@team.example", name: "Ines", access: .admin)
        let rosa = try await accounts.add(email: "rosa@team.example", name: "Rosa", access: .reviewer)
        let sam = try await accounts.add(email: "sam@team.example", name: "Sam", access: .reviewer)
        for reviewer in [rosa, sam] { try await Reviews(pool: pool).setMembership(of: reviewer.id, in: ["baker"], to: true) }
        var answers: [Int64] = []
        for (candidate, role, question) in [
            ("Ada", "baker", "bread"), ("Ada", "baker", "rolls"), ("Bob", "baker", "bread"), ("Cyd", "butcher", "bread"),
        ] {
            let response = try await interviews.submit(
                Submission(
                    role: role, question: question, candidateName: "Zyx \(candidate)",
                    candidateEmail: "zyx.\(candidate.lowercased())@mail.example",
                    recordingKey: "recordings/zyx-\(candidate)-\(question).webm"))
            let report = try report(files: folder)
            try await pool.transaction { connection in
                try await interviews.record(report, forResponse: response, in: connection)
            }
            answers.append(response)
        }
        return TestSite(
            client: client, services: services, pool: pool, ines: ines, rosa: rosa, sam: sam,
            answers: Array(answers.prefix(3)),
            foreignAnswer: answers[3])
    }

    private static func definition(_ role: String) -> RoleDefinition {
        func question(_ key: String) -> RoleDefinition.Question {
            RoleDefinition.Question(
                key: key, prompt: "How do you make \(key)?", keyPoints: ["flour", "time"],
                anchors: .init(one: "guesses", three: "knows", five: "explains"))
        }
        return RoleDefinition(role: role, title: role.capitalized, questions: [question("bread"), question("rolls")])
    }

    /// 8 s with a silence, a warning, and a file of each kind.
    private static func report(files folder: FilePath) throws -> Report {
        func file(_ name: String, _ type: String, _ content: Data) throws -> ArtifactFile {
            let path = folder.appending("artifacts").appending(name)
            try FileManager.default.createDirectory(atPath: folder.appending("artifacts").string, withIntermediateDirectories: true)
            try content.write(to: URL(filePath: path.string))
            let hash = String(repeating: String(format: "%x", name.utf8.count % 16), count: 64)
            return ArtifactFile(file: "artifacts/\(name)", mediaType: type, bytes: Int64(content.count), sha256: hash)
        }
        let picture = try file("poster.jpg", "image/jpeg", Data("a poster".utf8))
        let board = Storyboard(
            file: try file("storyboard.jpg", "image/jpeg", Data("a storyboard".utf8)), width: 320, height: 90, tileWidth: 160,
            tileHeight: 90,
            columns: 10, tiles: [.init(atMs: 0), .init(atMs: 4000)], vtt: try file("track.vtt", "text/vtt", Data("WEBVTT\n".utf8)))
        let waveform = Waveform(
            file: try file("waveform.json", "application/json", Data("{}".utf8)), points: 100, samplesPerPoint: 3840, sampleRate: 48_000)
        let copy = Playback(
            file: try file("copy.webm", "video/webm", try Data(contentsOf: URL(filePath: playback.string))), durationMs: 8_000)
        return Report(
            outcome: .usable, container: Container(format: "webm"), durationMs: 8_000, durationSource: .packets,
            audio: AudioTrack(
                codec: "opus", channels: 1, sampleRate: 48_000, startMs: 0, endMs: 8_000, silences: [Span(fromMs: 0, toMs: 2_000)]),
            flags: [Flag(.audioQuiet, .warning, value: -38)],
            artifacts: ReportArtifacts(
                poster: Poster(file: picture, width: 640, height: 480, atMs: 0), storyboard: board, waveform: waveform, playback: copy))
    }

    func interview(of answer: Int64) async throws -> Int64 {
        try await pool.query("SELECT interview_id FROM dailies.responses WHERE id = \(answer)").one().decode(at: 0)
    }

    /// A browser in which somebody is signed in, with the token that forms send back.
    func browser(of reviewer: Reviewer) async throws -> SiteClient {
        let token = try await accounts.beginSession(of: reviewer, for: .seconds(3600), inPlaceOf: nil)
        return client.with(("Cookie", "dailies=\(token.text)"), ("X-CSRF-Token", token.derived(for: "csrf")))
    }

    /// A program that acts as somebody.
    func program(of reviewer: Reviewer, _ scope: APIToken.Scope = .write) async throws -> SiteClient {
        let token = try await accounts.addToken(reviewer: reviewer.email, name: "a test", scope: scope)
        return client.with(("Authorization", "Bearer \(token.text)"))
    }
}
