/// How an inspector's work came out: looking inside a recording ends with a `Report`, making a rendition with a `RenditionReport`.
public enum InspectorOutcome<Content: Hashable & Sendable>: Hashable, Sendable {
    /// The recording was read. The report has been checked, see `Report.validated(limits:)`, and so have the artifacts that it names;
    /// their `bytes`, and the recording's, are filled in.
    case report(Content)
    /// The inspector ended without a valid report. The artifacts' files mean nothing.
    case died(InspectorDeath)
}
