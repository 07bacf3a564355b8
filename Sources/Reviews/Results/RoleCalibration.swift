/// A comparison of how the reviewers of a role score.
public struct RoleCalibration: Hashable, Sendable, Encodable {
    public var role: RoleReference
    /// One for each reviewer who has scored an answer on which the viewer may see others' scores, by name; over these answers, as they
    /// stand.
    public var raters: [RaterCalibration]
}
