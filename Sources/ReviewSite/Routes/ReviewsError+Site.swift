internal import Hummingbird
internal import Reviews

extension SiteError {
    /// What the domain refuses, as an answer to a request.
    init(_ error: ReviewsError) {
        switch error.code {
        case .notFound: self = .notFound
        case .adminsOnly: self = .forbidden(error.description, advice: "Ask one of the admins.")
        case .notReviewable: self = .conflict(error.description)
        case .invalid: self = .unprocessable(error.description)
        }
    }
}

extension SiteContext {
    /// Who asks, as the domain knows them.
    var viewer: Viewer {
        get throws(SiteError) {
            let reviewer = try reviewer
            return Viewer(reviewerID: reviewer.id, access: reviewer.isAdmin ? .admin : .reviewer)
        }
    }
}

extension SiteServices {
    var reviews: Reviews { Reviews(pool: pool) }
}

extension FormFields {
    /// Where the browser goes on after the form, as the form itself said; `otherwise` when it said nothing of use.
    func returnPath(otherwise: String) -> String {
        self["return_to"].flatMap { ReturnPath($0) }?.path ?? otherwise
    }
}
