/// Who asks: a member of the hiring team.
public struct Viewer: Hashable, Sendable {
    public enum Access: String, Hashable, Sendable, Codable {
        /// Reaches the roles that they were given.
        case reviewer
        /// Reaches every role, and changes settings.
        case admin
    }

    public var reviewerID: Int64
    /// What pages show by; what the viewer may do is decided by the database's row, which may have changed since.
    public var access: Access

    public init(reviewerID: Int64, access: Access) {
        self.reviewerID = reviewerID
        self.access = access
    }
}
