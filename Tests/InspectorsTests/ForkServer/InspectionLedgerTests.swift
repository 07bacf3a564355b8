import InspectorChannel
import Testing

@testable import Inspectors

@Suite("The ledger of inspections")
struct InspectionLedgerTests {
    private let ending = InspectorEnding(status: .exit(code: 0), timedOut: false, cpuMs: 1, wallMs: 2, maxRSSBytes: 3)

    /// A ledger with job 1 sent at time 0 and running as process 100, job 2 waiting.
    private func ledger() -> InspectionLedger {
        var ledger = InspectionLedger()
        ledger.add(1, wallSeconds: 10)
        ledger.add(2, wallSeconds: 10)
        ledger.sent(1, nowMs: 0)
        _ = ledger.received(.started(id: 1, process: 100), nowMs: 500)
        return ledger
    }

    @Test("sends in order of arrival, and answers each with its own end")
    func order() {
        var ledger = ledger()
        #expect(ledger.nextToSend == 2)
        ledger.sent(2, nowMs: 0)
        #expect(ledger.nextToSend == nil)
        #expect(ledger.received(.ended(id: 1, ending: ending), nowMs: 900) == .init(id: 1, answer: .end(.ended(ending, process: 100))))
        #expect(ledger.received(.refused(id: 2, why: "full"), nowMs: 900) == .init(id: 2, answer: .error(.refused(why: "full"))))
        #expect(ledger.isIdle)
    }

    @Test("removes a waiting job at once when it is cancelled")
    func cancelWaiting() {
        var ledger = ledger()
        #expect(ledger.cancel(2) == .init(id: 2, answer: .cancelled))
        #expect(ledger.nextToSend == nil)
        #expect(ledger.nextToKill == nil)
    }

    @Test("kills a running job that is cancelled, and answers when it has ended")
    func cancelRunning() {
        var ledger = ledger()
        #expect(ledger.cancel(1) == nil)
        #expect(ledger.nextToKill == 1)
        ledger.sentKill(1)
        #expect(ledger.nextToKill == nil)
        #expect(ledger.cancel(1) == nil)
        #expect(ledger.nextToKill == nil, "once is enough")
        #expect(ledger.received(.ended(id: 1, ending: ending), nowMs: 900) == .init(id: 1, answer: .cancelled))
    }

    @Test("keeps waiting jobs for the next server when one dies")
    func serverDies() {
        var ledger = ledger()
        #expect(ledger.serverEnded(killed: false) == [.init(id: 1, answer: .end(.lost(.serverDied, process: 100)))])
        #expect(ledger.nextToSend == 2)
    }

    @Test("reports jobs that were killed with the server as killed")
    func serverKilled() {
        var ledger = ledger()
        #expect(ledger.killWaiting() == [.init(id: 2, answer: .end(.lost(.killed, process: nil)))])
        #expect(ledger.serverEnded(killed: true) == [.init(id: 1, answer: .end(.lost(.killed, process: 100)))])
        #expect(ledger.isIdle)
    }

    @Test("takes a server for stuck that lets a job run on, and gives wall time as that job's cause")
    func overdue() {
        var ledger = ledger()
        // Counted from its start: it may have waited its turn in the server.
        let patience = 500 + 10_000 + InspectionLedger.graceMs
        #expect(ledger.nextStuckMs == patience)
        // Once: the server is not killed again for the same job.
        let killings = [patience - 1, patience, patience + 1].map { ledger.noteOverdue(nowMs: $0) }
        #expect(killings == [false, true, false])
        #expect(ledger.nextStuckMs == nil)
        #expect(ledger.serverEnded(killed: false) == [.init(id: 1, answer: .end(.lost(.wallTime, process: 100)))])
    }

    @Test("ignores events of jobs that it does not know")
    func unknown() {
        var ledger = ledger()
        #expect(ledger.received(.ended(id: 99, ending: ending), nowMs: 900) == nil)
        #expect(ledger.received(.refused(id: 99, why: ""), nowMs: 900) == nil)
        #expect(ledger.cancel(99) == nil)
        #expect(ledger.failed(99, .shutDown) == nil)
    }

    @Test("ends the waiting jobs when no server can be started, and not the running ones")
    func givingUp() {
        var ledger = ledger()
        #expect(ledger.giveUp(.shutDown) == [.init(id: 2, answer: .error(.shutDown))])
        #expect(!ledger.isIdle)
    }
}
