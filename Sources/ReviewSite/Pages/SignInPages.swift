struct SignInPage: Page {
    static let template = "sign-in"
    var title: String { "Sign in" }
    var returnTo: String
    var email = ""
    var message: String?
}

struct SignInLinkPage: Page {
    static let template = "sign-in-link"
    var title: String { "Sign in" }
    var layout: String { SignInPage.template }
    /// The address that the button leads to.
    var action: String
}

struct PasswordPage: Page {
    static let template = "password"
    var title: String { "Choose a password" }
    var layout: String { SignInPage.template }
    /// Whether the present password has to be typed.
    var asksPresent: Bool
    /// Whether a one-time link is why it has not.
    var isByLink: Bool
    var message: String?
    var least = Accounts.leastPasswordLength
    var minutes = Accounts.linkMinutes
}
