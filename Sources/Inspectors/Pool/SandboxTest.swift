/// One thing that an inspector was made to try, and whether the sandbox held.
public struct SandboxTest: Hashable, Sendable {
    /// What was tried, as `open_file`.
    public var attempt: String
    public var held: Bool
    /// How the inspector ended, for operators.
    public var detail: String
}
