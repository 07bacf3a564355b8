internal import HTTPTypes

/// Why a request is refused, in words for its sender. Any code below a route may throw it; it becomes a page or a problem in JSON.
///
/// It must not quote anything that the sender may not see.
struct SiteError: Error, Sendable {
    var status: HTTPResponse.Status
    /// What happened: a heading.
    var title: String
    /// Why: a sentence or two.
    var explanation: String
    /// What to do about it.
    var advice: String?
    var headers: HTTPFields = [:]
}

extension SiteError {
    static let signInRequired = SiteError(
        status: .unauthorized, title: "Please sign in", explanation: "This is only for the hiring team.",
        advice: "Sign in, or send a token: Authorization: Bearer …")

    static let tokenRequired = SiteError(
        status: .unauthorized, title: "A token is needed", explanation: "There is no token with this request, or it is not valid any more.",
        advice: "Send one as Authorization: Bearer …; an admin makes it by: dailies token add EMAIL --name NAME")

    /// Also for things that the sender may not see: the error does not tell whether they exist.
    static let notFound = SiteError(
        status: .notFound, title: "There is no such page",
        explanation: "The address may be mistyped, what it led to may be gone, or it belongs to a role that you do not review.")

    static func forbidden(_ explanation: String, advice: String? = nil) -> SiteError {
        SiteError(status: .forbidden, title: "You may not do that", explanation: explanation, advice: advice)
    }

    static func badRequest(_ explanation: String) -> SiteError {
        SiteError(status: .badRequest, title: "That cannot be understood", explanation: explanation)
    }

    /// Well-formed but not possible, such as a score of 7 or an empty reason.
    static func unprocessable(_ explanation: String, advice: String? = nil) -> SiteError {
        SiteError(status: .unprocessableContent, title: "That cannot be done", explanation: explanation, advice: advice)
    }

    static func conflict(_ explanation: String, advice: String? = nil) -> SiteError {
        SiteError(status: .conflict, title: "This conflicts with the current state", explanation: explanation, advice: advice)
    }

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> SiteError {
        let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return SiteError(
            status: .methodNotAllowed, title: "That is not how this address is used", explanation: "It understands \(names).",
            headers: [.allow: names])
    }

    static let tooLarge = SiteError(
        status: .contentTooLarge, title: "That is too much at once",
        explanation: "A request to this site holds at most \(RequestBodies.limit / 1024) KiB.")

    static func tooManyAttempts(seconds: Int) -> SiteError {
        SiteError(
            status: .tooManyRequests, title: "Too many attempts", explanation: "Somebody tried to sign in too often.",
            advice:
                "Try again in \(seconds > 90 ? "\(seconds / 60 + 1) minutes" : "\(seconds) seconds"), or use a one-time sign-in link. A "
                + "browser in which you signed in before has attempts of its own.",
            headers: [.retryAfter: "\(seconds)"])
    }

    static func tooManyRequests(seconds: Int) -> SiteError {
        SiteError(
            status: .tooManyRequests, title: "Too many requests", explanation: "This token asks more often than one program may.",
            advice: "Ask again in \(seconds) \(seconds == 1 ? "second" : "seconds"). The limit refills over time.",
            headers: [.retryAfter: "\(seconds)"])
    }

    static func notAcceptable(_ mediaType: String) -> SiteError {
        SiteError(
            status: .notAcceptable, title: "The answer is of another type", explanation: "Here is only \(mediaType).",
            advice: "Send it with Accept: \(mediaType)")
    }

    static let unavailable = SiteError(
        status: .serviceUnavailable, title: "Not reachable just now",
        explanation: "The database or the storage behind this site does not answer.",
        advice: "Nothing is lost. Try again in a moment; if it stays so, tell the people who run Dailies.", headers: [.retryAfter: "5"])

    static let busy = SiteError(
        status: .serviceUnavailable, title: "Very busy just now", explanation: "Too many people sign in at this moment.",
        advice: "Try again in a few seconds.", headers: [.retryAfter: "3"])

    static let fault = SiteError(
        status: .internalServerError, title: "That went wrong here", explanation: "It is a fault of this program, not of yours.",
        advice: "What happened is in its log. Try again, and tell the people who run Dailies if it stays so.")
}
