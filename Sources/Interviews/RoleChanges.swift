/// What loading a role changed, by the questions' keys.
public struct RoleChanges: Hashable, Sendable {
    public var isNewRole = false
    public var added: [String] = []
    /// Reworded questions: each got a new version. Answers keep the version that was asked.
    public var reworded: [String] = []
    public var unchanged: [String] = []
    /// Questions that are no longer in the definition: they are no longer asked, and their answers stay.
    public var retired: [String] = []
}
