/// A request of a person that cannot be done. The description says why and what to do.
public struct InterviewsError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case unknownRole, unknownQuestion, invalidRole, invalidCandidate
    }

    public var code: Code
    public var description: String
}
