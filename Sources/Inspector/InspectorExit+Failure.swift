internal import Glibc
internal import Inspection
internal import InspectorChannel

extension InspectorExit {
    /// An inspection throws only where something else than the recording fails: the recording's own faults are in the report.
    init(failure: InspectionError) {
        switch failure {
        case .outOfMemory, .reading(ENOMEM), .writing(_, ENOMEM): self = .memory
        case .writing(_, EFBIG): self = .outputTooLarge
        case .reading, .writing: self = .inputOutput
        }
    }
}
