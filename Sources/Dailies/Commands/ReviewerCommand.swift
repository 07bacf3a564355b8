import ArgumentParser
import FoundationEssentials
import ReviewSite

struct ReviewerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reviewer", abstract: "Accounts of the hiring team.",
        discussion: """
            Nobody can make an account on the site itself. `add` prints a link that signs the person in once, within \
            \(Accounts.linkMinutes) minutes, and lets them choose a password; `link` makes another one, also for who forgot theirs.
            """,
        subcommands: [Add.self, List.self, Link.self, Password.self, Disable.self, Enable.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an account, and print a one-time sign-in link for it.")

        @Argument(help: "The person's e-mail address; they sign in with it.")
        var email: String

        @Option(help: "What colleagues see beside ratings.")
        var name: String

        @Flag(help: "Reaches every role, and its settings, accounts and the site's health.")
        var admin = false

        @OptionGroup var site: SiteOptions
        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let settings = try await options.settings(site.flags)
            let (email, name, access) = (email, name, admin ? Reviewer.Access.admin : .reviewer)
            let token = try await Application(settings: settings).withAccounts { accounts in
                try await accounts.makeLink(for: try await accounts.add(email: email, name: name, access: access))
            }
            Terminal.out("\(settings.site.address)/sign-in/\(token.text)\n")
            Terminal.err("Give \(name) this link. It signs in once, within \(Accounts.linkMinutes) minutes.\n")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the accounts.")

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let reviewers = try await Application(settings: try await options.settings()).withAccounts { try await $0.reviewers() }
            guard !reviewers.isEmpty else {
                return Terminal.out("There are no accounts yet. `dailies reviewer add EMAIL --name NAME --admin` makes the first.\n")
            }
            var table = Table(header: ["e-mail", "name", "access", "state"])
            for reviewer in reviewers {
                let state = reviewer.isDisabled ? "disabled" : reviewer.hasPassword ? "has a password" : "has no password yet"
                table.add([reviewer.email, reviewer.name, reviewer.access.rawValue, state])
            }
            Terminal.out(table.rendered(width: Terminal.resultWidth))
        }
    }

    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a one-time sign-in link for an account; an earlier one of it ends.")

        @Argument(help: "The account's e-mail address.")
        var email: String

        @OptionGroup var site: SiteOptions
        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let settings = try await options.settings(site.flags)
            let email = email
            let token = try await Application(settings: settings).withAccounts { accounts in
                try await accounts.makeLink(for: try await accounts.reviewer(email: email))
            }
            Terminal.out("\(settings.site.address)/sign-in/\(token.text)\n")
        }
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an account's password from the first line of standard input.",
            discussion: "Its sessions end. At least \(Accounts.leastPasswordLength) characters.")

        @Argument(help: "The account's e-mail address.")
        var email: String

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            guard let password = readLine(), !password.isEmpty else {
                throw Failure("There is no password on standard input. Pipe it in: dailies reviewer password EMAIL < FILE", .noInput)
            }
            let email = email
            try await Application(settings: try await options.settings()).withAccounts { accounts in
                try await accounts.setPassword(password, email: email)
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End an account with its sessions and tokens. Its ratings stay.")

        @Argument(help: "The account's e-mail address.")
        var email: String

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let email = email
            try await Application(settings: try await options.settings()).withAccounts { try await $0.setDisabled(true, email: email) }
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a disabled account be used again.")

        @Argument(help: "The account's e-mail address.")
        var email: String

        @OptionGroup var options: SettingsOptions

        func run() async throws {
            let email = email
            try await Application(settings: try await options.settings()).withAccounts { try await $0.setDisabled(false, email: email) }
        }
    }
}
