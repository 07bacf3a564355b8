public import Inspectors
public import Storage

/// The result of one inspection, for metrics. Of the recording it tells only the length.
public enum InspectionEvent: Sendable {
    /// A report was made: the recording's length in seconds (0 if it is unusable), and the seconds that the inspection took.
    case reported(recordingSeconds: Double, spentSeconds: Double)
    case died(InspectorDeath.Cause)
    case storageFailed(StorageError.Code)
}
