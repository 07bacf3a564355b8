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
    func send(timeout: Duration) async {
        let taken = OneShot<Void>()
        blockingCalls.async {
            self.sendBlocking()
            taken.deliver(())
        }
        _ = await taken.wait(timeout: timeout, isCancellable: false)
    }

    private func sendBlocking() {
        // If this fails, the query does not end, which the caller watches anyway.
        var complaint: [CChar] = Array(repeating: 0, count: 256)
        _ = unsafe PQcancel(request, &complaint, Int32(complaint.count))
    }
}
