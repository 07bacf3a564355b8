/// What the kernel offers for the sandbox. The fork server asks, so that the rules of a container count too.
public struct SandboxSupport: Hashable, Sendable, Codable {
    /// The version of Landlock's interface, from 1 (Linux 5.13) on; `nil` without Landlock.
    public var landlock: Int?
    public var seccomp: Bool

    public init(landlock: Int?, seccomp: Bool) {
        self.landlock = landlock
        self.seccomp = seccomp
    }

    /// Whether a sandbox can be built.
    public var isComplete: Bool { landlock != nil && seccomp }

    enum CodingKeys: String, CodingKey {
        case landlock, seccomp
    }
}
