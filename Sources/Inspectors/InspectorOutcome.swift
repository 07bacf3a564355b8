public import Recordings

/// How an inspection came out.
public enum InspectorOutcome: Hashable, Sendable {
    /// The recording was read. The report has been checked, see `Report.validated(limits:)`, and so have the artifacts that it names;
    /// their `bytes`, and the recording's, are filled in.
    case report(Report)
    /// The inspector ended without a report that can be believed. The artifacts mean nothing.
    case died(InspectorDeath)
}
