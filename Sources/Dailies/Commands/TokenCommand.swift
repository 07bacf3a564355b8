import ArgumentParser
import FoundationEssentials
import ReviewSite

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens with which programs use the API.",
        discussion: """
            A token acts as its reviewer: it sees what that one sees and no more. Programs send it with each request to \
            /api/v1 as "Authorization: Bearer TOKEN"; /api/v1/openapi.json describes what they can do.
            """,
        subcommands: [Add.self, List.self, Revoke.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a token and print it, this one time.")

        @Option(help: "What it is for.")
        var name: String

        @Option(help: "read, or write to rate, comment and decide too.")
        var scope = "read"

        @OptionGroup var account: AccountOptions

        func validate() throws { _ = try Self.scope(scope) }

        private static func scope(_ word: String) throws -> APIToken.Scope {
            guard let scope = APIToken.Scope(rawValue: word) else { throw ValidationError("--scope is read or write; it is \"\(word)\".") }
            return scope
        }

        func run() async throws {
            let (name, scope) = (name, try Self.scope(scope))
            let token = try await account.withAccounts { accounts, email in
                try await accounts.addToken(reviewer: email, name: name, scope: scope)
            }
            Terminal.out("\(token.text)\n")
            Terminal.err("Keep it as you keep a password: it is not shown again. `dailies token revoke` ends it.\n")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tokens, also the revoked ones; never the secrets.")

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let tokens = try await Application(settings: try await options.settings()).withAccounts { try await $0.tokens() }
            guard !tokens.isEmpty else { return Terminal.out("There are no tokens.\n") }
            var table = Table(header: ["id", "reviewer", "name", "scope", "made", "last used", "state"])
            for token in tokens {
                table.add([
                    "\(token.id)", token.reviewerEmail, token.name, token.scope.rawValue, Self.day(token.createdAt),
                    token.lastUsedAt.map(Self.day) ?? "never", token.isRevoked ? "revoked" : "valid",
                ])
            }
            Terminal.out(table.rendered(width: Terminal.resultWidth))
        }

        private static func day(_ date: Date) -> String { String(date.formatted(.iso8601).prefix(10)) }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a token.")

        @Argument(help: "The token's id, as `dailies token list` shows it.")
        var id: Int64

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let id = id
            try await Application(settings: try await options.settings()).withAccounts { try await $0.revokeToken(id: id) }
        }
    }
}
