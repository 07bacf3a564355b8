extension Report {
    /// Compares what arrived with what the sender announced. Call it when `container.sha256` is filled in.
    ///
    /// Another digest than the announced one means that some of what was sent is not there, and something else in its place:
    /// `data_missing`, without spans, because nobody knows where. Where the recording is `truncated` that explains the digest already, and
    /// an unusable recording has a reason that says more.
    public mutating func compare(announcedSHA256 announced: String?) {
        guard outcome == .usable, let announced, let found = container.sha256, announced.lowercased() != found else { return }
        guard !flags.contains(where: { $0.name == .truncated || $0.name == .dataMissing }) else { return }
        flags.append(Flag(.dataMissing, .warning))
    }
}
