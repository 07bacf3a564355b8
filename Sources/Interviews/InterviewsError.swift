/// Something that a person asked for cannot be done as it was said; the description tells how it can.
public struct InterviewsError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        case unknownRole, unknownQuestion, invalidRole, invalidCandidate
    }

    public var code: Code
    public var description: String
}
