/// The member of the hiring team for whom something is read or written.
public struct Viewer: Hashable, Sendable {
    public enum Access: String, Hashable, Sendable, Codable {
        /// Reaches the roles that they are assigned to.
        case reviewer
        /// Reaches every role, and changes settings.
        case admin
    }

    public var reviewerID: Int64
    /// Decides what pages show. What the viewer may do is decided by the row in the database, which may have changed since.
    public var access: Access

    public init(reviewerID: Int64, access: Access) {
        self.reviewerID = reviewerID
        self.access = access
    }
}
