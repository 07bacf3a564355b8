public import Inspectors
public import Storage

/// What the inspection of one recording came to, for whoever counts it; nothing of the recording but its length.
public enum InspectionEvent: Sendable {
    /// A report is there: seconds of recording (0 for one that cannot be used), and seconds that it took.
    case reported(recordingSeconds: Double, spentSeconds: Double)
    case died(InspectorDeath.Cause)
    case storageFailed(StorageError.Code)
}
