import ArgumentParser
import Interviews
import Postgres

extension StorageCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read every file that the database names, and compare its content with what is known of it.",
            discussion: """
                A file's SHA-256 stands in its key, in the review record, or in what the sender declared. All files are read through the \
                storage, piece by piece, while everything goes on. It changes nothing without --repair. A file of which nothing is known is \
                counted, and so are files that no row names.

                --repair has answers inspected again whose artifacts are missing or damaged, and renditions made again, if the recording is \
                right. A recording cannot be made again: the answers that it hits are named. No file is ever removed.

                It may be stopped, says then how far it came, and goes on with --after. To read gently, say --mib-per-second.

                Exit code 0 when every file that a row names is right, or will be made again by --repair; 65 otherwise; 69 when the storage \
                or the database is away, or the storage is another one.
                """)

        @Flag(help: "Have made again what can be made again.")
        var repair = false

        @Option(help: ArgumentHelp("Read at most so many MiB in a second.", valueName: "number"))
        var mibPerSecond: Int64?

        @Option(help: ArgumentHelp("Begin after this answer, where an earlier run was stopped.", valueName: "answer"))
        var after: Int64?

        @OptionGroup var options: SettingsOptions

        func validate() throws {
            guard let mibPerSecond, !(1...1_000_000).contains(mibPerSecond) else { return }
            throw ValidationError("--mib-per-second is a number from 1 to 1000000.")
        }

        func run() async throws {
            let settings = try await options.settings()
            let application = Application(settings: settings)
            let (repair, after) = (repair, after)
            let pace = mibPerSecond.map { ReadingPace(bytesPerSecond: $0 << 20) }
            let isRight = try await application.withPool { pool in
                try await application.withStorage { storage in
                    if let obstacle = try await StorageOwnership(pool, storage, at: settings.storage.value).obstacle(makes: false) {
                        throw Failure(obstacle, .unavailable)
                    }
                    let interviews = Interviews(pool: pool)
                    let found = try await Self.read(Verification(interviews, storage, after: after, pace: pace))
                    guard repair, !found.isRight else { return found.isRight }
                    return Self.tell(try await StorageRepair(interviews: interviews).run(found), of: found)
                }
            }
            if !isRight { throw ExitCode.data }
        }

        /// Reads and says what was found, also when it is stopped in between.
        private static func read(_ verification: Verification) async throws -> VerifiedFiles {
            var (verification, bar) = (verification, ProgressBar(label: "reading"))
            do {
                try await verification.run { bytes, total in bar.show(Int(bytes >> 20), of: Int(total >> 20), note: "MiB") }
            } catch {
                bar.finish()
                if let last = verification.found.last {
                    tell(verification.found)
                    Terminal.err("Stopped after answer \(last). Go on with --after \(last).\n")
                }
                throw error
            }
            bar.finish()
            tell(verification.found)
            return verification.found
        }

        private static func tell(_ found: VerifiedFiles) { Terminal.out(found.sentences().map { "\($0)\n" }.joined()) }

        /// - Returns: whether everything that was wrong will be made again.
        private static func tell(_ asked: StorageRepair.Asked, of found: VerifiedFiles) -> Bool {
            let isAll =
                found.toRestore == 0 && asked.inspections.count == found.toInspect.count && asked.renditions.count == found.toRender.count
            Terminal.out(
                """
                \(asked.inspections.count) answers will be inspected again, \(asked.renditions.count) renditions made again\
                \(isAll ? "" : "; the rest has to be restored"). Verify again when no job waits.

                """)
            return isAll
        }
    }
}
