import ArgumentParser
import ReviewSite

/// The account that a command is about.
struct AccountOptions: ParsableArguments {
    @Argument(help: "The person's e-mail address; they sign in with it.")
    var email: String

    @OptionGroup var options: SettingsOptions

    func withAccounts<Result: Sendable>(
        _ body: @escaping @Sendable (_ accounts: Accounts, _ email: String) async throws -> Result
    ) async throws -> Result {
        let email = email
        return try await Application(settings: try await options.settings()).withAccounts { try await body($0, email) }
    }
}

/// The account that a command makes a sign-in link for, and where the link leads.
struct LinkOptions: ParsableArguments {
    @OptionGroup var account: AccountOptions
    @OptionGroup var site: SiteOptions

    /// Prints the link of the account that `body` finds or makes.
    func printLink(for body: @escaping @Sendable (_ accounts: Accounts, _ email: String) async throws -> Reviewer) async throws {
        let settings = try await account.options.settings(site.flags)
        let token = try await account.withAccounts { accounts, email in try await accounts.makeLink(for: try await body(accounts, email)) }
        Terminal.out("\(settings.site.address)/sign-in/\(token.text)\n")
    }
}
