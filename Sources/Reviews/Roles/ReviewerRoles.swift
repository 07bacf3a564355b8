/// A part of the roles that a reviewer reaches.
public struct ReviewerRoles: Hashable, Sendable, Encodable {
    /// Sorted by title.
    public var roles: [RoleOverview]
    /// How many roles there are in all.
    public var count: Int
    /// The id after which the next part begins; `nil` when this part is the last.
    public var next: Int64?
}
