internal import FoundationEssentials
internal import Glibc
internal import InspectorChannel
internal import Logging
internal import Recordings
internal import Synchronization
internal import SystemPackage

/// The thread: starts a server when there is work, exchanges messages with it until it ends or the pool stops, and then starts the next.
extension InspectorLoop {
    /// A start takes 50 ms; on a machine that needs this long something else is wrong.
    private static let startMs = 30_000
    private static let messagesAtATime = 100

    func serve() {
        while awaitWork() {
            do {
                let executable = try InspectorExecutable.locate(configured: configuration.executable)
                let server = try ForkServerProcess(executable: executable, sandbox: configuration.sandbox)
                let process = server.process
                state.withLock { state in
                    state.server = process
                    state.serverWasKilled = false
                }
                let failure = exchangeMessages(with: server)
                end(server, failure: failure)
            } catch {
                giveUp(error)
            }
        }
        let waiters = state.withLock { state in
            state.hasThread = false
            return state.endWaiters
        }
        giveUp(.shutDown)
        for waiter in waiters { waiter.resume() }
    }

    /// Sleeps until there is work; false when it is time to end.
    private func awaitWork() -> Bool {
        while true {
            let (isStopping, hasWork) = state.withLock { state in
                (state.isStopping, !state.ledger.isIdle || !state.supportWaiters.isEmpty)
            }
            if isStopping || hasWork { return !isStopping }
            var polled = [pollfd(fd: waker.descriptor.rawValue, events: Int16(POLLIN), revents: 0)]
            _ = unsafe poll(&polled, 1, -1)
            waker.reset()
        }
    }

    private func giveUp(_ error: InspectorError) {
        let waiters = state.withLock { state in
            defer { state.supportWaiters = [] }
            return state.supportWaiters
        }
        for waiter in waiters { waiter.resume(throwing: error) }
        change { state in state.ledger.giveUp(error) }
    }

    /// What went wrong with the server, other than that it ended.
    private enum Failure {
        case neverReady
        case unusable(InspectorError)
    }

    private func exchangeMessages(with server: borrowing ForkServerProcess) -> Failure? {
        var isReady = false
        let readyDeadlineMs = MonotonicClock.nowMs() + Self.startMs
        while true {
            let sending = isReady ? send(to: server.channel) : .done
            guard sending != .gone, !state.withLock({ state in state.isStopping }) else { return nil }
            let events = Int16(sending == .behind ? POLLIN | POLLOUT : POLLIN)
            var polled = [
                pollfd(fd: waker.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server.channel.descriptor.rawValue, events: events, revents: 0),
            ]
            _ = unsafe poll(&polled, 2, timeUntil(isReady ? nil : readyDeadlineMs))
            if polled[0].revents != 0 { waker.reset() }
            do {
                // A limit, so that a server that sends without end does not keep this thread from its other work.
                for _ in 0..<Self.messagesAtATime {
                    guard let received = try server.channel.receive(wait: false) else { return isReady ? nil : .neverReady }
                    if let error = handle(received, executable: server.executable, isReady: &isReady) { return .unusable(error) }
                }
            } catch Errno.resourceTemporarilyUnavailable {
                // No more messages.
            } catch {
                return .unusable(.notStarted(executable: server.executable, why: "\(error)"))
            }
            let now = MonotonicClock.nowMs()
            if !isReady, now >= readyDeadlineMs { return .neverReady }
            // A server that has not ended an overdue child is stuck and is killed; the next turn of the loop sees its end.
            if state.withLock({ state in state.ledger.noteOverdue(nowMs: now) }) { ForkServerProcess.kill(server.process) }
        }
    }

    private enum Sending {
        case done, behind, gone
    }

    /// Sends the waiting commands. Within the lock, because a caller that is cancelled closes its descriptors.
    private func send(to channel: InspectorChannel) -> Sending {
        var result = Sending.done
        change { state in
            var settled: [InspectionLedger.Settled] = []
            do {
                while let id = state.ledger.nextToKill {
                    try channel.send(InspectorCommand.kill(id: id).json(), wait: false)
                    state.ledger.sentKill(id)
                }
                while let id = state.ledger.nextToSend, let caller = state.callers[id] {
                    do {
                        try channel.send(caller.message, descriptors: caller.descriptors, wait: false)
                        state.ledger.sent(id, nowMs: MonotonicClock.nowMs())
                    } catch let error as Errno where error != .resourceTemporarilyUnavailable && error != .brokenPipe {
                        let why = InspectorError.refused(why: "the request could not be sent (\(error))")
                        settled += [state.ledger.failed(id, why)].compactMap { $0 }
                    }
                }
            } catch Errno.resourceTemporarilyUnavailable {
                result = .behind
            } catch {
                result = .gone
            }
            return settled
        }
        return result
    }

    private func handle(_ received: InspectorChannel.Received, executable: FilePath, isReady: inout Bool) -> InspectorError? {
        for descriptor in received.descriptors { try? descriptor.close() }
        guard let event = try? InspectorEvent(json: received.message) else { return .otherVersion(executable: executable) }
        guard case .ready(let version, let schema, let support, let ffmpeg) = event else {
            change { state in [state.ledger.received(event, nowMs: MonotonicClock.nowMs())].compactMap { $0 } }
            if case .started(_, let process) = event { configuration.inspectorStarted?(process) }
            return nil
        }
        guard version == InspectorChannel.version, schema == Report.currentSchema else { return .otherVersion(executable: executable) }
        isReady = true
        logger.debug(
            "The inspectors' fork server is ready.", metadata: ["executable": "\(executable)", "sandbox": "\(configuration.sandbox)"])
        let waiters = state.withLock { state in
            defer { state.supportWaiters = [] }
            state.support = support
            state.ffmpeg = ffmpeg
            return state.supportWaiters
        }
        for waiter in waiters { waiter.resume(returning: support) }
        return configuration.sandbox == .required && !support.isComplete ? .sandboxUnavailable(support) : nil
    }

    /// Ends the server, and answers the callers whose children ended with it.
    private func end(_ server: consuming ForkServerProcess, failure: Failure?) {
        let executable = server.executable
        let wasKilled = state.withLock { state in
            state.server = nil
            return state.serverWasKilled || state.isStopping
        }
        let lastErrorLine = server.end()
        if failure == nil, !wasKilled {
            logger.warning(
                "The inspectors' fork server died; the next inspection starts another.",
                metadata: ["last error line": "\(lastErrorLine ?? "none")"])
        }
        change { state in state.ledger.serverEnded(killed: wasKilled) }
        switch failure {
        case nil: break
        case .neverReady: giveUp(.notStarted(executable: executable, why: lastErrorLine ?? "it ended, or hung, without a word"))
        case .unusable(let error): giveUp(error)
        }
    }

    /// Milliseconds for `poll`; -1, its own word for "as long as it takes", when nothing is due.
    private func timeUntil(_ momentMs: Int?) -> Int32 {
        let stuckMs = state.withLock { state in state.ledger.nextStuckMs }
        guard let next = [momentMs, stuckMs].compactMap({ $0 }).min() else { return -1 }
        return Int32(clamping: max(0, next - MonotonicClock.nowMs()))
    }
}
