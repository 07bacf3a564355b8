public import Recordings

extension SandboxSupport {
    /// What is missing, in words; empty when nothing is.
    public var lacks: String {
        let missing = [
            landlock == nil ? "the kernel does not offer Landlock (see /sys/kernel/security/lsm)" : nil,
            seccomp ? nil : "the kernel does not offer seccomp filters",
        ]
        return missing.compactMap { $0 }.joined(separator: ", and ")
    }
}
