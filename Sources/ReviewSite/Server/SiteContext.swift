internal import Hummingbird
internal import NIOCore

/// What is known about one request, beside the request itself.
struct SiteContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// The path without the query.
    var path = "/"
    /// The sender of the request; set for the routes below ``SiteRoutes/signedIn``, ``SiteRoutes/admin``, ``SiteRoutes/media`` and
    /// ``SiteRoutes/programs``.
    var session: Session?
    /// A browser's cookie that was not checked yet; set for the routes below ``SiteRoutes/media``.
    var unprovenSession: SecretToken?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The sender of the request.
    /// - Throws: ``SiteError/signInRequired`` when the sender is not known.
    var reviewer: Reviewer {
        get throws(SiteError) {
            guard let session else { throw .signInRequired }
            return session.reviewer
        }
    }

    /// The sender of the request, for a query that also checks the session.
    /// - Throws: ``SiteError/signInRequired`` when there is neither a session nor a cookie.
    var requester: Requester {
        get throws(SiteError) {
            if let unprovenSession { return .session(unprovenSession) }
            return .reviewer(id: try reviewer.id)
        }
    }

    /// A number in the path, such as the id in `/answers/:id`.
    /// - Throws: ``SiteError/notFound`` for anything else.
    func id(_ name: String) throws(SiteError) -> Int64 {
        guard let text = parameters.get(name), text.utf8.count <= 19, text.utf8.allSatisfy({ (48...57).contains($0) }), let id = Int64(text)
        else { throw .notFound }
        return id
    }

    /// A name in the path, such as the role's in `/roles/:role`; never percent-encoded, because no name here needs it.
    func name(_ name: String) throws(SiteError) -> String {
        guard let text = parameters.get(name), (1...80).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != 37 })
        else { throw .notFound }
        return text
    }
}
