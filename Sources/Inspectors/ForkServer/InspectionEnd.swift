internal import InspectorChannel

/// How a child ended, as far as its parent knows.
enum InspectionEnd: Sendable, Equatable {
    case ended(InspectorEnding, process: Int32?)
    /// It ended together with its fork server.
    case lost(InspectorDeath.Cause, process: Int32?)
}
