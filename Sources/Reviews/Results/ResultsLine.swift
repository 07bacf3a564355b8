/// A line of the export: one candidate and question. Unknown values are `nil`.
public struct ResultsLine: Hashable, Sendable, Encodable {
    public var interviewID: Int64
    /// The name, or the pseudonym in a blind role.
    public var candidate: String
    public var question: String
    public var verdict: Decision.Verdict?
    public var scores: Scores
}
