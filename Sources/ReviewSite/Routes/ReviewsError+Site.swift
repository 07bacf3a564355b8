internal import Hummingbird
internal import Reviews

extension SiteError {
    /// Turns an error of `Reviews` into a response.
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
    /// The sender of the request, as a viewer for `Reviews`.
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
    /// The address after the form, as the form says; `otherwise` when it says nothing valid.
    func returnPath(otherwise: String) -> String {
        self["return_to"].flatMap { ReturnPath($0) }?.path ?? otherwise
    }
}
