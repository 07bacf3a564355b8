internal import Glibc
internal import Inspection
internal import InspectorChannel

extension InspectorExit {
    /// An inspection that throws met trouble beside the recording: a recording's own faults are in its report.
    init(failure: InspectionError) {
        switch failure {
        case .outOfMemory, .reading(ENOMEM), .writing(_, ENOMEM): self = .memory
        case .writing(_, EFBIG): self = .outputTooLarge
        case .reading, .writing: self = .inputOutput
        }
    }
}
