internal import HTTPTypes

/// An error, explained for people.
struct ErrorPage: Page {
    static let template = "error"
    var title: String
    var explanation: String
    var advice: String?

    init(_ error: SiteError) {
        title = error.title
        explanation = error.explanation
        advice = error.advice ?? (error.status == .unprocessableContent ? "Go back and correct it; what you typed is still there." : nil)
    }
}
