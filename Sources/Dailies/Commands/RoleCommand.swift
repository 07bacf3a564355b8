import ArgumentParser
import FoundationEssentials
import Interviews
import Yams

struct Role: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role", abstract: "Roles and their questions.", subcommands: [Load.self])

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "load",
            abstract: "Load a role with its questions from a YAML file.",
            discussion: """
                The file names the role and its questions in order; each has a key, a prompt, key points and anchors for 1, 3 and 5. \
                deploy/roles/deep-learning-engineer.yaml is a whole one to start from.

                Loading it again is safe: a question whose wording changed gets a new version, and answers keep the version they \
                were asked. A question that is no longer in the file is not asked any more.
                """)

        @Argument(help: "The YAML file.")
        var file: String

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let definition = try Self.read(file)
            let application = Application(settings: try await options.settings())
            let changes = try await application.withInterviews { interviews in try await interviews.load(definition) }
            Terminal.out("\(definition.title): \(definition.questions.count) questions. \(Self.sentence(changes))\n")
        }

        static func read(_ file: String) throws -> RoleDefinition {
            guard let bytes = StopSignals.shared.waitingForInput({ FileManager.default.contents(atPath: file) }) else {
                throw Failure("\(file) cannot be read. Does it exist, and may you read it?", .noInput)
            }
            do {
                return try YAMLDecoder().decode(RoleDefinition.self, from: String(decoding: bytes, as: UTF8.self))
            } catch let error as DecodingError {
                throw Failure("\(file) is not a role: \(Self.sentence(error))", .data)
            } catch {
                throw Failure("\(file) is not valid YAML: \(error)", .data)
            }
        }

        private static func sentence(_ error: DecodingError) -> String {
            func place(_ path: [any CodingKey]) -> String {
                let steps = path.map { $0.intValue.map { "number \($0 + 1)" } ?? $0.stringValue }
                return steps.isEmpty ? "the file" : steps.joined(separator: ", ")
            }
            switch error {
            case .keyNotFound(let key, let context): return "\(place(context.codingPath)) lacks `\(key.stringValue)`."
            case .typeMismatch(_, let context), .valueNotFound(_, let context): return "\(place(context.codingPath)) has the wrong form."
            case .dataCorrupted(let context): return "\(place(context.codingPath)): \(context.debugDescription)"
            @unknown default: return "it cannot be read."
            }
        }

        private static func sentence(_ changes: RoleChanges) -> String {
            let parts = [
                ("new", changes.added), ("reworded", changes.reworded), ("no longer asked", changes.retired),
                ("unchanged", changes.unchanged),
            ].filter { !$0.1.isEmpty }.map { "\($0.1.count) \($0.0)" }
            return (changes.isNewRole ? "The role is new: " : "") + parts.joined(separator: ", ") + "."
        }
    }
}
