import ArgumentParser
import ReviewSite
import Reviews

extension ReviewerCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts, with the roles that they review.")

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let (reviewers, roles) = try await Application(settings: try await options.settings()).withPool { pool in
                (try await Accounts(pool: pool).reviewers(), try await Reviews(pool: pool).memberships())
            }
            guard !reviewers.isEmpty else {
                return Terminal.out("There are no accounts yet. `dailies reviewer add EMAIL --name NAME --admin` makes the first.\n")
            }
            var table = Table(header: ["e-mail", "name", "access", "roles", "state"])
            for reviewer in reviewers {
                let state = reviewer.isDisabled ? "disabled" : reviewer.hasPassword ? "has a password" : "has no password yet"
                let reviewed = reviewer.isAdmin ? "all" : roles[reviewer.id]?.joined(separator: ", ") ?? "none"
                table.add([reviewer.email, reviewer.name, reviewer.access.rawValue, reviewed, state])
            }
            Terminal.out(table.rendered(width: Terminal.resultWidth))
        }
    }

    struct Assign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Assign a reviewer to roles.")

        @OptionGroup var assignment: Assignment

        func run() async throws { try await assignment.set(true) }
    }

    struct Unassign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a reviewer from roles. Their ratings stay.")

        @OptionGroup var assignment: Assignment

        func run() async throws { try await assignment.set(false) }
    }

    /// What `assign` and `unassign` have in common.
    struct Assignment: ParsableArguments {
        @OptionGroup var account: AccountOptions

        @Argument(help: "The roles, by the names that their files give them.")
        var roles: [String]

        func set(_ isMember: Bool) async throws {
            let (email, roles) = (account.email, roles)
            try await Application(settings: try await account.options.settings()).withPool { pool in
                let reviewer = try await Accounts(pool: pool).reviewer(email: email)
                try await Reviews(pool: pool).setMembership(of: reviewer.id, in: roles, to: isMember)
            }
        }
    }
}
