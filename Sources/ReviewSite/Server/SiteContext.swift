internal import Hummingbird
internal import NIOCore

/// What is known of one request, beside the request itself.
struct SiteContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Without the query.
    var path = "/"
    /// Who asks; set for the routes below ``SiteRoutes/signedIn``, ``SiteRoutes/admin``, ``SiteRoutes/media`` and
    /// ``SiteRoutes/programs``.
    var session: Session?
    /// What a browser's cookie holds, of which nobody has found out yet whether it is a session; in routes below ``SiteRoutes/media``.
    var unprovenSession: SecretToken?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Who asks.
    /// - Throws: ``SiteError/signInRequired`` when that is not known.
    var reviewer: Reviewer {
        get throws(SiteError) {
            guard let session else { throw .signInRequired }
            return session.reviewer
        }
    }

    /// Who asks, for a query that finds out whether they are anybody.
    /// - Throws: ``SiteError/signInRequired`` when it is known to be nobody.
    var asker: Asker {
        get throws(SiteError) {
            if let unprovenSession { return .session(unprovenSession) }
            return .reviewer(id: try reviewer.id)
        }
    }

    /// A number in the path, such as the id in `/answers/:id`.
    /// - Throws: ``SiteError/notFound`` for anything else: no such thing has an address like that.
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
