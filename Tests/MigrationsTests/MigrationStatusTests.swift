import Foundation
import Migrations
import Postgres
import Testing

@Suite struct MigrationStatusTests {
    private let roles = Migration(number: 1, name: "roles", sql: "CREATE TABLE roles ()")
    private let jobs = Migration(number: 2, name: "jobs", sql: "CREATE TABLE jobs ()")
    private let reviews = Migration(number: 3, name: "reviews", sql: "CREATE TABLE reviews ()")

    private func applied(_ migrations: Migration...) -> [AppliedMigration] {
        migrations.map {
            AppliedMigration(number: $0.number, name: $0.name, checksum: $0.checksum, appliedAt: Date(timeIntervalSince1970: 0))
        }
    }

    @Test func `What is known and not applied is pending, in order`() {
        let status = MigrationStatus(known: [jobs, reviews, roles], applied: applied(roles))
        #expect(status.pending == [jobs, reviews])
        #expect(status.applied.map(\.number) == [1])
        #expect(status.newer.isEmpty)
        #expect(status.contradiction == nil)
    }

    @Test func `Numbers above all known ones are newer, and no contradiction`() {
        let status = MigrationStatus(known: [roles], applied: applied(roles, jobs, reviews))
        #expect(status.newer.map(\.name) == ["jobs", "reviews"])
        #expect(status.pending.isEmpty)
        #expect(status.contradiction == nil)
    }

    @Test func `An edited file is found by its checksum`() throws {
        let edited = Migration(number: 1, name: "roles", sql: "CREATE TABLE roles (id int)")
        let error = try #require(MigrationStatus(known: [edited, jobs], applied: applied(roles, jobs)).contradiction)
        #expect(error == .edited(file: "0001_roles.sql", appliedAs: "0001_roles.sql"))
        #expect(error.description.contains("0001_roles.sql was edited") && error.description.contains("new migration"))
    }

    @Test func `A number that another migration had is told with both names`() throws {
        let other = Migration(number: 2, name: "queue", sql: "CREATE TABLE queue ()")
        let error = try #require(MigrationStatus(known: [roles, other], applied: applied(roles, jobs)).contradiction)
        #expect(error.description.contains("0002_queue.sql was applied to this database as 0002_jobs.sql"))
    }

    @Test func `An applied migration that is missing here is named`() throws {
        let error = try #require(MigrationStatus(known: [roles, reviews], applied: applied(roles, jobs, reviews)).contradiction)
        #expect(error == .missing(file: "0002_jobs.sql"))
        #expect(error.description.contains("Restore the file"))
    }

    @Test func `A migration below one that is applied comes too late`() throws {
        let error = try #require(MigrationStatus(known: [roles, jobs, reviews], applied: applied(roles, reviews)).contradiction)
        #expect(error == .outOfOrder(file: "0002_jobs.sql", highestApplied: 3))
    }

    private let revision = Definitions(revision: 2, sql: "CREATE OR REPLACE VIEW ones AS SELECT 1 AS one")

    @Test func `A lower revision of the definitions, or none, is brought up to date, and a higher one is left alone`() {
        for (applied, needs) in [(nil, true), (1, true), (2, false), (3, false)] as [(Int?, Bool)] {
            let there = applied.map { AppliedDefinitions(revision: $0, checksum: revision.checksum) }
            let status = MigrationStatus(known: [], applied: [], definitions: revision, appliedDefinitions: there)
            #expect(status.needsDefinitions == needs && status.contradiction == nil, "\(applied ?? 0)")
        }
    }

    @Test func `Definitions that were edited without a new revision are found by their checksum`() throws {
        let there = AppliedDefinitions(revision: 2, checksum: Definitions(revision: 2, sql: "another").checksum)
        let error = try #require(
            MigrationStatus(known: [], applied: [], definitions: revision, appliedDefinitions: there).contradiction)
        #expect(error == .definitionsEdited(revision: 2) && error.description.contains("Definitions.revision"))
    }

    @Test func `Every file of the folder is listed, in order, without a gap, as it is`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/Migrations/SQL")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(Migrations.all.map(\.fileName) == files)
        #expect(Migrations.all.map(\.number) == Array(1...files.count))
        for migration in Migrations.all {
            #expect(try String(contentsOf: folder.appending(path: migration.fileName), encoding: .utf8) == migration.sql)
        }
    }

    @Test func `The checksum is the file's SHA-256`() {
        #expect(
            Migration(number: 1, name: "abc", sql: "abc").checksum == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
