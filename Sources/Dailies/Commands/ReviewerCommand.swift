import ArgumentParser
import ReviewSite

struct ReviewerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reviewer", abstract: "Accounts of the hiring team, and the roles that they review.",
        discussion: """
            Nobody can make an account on the site itself. `add` prints a link that signs the person in once, within \
            \(Accounts.linkMinutes) minutes, and lets them choose a password; `link` makes another one, also for who forgot theirs.

            Admins reach every role. Everybody else reviews the roles that `assign`, or an admin in a role's settings, gave them.
            """,
        subcommands: [
            Add.self, List.self, Assign.self, Unassign.self, Link.self, Password.self, Disable.self, Enable.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an account, and print a one-time sign-in link for it.")

        @Option(help: "What colleagues see beside ratings.")
        var name: String

        @Flag(help: "Reaches every role, and its settings, accounts and the site's health.")
        var admin = false

        @OptionGroup var link: LinkOptions

        func run() async throws {
            let (name, access) = (name, admin ? Reviewer.Access.admin : .reviewer)
            try await link.printLink { accounts, email in try await accounts.add(email: email, name: name, access: access) }
            Terminal.err("Give \(name) this link. It signs in once, within \(Accounts.linkMinutes) minutes.\n")
            if !admin { Terminal.err("`dailies reviewer assign \(link.account.email) ROLE` gives them a role to review.\n") }
        }
    }

    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a one-time sign-in link for an account; earlier links of it stop working.")

        @OptionGroup var link: LinkOptions

        func run() async throws {
            try await link.printLink { accounts, email in try await accounts.reviewer(email: email) }
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an account's password from the first line of standard input.",
            discussion: "Its sessions end. At least \(Accounts.leastPasswordLength) characters.")

        @OptionGroup var account: AccountOptions

        func run() async throws {
            guard let password = StopSignals.shared.waitingForInput({ readLine() }), !password.isEmpty else {
                throw Failure("There is no password on standard input. Pipe it in: dailies reviewer password EMAIL < FILE", .noInput)
            }
            try await account.withAccounts { accounts, email in try await accounts.setPassword(password, email: email) }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End an account with its sessions and tokens. Its ratings stay.")

        @OptionGroup var account: AccountOptions

        func run() async throws {
            try await account.withAccounts { accounts, email in try await accounts.setDisabled(true, email: email) }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a disabled account be used again.")

        @OptionGroup var account: AccountOptions

        func run() async throws {
            try await account.withAccounts { accounts, email in try await accounts.setDisabled(false, email: email) }
        }
    }
}
