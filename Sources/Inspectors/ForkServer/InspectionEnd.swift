internal import InspectorChannel

/// How a child ended, as far as its parent learned.
enum InspectionEnd: Sendable, Equatable {
    case ended(InspectorEnding, process: Int32?)
    /// Together with its fork server.
    case lost(InspectorDeath.Cause, process: Int32?)
}
