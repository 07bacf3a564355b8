/// Something about accounts that a person asked for and that cannot be; the description says why and what to do.
public struct AccountsError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        case unknownReviewer, invalidReviewer, knownReviewer, weakPassword, unknownToken
    }

    public var code: Code
    public var description: String
}
