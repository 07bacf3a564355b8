/// A request about accounts that cannot be done. The description says why and what to do.
public struct AccountsError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        case unknownReviewer, invalidReviewer, knownReviewer, weakPassword, lateProof, unknownToken
    }

    public var code: Code
    public var description: String
}
