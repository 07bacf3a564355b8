import FoundationEssentials
import Logging

/// What a worker writes to its row, where people read it.
extension JobWorker {
    /// Writes what keeps the worker from working as it should to the database, where people read it.
    func announceTroubles(_ troubles: WorkerTroubles, worker: UUID) async {
        var written: String?
        while !Task.isCancelled {
            let now = troubles.all()
            if now != written, (try? await queue.announce(trouble: now, of: worker)) != nil { written = now }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Passes changes of the number of slots on to the session, and to the database, where people read it.
    func announceSlots(worker: UUID, from registered: Int, to mailbox: WorkerSession.Mailbox) async {
        let (changes, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        configuration.slots.onChange(from: registered) { continuation.yield($0) }
        for await count in changes {
            mailbox.yield([.slots(count)])
            logger.notice("slots changed", metadata: ["slots": "\(count)"])
            do {
                try await queue.announce(slots: count, of: worker)
            } catch {
                logger.debug("cannot write the number of slots", metadata: ["error": "\(error)"])
            }
        }
    }
}
