/// One thing that an inspector tried on purpose, and whether the sandbox stopped it.
public struct SandboxTest: Hashable, Sendable {
    /// What was tried, as `open_file`.
    public var attempt: String
    public var held: Bool
    /// How the inspector ended, for operators.
    public var detail: String
}
