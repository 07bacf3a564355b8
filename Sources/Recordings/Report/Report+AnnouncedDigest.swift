import ForeignText

extension Report {
    /// Compares the SHA-256 of the recording with the one that the sender announced. Call it when `container.sha256` is set.
    ///
    /// A different digest means that some bytes were replaced. The flag is `data_missing`, without spans, because nobody knows where. A
    /// `truncated` recording gets no second flag: its missing end explains the digest. An unusable recording gets none either: its reason
    /// says more.
    public mutating func compare(announcedSHA256 announced: String?) {
        guard outcome == .usable, let announced, let found = container.sha256, announced.inLowerCase != found else { return }
        guard !flags.contains(where: { $0.name == .truncated || $0.name == .dataMissing }) else { return }
        flags.append(Flag(.dataMissing, .warning))
    }
}
