import CLibpq
import Dispatch

/// Asks the server to stop what a connection is running.
///
/// Unchecked, because: `PGcancel` is a copy of the connection's address and key that libpq makes for use from any thread,
/// nothing changes it, and it is freed with its last reference.
@safe final class CancelRequest: @unchecked Sendable {
    private let request: OpaquePointer

    /// nil when the connection is already broken.
    init?(for handle: LibpqHandle) {
        guard let request = unsafe PQgetCancel(handle.connection) else { return nil }
        unsafe self.request = unsafe request
    }

    deinit {
        unsafe PQfreeCancel(request)
    }

    /// Sends the request and waits until the server has taken it, at most for `timeout`. The wait matters: a request that was
    /// still on its way could hit the connection's next query.
    ///
    /// - Returns: whether the server has certainly taken it. Otherwise it may still be on its way, and the connection must not run another query.
    func send(timeout: Duration) async -> Bool {
        let taken = OneShot<Bool>()
        blockingCalls.async { taken.deliver(self.sendBlocking()) }
        guard case .value(let isTaken) = await taken.wait(timeout: timeout, isCancellable: false) else { return false }
        return isTaken
    }

    /// libpq has no time limit for it.
    private func sendBlocking() -> Bool {
        var complaint: [CChar] = Array(repeating: 0, count: 256)
        return unsafe PQcancel(request, &complaint, Int32(complaint.count)) == 1
    }
}
