import Dispatch
import Synchronization

extension PostgresProxy {
    /// One message of the server that arrives otherwise than it was sent.
    public struct Fault: Hashable, Sendable {
        public enum Kind: String, CaseIterable, Sendable {
            case drop, double, shorten, retype, resize
            /// With the next one.
            case swap
        }

        public var kind: Kind
        /// Its number, from the beginning of the exchange.
        public var message: Int
        /// Chooses what it becomes.
        public var seed: UInt64

        public init(_ kind: Kind, message: Int, seed: UInt64 = 0) {
            self.kind = kind
            self.message = message
            self.seed = seed
        }
    }

    /// The next connection gets this fault, once.
    public func garble(_ fault: Fault) {
        state.withLock { state in
            state.fault = fault
            state.faultIsMade = false
        }
    }

    /// Whether the last fault has been made.
    public var faultIsMade: Bool { state.withLock { $0.faultIsMade } }

    func takeFault() -> Fault? {
        state.withLock { state in
            defer { state.fault = nil }
            return state.fault
        }
    }

    /// Whether a connection begins as a request to cancel: the length, and its number in the protocol.
    func isCancel(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count == 16 && Array(bytes.prefix(8)) == [0, 0, 0, 16, 4, 210, 22, 46]
    }

    /// Returns when the request may go on.
    func holdCancel() {
        let released = state.withLock { state -> DispatchSemaphore? in
            guard state.holdsCancels else { return nil }
            let semaphore = DispatchSemaphore(value: 0)
            state.heldCancels.append(semaphore)
            return semaphore
        }
        released?.wait()
    }
}
