import Synchronization

/// A metric that can go up and down, readable from any thread.
public final class Level: Sendable {
    private let number = Atomic(0)

    public init() {}

    public var value: Int { number.load(ordering: .relaxed) }

    public func set(_ value: Int) { number.store(value, ordering: .relaxed) }
}
